"""How the servers are: told to the organizers of the organization, and to nobody else, whatever they are in a jam."""

from typing import Any

import msgspec
import pytest

from schema import PERSONAL
from server.metrics.vitals import Figure, Vitals
from server.organization.permissions import OF_ORGANIZERS, OrganizationAction, may_in_organization
from tests.jam.world import PEOPLE
from tests.schema.world import Api

pytestmark = pytest.mark.anyio
READ = """{ operations { at pointEveryMs workers { id place version startedAt measuredAt
  figures { name value bound unit alarm points { at value } } } } }"""


def hear(api: Api, worker: str, place: int, **values: float | None) -> None:
    bounds = {"MEMORY": 1_000.0}
    api.watch.hear(worker, "", msgspec.msgpack.encode(Vitals(place, "1.2.3", api.now - 60_000, api.now, values, bounds)))


async def asked(api: Api, person: str | None) -> Any:
    return await api.answer(api.context(person), READ)


def organizers(api: Api) -> list[str]:
    return [person for person in ["org", *PEOPLE] if api.people.may_create_jam(person)]


async def test_organizers_of_the_organization_see_every_worker(api: Api) -> None:
    hear(api, "wb", 1, MEMORY=950.0)
    hear(api, "wa", 0, MEMORY=100.0, STORE=None, WEBHOOKS_DEAD=2.0)
    (person, *_) = organizers(api)
    answer = await asked(api, person)
    assert answer.errors is None
    first, second = answer.data["operations"]["workers"]
    assert (first["id"], first["place"], first["version"]) == ("wa", 0, "1.2.3")
    assert [(one["name"], one["value"], one["alarm"]) for one in first["figures"]] == [
        ("MEMORY", 100.0, "FINE"), ("STORE", None, "ACT"), ("WEBHOOKS_DEAD", 2.0, "WATCH"),
    ]  # fmt: skip
    (memory,) = second["figures"]
    assert (memory["bound"], memory["unit"], memory["alarm"]) == (1_000.0, "MEGABYTES", "ACT")
    assert memory["points"] == [{"at": api.now, "value": 950.0}]


async def test_everybody_else_is_refused(api: Api) -> None:
    hear(api, "wa", 0, MEMORY=100.0)
    others = [person for person in PEOPLE if person not in organizers(api)]
    assert len(others) > 3
    for person in [*others, "stranger", None]:
        answer = await asked(api, person)
        assert answer.data is None
        assert [(error.extensions or {})["code"] for error in answer.errors or ()] == ["NotAllowed"], person


@pytest.mark.parametrize("action", OrganizationAction)
def test_the_table_outside_of_jams(action: OrganizationAction) -> None:
    assert may_in_organization(action, True) == (action in OF_ORGANIZERS)
    assert not may_in_organization(action, False)


def test_nothing_of_it_is_ever_shared_between_people() -> None:
    for field in ("Query.operations", "Operations.workers", "OperationsWorker.figures", "OperationsFigure.value"):
        assert field in PERSONAL


async def test_what_is_told_is_only_what_there_is(api: Api) -> None:
    (person, *_) = organizers(api)
    answer = await asked(api, person)
    assert answer.data["operations"]["workers"] == []
    assert len(Figure) == len(set(Figure))
