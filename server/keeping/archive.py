"""Archives: one jam in one file, to be moved to another server with its history whole.

A zip file: `manifest.json`; `records.jsonl`, the journal's records as they are; `people.jsonl`, who its members are (name,
address, country, language). Sign-in secrets, drafts, invitations' addresses and visits stay where they are.

Errors::

    KeepingRefused   the file is no sound archive, or the jam or its address is here already: nothing was written
"""

import base64
import json
import os
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path

from server.jam import apply
from server.jam.ids import SYSTEM
from server.jam.state import JamState
from server.jam_store import JAM_CODEC, ORGANIZATION, ORGANIZATION_STREAM, PREFIX, load_organization
from server.journal.codec import Entry, UnknownEvent
from server.journal.port import Journal, Record
from server.keeping.jams import JamSum, replayed, sum_of
from server.keeping.refused import KeepingRefused
from server.organization.domain import OrganizationState
from server.organization.events import JamRegistered
from server.progress import SILENT, Progress
from server.vault.port import EmailTaken, PersonRecord, Vault

FORMAT = 1
MANIFEST, RECORDS, PEOPLE = "manifest.json", "records.jsonl", "people.jsonl"
BULK = 2_000
LARGEST = 8 * 1024**3
"""Bytes that an archive may unpack to: a jam of the largest size has about a hundredth of it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking an archive in. `nameless`: people without an address here, because somebody else has it."""

    jam: JamSum
    people: int
    known: int
    nameless: tuple[str, ...]


async def write_archive(journal: Journal, vault: Vault, slug: str, target: Path, progress: Progress = SILENT) -> JamSum:
    """Writes the jam with the address `slug` to `target`, which appears whole or not at all. Raises `KeepingRefused`."""
    jam_id = (await load_organization(journal)).slugs.get(slug)
    if jam_id is None:
        raise KeepingRefused(f"There is no jam with the address {slug!r}.")
    state = await replayed(journal, jam_id, slug)
    part = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps({"format": FORMAT, "jam": asdict(sum_of(state))}, indent=1))
            await _write_records(archive, journal, state, progress)
            await _write_people(archive, vault, state, progress)
        os.chmod(part, 0o600)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return sum_of(state)


async def _write_records(archive: zipfile.ZipFile, journal: Journal, state: JamState, progress: Progress) -> None:
    """Those that the state was folded from: what is written meanwhile is not in the archive."""
    progress.begin("records", state.seq)
    with archive.open(RECORDS, "w", force_zip64=True) as file:
        async with aclosing(journal.read(PREFIX + state.id)) as records:
            async for record in records:
                if record.last > state.seq:
                    break
                file.write(json.dumps(_row(record)).encode() + b"\n")
                progress.reach(record.last)


def _row(record: Record) -> list[object]:
    return [record.after, record.count, record.token, base64.b64encode(record.payload).decode()]


async def _write_people(archive: zipfile.ZipFile, vault: Vault, state: JamState, progress: Progress) -> None:
    ids = [member.person for member in state.members]
    progress.begin("people", len(ids))
    with archive.open(PEOPLE, "w", force_zip64=True) as file:
        for start in range(0, len(ids), BULK):
            found = await vault.people(ids[start : start + BULK])
            for id in sorted(found):
                file.write(json.dumps(asdict(found[id]), ensure_ascii=False).encode() + b"\n")
            progress.reach(min(start + BULK, len(ids)))


async def take_archive(journal: Journal, vault: Vault, source: Path, now: int, progress: Progress = SILENT) -> Taken:
    """Takes a jam in from an archive, the way it was: its state has the digest that it had there.

    The whole archive is read and folded before anything is written. Stopped half-way, it goes on when it is called again.
    Raises `KeepingRefused`.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            expected = _manifest(archive)
            _check(archive, expected, progress)
            organization = await load_organization(journal)
            await _refuse_present(journal, organization, expected)
            people, known, nameless = await _take_people(vault, _people(archive))
            await _register(journal, organization, expected, now)
            await _append(journal, expected, _records(archive, PREFIX + expected.id), progress)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise KeepingRefused(f"{source} is no archive of a jam: {error}") from error
    return Taken(expected, people, known, tuple(nameless))


def _manifest(archive: zipfile.ZipFile) -> JamSum:
    if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
        raise KeepingRefused(f"The archive unpacks to more than {LARGEST:,} bytes.")
    read = json.loads(archive.read(MANIFEST))
    if read["format"] != FORMAT:
        raise KeepingRefused(f"The archive has format {read['format']}; this program knows format {FORMAT}.")
    return JamSum(**read["jam"])


def _records(archive: zipfile.ZipFile, stream: str) -> Iterator[Record]:
    with archive.open(RECORDS) as lines:
        for line in lines:
            after, count, token, payload = json.loads(line)
            yield Record(stream, after, count, base64.b64decode(payload, validate=True), token)


def _people(archive: zipfile.ZipFile) -> Iterator[PersonRecord]:
    with archive.open(PEOPLE) as lines:
        for line in lines:
            yield PersonRecord(**json.loads(line))


def _check(archive: zipfile.ZipFile, expected: JamSum, progress: Progress) -> None:
    """Folds the records, and refuses an archive that is not what it says."""
    state = JamState()
    progress.begin("checking the archive", expected.events)
    try:
        for record in _records(archive, ""):
            if record.after != state.seq:
                raise KeepingRefused(f"The archive is damaged: events after {state.seq:,} are missing.")
            for entry in JAM_CODEC.decode(record.payload):
                apply.apply_all(state, entry.command_key, entry.events)
            progress.reach(state.seq)
    except UnknownEvent as error:
        raise KeepingRefused(str(error)) from error
    if not sum_of(state).agrees(expected):
        raise KeepingRefused("The archive is damaged: what its records come to is not what its manifest says.")


async def _refuse_present(journal: Journal, organization: OrganizationState, expected: JamSum) -> None:
    """Nothing that is here is overwritten. An import of the same archive that was stopped goes on."""
    owner = organization.slugs.get(expected.slug)
    if owner not in (None, expected.id):
        raise KeepingRefused(f"The address {expected.slug!r} belongs to another jam here.")
    if await journal.last(PREFIX + expected.id) >= expected.events:
        raise KeepingRefused(f"The jam {expected.slug!r} is here already.")


async def _take_people(vault: Vault, people: Iterator[PersonRecord]) -> tuple[int, int, list[str]]:
    """Adds who is not here: (how many, how many were here, who had to go without their address)."""
    added, known = 0, 0
    nameless: list[str] = []
    async for batch, present in _unknown(vault, people):
        known += present
        added += len(batch)
        for person in batch:
            nameless += [] if await _add(vault, person) else [person.id]
    return added, known, nameless


async def _unknown(vault: Vault, people: Iterator[PersonRecord]) -> AsyncIterator[tuple[list[PersonRecord], int]]:
    batch: list[PersonRecord] = []
    for person in people:
        batch.append(person)
        if len(batch) == BULK:
            yield await _new_of(vault, batch)
            batch = []
    yield await _new_of(vault, batch)


async def _new_of(vault: Vault, batch: list[PersonRecord]) -> tuple[list[PersonRecord], int]:
    here = await vault.people([person.id for person in batch])
    return [person for person in batch if person.id not in here], len(here)


async def _add(vault: Vault, person: PersonRecord) -> bool:
    """False where another person has the address: then this one is kept without it."""
    try:
        await vault.add_person(person)
    except EmailTaken:
        await vault.add_person(PersonRecord(**asdict(person) | {"email": None}))
        return False
    return True


async def _register(journal: Journal, organization: OrganizationState, expected: JamSum, now: int) -> None:
    if expected.slug in organization.slugs:
        return
    event = JamRegistered(at=now, jam=expected.id, slug=expected.slug, by=SYSTEM)
    payload = ORGANIZATION.codec.encode([Entry(None, (event,))])
    await journal.append(ORGANIZATION_STREAM, organization.seq, 1, payload, f"archive-{expected.id}")


async def _append(journal: Journal, expected: JamSum, records: Iterator[Record], progress: Progress) -> None:
    """The records with the tokens they had: those that an earlier try appended are its own."""
    progress.begin("taking the jam in", expected.events)
    for record in records:
        await journal.append(record.stream, record.after, record.count, record.payload, record.token)
        progress.reach(record.last)
