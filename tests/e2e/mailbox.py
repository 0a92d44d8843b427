"""A mail server on loopback that keeps what it is given."""

import email
import email.policy
import re
import time
from collections import defaultdict

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.e2e.serving import free_port

LINK = re.compile(r"http://\S+/enter#[\w-]+")
INVITATION = re.compile(r"http://\S+/invited#[\w-]+")


class Mailbox:
    """Address → the texts of the mails that arrived for it, oldest first."""

    def __init__(self) -> None:
        self._texts: defaultdict[str, list[str]] = defaultdict(list)
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()

    @property
    def url(self) -> str:
        """For `HOTHOUSE_SMTP_URL`."""
        return f"smtp://127.0.0.1:{self._controller.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Takes a mail; called by aiosmtpd."""
        message = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        for address in envelope.rcpt_tos:
            self._texts[address].append(body.get_content())
        return "250 OK"

    def invitation_for(self, address: str, within_s: float = 15.0) -> str:
        """The link of the newest invitation mailed to an address, which is taken out; waits for one to arrive."""
        return self._found(INVITATION, address, within_s)

    def link_for(self, address: str, within_s: float = 10.0) -> str:
        """The sign-in link of the newest mail for an address, which is taken out; waits for one to arrive."""
        return self._found(LINK, address, within_s)

    def _found(self, pattern: re.Pattern[str], address: str, within_s: float) -> str:
        deadline = time.monotonic() + within_s
        while not self._texts[address]:
            assert time.monotonic() < deadline, f"no mail for {address}"
            time.sleep(0.02)
        found = pattern.search(self._texts[address].pop())
        assert found is not None
        return found.group()

    def close(self) -> None:
        """Stops listening."""
        self._controller.stop()
