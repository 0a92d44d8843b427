"""Our opinion groups against those that Polis found in its own deliberations; skipped where the data are absent."""

import csv
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clustering.groups import OpinionGroups

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data are not at {DATA.name}")


def deliberation(name: str) -> tuple[np.ndarray, np.ndarray]:
    """(votes (n, m) with NaN for what was not seen, Polis' group of each person or "")."""
    with (DATA / name / "participants-votes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    statements = [column for column in rows[0] if column.isdigit()]
    votes = np.array([[float(row[one]) if row[one] else np.nan for one in statements] for row in rows])
    return votes, np.array([row["group-id"] for row in rows])


@pytest.mark.parametrize(
    ("name", "people", "agreement"), [("polis-bg2050-volunteers", 107, 0.85), ("polis-bowling-green", 1579, 0.70)]
)
def test_groups_agree_with_those_of_polis(name: str, people: int, agreement: float) -> None:
    """Adjusted Rand .92 and .74 when this was written; by least inertia .35 and .75."""
    votes, polis = deliberation(name)
    model = OpinionGroups(shuffles=19).fit(votes)
    both = (model.labels_ >= 0) & (polis != "")
    assert model.status_ == "grouped"
    assert (model.labels_ >= 0).sum() == people
    assert adjusted_rand_score(polis[both], model.labels_[both]) >= agreement
    assert model.uniting_, "there is something that all agree on"
