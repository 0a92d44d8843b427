"""The data sets on which themes are measured: loaders only; nothing of them is kept in the project.

Every loader takes the folder `data` and returns a `TextSet`. Sources and licences are in that folder's README.
"""

import csv
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_TAG = re.compile(r"<[^>]+>")
_UTF7 = re.compile(r"\+[A-Z][A-Za-z0-9/]{2}-")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class TextSet:
    """Texts with what is known about them; `labels` and `languages` are aligned with `texts`, or None."""

    name: str
    texts: list[str]
    labels: list[str] | None = None
    languages: list[str] | None = None


def plain(text: str) -> str:
    """The text of an HTML fragment, in one line."""
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", _UTF7.sub(_decoded, text)))).strip()


def _decoded(match: re.Match[str]) -> str:
    """What a piece of UTF-7 stands for: one set was exported so."""
    return match.group().encode("ascii").decode("utf-7", "replace")


def _rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def banking77(data: Path, size: int = 1000) -> TextSet:
    """`size` questions to a bank, drawn with a fixed seed, with 77 labels."""
    rows = _rows(data / "banking77" / "test.csv")
    picked = np.random.default_rng(0).permutation(len(rows))[:size]
    return TextSet("banking77", [rows[i]["text"] for i in picked], [rows[i]["category"] for i in picked])


def sib200(data: Path) -> TextSet:
    """500 sentences in English, then the same 500 in Hebrew, with 7 labels."""
    rows = _rows(data / "sib200-he-en" / "pairs.csv")
    texts = [row["english"] for row in rows] + [row["hebrew"] for row in rows]
    labels = [row["category"] for row in rows] * 2
    return TextSet("sib200-he-en", texts, labels, ["en"] * len(rows) + ["he"] * len(rows))


def _polis(data: Path, folder: str) -> TextSet:
    rows = _rows(data / folder / "comments.csv")
    return TextSet(folder, [plain(row["comment-body"]) for row in rows if row["moderated"] != "-1"])


def bg2050(data: Path) -> TextSet:
    """The accepted ideas of the deliberation of Bowling Green's volunteers."""
    return _polis(data, "polis-bg2050-volunteers")


def bowling_green(data: Path) -> TextSet:
    """The accepted ideas of the town's deliberation."""
    return _polis(data, "polis-bowling-green")


def madrid(data: Path) -> TextSet:
    """Citizens' proposals to Madrid, in Spanish: title and body without HTML."""
    rows = _rows(data / "decide-madrid" / "proposals.csv", ";")
    return TextSet("decide-madrid", [plain(f"{row['title']}. {row['description']}") for row in rows])


def innovonto(data: Path) -> TextSet:
    """Ideas of a study about the environment."""
    rows = _rows(data / "innovonto-environment" / "C1-preserve-the-environment-ideas.csv")
    return TextSet("innovonto", [plain(row["DESCRIPTION"]) for row in rows])


def innovonto_ratings(data: Path) -> list[tuple[str, str, float]]:
    """Pairs of ideas with people's mean rating of their similarity (0-1)."""
    path = data / "innovonto-environment" / "C1-preserve-the-environment-ratings.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, skipinitialspace=True) if len(row) == 3]
    return [(row[0].strip(), row[1].strip(), float(row[2])) for row in rows]


SETS: dict[str, Callable[[Path], TextSet]] = {
    "banking77": banking77,
    "sib200-he-en": sib200,
    "innovonto": innovonto,
    "polis-bg2050-volunteers": bg2050,
    "polis-bowling-green": bowling_green,
    "decide-madrid": madrid,
}
