"""The first organizer: whoever runs the server makes and lets in."""

from server.access.secrets import new_person_id
from server.jam_store import JamStore
from server.vault.port import PersonRecord, Vault


async def first_organizer(store: JamStore, vault: Vault, now: int) -> str:
    """The id of the first person who may create jams; one is made, at `now`, where there is none."""
    known = next(iter(store.organization.organizers), None)
    if known is not None:
        return known
    person = PersonRecord(new_person_id(), None, "Organizer", None, "en", now)
    await vault.add_person(person)
    await store.grant_organizer(person.id)
    return person.id
