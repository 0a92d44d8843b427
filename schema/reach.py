"""The reach meter: how many were invited, joined and take part."""

import strawberry

from schema.marks import described
from schema.view import JamView
from server.here import FEWEST
from server.jam.invitations import InvitationKind
from server.jam.people import Relation
from server.jam.permissions import Action
from server.jam.reach import Figures, ReachCount

LAST_DEGREE = 3


@strawberry.type(
    description="Counted, never estimated. Invited by mail only: nobody knows how many were shown a link or a code."
)
class ReachFigures:
    entity: strawberry.Private[Figures]

    @described("Addresses to which an invitation was to be mailed, once for each invitation.")
    def invited(self) -> int:
        return self.entity.invited

    @described("Of those, how many a mail server took; nobody knows whether they were read.")
    def delivered(self) -> int:
        return self.entity.delivered

    @described("Of those, how many no mail server took, for good.")
    def failed(self) -> int:
        return self.entity.failed

    @described("Of those, by how many somebody joined.")
    def accepted(self) -> int:
        return self.entity.accepted

    @described("People who became members, whatever became of them since and however they came.")
    def joined(self) -> int:
        return self.entity.joined

    @described("Members of whom an idea, a comment or a vote stands; what was hidden or removed, and circles, do not count.")
    def active(self) -> int:
        return self.entity.active


@strawberry.type
class ReachOfRelation:
    relation: Relation
    figures: ReachFigures


@strawberry.type
class ReachOfDegree:
    degree: int = strawberry.field(
        description="How many invitations lie between a person and someone who came without one; 3 stands for 3 and more."
    )
    figures: ReachFigures


@strawberry.type
class ReachOfCountry:
    country: str
    joined: int
    active: int


@strawberry.type(description="People of one way of joining.")
class ReachWays:
    entity: strawberry.Private[dict[InvitationKind | None, int]]

    @strawberry.field
    def mail(self) -> int:
        return self.entity.get(InvitationKind.MAIL, 0)

    @strawberry.field
    def link(self) -> int:
        return self.entity.get(InvitationKind.LINK, 0)

    @strawberry.field
    def code(self) -> int:
        return self.entity.get(InvitationKind.CODE, 0)

    @described("Who made the jam, signed in by the company, was added or imported.")
    def uninvited(self) -> int:
        return self.entity.get(None, 0)


@strawberry.type(description="How far a jam reaches, at most a few seconds old.")
class Reach:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[ReachCount]

    @described("Counted up to this number at least.")
    def seq(self) -> int:
        return self.entity.seq

    @strawberry.field
    def total(self) -> ReachFigures:
        return ReachFigures(entity=self.entity.total)

    @described("Members with an idea that stands, by itself or merged into another.")
    def posted(self) -> int:
        return self.entity.posted

    @described("Members with a comment that stands.")
    def commented(self) -> int:
        return self.entity.commented

    @described("Members with a vote for or about an idea on the board.")
    def voted(self) -> int:
        return self.entity.voted

    @described("Those of the members who are suspended now, alone or with a branch that was revoked.")
    def suspended(self) -> int:
        return self.entity.suspended

    @strawberry.field
    def ways(self) -> ReachWays:
        return ReachWays(entity=self.entity.ways)

    @described("By what people are to the company; each invitation counts for the relation that it gives.")
    def by_relation(self) -> list[ReachOfRelation]:
        kept = self.entity.by_relation.items()
        return [ReachOfRelation(relation=relation, figures=ReachFigures(entity=figures)) for relation, figures in kept]

    @strawberry.field
    def by_degree(self) -> list[ReachOfDegree]:
        added = [Figures() for _ in range(LAST_DEGREE + 1)]
        for degree, figures in self.entity.by_degree.items():
            added[min(degree, LAST_DEGREE)].add(figures)
        return [ReachOfDegree(degree=degree, figures=ReachFigures(entity=figures)) for degree, figures in enumerate(added)]

    @described("The highest degree that anybody has.")
    def deepest(self) -> int:
        return max((degree for degree, figures in self.entity.by_degree.items() if figures.joined), default=0)

    @described(
        "As people told it themselves, most members first; fewer than three of a country are told only as part of the rest."
    )
    def by_country(self) -> list[ReachOfCountry]:
        told = sorted(self._told(), key=lambda pair: (-pair[1].joined, pair[0]))
        return [ReachOfCountry(country=country, joined=figures.joined, active=figures.active) for country, figures in told]

    @described("People of all other countries, and those who told none.")
    def elsewhere(self) -> int:
        return self.entity.total.joined - sum(figures.joined for _, figures in self._told())

    @strawberry.field
    def active_elsewhere(self) -> int:
        return self.entity.total.active - sum(figures.active for _, figures in self._told())

    def _told(self) -> list[tuple[str, Figures]]:
        kept = self.entity.by_country.items()
        return [(country, figures) for country, figures in kept if country is not None and figures.joined >= FEWEST]


async def reach_of(view: JamView) -> Reach | None:
    """The figures, for those who may read them."""
    return Reach(view=view, entity=await view.services.reach.of(view.state)) if view.may(Action.READ_REACH) else None
