"""Anonymous posts through the API: who is told what, that nothing tells the author, and how organizers open one."""

from functools import cache
from typing import Any

import anyio
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from graphql import parse, validate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from server.api.execution import Engine, encoded
from server.jam import commands as c
from server.jam.anonymity import hash_of
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from server.jam.since import Mark
from server.jam.visibility import Audience
from server.sealing import unseal
from server.visits import Absence
from tests.api.random_documents import Writer
from tests.api.test_compiled import CORE, DOCUMENTS, EITHER, choices
from tests.jam import sealing
from tests.jam.world import plain
from tests.schema.mutation_cases import SALT
from tests.schema.world import Api
from tests.test_sealing import public_of

pytestmark = pytest.mark.anyio

PROOF, OTHER = "P" * 43, "Q" * 43
REASON = "A threat was made"
POST = {"title": "Unnamed", "body": "", "salt": SALT, "proof": PROOF}
EVERYONE = ("ann", "ben", "cat", "fay", "cleo", "mod", "rev", "spo", "org", "stranger", None)
IDEA = "... on IdeaSuccess { seq idea { id title } }"


@pytest.fixture
def private() -> Any:
    return generate_private_key(SECP256R1())


@pytest.fixture
async def api(private: Any) -> Api:
    """A jam in which one posts without a name, sealed to a real key."""
    made = Api()
    await made.act("org", "setAuditKey", jamId="j1", publicKey=public_of(private)[1])
    await made.act("org", "setAnonymousPosting", jamId="j1", on=True)
    return made


async def posted(api: Api, person: str, proof: str = PROOF) -> str:
    answer = await api.act(person, "postAnonymousIdea", IDEA, **POST | {"proof": proof}, jamId="j1", topicId=api.topic)
    return str(answer["idea"]["id"])


# ----------------------------------------------------------------------------------------------------------------- posting
async def test_only_the_seal_holds_who_it_was(api: Api, private: Any) -> None:
    idea = await posted(api, "ann")
    seal = api.state.anonymity.seals[idea]
    assert unseal(seal.sealed, private, "j1", idea) == "ann"
    assert (seal.salt, seal.proof_hash) == (SALT, hash_of(PROOF))
    assert PROOF not in repr(plain(api.state))


async def test_the_same_proof_is_the_same_post_whatever_the_command_is_called(api: Api) -> None:
    """A post that is sent again by a phone that was in a tunnel, and by one that made a new command id meanwhile."""
    first = await api.act(
        "ann", "postAnonymousIdea", IDEA, **POST, jamId="j1", topicId=api.topic, commandId="sent-the-first-time"
    )
    again = await api.act("ann", "postAnonymousIdea", IDEA, **POST, jamId="j1", topicId=api.topic, commandId="sent-once-more")
    assert again == first
    assert len(api.state.ideas) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"proof": "short"}, "proof"),
        ({"proof": "!" * 43}, "proof"),
        ({"salt": ""}, "salt"),
        ({"salt": "s" * 23}, "salt"),
        ({"title": ""}, "title"),
    ],
)
async def test_what_is_not_usable_is_said(api: Api, changed: dict[str, str], field: str) -> None:
    answer = await api.act("ann", "postAnonymousIdea", **POST | changed, jamId="j1", topicId=api.topic)
    assert (answer["__typename"], answer["field"]) == ("InvalidInput", field)
    assert api.state.ideas == []


async def test_while_it_is_off_nobody_does(api: Api) -> None:
    await api.act("org", "setAnonymousPosting", jamId="j1", on=False)
    answer = await api.act("ann", "postAnonymousIdea", **POST, jamId="j1", topicId=api.topic)
    assert (answer["__typename"], answer["action"]) == ("NotAllowed", "POST_ANONYMOUSLY")


async def test_the_device_finds_its_own_among_those_it_may_see(api: Api) -> None:
    mine, other = await posted(api, "ann"), await posted(api, "ben", OTHER)
    document = "query($jam: ID!, $after: Int!) { jam(id: $jam) { anonymousPosts(afterNumber: $after) { number targetId salt proofHash idea { title } } } }"
    told = (await api.ask("ann", document, after=-1))["jam"]["anonymousPosts"]
    assert [post["targetId"] for post in told if post["proofHash"] == hash_of(PROOF)] == [mine]
    behind = (await api.ask("ann", document, after=told[0]["number"]))["jam"]["anonymousPosts"]
    assert [post["targetId"] for post in behind] == [other]
    api.do(c.HideIdea, "mod", idea=mine, reason="Not fine")
    assert [post["targetId"] for post in (await api.ask("ann", document, after=-1))["jam"]["anonymousPosts"]] == [other]


# ----------------------------------------------------------------------------------------------------------------- opening
AUDIT = "query($jam: ID!) { jam(id: $jam) { audit { openings { sealed reason requestedBy { name } confirmedBy { name } openedAt idea { title } } } } }"


async def test_the_seal_is_given_to_organizers_once_two_have_agreed(api: Api, private: Any) -> None:
    api.do(c.ChangeRole, "org", person="cat", role=Role.ORGANIZER)
    idea = await posted(api, "ann")
    asked = await api.act(
        "org",
        "requestOpening",
        "... on OpeningSuccess { opening { sealed openedAt } }",
        jamId="j1",
        targetId=idea,
        reason=REASON,
    )
    assert asked["opening"] == {"sealed": None, "openedAt": None}
    refused = await api.act("org", "confirmOpening", jamId="j1", targetId=idea)
    assert (refused["__typename"], refused["action"]) == ("NotAllowed", "OPEN_AUTHOR")
    done = await api.act("cat", "confirmOpening", "... on OpeningSuccess { opening { sealed } }", jamId="j1", targetId=idea)
    assert unseal(done["opening"]["sealed"], private, "j1", idea) == "ann"
    for organizer in ("org", "cat"):
        (kept,) = (await api.ask(organizer, AUDIT))["jam"]["audit"]["openings"]
        assert kept == {
            "sealed": done["opening"]["sealed"], "reason": REASON, "requestedBy": {"name": "Org"}, "confirmedBy": {"name": "Cat"},
            "openedAt": api.now, "idea": {"title": "Unnamed"},
        }  # fmt: skip
    found = await api.ask(
        "org", 'query($jam: ID!) { jam(id: $jam) { audit { person(id: "ann") { name } nobody: person(id: "x") { name } } } }'
    )
    assert found["jam"]["audit"] == {"person": {"name": "Ann"}, "nobody": None}


@pytest.mark.parametrize("person", [person for person in EVERYONE if person not in ("org", "stranger", None)])
async def test_nobody_else_is_told_of_it_but_by_the_log(api: Api, person: str) -> None:
    idea = await posted(api, "ann")
    await api.act("org", "requestOpening", jamId="j1", targetId=idea, reason=REASON)
    assert (await api.ask(person, AUDIT))["jam"]["audit"] is None
    log = "query($jam: ID!) { jam(id: $jam) { moderationLog { act targetId targetKind reason } } }"
    told = (await api.ask(person, log))["jam"]["moderationLog"]
    assert [(entry["act"], entry["targetId"], entry["reason"]) for entry in told[:2]] == [
        ("AUTHOR_OPENED", idea, REASON), ("OPENING_REQUESTED", idea, REASON),
    ]  # fmt: skip
    assert {(entry["act"], entry["targetKind"]) for entry in told[2:]} == {
        ("AUDIT_KEY_SET", "AUDIT"),
        ("ANONYMOUS_ON", "AUDIT"),
    }


# ---------------------------------------------------------------------------------------------------- nobody tells who it was
@cache
def told_of(poster: str) -> Api:
    """The same jam twice but for who posted, as `tests.jam.test_anonymity.story`; both of ann and ben do all that is named."""
    api = Api()
    sealing.open_for_all(api)
    few = api.circle("ann", "ben", "cat", "fay", "mod")
    named = {person: api.post(person, f"Of {person}") for person in ("ann", "ben", "cat")}
    for person in ("ann", "ben"):
        api.support(named["cat"], person)
        api.comment(named["cat"], person)
    idea = sealing.post(api, poster, "one", parents=(named["ann"], named["ben"]))
    hidden = sealing.post(api, poster, "two", title="Hidden")
    sealing.post(api, poster, "three", audience=Audience(circle=few), title="Among few")
    remark = sealing.comment(api, named["cat"], poster, "four")
    api.do(
        c.EditAnonymousIdea,
        sealing.author("one"),
        **sealing.mine(poster, "one"),
        idea=idea,
        title="Edited",
        body="",
        base_version=1,
    )
    api.comment(idea, "ann")
    api.comment(idea, "ben", parent=None)
    api.support(idea, "ann", "ben", "cat")
    api.do(c.HideIdea, "mod", idea=hidden, reason=REASON)
    api.do(c.FileReport, "cat", target=remark, reason="SPAM")
    api.do(c.RequestOpening, "org", target=idea, reason=REASON)
    api.themed(*named.values(), idea)
    for person in ("ann", "ben", "cat", "mod", "org"):
        api.absences.known[person] = Absence(Mark(3, api.now - 1), True)
    return api


CHANGED = "{ seq ideas { id title author { id name } viewerCanEdit viewerHasSupported } comments { id author { id } viewerCanEdit } removedIds mustRefetch }"


OWN = "{ seq supportedIdeaIds unsupportedIdeaIds unreadCount notifications { id kind idea { id } comment { id } } }"


@pytest.mark.parametrize("person", [person for person in EVERYONE if person not in ("stranger", None)])
async def test_no_live_tick_differs_either(person: str) -> None:
    told = []
    for poster in ("ann", "ben"):
        api = told_of(poster)
        api.go(Phase.IDEATION)
        whole = [await api.hear(api.context(person), f"jamChanges {CHANGED}", after) for after in (0, api.state.seq - 5)]
        told.append([whole, await api.hear(api.context(person), f"viewerChanges {OWN}", 0)])
    assert told[0] == told[1]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_no_answer_to_anyone_differs_by_who_of_two_it_was(data: st.DataObject) -> None:
    """Any query over the schema, of every role, and of the two themselves: byte for byte the same where ann posted as where
    ben did. So no answer tells it, neither beside the post nor by a count, a notice, an order or a missing thing."""
    by_ann, by_ben = told_of("ann"), told_of("ben")
    random = data.draw(st.randoms(use_true_random=True))
    asked = Writer(random.randint, CORE, choices(by_ann), EITHER, False).operation("query", random.randint(3, 8))
    assume(not validate(CORE, parse(asked.text)))
    prepared = DOCUMENTS.prepare(asked.text, None, None)

    async def answers(api: Api) -> list[bytes]:
        api.go(Phase.IDEATION)
        contexts = [api.context(person) for person in EVERYONE] + [api.of_class(Role.PARTICIPANT, Relation.EMPLOYEE)]
        engine = Engine(CORE, compiles=False)
        told = [encoded(await engine.run(prepared, asked.variables, context), "request") for context in contexts]
        await anyio.wait_all_tasks_blocked()
        return told

    assert anyio.run(answers, by_ann) == anyio.run(answers, by_ben)


# ------------------------------------------------------------------------------------------------------------------ acting
async def test_who_may_only_read_is_told_by_the_fields_and_by_the_refusal() -> None:
    api = Api()
    idea = api.post("ann")
    await api.act("org", "setActing", jamId="j1", topicId=api.topic, relations=["EMPLOYEE"])
    fields = f'query($jam: ID!) {{ jam(id: $jam) {{ topic(id: "{api.topic}") {{ viewerCanPost viewerMayAct acting }} }} idea(id: "{idea}") {{ viewerCanSupport viewerCanComment viewerCanBuildOn }} }}'
    for person, may in (("ben", True), ("fay", False), ("cleo", False), ("mod", True)):
        told = await api.ask(person, fields)
        assert set(told["idea"].values()) == {may}, person
        assert told["jam"]["topic"] == {"viewerCanPost": may, "viewerMayAct": may, "acting": ["EMPLOYEE"]}
    refused = await api.act("fay", "supportIdea", "... on ReadingOnly { topicId relations }", ideaId=idea)
    assert (refused["code"], refused["topicId"], refused["relations"]) == ("ReadingOnly", api.topic, ["EMPLOYEE"])


# ------------------------------------------------------------------------------------------------------------------ drafts
async def test_no_draft_under_a_name_is_kept_beside_a_post_without_one(api: Api) -> None:
    document = "mutation($input: SaveDraftInput!) { saveDraft(input: $input) }"
    draft = {"jamId": "j1", "key": "new-idea", "body": "What I shall say"}
    assert await api.code("ann", document, input=draft) == "NotAllowed"
    assert api.drafts.kept == {}
    assert (await api.ask("ann", document, input=draft | {"body": ""}))["saveDraft"], "one that is there can be taken away"
    api.do(c.SetAnonymousPosting, "org", on=False)
    assert (await api.ask("ann", document, input=draft))["saveDraft"]
