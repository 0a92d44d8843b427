"""Imports ideas from any CSV file with a column mapping; each line that can't be taken as it is, is named with the reason."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from server.importing.columns import resolve
from server.importing.csv_ideas import Draft, Reader
from server.importing.dates import LATEST
from server.importing.frame import Plan, imported, join, keep_people, key_of, main_language, make_jam, person_id, topic_id
from server.importing.report import ImportRefused, ImportReport
from server.importing.steps import Step, carry_out, in_order, refuse_again
from server.importing.table import Table, read_table
from server.jam.commands import HideIdea, PostIdea
from server.jam.decide.frame import MOST_TOPICS
from server.jam.ids import SYSTEM
from server.jam_store import JamStore
from server.progress import SILENT, Progress
from server.vault.port import PersonRecord, Vault

RETIRED = "Retired at the source"
AUTHOR = {"he": "מהקובץ המיובא", "en": "From the imported file"}
TOPIC = {"he": "כל הרעיונות", "es": "Todas las ideas", "fr": "Toutes les idées", "de": "Alle Ideen", "pt": "Todas as ideias"}
JOINS, POSTS, HIDES = range(3)


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """What is not found out from the file. `language`: code of the texts' language; `topic`: title of the one topic where no
    column holds topics; `day_first`: whether 01/02/2024 is in February.
    """

    delimiter: str | None = None
    encoding: str | None = None
    language: str | None = None
    topic: str | None = None
    day_first: bool | None = None


async def import_csv(
    store: JamStore,
    vault: Vault,
    file: Path,
    name: str,
    mapping: Mapping[str, str],
    now: int,
    options: CsvOptions = CsvOptions(),
    progress: Progress = SILENT,
    organizer: str | None = None,
) -> ImportReport:
    """Makes the jam `name` of a CSV file. `mapping` is field → column (see `columns.GUESSES`); fields that it does not name
    are guessed from the headers. `now` (ms) dates the ideas where no column does.

    The same file under the same name is imported once. Raises `ImportRefused` if nothing was imported.
    """
    table = read_table(file, options.delimiter, options.encoding)
    source = Source(table, file, f"CSV file {table.name}")
    return await import_table(store, vault, source, name, mapping, now, options, progress, organizer)


@dataclass(frozen=True, slots=True)
class Source:
    """A table, the file that it was read from, and what the report calls it."""

    table: Table
    file: Path
    called: str


async def import_table(
    store: JamStore,
    vault: Vault,
    source: Source,
    name: str,
    mapping: Mapping[str, str],
    now: int,
    options: CsvOptions,
    progress: Progress,
    organizer: str | None,
) -> ImportReport:
    """The same of a table that was read from any file."""
    table = source.table
    report = ImportReport("", source.called)
    report.said += table.said
    drafts = _drafts(report, table, mapping, now, options)
    language = options.language or main_language(f"{draft.title} {draft.body}" for draft in drafts)
    work = _Work(report, table.name, _topics(report, drafts, options, language), drafts)
    instants = [at for draft in drafts for at in (draft.at, draft.retired_at) if at is not None]
    plan = Plan(name, key_of([source.file]), language, min(instants), max(instants), tuple(dict.fromkeys(work.topics.values())))
    jam = await make_jam(store, plan, organizer)
    steps = in_order(work.steps(jam))
    refuse_again(imported(store, jam), steps)
    people = work.people(jam, language)
    await keep_people(vault, people)
    await carry_out(store, jam, steps, report, progress, "ideas")
    state = imported(store, jam)
    report.jam, report.ideas, report.people = state.slug, len(state.ideas), len(people)
    report.hidden = sum(not idea.is_listed for idea in state.ideas)
    return report


def _drafts(report: ImportReport, table: Table, mapping: Mapping[str, str], now: int, options: CsvOptions) -> list[Draft]:
    """Every line as an idea, or a refusal in the report."""
    columns = resolve(table.columns, mapping)
    reader = Reader(report, table, columns, options.day_first, now)
    drafts = list(reader.drafts())
    report.said.append("columns: " + ", ".join(f"{field} = {column}" for field, column in columns.items()))
    report.said += reader.unused()
    if not drafts:
        raise ImportRefused(f"{table.name} has no line that can be imported: {next(iter(report.refused), 'it has no lines')}")
    return drafts


def _topics(report: ImportReport, drafts: list[Draft], options: CsvOptions, language: str) -> dict[str, str]:
    """Topic in the file → title of the jam's topic. The rarest of too many share one."""
    rest = options.topic or TOPIC.get(language, "All ideas")
    counts = Counter(draft.topic for draft in drafts if draft.topic)
    named = [topic for topic, _ in counts.most_common(MOST_TOPICS - 1)]
    if len(counts) > len(named):
        others = sum(counts[topic] for topic in counts.keys() - set(named))
        report.said.append(f"{len(counts):,} topics are too many: {others:,} ideas of the rarest ones went into {rest!r}")
    return {draft.topic: draft.topic if draft.topic in named else rest for draft in drafts}


@dataclass(slots=True)
class _Work:
    """Turns drafts into steps. `topics` maps the file's topics to the jam's."""

    report: ImportReport
    file: str
    topics: Mapping[str, str]
    drafts: list[Draft]

    def _joins(self) -> dict[str, Draft]:
        """Author → their first idea."""
        first: dict[str, Draft] = {}
        for draft in sorted(self.drafts, key=lambda draft: (draft.at, draft.line)):
            first.setdefault(draft.author, draft)
        return first

    def people(self, jam: str, language: str) -> list[PersonRecord]:
        """Names go to the vault, where they can be erased; without a column of authors one person stands for all."""
        joins = self._joins()
        if "" in joins:
            self.report.said.append("ideas without an author were posted by one person who stands for the file")
        unnamed = AUTHOR.get(language, AUTHOR["en"])
        return [
            PersonRecord(person_id(jam, author), None, author or unnamed, None, language, draft.at)
            for author, draft in joins.items()
        ]

    def steps(self, jam: str) -> Iterator[Step]:
        for author, first in self._joins().items():
            yield Step(first.at, (JOINS, 0), join(jam, person_id(jam, author)), self.file, first.line, counts=False)
        for draft in self.drafts:
            post = self._post(jam, draft)
            yield Step(draft.at, (POSTS, draft.line), post, self.file, draft.line)
            if draft.retired_at is not None:
                hide = HideIdea(actor=SYSTEM, id=f"{post.id}:hide", idea=post.derived("i"), reason=RETIRED)
                yield Step(min(draft.retired_at, LATEST), (HIDES, draft.line), hide, self.file, draft.line, counts=False)

    def _post(self, jam: str, draft: Draft) -> PostIdea:
        return PostIdea(
            actor=person_id(jam, draft.author),
            id=f"import:{jam}:line:{draft.line}",
            topic=topic_id(jam, self.topics[draft.topic]),
            title=draft.title,
            body=draft.body,
            language=draft.language,
        )
