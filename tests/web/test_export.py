"""Exports over HTTP: who gets one, who is told no, and who is told nothing."""

import csv
import io
import json
import zipfile

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.visibility import Audience
from server.vault.port import PersonRecord
from tests.web.running import TOPIC, Site

pytestmark = pytest.mark.anyio


async def an_idea(site: Site, title: str = "A bench in the sun", **more: object) -> str:
    command = c.PostIdea(actor="pada", id=title, topic=TOPIC, title=title, body="", **more)  # type: ignore[arg-type]
    await site.server.store.submit("jtown", command)
    return command.derived(ids.IDEA)


async def test_a_sponsor_gets_every_format(site: Site) -> None:
    await an_idea(site)
    client = await site.signed_in("pexec")
    for format in ("csv", "json", "xlsx"):
        answer = await client.get(f"/export/town.{format}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="town.{format}"'
        assert answer.headers["cache-control"] == "private, no-store"
        if format == "csv":
            rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
            assert "A bench in the sun" in rows[1]
        elif format == "json":
            assert [idea["title"] for idea in json.loads(answer.content)["ideas"]] == ["A bench in the sun"]
        else:
            assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    await client.aclose()


async def test_a_participant_is_told_no_and_a_stranger_nothing(site: Site) -> None:
    client = await site.signed_in("pada")
    refused = await client.get("/export/town.csv")
    assert (refused.status_code, refused.json()["code"]) == (403, "NotAllowed")
    await client.aclose()
    answers = []
    async with site.client() as stranger:
        answers += [await stranger.get("/export/town.csv"), await stranger.get("/export/none.csv")]
    await site.server.vault.add_person(PersonRecord("pnobody", None, "Nobody", None, "en", 0))
    elsewhere = await site.signed_in("pnobody")
    answers += [await elsewhere.get("/export/town.csv"), await elsewhere.get("/export/none.json")]
    await elsewhere.aclose()
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


async def test_an_unknown_format_is_not_found(site: Site) -> None:
    client = await site.signed_in("pexec")
    for name in ("town.pdf", "town.", "town.csv.exe"):
        assert (await client.get(f"/export/{name}")).status_code == 404
    await client.aclose()


async def test_an_export_holds_no_circle_that_the_viewer_is_not_in(site: Site) -> None:
    circle = c.CreateCircle(actor="pada", id="circle", name="Between us", members=())
    await site.server.store.submit("jtown", circle)
    await an_idea(site, "Among ourselves", audience=Audience(circle=circle.derived(ids.CIRCLE)))
    await an_idea(site, "For employees", audience=Audience(relations=(Relation.EMPLOYEE,)))
    client = await site.signed_in("pexec")
    titles = [idea["title"] for idea in (await client.get("/export/town.json")).json()["ideas"]]
    assert titles == ["For employees"]
    await client.aclose()


async def test_an_export_ends_with_the_role(site: Site) -> None:
    client = await site.signed_in("pexec")
    assert (await client.get("/export/town.csv")).status_code == 200
    change = c.ChangeRole(actor=ids.SYSTEM, id="down", person="pexec", role=Role.PARTICIPANT)
    await site.server.store.submit("jtown", change)
    assert (await client.get("/export/town.csv")).status_code == 403
    await client.aclose()
