"""The first organizer: whoever runs the server makes and lets in."""

from server.access.secrets import new_person_id
from server.app.clock import wall_clock
from server.jam_store import JamStore
from server.vault.port import PersonRecord, Vault


async def first_organizer(store: JamStore, vault: Vault) -> str:
    """The id of the first person who may create jams; one is made where there is none."""
    known = next(iter(store.organization.organizers), None)
    if known is not None:
        return known
    person = PersonRecord(new_person_id(), None, "Organizer", None, "en", wall_clock())
    await vault.add_person(person)
    await store.grant_organizer(person.id)
    return person.id
