"""Invites a whole list of guests by mail: looked through first, then done, with a report for every line.

The same list under the same id is carried out once: a line's invitation is derived from the command's id and the line's number.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from server.exporting.csv_file import BOM, safe
from server.inviting.guest_reading import GuestLine, LineState
from server.inviting.service import Guest, Inviting
from server.jam import ids
from server.jam.invitations import MOST_AT_ONCE
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.jam_store import JamStore
from server.vault.port import Vault

COLUMNS = ("line", "address", "result", "repeats line", "why")

WHY: dict[LineState, str] = {
    LineState.READY: "will be invited",
    LineState.QUEUED: "the mail is on its way",
    LineState.BAD_ADDRESS: "this is no e-mail address",
    LineState.BAD_NAME: "the name can't be taken: too long, or with characters that can't be shown",
    LineState.BAD_LINE: "the personal line can't be taken: at most 300 characters, no addresses of pages",
    LineState.UNKNOWN_RELATION: "this relation is not known",
    LineState.UNKNOWN_ROLE: "this role is not known",
    LineState.UNKNOWN_LANGUAGE: "there is no mail in this language",
    LineState.DUPLICATE: "the address stands in the list before",
    LineState.MEMBER: "is in the jam already",
    LineState.INVITED: "has been invited already",
    LineState.DECLINED: "declined an invitation to this jam",
    LineState.NOT_DONE: "was not done: please try this line again",
}


class GuestLists:
    """Carries out lists of organizers."""

    def __init__(self, inviting: Inviting, vault: Vault, store: JamStore, clock: Callable[[], int]) -> None:
        self._inviting = inviting
        self._vault = vault
        self._store = store
        self._clock = clock

    async def look(self, state: JamState, actor: str, id: str, lines: Sequence[GuestLine]) -> None:
        """Marks the lines whose people are in the jam, or were invited otherwise than by this very list."""
        guests = [line.guest for line in lines if line.guest is not None]
        addresses = [guest.address for guest in guests]
        known = await self._vault.people_by_email(addresses)
        mailed = await self._vault.mailed(state.id, addresses)
        for line in lines:
            if line.guest is not None:
                line.state = await self._judged(state, line.guest, invitation_id(state, actor, id, line), known, mailed)

    async def _judged(
        self, state: JamState, guest: Guest, own: str, known: dict[str, str], mailed: dict[str, list[str]]
    ) -> LineState:
        if state.invitation(own) is not None:
            return LineState.QUEUED
        person = known.get(guest.address)
        if person is not None and state.member(person) is not None:
            return LineState.MEMBER
        made = [one for id in mailed.get(guest.address, ()) if id != own and (one := state.invitation(id)) is not None]
        if any(one.declined for one in made):
            return LineState.DECLINED
        stands = any(not one.revoked and self._clock() < one.expires_at for one in made)
        return LineState.INVITED if stands else LineState.READY

    async def carry_out(self, state: JamState, actor: str, id: str, lines: Sequence[GuestLine]) -> str | None:
        """Invites whoever is READY, in slices; the message of the refusal that ended it, if one did."""
        refused: Rejection | None = None
        for number, guests in slices(lines):
            try:
                await self._inviting.by_mail(state, actor, slice_id(state, id, number), guests)
            except Rejection as error:
                refused = error
                break
        for line in lines:
            if line.state is LineState.READY:
                made = state.invitation(invitation_id(state, actor, id, line))
                line.state = LineState.NOT_DONE if made is None else LineState.QUEUED
        return None if refused is None else refused.message


def slices(lines: Sequence[GuestLine]) -> Iterator[tuple[int, list[Guest]]]:
    """(number, guests) of the slices that hold any; which slice a line is in depends on its number alone."""
    found: dict[int, list[Guest]] = {}
    for line in lines:
        if line.state is LineState.READY and line.guest is not None:
            found.setdefault(line.number // MOST_AT_ONCE, []).append(line.guest)
    yield from sorted(found.items())


def slice_id(state: JamState, id: str, number: int) -> str:
    """The id of the command that invites a slice of a list."""
    return f"{state.id} {id} {number}"


def invitation_id(state: JamState, actor: str, id: str, line: GuestLine) -> str:
    """The id of the invitation that a line makes."""
    command = slice_id(state, id, line.number // MOST_AT_ONCE)
    return ids.derive_id(ids.INVITATION, actor, command, str(line.number))


def report_csv(lines: Sequence[GuestLine]) -> bytes:
    """The report for a spreadsheet; what would be calculated there has an apostrophe before it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([line.number, safe(line.address), line.state.value, line.of or "", WHY[line.state]])
    return BOM + text.getvalue().encode("utf-8", "replace")
