"""Opinion groups: who votes alike, as numbers of people only, and what unites them."""

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import ID

from schema import idea as ideas
from schema.marks import described
from schema.scalars import Timestamp, optional_time
from schema.view import JamView
from server.jam import entities as e
from server.opinions import reading as r
from server.opinions.ballots import is_for_all

if TYPE_CHECKING:
    from schema.idea import Idea

LEAST_VOTES, LEAST_VOTERS = 7, 20


@strawberry.enum
class OpinionStatus(Enum):
    """WAITING: not read yet. TOO_FEW: too few people have voted often enough. NO_STRUCTURE: votes dealt out at random would
    look the same, so that there are no groups to be told of. GROUPED: there are."""

    WAITING = "WAITING"
    TOO_FEW = "TOO_FEW"
    NO_STRUCTURE = "NO_STRUCTURE"
    GROUPED = "GROUPED"


def told(view: JamView, id: str) -> e.Idea | None:
    """The idea, if it still may be told of: a reading may be older than what was hidden or moved since."""
    idea = view.idea(id)
    return idea if idea is not None and is_for_all(idea) else None


@strawberry.type(description="A view that a group holds more than the others, at a false discovery rate of 5 % over all views.")
class OpinionView:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[r.View]
    about: strawberry.Private[e.Idea]

    @strawberry.field
    def idea(self) -> Annotated["Idea", strawberry.lazy("schema.idea")]:
        return ideas.Idea(view=self.view, entity=self.about)

    @described("True: for the idea; false: against it.")
    def agrees(self) -> bool:
        return self.entity.agrees

    @described("Share of those of the group who saw it that hold this view, (votes + 1) / (seen + 2).")
    def share(self) -> float:
        return self.entity.share

    @described("That share as a multiple of the share among everybody else.")
    def ratio(self) -> float:
        return self.entity.ratio

    @described("How many of the group saw it, at least 5; where there is support only, the whole group.")
    def seen_count(self) -> int:
        return self.entity.seen

    @described("The difference of the two shares in standard errors.")
    def z(self) -> float:
        return self.entity.z

    @described("The false discovery rate at which it stands among all views of all groups (Benjamini and Hochberg).")
    def false_discovery_rate(self) -> float:
        return self.entity.q


@strawberry.type(description="People who vote alike: how many, and what they stand for; never who. None is smaller than 5.")
class OpinionGroup:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[r.Group]

    @strawberry.field
    def id(self) -> ID:
        return ID(f"{self.view.state.id}-{self.entity.key}")

    @described("The place of its letter in the alphabet, from 0; it keeps it from reading to reading.")
    def key(self) -> int:
        return self.entity.key

    @strawberry.field
    def size(self) -> int:
        return self.entity.size

    @described("Centre of its ellipse, in a picture whose sides run from 0 to 1, y downwards.")
    def x(self) -> float:
        return self.entity.ellipse.x

    @strawberry.field
    def y(self) -> float:
        return self.entity.ellipse.y

    @described("Half axes: two standard deviations.")
    def radius_x(self) -> float:
        return self.entity.ellipse.rx

    @strawberry.field
    def radius_y(self) -> float:
        return self.entity.ellipse.ry

    @described("Of the first axis, in radians, clockwise as y points downwards.")
    def angle(self) -> float:
        return self.entity.ellipse.angle

    @described("Most telling first; ideas for everyone only.")
    def views(self) -> list[OpinionView]:
        found = ((one, told(self.view, one.idea)) for one in self.entity.views)
        return [OpinionView(view=self.view, entity=one, about=idea) for one, idea in found if idea is not None]


@strawberry.type(description="A square of the picture in which at least 5 people of a group stand.")
class OpinionCell:
    entity: strawberry.Private[r.Cell]

    @strawberry.field
    def group_key(self) -> int:
        return self.entity.group

    @strawberry.field
    def column(self) -> int:
        return self.entity.column

    @strawberry.field
    def row(self) -> int:
        return self.entity.row

    @strawberry.field
    def people(self) -> int:
        return self.entity.people


@strawberry.type
class GroupShare:
    group_key: int
    share: float


@strawberry.type(description="An idea that every group agrees with.")
class UnitingIdea:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[r.United]
    about: strawberry.Private[e.Idea]

    @strawberry.field
    def idea(self) -> Annotated["Idea", strawberry.lazy("schema.idea")]:
        return ideas.Idea(view=self.view, entity=self.about)

    @described("Group-informed consensus: the product of the groups' shares, 0 to 1.")
    def consensus(self) -> float:
        return self.entity.consensus

    @strawberry.field
    def shares(self) -> list[GroupShare]:
        return [GroupShare(group_key=key, share=share) for key, share in self.entity.shares]


@strawberry.type(description="Who votes alike and what all agree on, from the votes on ideas for everyone.")
class Opinions:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[r.Reading | None]

    @strawberry.field
    def status(self) -> OpinionStatus:
        return OpinionStatus.WAITING if self.entity is None else OpinionStatus(self.entity.status)

    @strawberry.field
    def read_at(self) -> Timestamp | None:
        return optional_time(self.view.services.opinions.read_at(self.view.state.id) or None)

    @described("People with enough votes to be placed.")
    def voter_count(self) -> int:
        return 0 if self.entity is None else self.entity.voters

    @described("People who voted less than that.")
    def other_count(self) -> int:
        return 0 if self.entity is None else self.entity.others

    @strawberry.field
    def vote_count(self) -> int:
        return 0 if self.entity is None else self.entity.votes

    @described("Votes that one needs to be placed.")
    def least_votes(self) -> int:
        return LEAST_VOTES

    @described("People with so many votes that are needed before anything is told.")
    def least_voters(self) -> int:
        return LEAST_VOTERS

    @described("True where nobody disagreed or passed: then people are compared by how they spread their support.")
    def is_support_only(self) -> bool:
        return self.entity is not None and self.entity.by_support

    @described("How often the same votes dealt out at random look as structured, of 100.")
    def chance(self) -> float:
        return 1.0 if self.entity is None else self.entity.p

    @described("How well the groups are apart, -1 to 1 (mean silhouette).")
    def silhouette(self) -> float:
        return 0.0 if self.entity is None else self.entity.silhouette

    @described("The largest first.")
    def groups(self) -> list[OpinionGroup]:
        return [] if self.entity is None else [OpinionGroup(view=self.view, entity=one) for one in self.entity.groups]

    @described("Best first.")
    def uniting(self) -> list[UnitingIdea]:
        return list(self._uniting())

    def _uniting(self) -> Iterator[UnitingIdea]:
        for one in () if self.entity is None else self.entity.uniting:
            idea = told(self.view, one.idea)
            if idea is not None:
                yield UnitingIdea(view=self.view, entity=one, about=idea)

    @described("Squares on each side of the picture.")
    def grid_size(self) -> int:
        return 0 if self.entity is None else self.entity.grid

    @strawberry.field
    def cells(self) -> list[OpinionCell]:
        return [] if self.entity is None else [OpinionCell(entity=cell) for cell in self.entity.cells]


def opinions_of(view: JamView) -> Opinions | None:
    """The last reading, for those who may read ideas."""
    return Opinions(view=view, entity=view.services.opinions.reading(view.state.id)) if view.reads else None


def own_group(view: JamView) -> int | None:
    """The key of the group that the person who asks votes with; only they are told."""
    me = view.me
    return None if me is None or not view.reads else view.services.opinions.group_of(view.state.id, me.number)
