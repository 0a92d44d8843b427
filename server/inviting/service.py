"""Makes invitations whose personal part is in the vault: by mail, and by a code.

The vault is written first and the journal second. A mail whose invitation never came to be is not sent; a command that is sent
again finds the same mail and names the same invitation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from server.access.magic_link import check_address
from server.access.mailer import Mailer
from server.access.secrets import hashed, new_secret
from server.inviting.codes import new_code
from server.inviting.outbox import Outbox
from server.inviting.words import LANGUAGES
from server.jam import commands as c
from server.jam import ids
from server.jam.decide import decide
from server.jam.entities import Invitation
from server.jam.invitations import DAY_MS, InvitationKind, Place, usable
from server.jam.people import Relation, Role
from server.jam.rejections import Conflict, InvalidInput
from server.jam.state import JamState
from server.jam.texts import NAME, clean_text
from server.jam_store import JamStore
from server.vault.invitations import InvitationMail, MailState, RoomCode
from server.vault.names import normalise_email
from server.vault.port import PersonRecord, Vault, VaultUnavailable

KEPT_MS = 30 * DAY_MS
"""How long an address is kept after the invitation has ended: so long nobody is mailed again against their will."""

NO_MAIL = "This server sends no mail: please make a link and pass it on yourself."


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone to be invited by mail, with a cleaned and normalised address. `key` tells the guests of one command apart."""

    address: str
    relation: Relation
    key: str
    name: str = ""
    role: Role = Role.PARTICIPANT
    language: str = "en"
    line: str = ""


def clean_name(name: str | None) -> str:
    """The name of a guest, "" where none is given. Raises `InvalidInput`."""
    return clean_text("name", name, NAME) if name and name.strip() else ""


class Inviting:
    """Everything about invitations that takes the vault."""

    def __init__(self, vault: Vault, store: JamStore, mailer: Mailer, outbox: Outbox, clock: Callable[[], int]) -> None:
        self._vault = vault
        self._store = store
        self._mailer = mailer
        self._outbox = outbox
        self._clock = clock

    # ----------------------------------------------------------------------------------------------------------- mails
    async def by_mail(
        self, state: JamState, actor: str, id: str, guests: Sequence[Guest], expires_at: int | None = None
    ) -> tuple[list[str], int]:
        """Mails an invitation to each guest: the ids of the invitations, and the seq at which they are there.

        Raises a `Rejection`, and then nothing was done.
        """
        self._require_mail()
        now = self._clock()
        until = expires_at or now + state.invitation_policy.days * DAY_MS
        command = _command(actor, id, guests, [new_secret() for _ in guests], expires_at)
        if state.remembers(ids.command_key(actor, id)):
            made = (command.invitation(guest.key) for guest in guests)
            return [one for one in made if state.invitation(one) is not None], state.seq
        decide(state, command, now)  # what is refused leaves nothing in the vault
        mails = [
            InvitationMail(
                id=command.invitation(guest.key), jam_id=state.id, inviter_id=actor, address=guest.address, name=guest.name,
                line=guest.line, language=_language(guest.language), secret=new_secret(), created_at=now, planned_at=now,
                due_at=now, expires_at=until + KEPT_MS,
            )
            for guest in guests
        ]  # fmt: skip
        kept = await self._vault.put_mails(mails, DAY_MS)
        # One that was put before and has gone out has no secret any more, and its invitation is there.
        secrets = [mail.secret or new_secret() for mail in kept]
        seq = await self._store.submit(state.id, _command(actor, id, guests, secrets, expires_at))
        self._outbox.nudge()
        return [mail.id for mail in kept], seq

    async def again(self, state: JamState, actor: str, id: str, invitation: Invitation) -> tuple[str, int]:
        """Mails an invitation anew: the id of the one that takes its place, and the seq. Raises a `Rejection`."""
        self._require_mail()
        old = (await self._vault.mails([invitation.id])).get(invitation.id)
        if old is None:
            raise Conflict("The address of this invitation is not kept any more: please make a new one.")
        now, secret = self._clock(), new_secret()
        command = c.Reinvite(actor=actor, id=id, invitation=invitation.id, token_hash=hashed(secret))
        if not state.remembers(ids.command_key(actor, id)):
            decide(state, command, now)
        until = now + state.invitation_policy.days * DAY_MS
        again = replace(
            old, id=command.derived(ids.INVITATION), secret=secret, created_at=now, planned_at=now, due_at=now,
            expires_at=until + KEPT_MS, state=MailState.WAITING, attempts=0, sent_at=None,
        )  # fmt: skip
        (kept,) = await self._vault.put_mails([again], 0)
        seq = await self._store.submit(state.id, replace(command, token_hash=hashed(kept.secret or secret)))
        self._outbox.nudge()
        return kept.id, seq

    @property
    def can_mail(self) -> bool:
        """Whether this server sends mails."""
        return self._mailer.is_set_up

    def _require_mail(self) -> None:
        if not self._mailer.is_set_up:
            raise Conflict(NO_MAIL)

    async def mails(self, invitation_ids: Sequence[str]) -> dict[str, InvitationMail]:
        """The mails of these invitations, as far as they are kept: for whoever made them, and organizers."""
        return await self._vault.mails(invitation_ids)

    # ----------------------------------------------------------------------------------------------------------- codes
    async def code(self, state: JamState, command: c.CreateInvitation) -> tuple[RoomCode, int]:
        """Makes a code: what is shown on the wall, and the seq. `command` has no `token_hash` yet. Raises a `Rejection`."""
        decide(state, replace(command, token_hash=hashed(new_secret())), self._clock())
        id = command.derived(ids.INVITATION)
        kept = (await self._vault.room_codes([id])).get(id) or await self._new_code(state, command, id)
        seq = await self._store.submit(state.id, replace(command, token_hash=hashed(kept.secret)))
        return kept, seq

    async def _new_code(self, state: JamState, command: c.CreateInvitation, id: str) -> RoomCode:
        for _ in range(10):
            code = RoomCode(id, state.id, command.actor, new_code(), new_secret(), command.expires_at)
            if await self._vault.add_code(code):
                return code
        raise VaultUnavailable("no free code was found")

    async def codes(self, invitation_ids: Sequence[str]) -> dict[str, RoomCode]:
        """The codes of these invitations, until they are over: for organizers."""
        return await self._vault.room_codes(invitation_ids)

    async def by_code(self, code: str) -> str | None:
        """The secret of the invitation that a typed code stands for, while it lets people in."""
        found = await self._vault.room_code(code, self._clock())
        if found is None:
            return None
        return found.secret if self.open_door(found.secret) is not None else None

    # --------------------------------------------------------------------------------------------------------- the door
    def open_door(self, secret: str) -> tuple[JamState, Invitation] | None:
        """The invitation with this secret, and its jam, if it lets people in now. Why not is not told."""
        token_hash, now = hashed(secret), self._clock()
        for state in self._store.all():
            invitation = state.invitations.get(token_hash)
            if invitation is not None and state.is_sound and usable(invitation, now):
                return state, invitation
        return None

    async def addressee(self, invitation: Invitation) -> tuple[InvitationMail | None, PersonRecord | None]:
        """To whom an invitation was mailed, and the person who has that address already."""
        mail = (await self._vault.mails([invitation.id])).get(invitation.id)
        return mail, None if mail is None else await self._vault.person_by_email(mail.address)

    async def is_for(self, invitation: Invitation, person_id: str) -> bool:
        """Whether someone may accept it: what was mailed is for whoever has the address."""
        if invitation.kind is not InvitationKind.MAIL:
            return True
        _, known = await self.addressee(invitation)
        return known is not None and known.id == person_id

    async def decline(self, secret: str, reported: bool) -> bool:
        """For whoever holds the mail: no, thank you. False where the secret opens nothing."""
        found = self.open_door(secret)
        if found is None or found[1].kind is not InvitationKind.MAIL:
            return False
        state, invitation = found
        command = c.DeclineInvitation(
            actor=ids.SYSTEM, id=f"decline {invitation.id}", token_hash=invitation.token_hash, reported=reported
        )
        await self._store.submit(state.id, command)
        mail, _ = await self.addressee(invitation)
        if mail is not None:
            await self._vault.keep_mail(replace(mail, state=MailState.DECLINED, secret=""))
        return True


def _language(language: str) -> str:
    return language if language in LANGUAGES else "en"


def _command(actor: str, id: str, guests: Sequence[Guest], secrets: Sequence[str], expires_at: int | None) -> c.Invite:
    places = tuple(
        Place(hashed(secret), guest.relation, guest.role, _language(guest.language), 1, guest.key)
        for guest, secret in zip(guests, secrets, strict=True)
    )
    return c.Invite(actor=actor, id=id, kind=InvitationKind.MAIL, places=places, expires_at=expires_at)


def clean_address(address: str) -> str:
    """The address as it is kept. Raises `InvalidInput`."""
    check_address(address)
    kept = normalise_email(address)
    if kept is None:
        raise InvalidInput("addresses", "An e-mail address is missing.")
    return kept
