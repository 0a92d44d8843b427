"""The jam that an import goes into: made for it, dated around what it brings, published, and closed when that ends."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.importing.cleaning import beginning
from server.importing.report import ImportRefused
from server.jam.commands import AddMember, AddTopic, Command, CreateJam, PublishJam
from server.jam.ids import JAM, PERSON, SYSTEM, derive_id
from server.jam.people import Relation, Role
from server.jam.phases import Schedule
from server.jam.state import JamState
from server.jam.texts import scrub
from server.jam_store import JamStore
from server.vault.port import PersonRecord, Vault

MINUTE = 60_000
_SHORT = """
en the and of to in is for that it with be on are we should have
es el la de que y en los las por para con del una se un
fr le la les des et du pour dans une est un que sur au nous
de der die das und zu in den für mit ist ein eine auf nicht wir
pt o a os as de que e do da em para com uma um não
it il lo la gli di che e per con una un del non in si
"""
SHORT_WORDS: Mapping[str, frozenset[str]] = {line[:2]: frozenset(line.split()[1:]) for line in _SHORT.strip().splitlines()}
"""The commonest short words by language: enough to tell what a whole file is written in."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to know before the jam is made: `source_key` stands for the content of the files."""

    name: str
    source_key: str
    language: str
    first: int
    last: int
    topics: tuple[str, ...]


def slug_of(name: str) -> str:
    """A jam's address from its name: small letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return slug or "jam-" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def key_of(files: Iterable[Path]) -> str:
    """The same for the same contents."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def main_language(texts: Iterable[str]) -> str:
    """Hebrew if most letters are, else the language whose short words are the most of all; English if none occurs."""
    sample = " ".join(texts)[:400_000].casefold()
    hebrew, latin = len(re.findall("[א-ת]", sample)), len(re.findall("[a-z]", sample))
    if hebrew > latin:
        return "he"
    words = re.findall(r"[^\W\d_]+", sample)
    scores = {language: sum(word in short for word in words) for language, short in SHORT_WORDS.items()}
    return max(scores, key=lambda language: scores[language])


def schedule_around(first: int, last: int) -> Schedule:
    """Ideation from the whole minute before `first` to the one after `last`, and closed from then on."""
    opens, closes = first // MINUTE * MINUTE, (last // MINUTE + 1) * MINUTE
    return Schedule(opens, opens, closes, closes, closes)


def person_id(jam: str, name: str) -> str:
    """People of an import belong to its jam: the same name elsewhere is another person."""
    return derive_id(PERSON, jam, name)


def topic_id(jam: str, title: str) -> str:
    return _topic(jam, title, "").derived("t")


def _topic(jam: str, title: str, language: str) -> AddTopic:
    return AddTopic(actor=SYSTEM, id=f"import:{jam}:topic:{title}", titles={language: title}, descriptions={})


async def make_jam(store: JamStore, plan: Plan, organizer: str | None) -> str:
    """Makes the jam and returns its id; the same files under the same name are the same jam, and the import goes on there.

    Raises `ImportRefused` if the name belongs to another jam.
    """
    title, slug = beginning(scrub(plan.name)), slug_of(plan.name)
    jam = derive_id(JAM, "import", slug, plan.source_key)
    owner = store.organization.slugs.get(slug)
    if owner is not None and owner != jam:
        raise ImportRefused(f"There is a jam {slug} already, with other content: please choose another name.")
    schedule = schedule_around(plan.first, plan.last)
    texts = {plan.language: title}
    await store.create(
        CreateJam(
            actor=SYSTEM, id=f"import:{jam}", jam=jam, slug=slug, titles=texts, questions=texts, descriptions={}, rules={},
            languages=(plan.language,), main_language=plan.language, schedule=schedule,
        ),
        at=schedule.lobby_at,
    )  # fmt: skip
    for command in _furniture(jam, plan, organizer):
        await store.submit(jam, command, at=schedule.lobby_at)
    return jam


def _furniture(jam: str, plan: Plan, organizer: str | None) -> list[Command]:
    found: list[Command] = [_topic(jam, title, plan.language) for title in plan.topics]
    found.append(PublishJam(actor=SYSTEM, id=f"import:{jam}:publish"))
    if organizer is not None:
        found.append(join(jam, organizer, Role.ORGANIZER))
    return found


def join(jam: str, person: str, role: Role = Role.PARTICIPANT, relation: Relation = Relation.EMPLOYEE) -> AddMember:
    return AddMember(actor=SYSTEM, id=f"import:{jam}:join:{person}", person=person, role=role, relation=relation)


def imported(store: JamStore, jam: str) -> JamState:
    """The state of a jam that was just made."""
    state = store.get(jam)
    if state is None:
        raise RuntimeError(f"the imported jam {jam} is gone")
    return state


async def keep_people(vault: Vault, people: Sequence[PersonRecord]) -> None:
    """Adds to the vault those who are not there yet, so that an import can be repeated."""
    for start in range(0, len(people), 1000):
        page = people[start : start + 1000]
        known = await vault.people([person.id for person in page])
        await vault.add_people([person for person in page if person.id not in known])
