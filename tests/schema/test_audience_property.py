"""The central promise: what is not for you does not exist for you. No answer tells two worlds apart that differ only in that.

Random histories, random queries made from the SDL, compared to the byte: errors and their words, counts, cursors and live
ticks included. What may differ, and why, is told in docs/security.md: nothing but that *something* happened (`seq`), for
which the other world counts an event that changes nothing.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

import anyio
import orjson
import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from schema.context import Context
from server.jam.since import Mark
from server.live.delta import changes_after
from server.visits import Absence
from tests.api.random_documents import Writer
from tests.jam.world import PEOPLE
from tests.schema.two_worlds import OTHERS, WORDS, Apart, Difference, History, Searched, things
from tests.schema.world import CORE

VIEWERS = (*PEOPLE, "org", "new", "stranger")
EITHER = {"jam": [["id"], ["slug"]]}
STEPS = 60

BOARD = """query Board($order: IdeaOrder!, $first: Int!, $after: String, $topic: ID, $theme: ID) {
  jam(id: "j1") { ideas(order: $order, first: $first, after: $after, topicId: $topic, themeId: $theme) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id comments(first: 3) { totalCount edges { cursor node { id } } pageInfo { endCursor hasNextPage } } } }
  } }
}"""

LIVE = {
    "jamChanges": """{ fromSeq seq mustRefetch jam { counts { ideas comments supports members themes } topics { id ideaCount position } }
      ideas { id seq title supportCount commentCount buildOnCount parents { id } buildOns { id } theme { id } }
      comments { id seq body replyCount likeCount } themes { id seq name ideaCount supportCount commentCount }
      announcements { id } removedIds }""",
    "viewerChanges": """{ seq supportedIdeaIds unsupportedIdeaIds unreadCount notifications { id kind reason idea { id } comment { id } }
      membership { role relation } ideas { id seq title supportCount } comments { id seq body } removedIds }""",
    "moderationChanges": """{ seq openReports reports { id idea { id } comment { id } sameTargetCount } themeProposals { id }
      stream { ... on Idea { id seq title } ... on Comment { id seq body } } }""",
}

ALL = """{
  viewer { unreadCount(jamId: "j1") supportedIdeaIds(jamId: "j1") ideas(jamId: "j1") { id } notifications(jamId: "j1") { id }
    sinceYouLeft(jamId: "j1") { newIdeas { number isAll } newComments { number isAll } more { kind number }
      items { kind idea { id } comment { id } theme { id } supports comments buildOns reason } } }
  jam(id: "j1") { seq counts { ideas comments supports members themes } topics { id position ideaCount }
    themes { id seq name ideaCount supportCount commentCount restrictedIdeaCount centralIdeas { id } subthemes { id ideaCount }
      ideas { totalCount edges { cursor } } }
    themeRun { id ideaCount unthemedCount backlog } moderationLog { id act targetKind targetId reason }
    reports { id idea { id } } health { openReports silentTopics unattendedIdeas minutes { at ideas comments supports joins } }
    stream { ... on Idea { id } ... on Comment { id } }
    members { totalCount edges { node { person { name } ideaCount commentCount supportCount } } }
    viewerCircles { id } }
  themeMap(jamId: "j1") { points { ideaId x y themeId subthemeId supportCount } themes { id } columns { count ideaIds themeIds supports } }
}"""


class Pair:
    """Two worlds, asked the same as the same person."""

    def __init__(self, history: History, other: Searched, viewer: str, secret: set[str]) -> None:
        self.worlds = (history.world, other)
        self.viewer = viewer
        self.secret = secret
        self.cursors: set[str] = set()

    def contexts(self, is_shared: bool) -> Iterator[tuple[Searched, Context]]:
        """As the person, or as everybody of their class."""
        for world in self.worlds:
            seen = world.state.viewer_at(self.viewer, world.now).visibility
            if is_shared and seen is not None:
                yield world, world.of_class(seen.role, seen.relation)
            else:
                yield world, world.context(self.viewer)

    async def same(self, document: str, is_shared: bool = False, heard: int | None = None, **variables: Any) -> Any:
        """The answer, which has to be the same in both worlds."""
        told = []
        for world, context in self.contexts(is_shared):
            root = None if heard is None else changes_after(world.state, heard)
            result = await world.answer(context, document, root, **variables)
            errors = [(error.message, error.path, error.extensions) for error in result.errors or ()]
            told.append(orjson.dumps([result.data, errors]))
        assert told[0] == told[1], (self.viewer, document, variables, sorted(self.secret))
        return orjson.loads(told[0])[0]

    def __iter__(self) -> Iterator[str]:
        """Ids of everything, seen or not, and of nothing."""
        state = self.worlds[0].state
        yield from (
            *things(state),
            *state.themes,
            *state.reports,
            *(one.id for one in state.announcements),
            "nothing",
            state.id,
        )

    def choices(self) -> dict[str, list[Any]]:
        """Values for arguments of random documents."""
        texts = [*WORDS, *OTHERS, *(word[:2] for word in (*WORDS, *OTHERS)), "Fir", "a", ""]
        everything = list(self)
        return {
            "jamId": ["j1"] * 9 + ["nothing"], "slug": ["jam"], "after": [*sorted(self.cursors), "bad", ""], "text": texts,
            "query": ["a", "b", "f"], "language": ["en", "he", ""], "token": ["x", "y", "z"], "ID": everything,
            "Int": [1, 2, 3, 5, 20], "String": ["", "en"], "Boolean": [True, False], "Float": [0.5], "Timestamp": [1],
        }  # fmt: skip


async def _compare(pair: Pair, random: Random) -> None:
    for is_shared in (False, True):
        await pair.same(ALL, is_shared)
    await _page(pair, random)
    for text in (*WORDS[::3], *OTHERS[::2], random.choice(WORDS)[:3]):
        found = "ideas { id } comments { id } people { name }"
        await pair.same(f'{{ search(jamId: "j1", text: "{text}", first: 3) {{ {found} }} }}')
        await pair.same(
            f'{{ similarIdeas(jamId: "j1", text: "{text} {random.choice(WORDS)}", first: 2) {{ score idea {{ id }} }} }}'
        )
    await _listen(pair, random)
    for _ in range(8):
        asked = Writer(random.randint, CORE, pair.choices(), EITHER, False).operation("query", random.randint(3, 7))
        if not validate(CORE, parse(asked.text)):
            await pair.same(asked.text, random.random() < 0.5, **asked.variables)


async def _page(pair: Pair, random: Random) -> None:
    """Through the board in every order, by its own cursors; then with cursors of one order taken to another's place."""
    state = pair.worlds[0].state
    for order in ("TOP", "HOT", "RISING", "NEW", "DISCUSSED", "UNATTENDED", "FAIR"):
        for topic, theme in ((None, None), (random.choice([*state.topics]), None), (None, random.choice([*state.themes, "h"]))):
            after = None
            for _ in range(3):
                told = await pair.same(BOARD, topic is None, order=order, first=3, after=after, topic=topic, theme=theme)
                page = None if told is None or told["jam"] is None else told["jam"]["ideas"]
                if page is None or not page["pageInfo"]["hasNextPage"]:
                    break
                after = page["pageInfo"]["endCursor"]
                pair.cursors.add(after)


async def _listen(pair: Pair, random: Random) -> None:
    """Everything that one is told live, from several moments on."""
    last = pair.worlds[0].state.seq
    for after in {last, max(0, last - 1), random.randint(0, last), random.randint(0, last), 0}:
        for field, selection in LIVE.items():
            await pair.same(
                f'subscription {{ {field}(jamId: "j1", afterSeq: 0) {selection} }}', field != "viewerChanges", after
            )


def _absent(pair: Pair, random: Random) -> None:
    """The viewer was away for part of the history."""
    world = pair.worlds[0]
    mark = Mark(random.randint(0, world.state.seq), random.randint(world.state.created_at, world.now))
    for each in pair.worlds:
        each.absences.known[pair.viewer] = Absence(mark, True)


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("difference", Difference)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(seed=st.integers(0, 2**32), viewer=st.sampled_from(VIEWERS))
def test_nothing_tells_of_what_is_not_for_one(difference: Difference, seed: int, viewer: str) -> None:
    history = History.made(seed, STEPS, [viewer])
    try:
        other, secret = history.other(viewer, difference)
    except Apart:
        event("the worlds went apart")
        assume(False)
        return
    event(f"secrets: {'none' if not secret else 'some' if len(secret) < 5 else 'many'}")
    assert history.world.state.seq == other.state.seq
    pair, random = Pair(history, other, viewer, secret), Random(seed)
    _absent(pair, random)
    anyio.run(_compare, pair, random)


def test_every_subscription_is_listened_to() -> None:
    assert CORE.subscription_type is not None
    assert set(LIVE) == set(CORE.subscription_type.fields)
