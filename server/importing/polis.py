"""Imports a conversation as Polis exports it: comments become ideas, and every vote an event at its time.

Agree is support; disagree and pass are kept as such. The last vote of a person on an idea counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from server.importing.cleaning import title_and_body
from server.importing.frame import Plan, imported, join, keep_people, key_of, main_language, make_jam, person_id, topic_id
from server.importing.polis_files import COMMENTS, Comment, Source, Vote, read_source
from server.importing.report import ImportReport
from server.importing.steps import Step, carry_out, in_order, refuse_again
from server.importing.votes import account
from server.jam.commands import HideIdea, PostIdea, RecordStance
from server.jam.ids import SYSTEM
from server.jam.state import JamState
from server.jam_store import JamStore
from server.progress import SILENT, Progress
from server.vault.port import PersonRecord, Vault

MODERATED = "Moderated out at the source"
TOPIC = {"he": "כל הרעיונות", "es": "Todas las ideas", "fr": "Toutes les idées", "de": "Alle Ideen", "pt": "Todas as ideias"}
JOINS, POSTS, VOTES, HIDES = range(4)


async def import_polis(
    store: JamStore, vault: Vault, directory: Path, name: str, progress: Progress = SILENT, organizer: str | None = None
) -> ImportReport:
    """Makes the jam `name` of a Polis export (comments.csv with votes.csv, or with participants-votes.csv).

    The same files under the same name are imported once. Raises `ImportRefused` if nothing was imported.
    """
    source = read_source(directory)
    report = source.report
    language = main_language(comment.text for comment in source.comments)
    topic = TOPIC.get(language, "All ideas")
    plan = Plan(name, key_of(source.paths), language, *source.span(), (topic,))
    jam = await make_jam(store, plan, organizer)
    work = _Work(jam, topic_id(jam, topic), source, source.joins())
    steps = in_order(work.steps())
    refuse_again(imported(store, jam), steps)
    await keep_people(vault, list(work.people(language)))
    await carry_out(store, jam, steps, report, progress, "ideas and votes")
    report.people, report.votes = len(work.joins), account(source.comments, source.votes)
    _finish(report, imported(store, jam))
    return report


def _stances(state: JamState) -> dict[str, int]:
    """The votes that the jam counts."""
    return {
        "agree": sum(idea.support for idea in state.ideas),
        "disagree": sum(idea.disagrees for idea in state.ideas),
        "pass": sum(idea.passes for idea in state.ideas),
    }


def _finish(report: ImportReport, state: JamState) -> None:
    """Counts what the jam now holds, and holds its votes against the files once more."""
    report.jam, report.ideas = state.slug, len(state.ideas)
    report.hidden = sum(not idea.is_listed for idea in state.ideas)
    kept = _stances(state)
    if report.votes is not None and kept != report.votes.counted:
        report.said.append(f"the jam's votes are not those of the files: {kept}")
    if report.hidden:
        report.said.append(
            f"moderated out at the source: {report.hidden:,} ideas, hidden after the last vote on each (the file has no time)"
        )


@dataclass(slots=True)
class _Work:
    """Turns comments and votes into steps. People join at the instant of the first thing they did."""

    jam: str
    topic: str
    source: Source
    joins: Mapping[str, tuple[int, str, int]]

    def people(self, language: str) -> Iterator[PersonRecord]:
        """Nobody's name is in a Polis export, only numbers."""
        for participant, (at, _, _) in self.joins.items():
            id = person_id(self.jam, participant)
            yield PersonRecord(id, None, f"Participant {participant}", None, language, at)

    def steps(self) -> Iterator[Step]:
        posts = {comment.id: self._post(comment) for comment in self.source.comments}
        yield from self._joining()
        yield from (Step(c.at, (POSTS, c.line), posts[c.id], COMMENTS, c.line) for c in self.source.comments)
        ideas = {id: post.derived("i") for id, post in posts.items()}
        yield from (self._vote(vote, ideas[vote.comment]) for vote in self.source.votes)
        yield from self._hiding(ideas)

    def _joining(self) -> Iterator[Step]:
        for participant, (at, file, line) in self.joins.items():
            command = join(self.jam, person_id(self.jam, participant))
            yield Step(at, (JOINS, 0), command, file, line, counts=False)

    def _post(self, comment: Comment) -> PostIdea:
        title, body = title_and_body(comment.text)
        return PostIdea(
            actor=person_id(self.jam, comment.author), id=f"import:{self.jam}:comment:{comment.id}", topic=self.topic,
            title=title, body=body,
        )  # fmt: skip

    def _vote(self, vote: Vote, idea: str) -> Step:
        command = RecordStance(
            actor=SYSTEM, id=f"import:{self.jam}:vote:{vote.line}:{vote.comment}", idea=idea,
            person=person_id(self.jam, vote.person), stance=vote.stance,
        )  # fmt: skip
        return Step(vote.at, (VOTES, *vote.order), command, self.source.votes_file, vote.line)

    def _hiding(self, ideas: dict[str, str]) -> Iterator[Step]:
        """The file has no time of moderation: the earliest that its votes allow is the last of them."""
        last = {comment.id: comment.at for comment in self.source.comments}
        for vote in self.source.votes:
            last[vote.comment] = max(last[vote.comment], vote.at)
        for comment in self.source.comments:
            if comment.moderated_out:
                command = HideIdea(
                    actor=SYSTEM, id=f"import:{self.jam}:hide:{comment.id}", idea=ideas[comment.id], reason=MODERATED
                )
                yield Step(last[comment.id], (HIDES, comment.line), command, COMMENTS, comment.line, counts=False)
