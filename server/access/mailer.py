"""Sends mail through the company's server; in development the text is printed instead."""

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib
import structlog

from server.settings import Settings

log = structlog.get_logger()

AT_ONCE = 8
"""Connections to the mail server at a time: when the doors open, everyone asks for a link."""


@dataclass(frozen=True, slots=True)
class Mail:
    """`html` has the same content as `text`. With an `id` of its own, a mail that is sent twice is seen to be the same. Where
    more of the kind would follow, `end_url` ends them: mail programs show a button for it (RFC 8058).
    """

    to: str
    subject: str
    text: str
    html: str
    language: str
    id: str = ""
    end_url: str = ""


class Mailer:
    """Sends through `settings.smtp_url`. Without one, development prints; production says that mail is not set up."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lines = asyncio.Semaphore(AT_ONCE)

    @property
    def is_set_up(self) -> bool:
        """Whether mail goes anywhere: to a server, or in development to the log."""
        return self._settings.smtp_url is not None or self._settings.development

    async def send(self, mail: Mail) -> None:
        """Raises `aiosmtplib.SMTPException` or `OSError` where the server does not take it."""
        if self._settings.smtp_url is None:
            self._without_server(mail)
            return
        async with self._lines:
            await self._deliver(mail, urlsplit(self._settings.smtp_url.get_secret_value()))

    async def _deliver(self, mail: Mail, url: SplitResult) -> None:
        await aiosmtplib.send(
            _message(mail, self._settings.mail_from),
            hostname=url.hostname or "localhost",
            port=url.port,
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=url.scheme == "smtps",
            timeout=20,
        )

    def _without_server(self, mail: Mail) -> None:
        if self._settings.development:
            log.info("mail (development: printed, not sent)", to=mail.to, subject=mail.subject, text=mail.text)
        else:
            log.error("no mail server is set: set HOTHOUSE_SMTP_URL, or nobody can sign in by e-mail")


def _message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"
    if mail.id:
        message["Message-ID"] = mail.id
    if mail.end_url:
        message["List-Unsubscribe"] = f"<{mail.end_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
