"""Changes of the themes that a grouping would make but that people have to agree to.

A regrouping may find that two themes are one, that one is several, or that one no longer holds together. On a board that people
watch such a change is proposed to the moderators and the themes stay as they are; see docs/decisions/0006.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.jam.state import JamState

SETTLED_AT = 100
"""Below so many grouped ideas the themes are still forming: a regrouping changes them by itself."""

GROWN_BY = 1.5
"""When a jam has grown by half since its last run (an import, a long stop), the themes are found anew rather than proposed."""

CHANGED_ENOUGH = 0.3
"""A declined proposal may come again when more than this share of the ideas concerned is different, by Jaccard's distance."""

MOST_PROPOSALS = 20
"""How many proposals of one run are kept, those that move most ideas first."""


class ProposalKind(StrEnum):
    """MERGE: several themes are one. SPLIT: one is several. NEW: a theme made of parts of several. RETIRE: one falls apart."""

    MERGE = "MERGE"
    SPLIT = "SPLIT"
    NEW = "NEW"
    RETIRE = "RETIRE"


class ProposalStatus(StrEnum):
    """What became of a proposal. One that a later run did not make again is gone."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"


class ThemePolicy(StrEnum):
    """PROPOSE: moderators decide about changes of settled themes. APPLY: every regrouping applies by itself."""

    PROPOSE = "PROPOSE"
    APPLY = "APPLY"


@dataclass(frozen=True, slots=True)
class ProposedPart:
    """A theme as it would be. `theme`: its id, a new one where it would be new, None for "in no theme". `ideas`: those that
    would come to it from another theme; `size`: how many it would hold in all. `name`, `keywords` and `central` (idea ids) are
    made of ideas for everyone only. cohesion, separation, confidence: as in `clustering.Theme`."""

    theme: str | None
    name: str
    keywords: tuple[str, ...]
    central: tuple[str, ...]
    ideas: tuple[str, ...]
    size: int
    cohesion: float
    separation: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Draft:
    """A change as a run proposes it. `themes`: those concerned, of a MERGE first the one that would stay. cohesion and
    separation: means of the themes concerned, weighted by size, (as shown, as proposed). confidence: 0 to 1."""

    kind: ProposalKind
    themes: tuple[str, ...]
    parts: tuple[ProposedPart, ...]
    cohesion: tuple[float, ...]
    separation: tuple[float, ...]
    confidence: float

    @property
    def moving(self) -> tuple[str, ...]:
        """The ideas that would change their theme."""
        return tuple(idea for part in self.parts for idea in part.ideas)


@dataclass(slots=True)
class ThemeProposal:
    """A draft that was made known: by run `run` at `at`, in the same words first at `since`. `concerned`: numbers of the ideas
    in its themes when it was declined."""

    id: str
    run: str
    at: int
    since: int
    draft: Draft
    status: ProposalStatus = ProposalStatus.OPEN
    concerned: frozenset[int] = frozenset()

    @property
    def is_open(self) -> bool:
        return self.status is ProposalStatus.OPEN


def edited_themes(state: "JamState") -> frozenset[str]:
    """The standing themes that people shaped: named, merged into, split off or pinned to."""
    edits = state.theme_edits
    touched = {*edits.pins.values(), *edits.splits}
    touched |= {theme.merged_into for theme in state.themes.values() if theme.merged_into is not None}
    touched |= {theme.id for theme in state.themes.values() if theme.given_name is not None}
    return frozenset(theme.id for theme in state.board_themes() if theme.id in touched)


def settled_themes(state: "JamState", ideas: int) -> frozenset[str]:
    """The themes that a regrouping of so many ideas may change by a proposal only."""
    run = state.theme_run
    if state.theme_policy is ThemePolicy.APPLY or run is None:
        return frozenset()
    is_settled = state.published and run.ideas >= SETTLED_AT and ideas < GROWN_BY * run.ideas
    return frozenset(theme.id for theme in state.board_themes()) if is_settled else edited_themes(state)


def concerned(state: "JamState", draft: Draft) -> frozenset[int]:
    """Numbers of the ideas that a proposal is about: all of its themes, of a NEW one those that would move."""
    if draft.kind is ProposalKind.NEW:
        return frozenset(state.idea_numbers[id] for id in draft.moving if id in state.idea_numbers)
    found = (state.themes[id].ideas for id in draft.themes if id in state.themes)
    return frozenset(number for ideas in found for number in ideas)


def difference(then: Iterable[int], now: Iterable[int]) -> float:
    """How different two sets are, 0 to 1: Jaccard's distance."""
    one, other = frozenset(then), frozenset(now)
    return 1 - len(one & other) / len(one | other) if one or other else 0.0


def is_declined(state: "JamState", draft: Draft) -> bool:
    """Whether people declined this change, and its themes are still much as they were then."""
    return any(
        proposal.status is ProposalStatus.DECLINED
        and _same(proposal.draft, draft)
        and difference(proposal.concerned, concerned(state, draft)) <= CHANGED_ENOUGH
        for proposal in state.theme_proposals.values()
    )


def open_like(state: "JamState", draft: Draft) -> ThemeProposal | None:
    """The open proposal that says the same of nearly the same ideas."""
    moving = frozenset(draft.moving)
    for proposal in state.theme_proposals.values():
        if proposal.is_open and _same(proposal.draft, draft):
            earlier = frozenset(proposal.draft.moving)
            if len(earlier & moving) >= (1 - CHANGED_ENOUGH) * len(earlier | moving):
                return proposal
    return None


def _same(one: Draft, other: Draft) -> bool:
    return one.kind is other.kind and frozenset(one.themes) == frozenset(other.themes)
