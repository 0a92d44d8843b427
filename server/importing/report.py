"""What an import did: every line of the files is either imported or refused with a reason; nothing is lost silently."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

MOST_TOTALS = 50
"""Comments with other totals that are named even where lists are cut short."""


class ImportRefused(Exception):
    """Nothing was imported; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one line of a file, counted from 1; line 0 is the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


@dataclass(slots=True)
class FileCount:
    """Records of one file (a header is none). `read` is `imported` + `refused`."""

    read: int = 0
    imported: int = 0
    refused: int = 0

    @property
    def adds_up(self) -> bool:
        return self.read == self.imported + self.refused


@dataclass(frozen=True, slots=True)
class OtherTotal:
    """A comment whose totals in the file differ from its votes. `cast` counts every vote, `counted` the last of each person."""

    comment: str
    line: int
    in_file: tuple[int, int]
    counted: tuple[int, int]
    cast: tuple[int, int]

    def __str__(self) -> str:
        file, counted = "{} agree, {} disagree".format(*self.in_file), "{} and {}".format(*self.counted)
        why = "the file counts a repeated vote twice" if self.in_file == self.cast else "the file does not say why"
        return f"comment {self.comment} (line {self.line}): {file} in the file, {counted} counted: {why}"


@dataclass(slots=True)
class VoteAccount:
    """Votes as cast, and as they count: the last of each person on each idea.

    `cast` is what people gave at any time: agree, disagree, pass. `pairs` counts (person, idea); `repeated` votes were
    replaced by a later one of the same pair, in `repeated_pairs` pairs, `changed_pairs` of them with different votes.
    """

    cast: dict[str, int] = field(default_factory=lambda: {"agree": 0, "disagree": 0, "pass": 0})
    counted: dict[str, int] = field(default_factory=lambda: {"agree": 0, "disagree": 0, "pass": 0})
    pairs: int = 0
    repeated: int = 0
    repeated_pairs: int = 0
    changed_pairs: int = 0
    same_totals: int = 0
    other_totals: list[OtherTotal] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.cast.values())

    def lines(self) -> Iterator[str]:
        yield f"votes as cast: {self.total:,} ({_stances(self.cast)})"
        yield f"votes that count, the last of each person on each idea: {self.pairs:,} ({_stances(self.counted)})"
        yield (
            f"votes replaced by a later one: {self.repeated:,}, of {self.repeated_pairs:,} people on an idea, "
            f"{self.changed_pairs:,} of whom had voted differently before"
        )
        yield f"totals in the file that agree with its votes: {self.same_totals:,}; that differ: {len(self.other_totals):,}"


def _stances(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {stance}" for stance, count in counts.items())


@dataclass(slots=True)
class ImportReport:
    """The account of one import. `ideas` is `visible` + `hidden`; `cleaned` lines were imported, with a change."""

    jam: str
    source: str
    files: dict[str, FileCount] = field(default_factory=dict)
    ideas: int = 0
    hidden: int = 0
    people: int = 0
    refused: list[Remark] = field(default_factory=list)
    cleaned: list[Remark] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    votes: VoteAccount | None = None

    @property
    def visible(self) -> int:
        return self.ideas - self.hidden

    @property
    def adds_up(self) -> bool:
        """Whether every line read is either imported or refused."""
        return all(count.adds_up for count in self.files.values())

    def count(self, file: str) -> FileCount:
        return self.files.setdefault(file, FileCount())

    def refuse(self, file: str, line: int, text: str) -> None:
        """The line is not imported."""
        self.refused.append(Remark(file, line, text))
        self.count(file).refused += 1

    def clean(self, file: str, line: int, text: str) -> None:
        """The line is imported with a change."""
        self.cleaned.append(Remark(file, line, text))

    def lines(self, most: int | None = 20) -> Iterator[str]:
        """The account for a person to read; of each list the first `most` entries, None for all."""
        yield f"{self.source} → jam {self.jam}"
        for name, count in self.files.items():
            yield f"{name}: {count.read:,} read, {count.imported:,} imported, {count.refused:,} refused"
        yield f"ideas: {self.ideas:,} ({self.visible:,} visible, {self.hidden:,} hidden); people: {self.people:,}"
        if self.votes is not None:
            yield from self.votes.lines()
        yield from self.said
        if self.votes is not None:
            yield from _listed("totals that differ", self.votes.other_totals, None if most is None else max(most, MOST_TOTALS))
        yield from _listed("not imported", self.refused, most)
        yield from _listed("imported with a change", self.cleaned, most)
        if self.cleaned and most is not None and len(self.cleaned) > most:
            yield "changes by kind:"
            yield from _kinds(self.cleaned)


def _kinds(remarks: Sequence[Remark]) -> Iterator[str]:
    """How many remarks of each kind; what they quote does not matter."""
    kinds = Counter(re.sub(r"\d+(?:,\d{3})*|'.*?'|: .*", "…", remark.text) for remark in remarks)
    yield from (f"  {count:,} × {kind}" for kind, count in kinds.most_common())


def _listed(title: str, entries: Sequence[object], most: int | None) -> Iterator[str]:
    if not entries:
        return
    yield f"{title}: {len(entries):,}"
    yield from (f"  {entry}" for entry in entries[:most])
    if most is not None and len(entries) > most:
        yield f"  … and {len(entries) - most:,} more"
