"""A moderator decides about changes of themes that a regrouping proposes; whoever reads the briefing sees what comes of it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import Locator, Page, expect

from server.app.clock import wall_clock
from server.jam import commands as c
from server.jam import ids
from server.jam.entities import Theme
from server.jam.state import JamState
from server.jam.theme_proposals import Draft, ProposalKind, ProposedPart
from server.jam_store import JamStore
from server.settings import Settings
from server.stores import open_stores
from tests.e2e.people import JAM, SLUG, People
from tests.e2e.serving import Serving
from tests.e2e.words import EN, HE

NAME = "Night buses"
FIGURES = ((0.4, 0.6), (0.3, 0.5), 0.8)
Proposed = list[str]
"""Names of the themes that a regrouping would change: one to split, two to merge, one to retire."""


def part(theme: str, name: str, ideas: tuple[str, ...], size: int) -> ProposedPart:
    return ProposedPart(theme, name, ("bus",), ideas[:1], ideas, size, 0.6, 0.5, 0.8)


def drafts(state: JamState) -> tuple[tuple[Draft, ...], Proposed]:
    whole, stays, goes, falls = sorted(state.board_themes(), key=lambda theme: (-len(theme.ideas), theme.id))[:4]
    apart, moving, left = ideas_of(state, whole)[::2], ideas_of(state, goes), ideas_of(state, falls)
    split = (part(whole.id, whole.label, (), len(whole.ideas) - len(apart)), part("thnight", "Buses", apart, len(apart)))
    merged = (part(stays.id, stays.label, moving, len(stays.ideas) + len(moving)),)
    fallen = (part(stays.id, stays.label, left, len(stays.ideas) + len(left)),)
    made = (
        Draft(ProposalKind.SPLIT, (whole.id,), split, *FIGURES),
        Draft(ProposalKind.MERGE, (stays.id, goes.id), merged, *FIGURES),
        Draft(ProposalKind.RETIRE, (falls.id,), fallen, *FIGURES),
    )
    return made, [theme.label for theme in (whole, stays, goes, falls)]


def ideas_of(state: JamState, theme: Theme) -> tuple[str, ...]:
    return tuple(state.ideas[number].id for number in sorted(theme.ideas))


def regrouped(serving: Serving) -> Proposed:
    """A grouping as the server's own would be that leaves all as it is, and proposes."""
    with ThreadPoolExecutor(1) as thread:  # the browser's own loop runs in this one
        return thread.submit(lambda: asyncio.run(_regrouped(serving))).result()


async def _regrouped(serving: Serving) -> Proposed:
    async with open_stores(Settings(data=serving.data)) as (journal, _):
        store = await JamStore.open(journal, wall_clock)
        state = store.by_slug(SLUG)
        assert state is not None
        assert state.theme_run is not None
        proposals, names = drafts(state)
        themes = [item(one) for board in state.board_themes() for one in (board, *state.subthemes(board))]
        placed = tuple((idea.id, idea.theme, idea.subtheme, idea.x, idea.y) for idea in state.ideas if idea.x is not None)
        await store.submit(
            state.id,
            c.RecordGrouping(
                actor=ids.SYSTEM, id="regrouped", model="m", granularity="auto", reason="test", themes=tuple(themes),
                placements=placed, follows=state.theme_run.id, edits=state.theme_edits.made, report=state.theme_run.report,
                proposals=proposals,
            ),
        )  # fmt: skip
        await store.close()
        return names


def item(theme: Theme) -> dict[str, object]:
    return {
        "id": theme.id, "name": theme.name, "keywords": theme.keywords, "distinctive": theme.distinctive,
        "medoids": theme.medoids, "parent": theme.parent, "cohesion": theme.cohesion, "confidence": theme.confidence,
        "x": theme.x, "y": theme.y,
    }  # fmt: skip


def card(page: Page, words: object) -> Locator:
    return page.get_by_role("article", name=words)  # type: ignore[arg-type]


def test_what_a_regrouping_proposes_happens_when_a_moderator_accepts(
    start_server: Callable[..., Serving], people_at: Callable[[str], People]
) -> None:
    serving = start_server()
    people = people_at(serving.url)
    reader = people.page("executive", "phone", "he")
    reader.goto(f"{JAM}/briefing")
    entries = reader.locator(".entries article")
    expect(entries.first).to_be_visible()
    before = entries.count()

    console = people.page("moderator")
    console.goto(f"{JAM}/console")
    _, stays, goes, falls = regrouped(serving)
    console.get_by_role("link", name=EN.like("proposals_wait", number=3)).last.click()
    expect(console.get_by_role("article")).to_have_count(3)
    expect(entries).to_have_count(before)

    split = card(console, EN.like("proposals_split", number=2))
    split.get_by_label(EN("proposals_name_new")).fill(NAME)
    split.get_by_role("button", name=EN("proposals_accept"), exact=True).click()
    expect(reader.get_by_role("heading", name=NAME)).to_be_visible()
    expect(entries).to_have_count(before + 1)

    card(console, EN.like("proposals_merge")).get_by_role("button", name=EN("proposals_accept"), exact=True).click()
    asked = console.get_by_role("alertdialog").or_(console.get_by_role("dialog"))
    asked.get_by_role("button", name=EN("proposals_accept"), exact=True).click()
    expect(entries).to_have_count(before)
    expect(entries.get_by_role("heading", name=goes, exact=True)).to_have_count(0)
    expect(entries.get_by_role("heading", name=stays, exact=True)).to_be_visible()

    card(console, EN.like("proposals_retire")).get_by_role("button", name=EN("proposals_decline")).click()
    expect(console.get_by_text(EN("proposals_none"))).to_be_visible()
    expect(entries.get_by_role("heading", name=falls, exact=True)).to_be_visible()
    expect(console.get_by_text(EN.like("proposals_declined_before", number=1))).to_be_visible()


def test_a_split_is_taken_back_at_once(start_server: Callable[..., Serving], people_at: Callable[[str], People]) -> None:
    serving = start_server()
    people = people_at(serving.url)
    phone = people.page("moderator", "phone", "he")
    phone.goto(f"{JAM}/console/themes")
    regrouped(serving)
    phone.reload()
    split = card(phone, HE.like("proposals_split"))
    split.get_by_label(HE("proposals_name_new")).fill(NAME)
    split.get_by_role("button", name=HE("proposals_accept"), exact=True).click()
    phone.get_by_role("button", name=HE("ui_undo")).click()
    themes = "query($slug: String!) { jam(slug: $slug) { themes { name } } }"
    expect(phone.get_by_role("button", name=HE("ui_undo"))).to_have_count(0)
    for _ in range(50):
        names = [theme["name"] for theme in people.api("executive").ask(themes, slug=SLUG)["jam"]["themes"]]
        if NAME not in names:
            return
        phone.wait_for_timeout(100)
    raise AssertionError(f"{NAME!r} is still a theme")
