"""Sends the mails of invitations in the background, each once as far as SMTP lets that be known.

What is to be sent stands in the vault. Before a mail is handed over it is noted that this has begun, and afterwards that the
mail server took it; then the journal is told. Whoever is killed in between leaves a mail that has begun: when its lease is over
it is sent again, under the same Message-ID, because an invitation that is lost is worse than one that comes twice. Any number
of servers share the work: a mail is claimed by one of them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import aiosmtplib
import structlog

from server.access.mailer import Mail, Mailer
from server.bell import Bell
from server.directory import Directory
from server.inviting.words import Letter, invitation_mail
from server.jam.commands import RecordDelivery
from server.jam.entities import Invitation
from server.jam.ids import SYSTEM
from server.jam.invitations import usable
from server.jam.rejections import NotFound, Rejection
from server.jam.state import JamState
from server.jam.texts import pick
from server.jam_store import JamStore
from server.vault.invitations import InvitationMail, MailState
from server.vault.port import Vault

log = structlog.get_logger()

AT_ONCE = 4
"""Mails under way at a time: half the lines of the mailer, so that sign-in mails always find one."""

LEASE_MS = 120_000
"""Longer than a mail server may take."""

LOOK_EVERY_S = 5.0
SOON_MS = 2_000
ORPHAN_MS = 600_000
"""A mail whose invitation is in no jam after this long was refused when it was to be made."""

FIRST_PAUSE_MS = 30_000
MOST_ATTEMPTS = 9
"""With pauses that double from half a minute: two hours of a mail server that can't be reached."""


class Outbox:
    """`path` makes a link's address of its secret."""

    def __init__(
        self,
        vault: Vault,
        store: JamStore,
        people: Directory,
        mailer: Mailer,
        url: str,
        clock: Callable[[], int],
        lease_ms: int = LEASE_MS,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._vault = vault
        self._store = store
        self._people = people
        self._mailer = mailer
        self._url = url
        self._clock = clock
        self._lease_ms = lease_ms
        self._look_every_s = look_every_s
        self._bell = Bell()

    def nudge(self) -> None:
        """Says that there is something to send."""
        self._bell.ring()

    async def run(self) -> None:
        """Sends what is due, until cancelled."""
        while True:
            claimed = await self._vault.claim_mails(self._clock(), AT_ONCE, self._lease_ms)
            if claimed:
                await asyncio.gather(*(self._handle(mail) for mail in claimed))
                continue
            await self._bell.heard(self._look_every_s)

    async def _handle(self, mail: InvitationMail) -> None:
        """One step for one mail. A fault of ours concerns this mail alone; its lease brings it back."""
        try:
            if mail.state is MailState.SENDING:
                mail = await self._send(mail)
            if mail.state in (MailState.TAKEN, MailState.REFUSED):
                await self._record(mail)
        except Exception as error:
            log.error("a mail of an invitation could not be handled", invitation=mail.id, error=type(error).__name__)

    async def _send(self, mail: InvitationMail) -> InvitationMail:
        """The mail as it is kept after an attempt."""
        state = self._store.get(mail.jam_id)
        invitation = None if state is None else state.invitation(mail.id)
        if state is None or invitation is None:
            return await self._keep(self._not_yet(mail))
        if not usable(invitation, self._clock()) or await self._vault.declined(mail.jam_id, mail.address):
            return await self._keep(replace(mail, state=MailState.DROPPED, secret=""))
        return await self._keep(await self._attempt(mail, self._letter(mail, state, invitation)))

    def _not_yet(self, mail: InvitationMail) -> InvitationMail:
        """The command that makes the invitation is under way, or was refused."""
        if self._clock() - mail.created_at > ORPHAN_MS:
            return replace(mail, state=MailState.DROPPED, secret="")
        return replace(mail, state=MailState.WAITING, attempts=mail.attempts - 1, due_at=self._clock() + SOON_MS)

    async def _attempt(self, mail: InvitationMail, letter: Mail) -> InvitationMail:
        try:
            if not self._mailer.is_set_up:
                raise aiosmtplib.SMTPException("no mail server is set")
            await self._mailer.send(letter)
        except (aiosmtplib.SMTPException, OSError) as error:
            # Neither its words nor a trace: a mail server's refusal names the address.
            log.warning("a mail of an invitation was not taken", invitation=mail.id, error=type(error).__name__)
            if _is_final(error) or mail.attempts >= MOST_ATTEMPTS:
                return replace(mail, state=MailState.REFUSED, secret="", due_at=self._clock())
            pause = FIRST_PAUSE_MS * 2 ** (mail.attempts - 1)
            return replace(mail, state=MailState.WAITING, due_at=self._clock() + pause)
        now = self._clock()
        return replace(mail, state=MailState.TAKEN, sent_at=now, secret="", due_at=now)

    async def _keep(self, mail: InvitationMail) -> InvitationMail:
        await self._vault.keep_mail(mail)
        return mail

    async def _record(self, mail: InvitationMail) -> None:
        """Tells the journal; whoever asks twice is told the same."""
        delivered = mail.state is MailState.TAKEN
        command = RecordDelivery(actor=SYSTEM, id=f"delivery {mail.id} {delivered}", invitation=mail.id, delivered=delivered)
        try:
            await self._store.submit(mail.jam_id, command)
        except NotFound:
            log.warning("a mail was sent for an invitation that is not there any more", invitation=mail.id)
        except Rejection as refused:
            log.warning("the delivery of a mail could not be recorded; it is tried again", code=refused.code)
            return
        await self._keep(replace(mail, state=MailState.DELIVERED if delivered else MailState.FAILED))

    def _letter(self, mail: InvitationMail, state: JamState, invitation: Invitation) -> Mail:
        inviter = self._people.person(mail.inviter_id)
        host = urlsplit(self._url).hostname or "localhost"
        return invitation_mail(
            Letter(
                to=mail.address,
                name=mail.name,
                inviter=(None if inviter is None else inviter.name) or "Hothouse",
                jam=pick(state.titles, mail.language, state.main_language),
                question=pick(state.questions, mail.language, state.main_language),
                relation=invitation.relation,
                line=mail.line,
                url=f"{self._url}/invited#{mail.secret}",
                until=invitation.expires_at,
                language=mail.language,
                id=f"<{mail.id}@{host}>",
            )
        )


def _is_final(error: Exception) -> bool:
    """Whether the mail server refused this address or this mail for good (5xx, RFC 5321 4.2.1). That it does not let us in, or
    does not know the sender, is ours to mend."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(one.code >= 500 for one in error.recipients)
    return isinstance(error, (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)) and error.code >= 500
