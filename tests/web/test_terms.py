"""Terms over HTTP: accepted before a post, and their record taken along by organizers only."""

import csv
import io
from hashlib import sha256
from typing import Any

import pytest

from server.jam import commands as c
from tests.web.running import TOPIC, Site, graphql

pytestmark = pytest.mark.anyio

POST = """mutation($input: PostIdeaInput!) { it: postIdea(input: $input) { __typename ... on TermsNotAccepted { jamId version } } }"""
ACCEPT = "mutation($input: AcceptTermsInput!) { it: acceptTerms(input: $input) { __typename } }"
IDEA = {"commandId": "post-it-once", "jamId": "jtown", "topicId": TOPIC, "title": "=An idea", "body": ""}


async def with_terms(site: Site) -> None:
    command = c.PublishTerms(actor="porg", id="terms", follows=0, texts={"en": "Be kind", "he": "היו אדיבים"}, note={})
    await site.server.store.submit("jtown", command)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_a_refused_post_goes_on_once_the_terms_are_accepted(site: Site) -> None:
    await with_terms(site)
    client = await site.signed_in("pben")
    told: Any = await graphql(client, POST, input=IDEA)
    assert told["it"] == {"__typename": "TermsNotAccepted", "jamId": "jtown", "version": 1}
    accepted = {"commandId": "accept-them", "jamId": "jtown", "version": 1, "language": "he"}
    assert (await graphql(client, ACCEPT, input=accepted))["it"]["__typename"] == "AcceptanceSuccess"
    assert (await graphql(client, POST, input=IDEA))["it"]["__typename"] == "IdeaSuccess"
    await client.aclose()


async def test_organizers_take_along_who_accepted_which_words(site: Site) -> None:
    await with_terms(site)
    await site.server.directory.update("pben", name="=cmd()")
    await site.server.store.submit("jtown", c.AcceptTerms(actor="pben", id="a1", version=1, language="he"))
    await site.server.store.submit("jtown", c.AcceptTerms(actor="pada", id="a2", version=1, language="en"))
    client = await site.signed_in("porg")
    answer = await client.get("/export/town/terms.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="town-terms.csv"'
    assert answer.headers["cache-control"] == "private, no-store"
    ada, ben = rows_of(answer.content)
    assert (ada["person_id"], ada["name"], ada["version"], ada["language"]) == ("pada", "Ada", "1", "en")
    assert ada["digest"] == sha256(b"Be kind").hexdigest()
    assert ben["name"] == "'=cmd()", "a spreadsheet does not calculate it"
    assert ben["digest"] == sha256("היו אדיבים".encode()).hexdigest()
    assert ben["accepted_by"] == "pben"
    await client.aclose()


@pytest.mark.parametrize(("person", "status"), [("pada", 403), ("pmod", 403), ("pexec", 403), (None, 404)])
async def test_nobody_else_does(site: Site, person: str | None, status: int) -> None:
    await with_terms(site)
    client = site.client() if person is None else await site.signed_in(person)
    assert (await client.get("/export/town/terms.csv")).status_code == status
    assert (await client.get("/export/nowhere/terms.csv")).status_code == 404
    await client.aclose()


async def test_while_a_jam_is_put_in_order_its_record_is_to_be_asked_for_again(site: Site) -> None:
    await with_terms(site)
    client = await site.signed_in("porg")
    state = site.server.store.by_slug("town")
    assert state is not None
    state.is_sound = False
    answer = await client.get("/export/town/terms.csv")
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["code"]) == (503, "2", "Unavailable")
    await client.aclose()
