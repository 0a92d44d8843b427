"""Sign-in by e-mailed link: single use, short-lived, the same answer whether the address is known or not."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest

import structlog

from server.access.mailer import Mailer
from server.access.secrets import hashed, new_person_id, new_secret
from server.access.words import sign_in_mail
from server.jam.invitations import InvitationKind, usable
from server.jam.rejections import InvalidInput, Unavailable
from server.jam.texts import NAME, clean_text
from server.jam_store import JamStore
from server.settings import Settings
from server.vault.port import EmailTaken, PersonRecord, SignInLink, Vault

log = structlog.get_logger()

_EMAIL = re.compile(r"[^@\s<>\"',;:()\[\]\\]{1,64}@(?:[^@\s<>\"',;:()\[\]\\.]{1,63}\.)*[^@\s<>\"',;:()\[\]\\.]{1,63}\Z")
_PATH = re.compile(r"/(?![/\\])[^\s\\]{0,500}\Z")


@dataclass(frozen=True, slots=True)
class Asked:
    """Someone asks for a link. `invitation` is the secret of an invitation link, for those who have no account yet; `browser`
    is the secret of the browser that asks, and the only one in which the link will open the door.
    """

    email: str
    name: str | None = None
    invitation: str | None = None
    next_path: str = "/"
    language: str = "en"
    browser: str | None = None


class OtherBrowser(Exception):
    """The link belongs to the browser that asked for it. It was not used up."""


def safe_path(path: str) -> str:
    """The path, if it leads to a page of ours; else the home page. Nothing that leaves the site passes."""
    return path if _PATH.match(path) else "/"


def check_address(email: str) -> None:
    """Raises `InvalidInput` for what is no e-mail address."""
    if len(email) > 254 or not _EMAIL.match(email.strip()):
        raise InvalidInput("email", "This is no e-mail address: please look at it again.")


MOST_SENDING = 5_000
"""Sign-in mails under way or waiting for a line to the mail server."""


class MagicLinks:
    """Makes links, mails them, and takes them back."""

    def __init__(self, vault: Vault, store: JamStore, mailer: Mailer, settings: Settings, clock: Callable[[], int]) -> None:
        self._vault = vault
        self._store = store
        self._mailer = mailer
        self._settings = settings
        self._clock = clock
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def sending(self) -> int:
        """Mails that are under way or wait for it."""
        return len(self._sending)

    async def ask(self, asked: Asked) -> None:
        """Sends a link in the background, so that neither the answer nor its time tells whether the address is known.

        Raises `InvalidInput` for what is no address or name, or `Unavailable` where very many mails wait.
        """
        check_address(asked.email)
        if self.sending >= MOST_SENDING:
            raise Unavailable("Very many people are asking for links just now: please try again in a minute.", 60.0)
        name = clean_text("name", asked.name, NAME) if asked.name else None
        task = asyncio.create_task(self._send(asked, name), name="sign-in mail")
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, asked: Asked, name: str | None) -> None:
        try:
            person = await self._person(asked, name)
            if person is None or person.email is None:
                return
            path = f"/join/{asked.invitation}" if asked.invitation else asked.next_path
            url = await self.make(person.id, path, browser=asked.browser)
            mail = sign_in_mail(person.email, person.name, url, self._settings.link_minutes, asked.language)
            await self._mailer.send(mail)
        except Exception as error:
            # Neither its words nor a trace: a mail server's refusal names the address.
            log.error("a sign-in mail could not be sent", error=type(error).__name__, code=getattr(error, "code", None))

    async def _person(self, asked: Asked, name: str | None) -> PersonRecord | None:
        """The person with the address; someone with a usable invitation becomes one."""
        known = await self._vault.person_by_email(asked.email)
        if known is not None or not self._invited(asked.invitation):
            return known
        email = asked.email.strip()
        person = PersonRecord(new_person_id(), email, name or email.split("@")[0][:NAME], None, asked.language, self._clock())
        try:
            await self._vault.add_person(person)
        except EmailTaken:
            return await self._vault.person_by_email(email)
        return await self._vault.person(person.id)

    def _invited(self, invitation: str | None) -> bool:
        if invitation is None:
            return False
        found = (state.invitations.get(hashed(invitation)) for state in self._store.all())
        # What was mailed is for one address, which its own link proves.
        return any(one is not None and one.kind is not InvitationKind.MAIL and usable(one, self._clock()) for one in found)

    async def make(self, person_id: str, next_path: str = "/", minutes: int | None = None, browser: str | None = None) -> str:
        """A link that signs the person in, once, and in one browser only if it is named. Its secret stands behind `#`, where no
        log sees it.
        """
        secret = new_secret()
        expires_at = self._clock() + (minutes or self._settings.link_minutes) * 60_000
        bound_to = hashed(browser) if browser else None
        await self._vault.add_link(SignInLink(hashed(secret), person_id, bound_to, expires_at, safe_path(next_path)))
        return f"{self._settings.url}/enter#{secret}"

    async def take(self, secret: str, browser: str | None = None) -> SignInLink | None:
        """Uses a link up; None if it is unknown, used or too old. Raises `OtherBrowser`."""
        link = await self._vault.link(hashed(secret), self._clock())
        if link is None:
            return None
        if link.browser_hash is not None and not compare_digest(link.browser_hash, hashed(browser or "")):
            raise OtherBrowser
        return await self._vault.take_link(hashed(secret), self._clock())

    async def settled(self) -> None:
        """Returns when every mail has been sent or given up."""
        while self._sending:
            await asyncio.wait(set(self._sending))
