"""Any CSV: what a line has that can't be taken is named with its line; the rest is imported."""

from pathlib import Path

import pytest

from server.importing.csv_file import RETIRED, CsvOptions, import_csv
from server.importing.report import ImportRefused
from server.jam.visibility import ContentStatus

NOW = 1_800_000_000_000
MADRID = {
    "id": "id", "title": "title", "body": "description", "support": "cached_votes_up", "at": "created_at", "retired": "retired_at",
}  # fmt: skip


def write(tmp_path: Path, content: str | bytes) -> Path:
    file = tmp_path / "ideas.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


@pytest.mark.anyio
async def test_decide_madrid_loses_no_line(store, vault, data):
    report = await import_csv(store, vault, data / "decide-madrid" / "proposals.csv", "Madrid", MADRID, NOW)
    state = store.by_slug("madrid")
    count = report.files["proposals.csv"]
    assert (count.read, count.imported, count.refused, report.adds_up) == (2_738, 2_738, 0, True)
    assert (report.ideas, report.visible, report.hidden) == (2_738, 2_708, 30)
    assert state.main_language == "es"
    assert sum("HTML became Markdown" in remark.text for remark in report.cleaned) == 2_073
    assert sum("no text" in remark.text for remark in report.cleaned) == 502
    assert sum("retired at the source" in remark.text for remark in report.cleaned) == 30
    assert any("19,200 votes of 2,020 lines" in said for said in report.said), "counts without voters are not invented"
    assert sum(idea.support for idea in state.ideas) == 0
    assert not any("<p>" in idea.body or "&amp;" in idea.body for idea in state.ideas)
    assert {idea.reason for idea in state.ideas if not idea.is_listed} == {RETIRED}
    first = next(idea for idea in state.ideas if idea.title == "Metro accesible Campamento")
    assert first.posted_at == 1_704_067_200_000


@pytest.mark.anyio
async def test_lines_are_taken_refused_and_changed_with_their_numbers(store, vault, tmp_path):
    file = write(
        tmp_path,
        "\ufefftitle;description;created_at;id\r\n"
        'Good idea;"Two\r\nlines";13/02/2024;1\r\n'
        ";;13/02/2024;2\r\n"
        "Bad date;Text;someday;3\r\n"
        "\r\n"
        f"{'long ' * 40};Text;14/02/2024 10:30;1\r\n"
        'Script;"<p>Safe <b>bold </b><script>alert(1)</script></p>";14/02/2024;5\r\n'
        'Good idea;"Two\r\nlines";15/02/2024;6;spill\r\n',
    )
    report = await import_csv(store, vault, file, "Dirty", {}, NOW)
    state = store.by_slug("dirty")
    assert [(remark.line, remark.text) for remark in report.refused] == [(4, "it has neither title nor text")]
    changed = {(remark.line, remark.text.split(":")[0]) for remark in report.cleaned}
    assert changed == {
        (5, "its date can't be read"),
        (7, "the title has 199 characters"),
        (7, "its id '1' is that of line 2, too"),
        (8, "HTML became Markdown"),
        (9, "its text is that of line 2, too"),
        (9, "1 cells beyond the last column were left out"),
    }
    assert (report.files["ideas.csv"].read, report.files["ideas.csv"].imported) == (6, 5)
    by_title = {idea.title: idea for idea in state.ideas}
    assert by_title["Good idea"].body == "Two\nlines"
    assert by_title["Script"].body == "Safe **bold**"
    assert by_title["Bad date"].posted_at == min(idea.posted_at for idea in state.ideas) == 1_707_782_400_000
    long = next(idea for idea in state.ideas if idea.title.startswith("long"))
    assert long.title.endswith("long…")
    assert len(long.title) <= 120
    assert long.body == ("long " * 40).strip() + "\n\nText"
    assert long.posted_at == 1_707_906_600_000


@pytest.mark.anyio
async def test_authors_topics_and_languages_of_columns_are_kept(store, vault, tmp_path):
    file = write(
        tmp_path,
        "who,area,words,lang,retired\nRut,Roads,Mend the bridge,en,\nרות,Parks,לשתול עצים ברחוב,he,\nRut,Roads,Close the bridge,xx-XX!,yes\n",
    )
    report = await import_csv(store, vault, file, "Town", {"author": "who", "topic": "area", "body": "words"}, NOW)
    state = store.by_slug("town")
    people = await vault.people([member.person for member in state.members])
    assert sorted(person.name for person in people.values()) == ["Rut", "רות"]
    assert sorted(topic.titles["en"] for topic in state.topics.values()) == ["Parks", "Roads"]
    assert [(idea.title, idea.language) for idea in state.ideas] == [
        ("Mend the bridge", "en"), ("לשתול עצים ברחוב", "he"), ("Close the bridge", "xx"),
    ]  # fmt: skip
    assert state.ideas[2].status is ContentStatus.HIDDEN
    assert report.people == 2
    assert all(idea.posted_at <= NOW for idea in state.ideas), "without dates, ideas are dated up to now"


@pytest.mark.anyio
async def test_a_long_text_is_cut_and_it_is_said(store, vault, tmp_path):
    report = await import_csv(store, vault, write(tmp_path, f"title,body\nOne,{'x' * 9_000}\n"), "Long", {}, NOW)
    assert len(store.by_slug("long").ideas[0].body) == 8_000
    assert [remark.text for remark in report.cleaned] == ["the text has 9,000 characters: what is beyond 8,000 was cut off"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("content", "mapping", "message"),
    [
        ("", {}, "is empty"),
        ("a,b\n1,2\n", {}, "No column is known"),
        ("title\nHello there\n", {"title": "titel"}, "no column 'titel'"),
        ("title\nHello there\n", {"headline": "title"}, "no field 'headline'"),
        ("title,body\n,\n", {}, "no line that can be imported"),
    ],
)
async def test_what_can_not_be_imported_at_all_makes_no_jam(store, vault, tmp_path, content, mapping, message):
    with pytest.raises(ImportRefused, match=message):
        await import_csv(store, vault, write(tmp_path, content), "None", mapping, NOW)
    assert list(store.all()) == []


@pytest.mark.anyio
async def test_a_file_that_is_not_there_is_refused(store, vault, tmp_path):
    with pytest.raises(ImportRefused, match="can't be read"):
        await import_csv(store, vault, tmp_path / "absent.csv", "None", {}, NOW)


@pytest.mark.anyio
async def test_the_same_file_is_imported_once(store, vault, tmp_path):
    file = write(tmp_path, "title,body\nPlant trees,Many\n")
    await import_csv(store, vault, file, "Trees", {}, NOW)
    seq = store.by_slug("trees").seq
    with pytest.raises(ImportRefused, match="imported already"):
        await import_csv(store, vault, file, "Trees", {}, NOW + 5_000)
    assert store.by_slug("trees").seq == seq


@pytest.mark.anyio
async def test_options_outweigh_what_is_found_out(store, vault, tmp_path):
    file = write(tmp_path, "title|at\nBuen dia|02/03/2024\n")
    options = CsvOptions(delimiter="|", language="es", topic="Todo", day_first=False)
    await import_csv(store, vault, file, "Dia", {}, NOW, options)
    state = store.by_slug("dia")
    assert (state.main_language, [topic.titles["es"] for topic in state.topics.values()]) == ("es", ["Todo"])
    assert state.ideas[0].posted_at == 1_706_918_400_000, "the third of February"
