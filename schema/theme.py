"""Themes: how the ideas group, as far as their viewer may know."""

from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import ID

from schema import idea as ideas
from schema.map_columns import ThemeMapColumns
from schema.marks import described
from schema.node import Node
from schema.pages import Board, within
from schema.scalars import Timestamp, optional_id
from schema.view import JamView, coded
from server.jam import entities as e
from server.jam.people import CROSS_TIER, RELATIONS
from server.jam.permissions import Action
from server.jam.ranking import IdeaOrder
from server.jam.rejections import NotAllowed
from server.themes.briefing import Briefing
from server.themes.columns import Columns

NAMELESS = "…"
"""Stands for the name of a theme that went with a withdrawn text, until the next grouping finds another."""

if TYPE_CHECKING:
    from schema.idea import Idea, IdeaConnection, RelationCount
    from schema.theme_proposal import ThemeReport


@strawberry.type(description="The numbers an executive ranks by; each is counted from what the viewer may see.")
class ThemeBriefing:
    entity: strawberry.Private[Briefing]

    @strawberry.field
    def rank(self) -> int:
        return self.entity.rank

    @strawberry.field
    def support(self) -> int:
        return self.entity.support

    @strawberry.field
    def supporters(self) -> int:
        return self.entity.supporters

    @strawberry.field
    def topics(self) -> int:
        return self.entity.topics

    @strawberry.field
    def countries(self) -> int:
        return self.entity.countries

    @strawberry.field
    def relations(self) -> int:
        return self.entity.relations

    @described("Share of (topics, countries, relations) reached, 0 to 1: the mean of the three shares.")
    def breadth(self) -> float:
        return self.entity.breadth

    @described("Support in the last sixth of the jam so far, as a multiple of the mean sixth before it.")
    def momentum(self) -> float:
        return self.entity.momentum

    @described("Share of its ideas that were posted in the last third of the jam so far.")
    def novelty(self) -> float:
        return self.entity.novelty

    @described("Support a bucket of time since the doors opened, 24 buckets.")
    def support_over_time(self) -> list[int]:
        return list(self.entity.support_over_time)

    @described("Support by what its givers are to the company; together the support.")
    def support_by_relation(self) -> list[Annotated["RelationCount", strawberry.lazy("schema.idea")]]:
        counts = zip(RELATIONS, self.entity.support_by_relation, strict=True)
        return [ideas.RelationCount(relation=relation, count=count) for relation, count in counts]


@strawberry.enum
class TrendDirection(Enum):
    """EMERGING and FADING are said only where chance would hardly make it so, and the share changed by half at least."""

    EMERGING = "EMERGING"
    FADING = "FADING"
    STEADY = "STEADY"


@strawberry.type(
    description="How a theme moves, counted from arrivals: ideas for everyone, and each person's first vote for one of them."
)
class ThemeTrend:
    entity: strawberry.Private[e.Trend]

    @strawberry.field
    def direction(self) -> TrendDirection:
        return TrendDirection(self.entity.direction)

    @described("Arrivals since `since`.")
    def recent(self) -> int:
        return self.entity.recent

    @described("Arrivals before that.")
    def before(self) -> int:
        return self.entity.before

    @described("Its share of all arrivals since then, as a multiple of its share before.")
    def lift(self) -> float:
        return self.entity.lift

    @described("The chance of as many (or as few) without a trend: the exact tail of a hypergeometric distribution.")
    def chance(self) -> float:
        return self.entity.p

    @described("Where the recent part begins: the last quarter of the jam so far.")
    def since(self) -> Timestamp:
        return Timestamp(self.entity.since)

    @strawberry.field
    def found_at(self) -> Timestamp:
        return Timestamp(self.entity.at)


@strawberry.type
class Theme(Node):
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Theme]

    @strawberry.field
    def seq(self) -> int:
        """As fresh as the jam: its own last change may be one that the viewer is not to know of."""
        return self.view.state.seq

    @strawberry.field
    def name(self) -> str:
        return self.entity.label or NAMELESS

    @described("True when a person named it.")
    def is_named_by_hand(self) -> bool:
        return self.entity.given_name is not None

    @strawberry.field
    def keywords(self) -> list[str]:
        return list(self.entity.keywords)

    @described("What sets it apart from the other themes.")
    def distinctive(self) -> list[str]:
        return list(self.entity.distinctive)

    @strawberry.field
    def color_index(self) -> int:
        return self.entity.color

    @strawberry.field
    def parent_id(self) -> ID | None:
        return optional_id(self.entity.parent)

    @strawberry.field
    def subthemes(self) -> list["Theme"]:
        parts = self.view.state.subthemes(self.entity)
        return [Theme(view=self.view, entity=part) for part in parts if self.view.sees_theme(part)]

    @strawberry.field
    def idea_count(self) -> int:
        return self.view.tally(self.entity.id).ideas

    @strawberry.field
    def support_count(self) -> int:
        return self.view.tally(self.entity.id).supports

    @strawberry.field
    def comment_count(self) -> int:
        return self.view.tally(self.entity.id).comments

    @strawberry.field
    def central_ideas(self, first: int = 5) -> list[Annotated["Idea", strawberry.lazy("schema.idea")]]:
        """Its medoids that are still listed and still in it, best first."""
        seen = (idea for idea in self.view.ideas(self.entity.medoids) if idea.is_listed and idea.number in self.entity.ideas)
        return [ideas.Idea(view=self.view, entity=idea) for idea in islice(seen, within(first))]

    @strawberry.field
    def ideas(
        self, order: IdeaOrder = IdeaOrder.TOP, first: int = 20, after: str | None = strawberry.UNSET
    ) -> Annotated["IdeaConnection", strawberry.lazy("schema.idea")]:
        page = Board(order, theme=self.entity.id).page(self.view, first, after or None)
        return ideas.IdeaConnection(view=self.view, page=page)

    @strawberry.field
    def cohesion(self) -> float:
        return self.entity.cohesion

    @strawberry.field
    def confidence(self) -> float:
        return self.entity.confidence

    @described("Where its label stands on the map.")
    def map_x(self) -> float:
        return self.entity.x

    @strawberry.field
    def map_y(self) -> float:
        return self.entity.y

    @described("Whether it is emerging or fading; null before that was looked at.")
    def trend(self) -> ThemeTrend | None:
        return None if self.entity.trend is None else ThemeTrend(entity=self.entity.trend)

    @strawberry.field
    def briefing(self) -> ThemeBriefing:
        view = self.view
        if not view.may(Action.READ_BRIEFING):
            raise coded(NotAllowed(Action.READ_BRIEFING.value))
        return ThemeBriefing(entity=view.briefing(self.entity))

    @described("How many of its ideas are for part of the jam only; null for those who may not know.")
    def restricted_idea_count(self) -> int | None:
        return self.view.tally(self.entity.id).restricted if self.view.viewer.role in CROSS_TIER else None


@strawberry.type
class ThemeRun:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.ThemeRun]

    @strawberry.field
    def id(self) -> ID:
        return ID(self.entity.id)

    @strawberry.field
    def at(self) -> Timestamp:
        return Timestamp(self.entity.at)

    @strawberry.field
    def model(self) -> str:
        return self.entity.model

    @strawberry.field
    def idea_count(self) -> int:
        return self.entity.ideas

    @strawberry.field
    def unthemed_count(self) -> int:
        return self.entity.unthemed

    @strawberry.field
    def granularity(self) -> str:
        return self.entity.granularity

    @described("Why it chose this number of themes, in English: for tools. `report` says it in figures and codes.")
    def reason(self) -> str:
        return self.entity.reason

    @described("Its figures and codes; null for a run of before they were kept.")
    def report(self) -> Annotated["ThemeReport", strawberry.lazy("schema.theme_proposal")] | None:
        from schema.theme_proposal import report_of

        return report_of(self.entity.report)

    @described("Ideas that still wait for a place.")
    def backlog(self) -> int:
        return self.view.services.themes.backlog(self.view.state.id)


@strawberry.type
class ThemeMapPoint:
    entity: strawberry.Private[e.Idea]

    @strawberry.field
    def idea_id(self) -> ID:
        return ID(self.entity.id)

    @strawberry.field
    def x(self) -> float:
        return self.entity.x or 0.0

    @strawberry.field
    def y(self) -> float:
        return self.entity.y or 0.0

    @strawberry.field
    def theme_id(self) -> ID | None:
        return optional_id(self.entity.theme)

    @strawberry.field
    def subtheme_id(self) -> ID | None:
        return optional_id(self.entity.subtheme)

    @strawberry.field
    def title(self) -> str:
        return self.entity.title

    @strawberry.field
    def language(self) -> str:
        return self.entity.language

    @strawberry.field
    def support_count(self) -> int:
        return self.entity.support

    @strawberry.field
    def posted_at(self) -> Timestamp:
        return Timestamp(self.entity.posted_at)


@strawberry.type
class ThemeMap:
    view: strawberry.Private[JamView]

    @strawberry.field
    def points(self) -> list[ThemeMapPoint]:
        """Listed ideas that have a place; a circle's have none on a map for all."""
        view = self.view
        placed = (idea for idea in view.state.ideas if idea.x is not None and idea.is_listed and idea.reach.circle is None)
        return [ThemeMapPoint(entity=idea) for idea in placed if view.sees_idea(idea)]

    @described("The same points in columns: a third of the bytes, and made without holding anybody up.")
    async def columns(self, titles: bool = False) -> ThemeMapColumns:
        view = self.view
        if not view.reads:
            return ThemeMapColumns(entity=Columns(view.state.seq, view.state.created_at))
        return ThemeMapColumns(entity=await view.services.maps.of(view.state, view.viewer, titles))

    @strawberry.field
    def themes(self) -> list[Theme]:
        return board_of(self.view)

    @strawberry.field
    def run_id(self) -> ID | None:
        run = self.view.state.theme_run
        return optional_id(None if run is None or not self.view.reads else run.id)


def theme_of(view: JamView, id: str | None) -> Theme | None:
    """The theme, if it stands and the viewer may see the jam's ideas."""
    theme = view.theme(id)
    return None if theme is None else Theme(view=view, entity=theme)


def board_of(view: JamView) -> list[Theme]:
    """The themes of the board, most supported first; of equals the one with more ideas, then by id."""
    counted = sorted((_standing(view, theme), theme.id) for theme in view.board_themes())
    return [Theme(view=view, entity=view.state.themes[id]) for _, id in counted]


def _standing(view: JamView, theme: e.Theme) -> tuple[int, int]:
    count = view.tally(theme.id)
    return -count.supports, -count.ideas
