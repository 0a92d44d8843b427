"""What guardians do about the minors under their account, and organizers about minors at all."""

import strawberry
from strawberry import ID

from schema.jam import Jam
from schema.marks import command as mutation
from schema.minor import Minor, minor_of
from schema.minor_inputs import AddMinorInput, MinorInput, MinorPolicyInput, PauseMinorInput
from schema.mutations.asking import Asking
from schema.results import (
    JamResult,
    JamSuccess,
    MinorLinkResult,
    MinorLinkSuccess,
    MinorRemovedResult,
    MinorRemovedSuccess,
    MinorResult,
    MinorSuccess,
)
from schema.scalars import Timestamp
from schema.view import Info, JamView
from server.jam import commands as c
from server.jam.decide import decide
from server.jam.minors import MinorPolicy
from server.jam.rejections import NotFound, Rejection, Unavailable
from server.jam.texts import clean_language
from server.minors import first_name


def _mine(view: JamView, person: str) -> Minor:
    """The minor, if they are under the viewer's account."""
    found = minor_of(view, person)
    if found is None:
        raise NotFound("minor", person)
    return found


@strawberry.type
class MinorMutations:
    @mutation("Organizers only.")
    async def set_minor_policy(self, info: Info, input: MinorPolicyInput) -> JamResult:
        asked = Asking(info, input.command_id)
        relations = tuple(dict.fromkeys(input.relations))
        policy = MinorPolicy(input.allowed, input.minimum_age, input.majority, relations)
        view, seq = await asked.submit(asked.jam(input.jam_id), c.SetMinorPolicy(**asked.by, policy=policy))
        return JamSuccess(jam=Jam(view=view, entity=view.state), seq=seq)

    @mutation(
        "A minor of the viewer's family takes part under the viewer's account. `name` is a first name, `until` the first of "
        "the month from which they are of age: nothing else is kept of them."
    )
    async def add_minor(self, info: Info, input: AddMinorInput) -> MinorResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        command = c.AddMinor(**asked.making(view), until=input.until)
        name, language = first_name(input.name), clean_language("language", input.language)
        # Decided once beforehand: whoever may not take part is kept nowhere. Sent again, it finds its own record.
        decide(view.state, command, view.now)
        if command.person not in view.state.erased_numbers:
            await asked.services.minors.add(command.person, name, language)
        try:
            view, seq = await asked.submit(view, command)
        except Rejection as refused:
            if not isinstance(refused, Unavailable):
                await asked.services.minors.discard(command.person)
            raise
        return MinorSuccess(minor=_mine(view, command.person), seq=seq)

    @mutation("A link by which the minor signs in on a device of their own: once, within 15 minutes. Show it as a QR code.")
    async def make_minor_link(self, info: Info, input: MinorInput) -> MinorLinkResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        minor = _mine(view, input.person_id)
        url, expires_at = await asked.services.minors.link(minor.entity.person, view.state.slug)
        return MinorLinkSuccess(url=url, expires_at=Timestamp(expires_at))

    @mutation("Takes the minor out of the jam for now, or lets them in again. They are signed out everywhere.")
    async def pause_minor(self, info: Info, input: PauseMinorInput) -> MinorResult:
        asked = Asking(info, input.command_id)
        command = c.PauseMinor(**asked.by, person=input.person_id, paused=input.paused)
        view, seq = await asked.submit(asked.jam(input.jam_id), command)
        return MinorSuccess(minor=_mine(view, input.person_id), seq=seq)

    @mutation("Erases the minor for good. What they posted stays, under a former participant.")
    async def remove_minor(self, info: Info, input: MinorInput) -> MinorRemovedResult:
        asked = Asking(info, input.command_id)
        command = c.RemoveMinor(**asked.by, person=input.person_id)
        _, seq = await asked.submit(asked.jam(input.jam_id), command)
        await asked.services.minors.erase(input.person_id)
        return MinorRemovedSuccess(person_id=ID(input.person_id), seq=seq)
