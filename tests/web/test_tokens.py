"""API tokens through the whole server: made in person, held to their scopes, gone at once everywhere."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
import pytest
import websockets
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

from schema import schema
from server.access.scopes import ACCOUNT, IN_PERSON, MUTATIONS, Scope
from server.access.secrets import hashed
from server.access.tokens import MOST_TOKENS, is_token, new_token
from server.app.clock import wall_clock
from server.settings import Settings
from server.vault.credentials import ApiToken
from server.vault.port import Session
from tests.patience import PATIENCE_S
from tests.web.running import OURS, Site, free_port, graphql, serving

pytestmark = pytest.mark.anyio
CORE = schema._schema
ALL = tuple(scope.value for scope in Scope)
DAY_MS = 86_400_000
BUSY_S = 5.0
"""It takes less than a second where the machine is not busy with all other tests."""


# ------------------------------------------------------------------------------------------------------------------ forms
def an_input(kind: Any) -> Any:
    """The least value of an input type."""
    match kind:
        case GraphQLNonNull():
            return an_input(kind.of_type)
        case GraphQLList():
            return []
        case GraphQLEnumType():
            return next(iter(kind.values))
        case GraphQLInputObjectType():
            needed = {name: one for name, one in kind.fields.items() if isinstance(one.type, GraphQLNonNull)}
            return {name: an_input(one.type) for name, one in needed.items()}
    return {"Int": 1, "Float": 1.0, "Boolean": True, "Timestamp": 1}.get(kind.name, "abcdefgh")


def a_selection(kind: Any) -> str:
    """Something of an answer: of unions the refusal."""
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    if isinstance(named, GraphQLUnionType):
        return "{ __typename ... on Rejection { code message } ... on NotAllowed { action } }"
    return "{ __typename }"


def a_document(kind: str, name: str, field: GraphQLField) -> tuple[str, dict[str, Any]]:
    """An operation that asks for one root field with the least it needs."""
    needed = {key: one for key, one in field.args.items() if isinstance(one.type, GraphQLNonNull)}
    declared = ", ".join(f"${key}: {one.type}" for key, one in needed.items())
    passed = ", ".join(f"{key}: ${key}" for key in needed)
    head, call = (f"({declared})", f"({passed})") if needed else ("", "")
    document = f"{kind} {head} {{ it: {name}{call} {a_selection(field.type)} }}"
    return document, {key: an_input(one.type) for key, one in needed.items()}


def fields_of(kind: GraphQLObjectType | None) -> Sequence[tuple[str, GraphQLField]]:
    assert kind is not None
    return sorted(kind.fields.items())


async def given(site: Site, person: str, scopes: Sequence[str], ends_in: int = DAY_MS) -> str:
    """A token as it is in the vault, whatever making one would add to its scopes."""
    secret, now = new_token(), wall_clock()
    token = ApiToken(hashed(secret), person, f"id-{secret[-6:]}", "A program", " ".join(scopes), now, now + ends_in, None)
    await site.server.vault.add_token(token)
    return secret


async def asked(site: Site, secret: str, document: str, variables: dict[str, Any] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=site.url, headers=headers) as client:
        return (await client.post("/graphql", json={"query": document, "variables": variables or {}})).json()


async def make(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await client.post("/own/tokens", json={"name": "Dashboard", "scopes": ["VOTE"], "days": 30, **body})


# ----------------------------------------------------------------------------------------------------------------- making
async def test_a_token_is_made_shown_once_listed_used_and_revoked(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        made = await make(ada)
        assert made.status_code == 201
        assert made.headers["cache-control"] == "no-store"
        secret = made.json()["secret"]
        assert is_token(secret)
        assert made.json()["scopes"] == ["READ", "VOTE"]
        mine = "{ viewer { tokens { id name scopes usedAt expiresAt } } }"
        (listed,) = (await graphql(ada, mine))["viewer"]["tokens"]
        assert (listed["name"], listed["usedAt"]) == ("Dashboard", None)
        assert secret not in json.dumps(listed)
        assert (await asked(site, secret, "{ viewer { id } }"))["data"]["viewer"]["id"] == "pada"
        async with asyncio.timeout(PATIENCE_S):
            while (await graphql(ada, mine))["viewer"]["tokens"][0]["usedAt"] is None:  # noqa: ASYNC110  asked from outside
                await asyncio.sleep(0.1)
        revoke = "mutation($input: TokenInput!) { it: revokeToken(input: $input) { __typename } }"
        assert (await graphql(ada, revoke, input={"tokenId": listed["id"]}))["it"]["__typename"] == "ViewerSuccess"
        assert (await asked(site, secret, "{ viewer { id } }"))["errors"][0]["extensions"]["code"] == "BAD_TOKEN"
        assert (await graphql(ada, mine))["viewer"]["tokens"] == []


async def test_only_the_hash_is_kept(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        secret = (await make(ada)).json()["secret"]
    assert await site.server.vault.kinds_with(secret) == []
    assert "tokens" in await site.server.vault.kinds_with(hashed(secret))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"scopes": ["EVERYTHING"]}, "InvalidInput"),
        ({"scopes": "VOTE"}, "InvalidInput"),
        ({"name": " "}, "InvalidInput"),
        ({"days": 366}, "InvalidInput"),
        ({"days": 0}, "InvalidInput"),
        ({"days": True}, "InvalidInput"),
    ],
)
async def test_what_can_not_be_a_token_is_refused(site: Site, body: dict[str, Any], code: str) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        refused = await make(ada, **body)
        assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert await site.server.vault.tokens("pada") == []


async def test_nobody_collects_tokens_without_end(site: Site) -> None:
    for _ in range(MOST_TOKENS):
        await given(site, "pada", ["READ"])
    async with aclosing(await site.signed_in("pada")) as ada:
        assert (await make(ada)).json()["code"] == "Conflict"


async def test_a_token_is_made_in_person_soon_after_signing_in_on_a_page_of_ours(site: Site) -> None:
    vault, now = site.server.vault, wall_clock()
    async with site.client() as nobody:
        assert (await make(nobody)).status_code == 401
    secret = await given(site, "pada", ALL)
    async with httpx.AsyncClient(base_url=site.url, headers={**OURS, "Authorization": f"Bearer {secret}"}) as program:
        assert (await make(program)).json()["code"] == "InPerson"
    await vault.add_session(Session(hashed("old"), "pada", now - 3_700_000, now, now + DAY_MS, ""))
    async with httpx.AsyncClient(base_url=site.url, headers=OURS, cookies={"hothouse_session": "old"}) as stale:
        assert (await make(stale)).json()["code"] == "SignInAgain"
    async with httpx.AsyncClient(base_url=site.url, cookies={"hothouse_session": "old"}) as foreign:
        assert (await make(foreign)).status_code == 403
    async with httpx.AsyncClient(base_url=site.url, headers=OURS, cookies={"hothouse_session": secret}) as as_cookie:
        assert (await make(as_cookie)).status_code == 401


# ----------------------------------------------------------------------------------------------------------------- scopes
def test_every_mutation_has_a_scope_or_is_done_in_person_only() -> None:
    """A new mutation is put into the table, or no token can do it and this fails."""
    missing = {name for name, _ in fields_of(CORE.mutation_type)} - MUTATIONS.keys()
    assert missing == set()


def test_what_is_closed_to_tokens_is_there() -> None:
    for coordinate in ACCOUNT:
        kind, _, field = coordinate.partition(".")
        found = CORE.type_map[kind]
        assert isinstance(found, GraphQLObjectType)
        assert field in found.fields, coordinate


async def test_no_mutation_is_done_without_its_scope(site: Site) -> None:
    """Each by an organizer's token that has all other scopes; what is done in person by one that has all."""
    secrets = {scope: await given(site, "porg", [one for one in ALL if one != scope]) for scope in ALL}
    secrets["IN_PERSON"] = await given(site, "porg", ALL)
    for name, field in fields_of(CORE.mutation_type):
        scope = MUTATIONS[name]
        missing = "IN_PERSON" if scope is None else scope.value
        answer = await asked(site, secrets[missing], *a_document("mutation", name, field))
        if "errors" in answer:
            (error,) = answer["errors"]
            told, words = error["extensions"]["code"], error["message"]
            assert told in ("NotAllowed", "NOT_ALLOWED"), (name, error)
        else:
            told, words = answer["data"]["it"].get("action"), answer["data"]["it"].get("message", "")
            assert answer["data"]["it"]["__typename"] == "NotAllowed", (name, answer)
            assert told == missing, (name, answer)
        assert (IN_PERSON if scope is None else missing) in words, (name, words)


async def test_with_its_scope_a_mutation_is_decided_like_anyones(site: Site) -> None:
    secret = await given(site, "porg", ALL)
    for name, field in fields_of(CORE.mutation_type):
        if MUTATIONS[name] is None:
            continue
        answer = json.dumps(await asked(site, secret, *a_document("mutation", name, field)))
        assert "This token" not in answer, (name, answer)
        assert IN_PERSON not in answer, (name, answer)


async def test_nothing_is_read_without_the_scope(site: Site) -> None:
    blind, seeing = await given(site, "pada", ALL[1:]), await given(site, "pada", ["READ"])
    for name, field in fields_of(CORE.query_type):
        document = a_document("query", name, field)
        refused = await asked(site, blind, *document)
        assert refused["errors"][0]["extensions"]["code"] == "NOT_ALLOWED", (name, refused)
        assert "READ" in refused["errors"][0]["message"]
        assert "NOT_ALLOWED" not in json.dumps(await asked(site, seeing, *document)), name
        assert (await asked(site, blind, *document)) == refused, "also when the answer is there already"


async def test_the_account_is_closed_to_tokens(site: Site) -> None:
    secret = await given(site, "pada", ALL)
    for coordinate in sorted(ACCOUNT):
        field = coordinate.partition(".")[2]
        kind = CORE.type_map["Viewer"]
        assert isinstance(kind, GraphQLObjectType)
        document = f"{{ viewer {{ {field} {a_selection(kind.fields[field].type)} }} }}"
        refused = await asked(site, secret, document)
        assert refused["errors"][0]["extensions"]["code"] == "NOT_ALLOWED", (field, refused)


async def test_a_token_does_no_more_than_its_person(site: Site) -> None:
    secret = await given(site, "pada", ALL)
    answer = await asked(site, secret, *a_document("mutation", "announce", dict(fields_of(CORE.mutation_type))["announce"]))
    assert answer["data"]["it"]["code"] in ("NotFound", "InvalidInput", "NotAllowed")
    topic = '{ jam(slug: "town") { id topics { id } } }'
    jam = (await asked(site, secret, topic))["data"]["jam"]
    hide = "mutation($input: AnnounceInput!) { it: announce(input: $input) { __typename ... on NotAllowed { action } } }"
    announced = {"commandId": "announcing-it", "jamId": jam["id"], "texts": [{"language": "en", "text": "Hear"}]}
    assert (await asked(site, secret, hide, {"input": announced}))["data"]["it"] == {
        "__typename": "NotAllowed",
        "action": "ANNOUNCE",
    }


async def test_a_token_that_is_over_is_no_token(site: Site) -> None:
    secret = await given(site, "pada", ALL, ends_in=-1)
    assert (await asked(site, secret, "{ viewer { id } }"))["errors"][0]["extensions"]["code"] == "BAD_TOKEN"
    assert (await asked(site, secret[:-1] + "x", "{ viewer { id } }"))["errors"][0]["extensions"]["code"] == "BAD_TOKEN"


# ------------------------------------------------------------------------------------------------------------ connections
@asynccontextmanager
async def connected(url: str, secret: str) -> AsyncGenerator[websockets.ClientConnection, None]:
    """A program's websocket, from wherever: no cookie, so no origin is asked for."""
    address = url.replace("http", "ws") + "/graphql"
    async with websockets.connect(address, subprotocols=["graphql-transport-ws"], origin="https://elsewhere.example") as socket:  # type: ignore[arg-type, list-item]
        await socket.send(json.dumps({"type": "connection_init", "payload": {"token": secret}}))
        assert "connection_ack" in str(await socket.recv())
        yield socket


FOLLOW = {"query": 'subscription { jamChanges(jamId: "jtown", afterSeq: 0) { seq } }'}


async def test_a_program_follows_a_jam_until_its_token_is_revoked_on_any_worker(site: Site) -> None:
    secret = await given(site, "pada", ["READ"])
    other = Settings(data=site.server.settings.data, port=free_port(), theme_workers=0, worker=1)
    async with serving(other) as second:
        for url in (site.url, f"http://127.0.0.1:{other.port}"):
            assert second.store.get("jtown") is not None
            async with connected(url, secret) as socket:
                await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": FOLLOW}))
                heard = asyncio.create_task(drained(socket))
                await asyncio.sleep(0.3)
                assert not heard.done()
                (token,) = await site.server.vault.tokens("pada")
                await site.server.vault.end_token("pada", token.id)
                code = await asyncio.wait_for(heard, BUSY_S)
                assert code in (4401, 4403)
            secret = await given(site, "pada", ["READ"])


async def drained(socket: websockets.ClientConnection) -> int:
    try:
        while True:
            await socket.recv()
    except websockets.ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 0


async def test_without_the_scope_nothing_is_followed(site: Site) -> None:
    secret = await given(site, "pada", ["POST"])
    async with connected(site.url, secret) as socket:
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": FOLLOW}))
        answer = json.loads(await socket.recv())
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "NOT_ALLOWED")
