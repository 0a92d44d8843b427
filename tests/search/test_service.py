"""Search over a live jam: it follows posts, edits, votes and merges, and loads what was there before."""

import asyncio

import pytest

from server.jam import commands as c
from server.jam import ids
from server.journal.memory import MemoryStore
from server.search.service import SearchService
from tests.themes.jams import Jam

pytestmark = pytest.mark.anyio


async def live() -> tuple[Jam, SearchService]:
    jam, search = await Jam.make(), SearchService()
    jam.store.watch(search.watch)
    return jam, search


async def test_a_post_is_found_at_once_and_an_edit_changes_what_it_is_found_by() -> None:
    jam, search = await live()
    idea = await jam.post("Solar roofs", "on every building")
    assert list(search.ideas("j1", "sol")) == [idea]
    await jam.submit(c.EditIdea(actor="ann", id="e1", idea=idea, title="Green roofs", body="with herbs", base_version=1))
    assert list(search.ideas("j1", "sol")) == []
    assert list(search.ideas("j1", "herb")) == [idea]


async def test_support_orders_equal_matches_and_a_merge_counts_too() -> None:
    jam, search = await live()
    first, second, third = [await jam.post("Bicycle lanes") for _ in range(3)]
    assert list(search.ideas("j1", "bicycle")) == [first, second, third]
    await jam.submit(c.SupportIdea(actor="ben", id="v1", idea=second))
    assert list(search.ideas("j1", "bicycle")) == [second, first, third]
    await jam.submit(c.MergeIdeas(actor="org", id="m1", idea=second, into=third, reason="the same idea"))
    await jam.submit(c.SupportIdea(actor="org", id="v2", idea=third))
    assert list(search.ideas("j1", "bicycle")) == [third, second, first]
    await jam.submit(c.WithdrawSupport(actor="org", id="v3", idea=third))
    await jam.submit(c.UnmergeIdea(actor="org", id="m2", idea=second, reason="not the same"))
    assert list(search.ideas("j1", "bicycle")) == [second, first, third]


async def test_comments_are_found_by_their_words() -> None:
    jam, search = await live()
    idea = await jam.post("Bicycle lanes")
    comment = c.PostComment(actor="ben", id="c1", idea=idea, body="ובחניה לאופניים?")
    await jam.submit(comment)
    assert list(search.comments("j1", "חני")) == [comment.derived(ids.COMMENT)]
    await jam.submit(c.EditComment(actor="ben", id="c2", comment=comment.derived(ids.COMMENT), body="With shade"))
    assert list(search.comments("j1", "חני")) == []
    assert list(search.comments("j1", "shade")) == [comment.derived(ids.COMMENT)]


async def test_a_jam_loaded_from_its_journal_is_indexed_whole() -> None:
    journal = MemoryStore()
    before = await Jam.make(journal)
    idea = await before.post("Solar roofs")
    again, search = await Jam.make(journal), SearchService()
    await search.load(again.store.all())
    assert list(search.ideas("j1", "roof")) == [idea]


async def test_what_is_posted_and_edited_while_a_jam_is_loaded_is_not_lost() -> None:
    journal = MemoryStore()
    before = await Jam.make(journal)
    old = await before.post("Solar roofs")
    jam, search = await Jam.make(journal), SearchService()
    jam.store.watch(search.watch)
    jam.count = 1
    await jam.submit(c.EditIdea(actor="ann", id="e1", idea=old, title="Green roofs", body="", base_version=1))
    new = await jam.post("Tall roofs")
    await search.load(jam.store.all())
    assert list(search.ideas("j1", "roof")) == [old, new]
    assert list(search.ideas("j1", "green")) == [old]
    assert list(search.ideas("j1", "solar")) == []


async def started(ideas: int) -> tuple[Jam, SearchService]:
    """A jam with so many ideas, read from its journal by a server that has not indexed any of them yet."""
    journal = MemoryStore()
    before = await Jam.make(journal)
    for number in range(ideas):
        await before.post(f"Solar roof {number}")
    jam, search = await Jam.make(journal), SearchService()
    jam.store.watch(search.watch)
    jam.count = ideas
    search.expect(jam.store.all())
    return jam, search


async def test_whoever_searches_before_a_jam_is_loaded_waits_for_it_and_finds_all() -> None:
    jam, search = await started(450)
    new = await jam.post("Tall roof")
    assert len(list(search.ideas("j1", "roof"))) < 451
    assert await search.ready("j1")
    found = list(search.ideas("j1", "roof"))
    assert (len(found), len(set(found)), new in found) == (451, 451, True)
    assert await search.ready("j1", 0.0), "it does not wait for what is there"


async def test_whoever_searches_while_a_jam_is_loaded_in_the_background_finds_each_once() -> None:
    jam, search = await started(450)
    _, is_ready = await asyncio.gather(search.load(jam.store.all()), search.ready("j1"))
    assert is_ready
    assert len(list(search.ideas("j1", "roof"))) == 450


async def test_nobody_waits_longer_than_they_will_and_what_was_read_by_then_is_kept() -> None:
    _, search = await started(450)
    assert not await search.ready("j1", 0.0)
    assert not await search.ready("j1", 0.0005)
    read = len(list(search.ideas("j1", "roof")))
    assert 0 < read < 450
    assert await search.ready("j1")
    assert len(list(search.ideas("j1", "roof"))) == 450


async def test_a_jam_nobody_expects_is_not_waited_for() -> None:
    assert await SearchService().ready("nowhere", 0.0)


def test_an_unknown_jam_has_nothing() -> None:
    assert list(SearchService().ideas("nowhere", "x")) == []
    assert list(SearchService().comments("nowhere", "x")) == []
