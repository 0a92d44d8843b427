"""How the servers are, for those who run them."""

from collections.abc import Sequence
from enum import Enum
from typing import cast

import strawberry
from strawberry import ID

from schema.context import Context
from schema.marks import described
from schema.scalars import Timestamp
from schema.view import coded
from server.jam.rejections import NotAllowed
from server.metrics import vitals as v
from server.metrics.watch import POINT_EVERY_MS
from server.metrics.watch import Point as KnownPoint
from server.organization.permissions import OrganizationAction, may_in_organization

OperationsFigureName = strawberry.enum(
    v.Figure, name="OperationsFigureName", description="What is measured; docs/operations.md has what to do about each."
)
OperationsUnit = strawberry.enum(cast("type[Enum]", v.Unit), name="OperationsUnit", description="What a figure counts.")
OperationsAlarm = strawberry.enum(
    v.Alarm, name="OperationsAlarm", description="WATCH: keep an eye on it. ACT: do something about it now."
)


@strawberry.type(description="A figure at a time; null where it could not be had.")
class OperationsPoint:
    at: Timestamp
    value: float | None

    @classmethod
    def of(cls, point: KnownPoint) -> "OperationsPoint":
        """As the API shows it."""
        return cls(at=Timestamp(point.at), value=point.value)


@strawberry.type(description="Something that a worker measures.")
class OperationsFigure:
    context: strawberry.Private[Context]
    worker: strawberry.Private[str]
    vitals: strawberry.Private[v.Vitals]
    name: v.Figure

    @described("Null where it could not be had, such as the time that a store takes which is away.")
    def value(self) -> float | None:
        return self.vitals.value(self.name)

    @described("What it may come to, where it has a bound.")
    def bound(self) -> float | None:
        return self.vitals.bound(self.name)

    @strawberry.field
    def unit(self) -> v.Unit:
        return v.KINDS[self.name].unit

    @strawberry.field
    def alarm(self) -> v.Alarm:
        return self.vitals.alarm(self.name)

    @described("The last half hour, a point every ten seconds, the oldest first.")
    def points(self) -> list[OperationsPoint]:
        return [OperationsPoint.of(point) for point in self.context.services.operations.points(self.worker, self.name)]


@strawberry.type(description="A process that answers. Of several machines each has a first place, 0.")
class OperationsWorker:
    context: strawberry.Private[Context]
    vitals: strawberry.Private[v.Vitals]
    id: ID
    place: int
    version: str
    started_at: Timestamp
    measured_at: Timestamp

    @strawberry.field
    def figures(self) -> list[OperationsFigure]:
        return [
            OperationsFigure(context=self.context, worker=self.id, vitals=self.vitals, name=figure)
            for figure in self.vitals.figures
        ]

    @classmethod
    def of(cls, context: Context, name: str, vitals: v.Vitals) -> "OperationsWorker":
        """As the API shows it."""
        return cls(
            context=context,
            vitals=vitals,
            id=ID(name),
            place=vitals.place,
            version=vitals.version,
            started_at=Timestamp(vitals.started_at),
            measured_at=Timestamp(vitals.at),
        )


@strawberry.type(description="How the servers are. Figures of the whole store are told by the worker in the first place.")
class Operations:
    context: strawberry.Private[Context]
    at: Timestamp

    @described("Milliseconds between two points of the history.")
    def point_every_ms(self) -> int:
        return POINT_EVERY_MS

    @described("Every worker of the store, the first place first, this one among them; as they told some seconds ago.")
    def workers(self) -> list[OperationsWorker]:
        known: Sequence[tuple[str, v.Vitals]] = self.context.services.operations.workers()
        return [OperationsWorker.of(self.context, name, vitals) for name, vitals in known]


def operations_of(context: Context) -> Operations:
    """For the organization's organizers; raises the GraphQL error by which all others are refused."""
    caller = context.caller
    is_organizer = caller is not None and context.services.people.may_create_jam(caller.person_id)
    if not may_in_organization(OrganizationAction.OPERATE, is_organizer):
        raise coded(NotAllowed(OrganizationAction.OPERATE.value, "Only who runs the servers may see how they are."))
    return Operations(context=context, at=Timestamp(context.services.clock()))
