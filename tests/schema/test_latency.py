"""Who may report how long a change took, who reads it, and what is told along with each tick."""

from dataclasses import replace
from typing import Any

import pytest

from server.live.delta import changes_after
from tests.schema.world import Api

pytestmark = pytest.mark.anyio
REPORT = "mutation($input: ReportLatencyInput!) { reportLatency(input: $input) }"
READ = """{ jam(id: "j1") { health { latency { screens clockError
  own { recent { samples p50 p95 p99 } whole { samples } } drawn { recent { samples } } durable { whole { samples p50 } } } } } }"""


def report(**values: Any) -> dict[str, Any]:
    return {"input": {"jamId": "j1", "own": [100, 200], "drawn": [300], "clockError": 10, **values}}


async def code_of(api: Api, person: str | None, **values: Any) -> str:
    result = await api.answer(api.context(person), REPORT, **report(**values))
    assert result.data is None
    assert result.errors is not None
    return str((result.errors[0].extensions or {})["code"])


async def test_a_member_reports_and_a_moderator_reads(api: Api) -> None:
    answer = await api.answer(api.context("ann"), REPORT, **report())
    assert (answer.errors, answer.data) == (None, {"reportLatency": api.now})
    read = await api.answer(api.context("mod"), READ)
    assert read.data is not None
    latency = read.data["jam"]["health"]["latency"]
    assert (latency["screens"], latency["own"]["whole"], latency["drawn"]["recent"]) == (1, {"samples": 2}, {"samples": 1})
    assert latency["own"]["recent"]["p50"] == pytest.approx(100, rel=0.07)
    assert latency["own"]["recent"]["p99"] == pytest.approx(200, rel=0.07)
    assert latency["clockError"] == pytest.approx(10, rel=0.07)
    assert latency["durable"]["whole"] == {"samples": 0, "p50": None}


async def test_a_participant_reads_nothing(api: Api) -> None:
    read = await api.answer(api.context("ann"), READ)
    assert read.data == {"jam": {"health": None}}


@pytest.mark.parametrize(
    ("person", "values", "code"),
    [
        (None, {}, "SignInRequired"),
        ("stranger", {}, "NotFound"),
        ("ann", {"jamId": "nothing"}, "NotFound"),
        ("ann", {"own": [-1]}, "InvalidInput"),
        ("ann", {"drawn": [60_001]}, "InvalidInput"),
        ("ann", {"own": [1] * 41}, "InvalidInput"),
        ("ann", {"clockError": 10_001}, "InvalidInput"),
    ],
)
async def test_what_is_refused_is_not_counted(api: Api, person: str | None, values: dict[str, Any], code: str) -> None:
    assert await code_of(api, person, **values) == code
    assert api.latency.of("j1").screens == 0


async def test_reports_of_one_session_keep_their_distance(api: Api) -> None:
    await api.answer(api.context("ann"), REPORT, **report())
    assert await code_of(api, "ann") == "TooMany"
    assert api.latency.of("j1").own.whole.samples == 2


async def test_a_tick_tells_when_its_first_change_took_effect(api: Api) -> None:
    selection = 'subscription { jamChanges(jamId: "j1", afterSeq: 0) { changedAt } }'
    for changed_at in (None, 1_700_000_000_000):
        result = await api.answer(api.context("ann"), selection, changes_after(api.state, 0, changed_at=changed_at))
        assert result.data == {"jamChanges": {"changedAt": changed_at}}
    behind = replace(changes_after(api.state, 0, changed_at=5), must_refetch=True)
    result = await api.answer(api.context("ann"), selection, behind)
    assert result.data == {"jamChanges": {"changedAt": None}}
