"""The engine against a naive one: votes, counts, orders and tallies, asked now and then while random commands run."""

from itertools import islice, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam import ranking
from server.jam.decide import decide
from server.jam.entities import Idea
from server.jam.events import REGISTRY, Event
from server.jam.facets import Filter
from server.jam.ids import command_key
from server.jam.people import STRANGER, Relation, Role, Viewer
from server.jam.phases import Phase, Schedule
from server.jam.ranking import IdeaOrder, belongs, order_key
from server.jam.rejections import Rejection
from server.jam.tallies import WHOLE_JAM
from server.jam.upcasts import UPCASTS
from server.jam.visibility import Audience, reaches
from server.journal.codec import EventCodec
from tests.jam.commanding import Asker, settled_world
from tests.jam.naive import Naive
from tests.jam.world import HOUR, SCHEDULE, Recorded, World, fold, plain

CLASSES = [STRANGER, *(Viewer(None, role, relation) for role in Role for relation in Relation)]
CODEC: EventCodec[Event] = EventCodec(REGISTRY, UPCASTS)


def naive_of(world: Recorded) -> Naive:
    naive = Naive()
    for entry in world.journal:
        for event in entry.events:
            naive.take(event)
    return naive


def check_ideas(world: World, naive: Naive) -> None:
    for id, simple in naive.ideas.items():
        idea = world.idea(id)
        people = [world.state.members[number].person for number in idea.supporters]
        assert dict(zip(people, idea.support_times, strict=True)) == naive.supporters(id)
        assert (idea.disagrees, idea.passes) == tuple(list(simple.against.values()).count(s) for s in ("disagree", "pass"))
        assert sum(idea.by_relation) == idea.support
        assert idea.is_listed is naive.listed(id)
        assert idea.reach == naive.reach(id)
        assert idea.children == naive.children(id)
        assert (idea.comment_count, idea.build_on_count) == (naive.comment_count(id), naive.build_on_count(id))
    for id in naive.comments:
        assert world.remark(id).reply_count == naive.reply_count(id)


def check_orders(world: World, naive: Naive) -> None:
    for order in IdeaOrder:
        for topic in (None, *naive.topics):
            assert [number for _, number in world.state.orders.get(order, topic).after(None)] == naive.order(order, topic)


def check_orders_of_themes(world: World) -> None:
    ideas = world.state.ideas
    for theme, order in product(world.state.themes.values(), IdeaOrder):
        inside = [ideas[number] for number in theme.ideas if belongs(order, ideas[number])]
        kept = world.state.orders.of_theme(order, theme.id, theme.ideas).after(None)
        assert [number for _, number in kept] == [one.number for one in sorted(inside, key=lambda one: order_key(order, one))]


def check_tallies(world: World, naive: Naive) -> None:
    viewers = CLASSES + [world.viewer(person) for person in ("ann", "ben", "mod", "org")]
    themed: dict[str, list[str]] = {id: [] for id in world.state.themes}
    for idea in world.state.ideas:
        for theme in {idea.theme, idea.subtheme} - {None}:
            themed[theme].append(idea.id)
    scopes = {WHOLE_JAM: naive.in_topic(None)} | {topic: naive.in_topic(topic) for topic in naive.topics} | themed
    for scope, members in scopes.items():
        for viewer in viewers:
            assert tuple(world.state.tallies.of(scope, viewer)) == naive.tally(members, viewer), (scope, viewer)


def check_facets(world: World) -> None:
    """Each filter takes just those that a look at every idea finds."""
    state = world.state
    viewers = CLASSES + [world.viewer(person) for person in ("ann", "ben", "mod", "org")]
    languages = (None, *sorted({idea.language for idea in state.ideas}), "xx")
    for topic, language, relation in product((None, *state.topics), languages, (None, *Relation)):
        for only_unattended in (False, True):
            filter = Filter(topic, language, relation, only_unattended)
            taken = [idea for idea in state.ideas if found(world, idea, filter)]
            for viewer in viewers:
                expected = {idea.number for idea in taken if reaches(viewer, idea.reach)}
                numbers = list(state.facets.numbers(viewer, filter, state.relation_of))
                assert (len(numbers), set(numbers)) == (len(expected), expected), (filter, viewer)
                assert state.facets.count(viewer, filter, state.relation_of) == len(expected)


def found(world: World, idea: Idea, filter: Filter) -> bool:
    author = world.state.member(idea.author)
    return (
        idea.is_listed
        and (idea.reach.circle is None if filter.topic is None else idea.topic == filter.topic)
        and filter.language in (None, idea.language)
        and (filter.relation is None or (author is not None and author.relation is filter.relation))
        and not (filter.only_unattended and (idea.comment_count or idea.build_on_count))
    )


def check_themes(world: World) -> None:
    """Each theme lists just the ideas that name it; no idea is in one that is gone, merged away or of another theme."""
    themes = world.state.themes
    for theme in themes.values():
        assert theme.ideas == {idea.number for idea in world.state.ideas if theme.id in (idea.theme, idea.subtheme)}
        assert theme.merged_into is None or not theme.ideas
    for idea in world.state.ideas:
        assert idea.theme is None or (themes[idea.theme].merged_into is None and idea.reach.circle is None)
        assert idea.subtheme is None or themes[idea.subtheme].parent == idea.theme


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1_000_000), st.integers(1, 70))
def test_the_engine_agrees_with_counting(seed: int, steps: int) -> None:
    """Orders and tallies are asked at random moments, so that every kind of change is settled on its own and among others."""
    world = settled_world(Recorded)
    ask = Asker(world, seed)
    for step in range(steps):
        world.wait(ask.one(0, 1, 700, 90_000))
        try:
            world.run(ask.command())
        except Rejection:
            continue
        if step == steps - 1 or ask.one(*range(8)) == 0:
            naive = naive_of(world)
            check_ideas(world, naive)
            check_orders(world, naive)
            check_orders_of_themes(world)
            check_tallies(world, naive)
            check_facets(world)
            check_themes(world)


def test_only_some_orders_of_themes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "MOST_OF_THEMES", 2)
    world = World()
    posts = [world.post("ann", f"Idea {number}") for number in range(6)]
    world.group({"h1": posts[:2], "h2": posts[2:4], "h3": posts[4:]}, {})
    for voter in ("ben", "fay", "fred"):
        world.support(posts[ord(voter[1]) % 6], voter)
        check_orders_of_themes(world)
    kept = [scope for scope, orders in world.state.orders._sorted.items() if orders and scope in world.state.themes]
    assert len(kept) == 1, "the two that were asked for last are of one theme"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000_000), st.integers(1, 40))
def test_the_state_is_the_fold_of_its_journal_and_a_refusal_changes_nothing(seed: int, steps: int) -> None:
    """Also of a journal that went through bytes and back, and with the orders asked for at other times."""
    world = settled_world(Recorded)
    ask = Asker(world, seed)
    for _ in range(steps):
        world.wait(ask.one(0, 1, 700, 90_000))
        command = ask.command()
        before = plain(world.state)
        try:
            events = decide(world.state, command, world.now)
        except Rejection:
            assert plain(world.state) == before
            continue
        assert plain(world.state) == before
        if events:
            world.run(command)
    stored = CODEC.decode(CODEC.encode(world.journal))
    folded = fold(stored)
    assert plain(folded) == plain(world.state)
    for order in IdeaOrder:
        assert list(folded.orders.get(order).after(None)) == list(world.state.orders.get(order).after(None))


AGAIN = {c.CountSeen, c.RecordGrouping, c.PlaceIdea, c.RecordStance}
"""What only the server records, each time anew: repetitions are told by what the state remembers of the command."""

REFUSED_AGAIN = {c.EditIdea, c.EditAnonymousIdea, c.ChangeCircle, c.MoveIdea}
"""What a repetition may find contradicted by its own effect: the version edited, the circle left, the audience lost."""

REFUSED = (None,)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1_000_000), st.integers(0, 60))
def test_a_command_sent_twice_happens_once(seed: int, steps: int) -> None:
    """Even where the state does not remember it any more: deciding it again at once finds that it holds already."""
    world = settled_world()
    ask = Asker(world, seed)
    for _ in range(steps):
        world.wait(ask.one(0, 1, 700, 90_000))
        command = ask.command()
        try:
            events = world.run(command)
        except Rejection:
            continue
        assert world.state.remembers(command_key(command.actor, command.id))
        if not events or type(command) in AGAIN:
            continue
        try:
            again = decide(world.state, command, world.now)
        except Rejection:
            again = REFUSED
        assert again == () or (again is REFUSED and type(command) in REFUSED_AGAIN), command


def test_two_pages_of_an_order_meet_although_ideas_move(world: World) -> None:
    """The cursor is a key: who moves ahead of it is not shown again, and nobody else is lost."""
    ideas = [world.post("ann", f"Idea {number}") for number in range(6)]
    for number, idea in enumerate(ideas):
        world.support(idea, *("ann", "ben", "cat", "fay", "fred", "cleo")[: 6 - number])
    order = world.state.orders.get(IdeaOrder.TOP)
    first = list(islice(order.after(None), 3))
    assert [number for _, number in first] == [0, 1, 2]
    world.support(ideas[5], "ben", "cat", "fay", "fred", "cleo", "pat")
    rest = [number for _, number in world.state.orders.get(IdeaOrder.TOP).after(*first[-1])]
    assert rest == [3, 4]
    assert len(order) == 6


def test_twice_the_support_weighs_as_much_as_four_hours(world: World) -> None:
    """log2(1 + support): one vote against none, so that the older idea leads up to four hours and not after."""
    later = Schedule(*SCHEDULE.instants()[:2], *(at + 9 * HOUR for at in SCHEDULE.instants()[2:]))
    world.do(c.ScheduleJam, "org", schedule=later)
    old = world.post("ann", "Old")
    world.support(old, "ben")
    world.wait(4 * HOUR)
    assert world.state.phase(world.now) is Phase.IDEATION
    world.post("ann", "As hot")
    world.wait(1)
    world.post("ann", "Hotter")
    assert [number for _, number in world.state.orders.get(IdeaOrder.HOT).after(None)] == [2, 0, 1]


def test_an_idea_of_a_circle_stands_only_in_the_orders_of_its_topic(world: World) -> None:
    circle = world.circle("ann", "ben")
    world.post("ann", audience=Audience(circle=circle))
    for order in IdeaOrder:
        assert [number for _, number in world.state.orders.get(order).after(None)] == []
        assert [number for _, number in world.state.orders.get(order, world.topic).after(None)] == [0]


def test_an_idea_that_moves_leaves_the_orders_of_its_topic_and_enters_the_others(world: World) -> None:
    """With the orders of both topics made and read before."""
    idea = world.post()
    for topic in (world.topic, world.staff):
        for order in IdeaOrder:
            assert len(world.state.orders.get(order, topic)) == (topic == world.topic)
    world.do(c.MoveIdea, "mod", idea=idea, topic=world.staff, reason="It belongs there")
    for topic in (world.topic, world.staff):
        for order in IdeaOrder:
            assert len(world.state.orders.get(order, topic)) == (topic == world.staff)
