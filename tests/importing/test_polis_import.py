"""Polis exports: every line accounted for, authors, times and votes kept."""

from pathlib import Path

import pytest

from server.importing.polis import MODERATED, import_polis
from server.importing.report import ImportRefused
from server.jam import events
from server.jam.phases import Phase
from server.jam.visibility import ContentStatus
from server.jam_store import JAM_CODEC, PREFIX, JamStore, load_state
from server.journal.memory import MemoryJournal

COMMENTS = "timestamp,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
VOTES = "timestamp,datetime,comment-id,voter-id,vote\n"


def export(folder: Path, comments: str, votes: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "comments.csv").write_text(COMMENTS + comments, "utf-8")
    (folder / "votes.csv").write_text(VOTES + votes, "utf-8")
    return folder


async def recorded(store, jam):
    found = []
    async for record in store.journal.read(PREFIX + jam):
        found += [event for entry in JAM_CODEC.decode(record.payload) for event in entry.events]
    return found


@pytest.mark.anyio
async def test_the_real_deliberation_is_accounted_for_line_by_line(store, vault, data):
    report = await import_polis(store, vault, data / "polis-bg2050-volunteers", "BG 2050")
    votes = report.votes
    assert (report.files["comments.csv"].read, report.files["comments.csv"].imported) == (371, 371)
    assert (report.files["votes.csv"].read, report.files["votes.csv"].imported) == (14_341, 14_341)
    assert report.adds_up
    assert report.refused == []
    assert (report.jam, report.ideas, report.visible, report.hidden, report.people) == ("bg-2050", 371, 316, 55, 126)
    assert (votes.total, votes.pairs, votes.repeated) == (14_341, 14_283, 58)
    assert votes.cast == {"agree": 10_048, "disagree": 1_626, "pass": 2_667}
    assert (votes.repeated_pairs, votes.changed_pairs) == (36, 6)
    assert (votes.same_totals, len(votes.other_totals)) == (339, 32)
    assert all(other.in_file == other.cast for other in votes.other_totals), "the file counts a repeated vote twice"


@pytest.mark.anyio
async def test_the_jam_holds_what_the_report_says(store, vault, data):
    report = await import_polis(store, vault, data / "polis-bg2050-volunteers", "BG 2050")
    state = store.by_slug("bg-2050")
    happened = await recorded(store, state.id)
    cast = [event for event in happened if isinstance(event, events.IdeaSupported | events.StanceRecorded)]
    assert len(cast) == 14_341, "every vote is an event"
    assert sum(idea.support for idea in state.ideas) == report.votes.counted["agree"] == 10_006
    assert sum(idea.disagrees for idea in state.ideas) == report.votes.counted["disagree"]
    assert sum(idea.passes for idea in state.ideas) == report.votes.counted["pass"]
    hospitality = next(idea for idea in state.ideas if idea.title == "I hope it can retain its southern hospitality")
    assert (hospitality.support, hospitality.disagrees, hospitality.posted_at) == (57, 0, 1_726_860_676_783)
    hidden = [idea for idea in state.ideas if idea.status is ContentStatus.HIDDEN]
    assert {idea.reason for idea in hidden} == {MODERATED}
    assert all(len(idea.title) <= 120 for idea in state.ideas)
    assert sum(bool(idea.body) for idea in state.ideas) == 113, "longer texts are kept whole in the body"
    assert state.phase(1_726_860_583_807) is Phase.IDEATION
    assert state.phase(1_728_095_101_064) is Phase.IDEATION
    assert state.phase(1_728_095_101_064 + 60_000) is Phase.CLOSED
    authors = await vault.people([idea.author for idea in state.ideas])
    assert all(person.name.startswith("Participant ") and person.email is None for person in authors.values())


@pytest.mark.anyio
async def test_the_same_export_is_imported_once(store, vault, tmp_path):
    folder = export(tmp_path / "p", "1000000000000,0,7,1,0,1,Plant more trees\n", "1000000001000,,0,7,1\n")
    await import_polis(store, vault, folder, "trees")
    seq = store.by_slug("trees").seq
    with pytest.raises(ImportRefused, match="imported already"):
        await import_polis(store, vault, folder, "trees")
    assert store.by_slug("trees").seq == seq
    export(folder, "1000000000000,0,7,1,0,1,Plant fewer trees\n", "1000000001000,,0,7,1\n")
    with pytest.raises(ImportRefused, match="another name"):
        await import_polis(store, vault, folder, "trees")
    assert [idea.title for idea in store.by_slug("trees").ideas] == ["Plant more trees"]
    assert len(store.all()) == 1


class Failing(MemoryJournal):
    """A journal whose power goes out after some appends."""

    left = 1_000_000

    async def append(self, stream: str, after: int, count: int, payload: bytes, token: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("the power went out")
        await super().append(stream, after, count, payload, token)


@pytest.mark.anyio
@pytest.mark.parametrize("appends", [1, 4, 6, 7, 8, 9])
async def test_an_import_that_was_cut_off_goes_on_where_it_was(vault, tmp_path, appends):
    votes = "".join(f"100000000{n}000,,0,{n % 3},{n % 3 - 1}\n" for n in range(1, 9))
    folder = export(tmp_path / "p", "1000000000000,0,7,2,2,-1,Plant more trees\n", votes)
    journal = Failing()
    journal.left = appends
    cut_off = await JamStore.open(journal, lambda: 0)
    with pytest.raises(RuntimeError, match="power"):
        await import_polis(cut_off, vault, folder, "trees")
    whole = MemoryJournal(journal.store)
    store = await JamStore.open(whole, lambda: 0)
    report = await import_polis(store, vault, folder, "trees")
    state, tree = store.by_slug("trees"), store.by_slug("trees").ideas[0]
    assert report.adds_up
    assert (report.files["votes.csv"].imported, len(state.ideas), len(state.members)) == (8, 1, 4)
    assert (tree.support, tree.disagrees, tree.passes, tree.status) == (1, 1, 1, ContentStatus.HIDDEN)
    cast = [e for e in await recorded(store, state.id) if isinstance(e, events.IdeaSupported | events.StanceRecorded)]
    assert len(cast) == 8, "no vote is there twice"
    with pytest.raises(ImportRefused, match="imported already"):
        await import_polis(store, vault, folder, "trees")


@pytest.mark.anyio
async def test_every_line_that_can_not_be_taken_is_named(store, vault, tmp_path):
    comments = (
        "1000000000000,0,7,2,0,1,Plant more trees\n"
        "1000000000000,0,8,0,0,1,The same id again\n"
        "yesterday,1,8,0,0,1,Without a date\n"
        "1000000005000,2,8,0,0,1,\n"
        '1000000006000,3,8,0,1,-1,"Two\nlines\u202e here"\n'
    )
    votes = (
        "1000000001000,,0,7,1\n1000000002000,,9,7,1\n1000000003000,,0,8,2\nnever,,0,8,1\n"
        "1000000004000,,3,7,-1\n1000000009000,,0,9,0\n1000000009500,,0,9,1\n"
    )
    report = await import_polis(store, vault, export(tmp_path / "p", comments, votes), "trees")
    state = store.by_slug("trees")
    assert [(remark.file, remark.line) for remark in report.refused] == [
        ("comments.csv", 3), ("comments.csv", 4), ("comments.csv", 5), ("votes.csv", 3), ("votes.csv", 4), ("votes.csv", 5),
    ]  # fmt: skip
    assert report.adds_up
    assert (report.files["comments.csv"].imported, report.files["votes.csv"].imported) == (2, 4)
    assert [(remark.file, remark.line) for remark in report.cleaned] == [("comments.csv", 6), ("votes.csv", 6)]
    assert "before its comment 3" in report.cleaned[1].text
    trees, hidden = state.ideas
    assert (trees.support, trees.passes, hidden.title, hidden.status) == (2, 0, "Two lines here", ContentStatus.HIDDEN)
    assert hidden.disagrees == 1, "a vote from before its comment counts from its posting"
    assert report.votes.same_totals == 2


@pytest.mark.anyio
async def test_a_matrix_without_times_gives_true_counts_and_says_that_times_are_invented(store, vault, tmp_path):
    folder = export(tmp_path / "p", "1000000000000,0,0,2,0,1,Plant trees\n1000000900000,1,1,0,1,1,Build roads\n", "")
    (folder / "votes.csv").unlink()
    (folder / "participants-votes.csv").write_text("participant,group-id,0,1\n0,1,1,\n1,0,1,-1\n2,,0,0\n", "utf-8")
    report = await import_polis(store, vault, folder, "matrix")
    trees, roads = store.by_slug("matrix").ideas
    assert (trees.support, trees.disagrees, trees.passes) == (2, 0, 1)
    assert (roads.support, roads.disagrees, roads.passes) == (0, 1, 1)
    assert report.files["participants-votes.csv"].imported == 5
    assert report.adds_up
    assert report.votes.same_totals == 2
    assert any("has no times" in said for said in report.said)


@pytest.mark.anyio
async def test_what_is_no_polis_export_is_refused_and_makes_no_jam(store, vault, tmp_path):
    with pytest.raises(ImportRefused, match=r"needs comments\.csv"):
        await import_polis(store, vault, tmp_path, "nothing")
    (tmp_path / "comments.csv").write_text("a,b\n1,2\n")
    (tmp_path / "votes.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ImportRefused, match="has no column timestamp"):
        await import_polis(store, vault, tmp_path, "nothing")
    assert list(store.all()) == []


@pytest.mark.anyio
async def test_an_import_replays_to_the_same_state(store, vault, tmp_path):
    comments = "1000000000000,0,7,2,0,1,Plant more trees\n1000000006000,3,8,0,1,-1,Cut them all\n"
    await import_polis(store, vault, export(tmp_path / "p", comments, "1000000007000,,3,7,-1\n"), "trees", organizer="pboss")
    state = store.by_slug("trees")
    again = await load_state(store.journal, PREFIX + state.id, from_zero=True)
    assert (again.seq, [idea.status for idea in again.ideas]) == (state.seq, [idea.status for idea in state.ideas])
    assert again.member("pboss").role == "ORGANIZER"
