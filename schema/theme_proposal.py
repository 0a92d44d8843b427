"""Changes of the themes that wait for a moderator, how the themes are kept, and why there are as many as there are."""

from collections.abc import Mapping
from enum import Enum
from itertools import islice
from typing import Any

import strawberry
from strawberry import ID

from schema.idea import Idea
from schema.marks import described
from schema.node import Node
from schema.pages import within
from schema.scalars import Timestamp, optional_id
from schema.theme import Theme, theme_of
from schema.view import JamView
from server.jam import theme_proposals as t
from server.jam.permissions import Action


@strawberry.type(description="A figure as it is, and as it would be.")
class BeforeAfter:
    before: float
    after: float


@strawberry.type(description="A theme as it would be, or the ideas that would be in none.")
class ProposedTheme:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[t.ProposedPart]

    @described("The theme that it is or would be; null: in no theme.")
    def theme_id(self) -> ID | None:
        return optional_id(self.entity.theme)

    @described("True when there is no such theme yet.")
    def is_new(self) -> bool:
        return self.entity.theme is not None and self.entity.theme not in self.view.state.themes

    @described("A name a person gave, or the one that is proposed; empty: in no theme.")
    def name(self) -> str:
        theme = self.view.theme(self.entity.theme)
        if theme is None:
            return self.entity.name
        return theme.given_name or self.entity.name or theme.label

    @strawberry.field
    def keywords(self) -> list[str]:
        return list(self.entity.keywords)

    @strawberry.field
    def central_ideas(self, first: int = 3) -> list[Idea]:
        seen = (idea for idea in self.view.ideas(self.entity.central) if idea.is_listed)
        return [Idea(view=self.view, entity=idea) for idea in islice(seen, within(first))]

    @described("Ideas that would come to it from another theme.")
    def moving_ideas(self, first: int = 20) -> list[Idea]:
        seen = (idea for idea in self.view.ideas(self.entity.ideas) if idea.is_listed)
        return [Idea(view=self.view, entity=idea) for idea in islice(seen, within(first))]

    @strawberry.field
    def moving_count(self) -> int:
        return len(self.entity.ideas)

    @described("How many ideas it would hold.")
    def idea_count(self) -> int:
        return self.entity.size

    @strawberry.field
    def cohesion(self) -> float:
        return self.entity.cohesion

    @strawberry.field
    def confidence(self) -> float:
        return self.entity.confidence


@strawberry.type(description="A change of settled themes that the last regrouping would make, and that people decide about.")
class ThemeProposal(Node):
    view: strawberry.Private[JamView]
    entity: strawberry.Private[t.ThemeProposal]

    @strawberry.field
    def kind(self) -> t.ProposalKind:
        return self.entity.draft.kind

    @strawberry.field
    def status(self) -> t.ProposalStatus:
        return self.entity.status

    @described("When it was first proposed in this form.")
    def since(self) -> Timestamp:
        return Timestamp(self.entity.since)

    @described("The run that proposed it last.")
    def run_id(self) -> ID:
        return ID(self.entity.run)

    @described("The themes concerned, as they are shown; of a merge first the one that would stay.")
    def themes(self) -> list[Theme]:
        found = (theme_of(self.view, id) for id in self.entity.draft.themes)
        return [theme for theme in found if theme is not None]

    @described("The themes as they would be.")
    def parts(self) -> list[ProposedTheme]:
        return [ProposedTheme(view=self.view, entity=part) for part in self.entity.draft.parts]

    @described("How many ideas would change their theme.")
    def moving_count(self) -> int:
        return len(self.entity.draft.moving)

    @described("How much the ideas of a theme have in common, 0 to 1: the mean of the themes concerned.")
    def cohesion(self) -> BeforeAfter:
        before, after = self.entity.draft.cohesion
        return BeforeAfter(before=before, after=after)

    @described("How far a theme is from the nearest other, 0 to 2: the mean of the themes concerned.")
    def separation(self) -> BeforeAfter:
        before, after = self.entity.draft.separation
        return BeforeAfter(before=before, after=after)

    @described("How sure it is, 0 to 1: how far samples of the ideas lead to the same themes.")
    def confidence(self) -> float:
        return self.entity.draft.confidence


@strawberry.type(description="How the themes of a jam are kept, for those who may edit them.")
class ThemeWork:
    view: strawberry.Private[JamView]

    @strawberry.field
    def policy(self) -> t.ThemePolicy:
        return self.view.state.theme_policy

    @described("Ideas that wait for their place.")
    def waiting(self) -> int:
        return self.view.services.themes.backlog(self.view.state.id)

    @described("Whether a full grouping is under way.")
    def is_grouping(self) -> bool:
        return self.view.services.themes.is_grouping(self.view.state.id)

    @strawberry.field
    def open_proposals(self) -> int:
        return len(proposals_of(self.view, t.ProposalStatus.OPEN))


@strawberry.enum(
    description="FEW: too few ideas to look for a number. KEPT: as fine as in the run before. ONLY: one fineness gave a number "
    "that people read. BEST: the best of several that did."
)
class ThemeCountReason(Enum):
    FEW = "FEW"
    KEPT = "KEPT"
    ONLY = "ONLY"
    BEST = "BEST"


@strawberry.type(description="Why there are as many groups of one level. Figures are null where nothing was looked for.")
class ThemeLevelReport:
    figures: strawberry.Private[Mapping[str, Any]]

    @strawberry.field
    def reason(self) -> ThemeCountReason:
        return ThemeCountReason(self.figures["code"])

    @described("Numbers of groups that were looked at: of `tried` resolutions, `least` to `most`.")
    def tried(self) -> int | None:
        return self.figures.get("tried")

    @strawberry.field
    def least(self) -> int | None:
        return self.figures.get("least")

    @strawberry.field
    def most(self) -> int | None:
        return self.figures.get("most")

    @described("How far groupings of random 80 % of the ideas agree with it: mean adjusted Rand index, -1 to 1.")
    def stability(self) -> float | None:
        return self.figures.get("stability")

    @described("How much nearer ideas are to their own group than to the next, -1 to 1.")
    def silhouette(self) -> float | None:
        return self.figures.get("silhouette")


@strawberry.type(description="What a run says of its themes. What compares with an earlier run is null in the first.")
class ThemeReport:
    figures: strawberry.Private[Mapping[str, Any]]

    @strawberry.field
    def board(self) -> ThemeLevelReport:
        return ThemeLevelReport(figures=self.figures["board"])

    @strawberry.field
    def parts(self) -> ThemeLevelReport:
        return ThemeLevelReport(figures=self.figures["parts"])

    @strawberry.field
    def themes(self) -> int:
        return int(self.figures["themes"])

    @strawberry.field
    def subthemes(self) -> int:
        return int(self.figures["subthemes"])

    @strawberry.field
    def cohesion(self) -> float:
        return float(self.figures["cohesion"])

    @strawberry.field
    def separation(self) -> float:
        return float(self.figures["separation"])

    @strawberry.field
    def languages(self) -> int:
        return int(self.figures["languages"])

    @described("Share of the larger themes that hold several languages, 0 to 1.")
    def mixed(self) -> float:
        return float(self.figures["mixed"])

    @strawberry.field
    def proposals(self) -> int:
        return int(self.figures["proposals"])

    @described("Share of the ideas that stayed in their theme, 0 to 1.")
    def stayed(self) -> float | None:
        return self.figures.get("stayed")

    @described("How far the ideas moved on the map: the median, its side being 1.")
    def shift(self) -> float | None:
        return self.figures.get("shift")

    @strawberry.field
    def added(self) -> int | None:
        return self.figures.get("added")

    @strawberry.field
    def gone(self) -> int | None:
        return self.figures.get("gone")


def proposals_of(view: JamView, status: t.ProposalStatus) -> list[ThemeProposal]:
    """Those that move most ideas first; nothing for those who may not edit themes."""
    if not view.may(Action.EDIT_THEMES):
        return []
    found = [one for one in view.state.theme_proposals.values() if one.status is status]
    found.sort(key=lambda one: (-len(one.draft.moving), one.id))
    return [ThemeProposal(view=view, entity=one) for one in found]


def work_of(view: JamView) -> ThemeWork | None:
    """For those who may edit themes."""
    return ThemeWork(view=view) if view.may(Action.EDIT_THEMES) else None


def report_of(figures: Mapping[str, Any]) -> ThemeReport | None:
    """None for a run of before there were figures."""
    return ThemeReport(figures=figures) if figures else None
