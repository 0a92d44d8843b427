"""Gathers what is kept about one person: from the vault, from every jam's state, and from the journals."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.jam.entities import Member
from server.jam.state import JamState
from server.jam_store import ORGANIZATION_STREAM, PREFIX, JamStore
from server.owndata.events import events_about
from server.owndata.jams import NameOf, jam_of
from server.owndata.plain import Plain, is_secret, plain, time_of
from server.vault.port import PersonRecord, Vault

FORMAT, VERSION = "hothouse-own-data", 1
TIMES = ("_at",)
BYTES_ASIDE = {"images": "data"}
"""Kinds whose bytes are files of their own in the archive."""


@dataclass(slots=True)
class OwnData:
    """`told` is what `data.json` holds; `files` has the names in the archive and what is in them."""

    person: PersonRecord
    told: dict[str, Plain] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


async def gather(store: JamStore, vault: Vault, name_of: NameOf, person: PersonRecord, now: int) -> OwnData:
    """Everything about the person. Takes one look at each journal of a jam they are in."""
    own = OwnData(person)
    kept = await vault.belongings(person.id)
    account = {kind: [_row(own, kind, row) for row in rows] for kind, rows in kept.items() if kind != "people"}
    jams = [(state, member) for state in store.all() if (member := state.member(person.id)) is not None]
    own.told = {
        "format": FORMAT,
        "version": VERSION,
        "madeAt": time_of(now),
        "person": _timed(kept["people"][0]) if "people" in kept else {},
        "account": account,
        "invitationsToMe": [one async for one in _invitations(vault, jams, person, name_of)],
        "mayCreateJams": person.id in store.organization.organizers,
        "organizationEvents": await _events(store, ORGANIZATION_STREAM, person.id, _stranger_in(store, person.id)),
        "jams": [await _jam(store, state, member, name_of) for state, member in jams],
    }
    return own


async def _jam(store: JamStore, state: JamState, member: Member, name_of: NameOf) -> Plain:
    told = jam_of(state, member, name_of)
    await asyncio.sleep(0)

    def is_other(text: str) -> bool:
        return text != member.person and (text in state.member_numbers or text in state.erased_numbers)

    return {**told, "events": await _events(store, PREFIX + state.id, member.person, is_other)}


def _stranger_in(store: JamStore, person: str) -> Callable[[str], bool]:
    """Other organizers are named in the organization's journal by their ids only."""
    organization = store.organization
    return lambda text: text != person and (text in organization.organizers or text in organization.erasures)


async def _events(store: JamStore, stream: str, person: str, is_other: Callable[[str], bool]) -> list[Plain]:
    return [event async for event in events_about(store.journal, stream, person, is_other)]


def _row(own: OwnData, kind: str, row: Mapping[str, Any]) -> Plain:
    """A row of the vault; bytes that are something to look at become a file."""
    place = BYTES_ASIDE.get(kind)
    if place is None:
        return _timed(row)
    name = f"files/{kind}-{len(own.files) + 1}{_ending(str(row.get('content_type', '')))}"
    own.files[name] = row[place]
    return {**_timed({key: value for key, value in row.items() if key != place}), "file": name}


def _timed(row: Mapping[str, Any]) -> Plain:
    kept = {name: value for name, value in row.items() if not is_secret(name)}
    return {
        name: time_of(value) if name.endswith(TIMES) and isinstance(value, int) else plain(value)
        for name, value in kept.items()
    }


def _ending(content_type: str) -> str:
    return {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}.get(content_type, ".bin")


async def _invitations(
    vault: Vault, jams: Sequence[tuple[JamState, Member]], person: PersonRecord, name_of: NameOf
) -> AsyncIterator[Plain]:
    """Invitations that others mailed to this address, into jams that the person is in."""
    for state, _ in jams if person.email else ():
        ids = (await vault.mailed(state.id, [person.email or ""])).get(person.email or "", [])
        for mail in (await vault.mails(ids)).values():
            yield {
                "jam": state.slug, "from": name_of(mail.inviter_id), "name": mail.name, "line": mail.line,
                "language": mail.language, "sentAt": time_of(mail.sent_at), "state": mail.state.value,
            }  # fmt: skip
