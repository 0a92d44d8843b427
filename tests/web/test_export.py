"""Exports over HTTP: who gets one, who is told no, and who is told nothing."""

import asyncio
import csv
import io
import json
import os
import zipfile
from asyncio.subprocess import Process
from pathlib import Path

import openpyxl
import pytest

from server.beside import NICENESS, beside
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.visibility import Audience
from server.vault.port import PersonRecord
from tests.patience import PATIENCE_S
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


@pytest.fixture
def every_jam_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.web.taking.SMALL", 0)


async def test_a_large_jam_is_written_by_another_process_as_it_would_be_here(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    circle = c.CreateCircle(actor="pada", id="circle", name="Between us", members=())
    await site.server.store.submit("jtown", circle)
    await an_idea(site, "Among ourselves", audience=Audience(circle=circle.derived(ids.CIRCLE)))
    await an_idea(site)
    client = await site.signed_in("pexec")
    here = [(await client.get(f"/export/town.{format}")).content for format in ("csv", "json")]
    monkeypatch.setattr("server.web.taking.SMALL", 0)
    # Nothing of it can be made here.
    monkeypatch.setattr("server.web.export.collect", None)
    answers = [await client.get(f"/export/town.{format}", timeout=PATIENCE_S) for format in ("csv", "json", "xlsx")]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.headers["content-disposition"][-5:] for answer in answers] == ['.csv"', 'json"', 'xlsx"']
    assert [answer.content for answer in answers[:2]] == here
    assert b"Ada" in here[0]
    book = openpyxl.load_workbook(io.BytesIO(answers[2].content))
    assert [row[0].value for row in book["Ideas"].iter_rows()] == ["Title", "A bench in the sun"]
    await client.aclose()


@pytest.mark.usefixtures("every_jam_is_large")
async def test_what_no_process_could_write_is_written_here(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await an_idea(site)
    monkeypatch.setattr("server.beside.sys.executable", "/bin/false")
    client = await site.signed_in("pexec")
    answer = await client.get("/export/town.json")
    assert [idea["title"] for idea in answer.json()["ideas"]] == ["A bench in the sun"]
    monkeypatch.setattr("server.beside.sys.executable", "/nowhere/python")
    assert (await client.get("/export/town.csv")).status_code == 200
    await client.aclose()


@pytest.mark.usefixtures("every_jam_is_large")
async def test_who_may_not_any_more_when_it_is_their_turn_gets_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their process was told that they may not, and nobody else writes it for them."""

    async def refused(*_: object, **__: object) -> Process:
        change = c.ChangeRole(actor=ids.SYSTEM, id="down", person="pexec", role=Role.PARTICIPANT)
        await site.server.store.submit("jtown", change)
        return await started("/bin/false")

    started = asyncio.create_subprocess_exec
    monkeypatch.setattr("server.beside.asyncio.create_subprocess_exec", refused)
    client = await site.signed_in("pexec")
    answer = await client.get("/export/town.json")
    assert (answer.status_code, answer.json()["code"]) == (403, "NotAllowed")
    await client.aclose()


async def test_a_process_ends_with_who_wanted_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "python"
    marker.write_text('#!/bin/sh\necho $$ > "$6"; exec sleep 600\n')
    marker.chmod(0o700)
    monkeypatch.setattr("server.beside.sys.executable", str(marker))
    told = tmp_path / "pid"
    wanted = asyncio.create_task(beside(told)("export", "town"))
    async with asyncio.timeout(PATIENCE_S):
        while not (told.exists() and told.read_text().strip()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        pid = int(told.read_text())
        assert os.getpriority(os.PRIO_PROCESS, pid) == NICENESS
        wanted.cancel()
        with pytest.raises(asyncio.CancelledError):
            await wanted
        while Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes():  # noqa: ASYNC110, ASYNC240
            await asyncio.sleep(0.01)
