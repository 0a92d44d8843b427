"""docs/security.md names a test for each attack: it exists, and the attacks of this folder are all in the table."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_the_page_names_is_there() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 45
    for path, name in named:
        assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), f"{path}::{name}"


def test_every_row_of_the_table_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| attack")]
    assert len(rows) > 30
    for row in rows:
        assert NAMED.search(row), row


def test_every_file_of_attacks_is_in_the_table() -> None:
    here = {
        f"tests/attacks/{path.name}" for path in Path(__file__).parent.glob("test_*.py") if path.name != Path(__file__).name
    }
    assert here <= {path for path, _ in NAMED.findall(PAGE)}
