"""One request to a push service (RFC 8030), and what its answer means."""

from dataclasses import dataclass
from enum import StrEnum

import httpcore2

from server.hooks.guard import Poster, Refused
from server.push.encrypting import BadKey, encrypt
from server.push.message import Sending
from server.push.vapid import Vapid
from server.vault.pushes import PushDevice

GONE = frozenset({404, 410})


class Verdict(StrEnum):
    """TAKEN by the service. GONE: the device is to be removed. LATER: it is to be tried again."""

    TAKEN = "TAKEN"
    GONE = "GONE"
    LATER = "LATER"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` names neither the device nor what was sent: it goes to the log."""

    verdict: Verdict
    reason: str = ""
    retry_after_s: int | None = None


class PushPoster:
    """Requests go out through the guard, for clients name the endpoints."""

    def __init__(self, poster: Poster, vapid: Vapid) -> None:
        self._poster = poster
        self._vapid = vapid

    async def post(self, device: PushDevice, sending: Sending) -> Outcome:
        """Sends a letter to a device."""
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(sending.ttl_s),
            "Urgency": sending.urgency,
            "Authorization": self._vapid.authorization(device.endpoint),
        }
        if sending.topic is not None:
            headers["Topic"] = sending.topic
        try:
            body = encrypt(sending.letter.to_json(), device.key, device.auth_secret)
        except BadKey:
            return Outcome(Verdict.GONE, "its key is none")
        return await self._asked(device.endpoint, headers, body)

    async def close(self) -> None:
        await self._poster.close()

    async def _asked(self, endpoint: str, headers: dict[str, str], body: bytes) -> Outcome:
        try:
            answer = await self._poster.answer(endpoint, headers, body)
        except Refused:
            return Outcome(Verdict.LATER, "the address may not be asked")
        except TimeoutError:
            return Outcome(Verdict.LATER, "no answer in time")
        except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
            return Outcome(Verdict.LATER, f"no answer: {type(error).__name__}")
        if 200 <= answer.status < 300:
            return Outcome(Verdict.TAKEN)
        if answer.status in GONE:
            return Outcome(Verdict.GONE, str(answer.status))
        return Outcome(Verdict.LATER, str(answer.status), answer.retry_after_s)
