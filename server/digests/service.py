"""Sends digests: looks at every jam now and then, and writes to whom something happened that they have not seen.

A mail is claimed before it is sent and marked after it. If the server is killed in between, the next one sends it again when
the claim is over, with the same Message-ID; by that a mail server or reader knows it again.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256

import aiosmtplib
import structlog

from server.access.mailer import Mailer
from server.access.secrets import new_secret
from server.digests.letter import Reader, digest, lines, untold
from server.jam.entities import Member
from server.jam.phases import Phase
from server.jam.state import JamState
from server.jam_store import JamStore
from server.vault.digests import DigestMark, MailMode, MailWish
from server.vault.port import PersonRecord, Vault, VaultUnavailable

log = structlog.get_logger()
EVERY_S = 300.0
HOUR_MS = 3_600_000
APART_MS = {MailMode.HOURLY: HOUR_MS, MailMode.DAILY: 24 * HOUR_MS}
SETTLES_MS = 600_000
"""Something that happened so lately may be followed by more, or be seen in the jam: it waits."""

CLAIM_MS = 600_000
AFTER_END_MS = 7 * 24 * HOUR_MS
"""So long after a jam has closed people still hear what became of what they wrote."""

SLICE = 500


class Digests:
    """One a machine; several machines share the work by the vault."""

    def __init__(self, vault: Vault, store: JamStore, mailer: Mailer, url: str, clock: Callable[[], int]) -> None:
        self._vault = vault
        self._store = store
        self._mailer = mailer
        self._url = url
        self._clock = clock

    async def run(self) -> None:
        """Sends until it is cancelled."""
        while self._mailer.is_set_up:
            await asyncio.sleep(EVERY_S)
            try:
                await self.turn()
            except VaultUnavailable as error:
                log.warning("digests wait: the vault can't serve", reason=error.reason)

    async def turn(self) -> int:
        """Sends what is due now; returns how many mails were sent."""
        sent = 0
        for state in self._store.all():
            if self._is_alive(state):
                sent += await self._of_jam(state)
        return sent

    async def wish(self, person_id: str) -> MailWish:
        """What a person wishes; who never said gets a secret with the usual wish. Raises `KeyError`."""
        found = await self._vault.mail_wish(person_id)
        return found or await self._vault.put_mail_wish(MailWish(person_id, MailMode.DAILY, new_secret()))

    async def choose(self, person_id: str, mode: MailMode) -> MailWish:
        """From now on as often as `mode` says. Raises `KeyError`."""
        return await self._vault.put_mail_wish(MailWish(person_id, mode, new_secret()))

    async def end(self, secret: str) -> bool:
        """No more mails to whoever's secret this is; False if it is nobody's."""
        wish = await self._vault.mail_wish_of(secret)
        if wish is None:
            return False
        with suppress(KeyError):
            await self.choose(wish.person_id, MailMode.NEVER)
        return True

    def _is_alive(self, state: JamState) -> bool:
        """Whether people are to hear of it: published, and not closed for long."""
        if not state.is_sound or state.phase(self._clock()) is Phase.DRAFT or state.schedule is None:
            return False
        closes_at = state.schedule.closes_at
        return closes_at is None or self._clock() < closes_at + AFTER_END_MS

    async def _of_jam(self, state: JamState) -> int:
        marks = await self._vault.digest_marks(state.id)
        sent = 0
        for member in await self._waiting(state, marks):
            mark = marks.get(member.person, DigestMark(member.person, state.id, 0, 0))
            sent += await self._tell(state, member, mark)
        return sent

    async def _waiting(self, state: JamState, marks: dict[str, DigestMark]) -> list[Member]:
        """Members whom something waits for. A hundred thousand are gone through in slices, so that nobody else waits."""
        found: list[Member] = []
        for start in range(0, len(state.members), SLICE):
            found += self._due(state.members[start : start + SLICE], marks)
            await asyncio.sleep(0)
        return found

    def _due(self, members: Iterable[Member], marks: dict[str, DigestMark]) -> Iterable[Member]:
        now = self._clock()
        for member in members:
            mark = marks.get(member.person)
            if mark is not None and (mark.claimed_until > now or now < mark.sent_at + HOUR_MS):
                continue
            notices = untold(member, 0 if mark is None else mark.seq) if member.notices else []
            if notices and notices[0].at + SETTLES_MS <= now and not member.is_suspended:
                yield member

    async def _tell(self, state: JamState, member: Member, mark: DigestMark) -> bool:
        """Sends a member's mail, if they want one now and nobody else is about to."""
        now = self._clock()
        try:
            wish = await self.wish(member.person)
            person = await self._vault.person(member.person)
            if person is None or person.email is None or not _is_due(wish, mark, now):
                return False
            notices = untold(member, mark.seq)
            if not notices or not await self._vault.claim_digest(mark, now + CLAIM_MS):
                return False
        except KeyError:
            return False
        told = DigestMark(member.person, state.id, notices[-1].seq, now)
        found = lines(state, member, notices)
        if found:
            reader = self._reader(person, wish)
            mail = digest(state, found, reader, f"{self._url}/jam/{state.slug}/inbox", self._id(told))
            try:
                await self._mailer.send(mail)
            except (aiosmtplib.SMTPException, OSError) as error:
                log.warning("a digest was not taken by the mail server; it is tried again", reason=type(error).__name__)
                return False
        await self._vault.put_digest(told)
        return bool(found)

    def _reader(self, person: PersonRecord, wish: MailWish) -> Reader:
        return Reader(person.email or "", person.name, person.language, wish.mode, f"{self._url}/mail/end/{wish.secret}")

    def _id(self, mark: DigestMark) -> str:
        """The same for the same mail."""
        name = sha256(f"{mark.person_id} {mark.jam_id} {mark.seq}".encode()).hexdigest()[:32]
        return f"<{name}@hothouse.digest>"


def _is_due(wish: MailWish, mark: DigestMark, now: int) -> bool:
    return wish.mode is not MailMode.NEVER and now >= mark.sent_at + APART_MS[wish.mode]
