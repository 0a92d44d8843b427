"""What people wish to be told of, and their devices, as they manage them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from server.hooks.guard import Refused, check_url
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound
from server.push.encrypting import BadKey, device_key, device_secret
from server.push.kinds import PushKind
from server.push.rules import APART_MIN, DAY_MIN, is_zone
from server.push.vapid import Vapid
from server.vault.port import Vault
from server.vault.pushes import PushDevice, PushWish

MOST_DEVICES = 10
LONGEST_ENDPOINT = 2_000
LONGEST_ZONE = 64


@dataclass(frozen=True, slots=True)
class PushView:
    """What a person sees of it; `wish` is the usual one where they never said."""

    public_key: str
    wish: PushWish
    devices: Sequence[PushDevice]
    session_hash: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser agreed to (the Push API's PushSubscription): `key` is `p256dh`, `secret` is `auth`, both base64url."""

    endpoint: str
    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen anew; None for what stays."""

    kinds: Collection[PushKind] | None = None
    quiet: tuple[int, int] | None = None
    zone: str | None = None
    apart_min: int | None = None
    shows_words: bool | None = None


def device_id(endpoint: str) -> str:
    """The same browser is the same device, however often it says so."""
    return "d" + sha256(endpoint.encode()).hexdigest()[:32]


class Pushes:
    """Who calls is the person themselves, signed in by the session `session_hash`."""

    def __init__(self, vault: Vault, vapid: Vapid, clock: Callable[[], int], allow_private: bool) -> None:
        self._vault = vault
        self._vapid = vapid
        self._clock = clock
        self._allow_private = allow_private

    async def of(self, person_id: str, session_hash: str) -> PushView:
        """The wish and the devices of a person."""
        devices = await self._vault.push_devices(person_id, self._clock())
        return PushView(self._vapid.public_key, await self._wish(person_id), devices, session_hash)

    async def add_device(
        self, person_id: str, session_hash: str, found: Subscription, zone: str, replaces: str | None = None
    ) -> None:
        """From now on this browser is told things, in place of the endpoint `replaces`. Raises `InvalidInput`, `Conflict` or
        `NotAllowed`; then nothing changed.
        """
        self._check(found)
        _check_zone(zone)
        now = self._clock()
        session = await self._vault.session(session_hash, now)
        if session is None:
            raise NotAllowed("ADD_PUSH_DEVICE", "Notifications are for a browser that is signed in.")
        devices = await self._vault.push_devices(person_id, now)
        given_up = None if replaces is None else device_id(replaces)
        kept = [one for one in devices if one.id not in (given_up, device_id(found.endpoint))]
        if len(kept) >= MOST_DEVICES:
            raise Conflict(f"At most {MOST_DEVICES} devices get notifications: end one of them first.")
        wish = await self._wish(person_id)
        # Without a device nothing was told: then nothing from before is told now.
        await self._vault.put_push_wish(replace(wish, zone=zone, since=wish.since if devices else now))
        await self._vault.add_push_device(
            PushDevice(
                id=device_id(found.endpoint),
                person_id=person_id,
                session_hash=session_hash,
                endpoint=found.endpoint,
                key=found.key,
                auth_secret=found.secret,
                name=session.user_agent,
                created_at=now,
            )
        )
        if given_up is not None and given_up != device_id(found.endpoint):
            await self._vault.end_push_device(person_id, given_up)

    async def choose(self, person_id: str, choice: Choice) -> None:
        """Raises `InvalidInput`; then nothing changed."""
        wish = await self._wish(person_id)
        if choice.kinds is not None:
            wish = replace(wish, kinds=" ".join(kind for kind in PushKind if kind in choice.kinds))
        if choice.quiet is not None:
            wish = replace(wish, quiet_from=_minute("quietFrom", choice.quiet[0]), quiet_to=_minute("quietTo", choice.quiet[1]))
        if choice.zone is not None:
            _check_zone(choice.zone)
            wish = replace(wish, zone=choice.zone)
        if choice.apart_min is not None:
            if choice.apart_min not in APART_MIN:
                raise InvalidInput("apartMinutes", f"Choose one of: {', '.join(map(str, APART_MIN))} minutes.")
            wish = replace(wish, apart_min=choice.apart_min)
        if choice.shows_words is not None:
            wish = replace(wish, shows_words=choice.shows_words)
        await self._vault.put_push_wish(wish)

    async def end_device(self, person_id: str, id: str) -> None:
        """Raises `NotFound`."""
        if not await self._vault.end_push_device(person_id, id):
            raise NotFound("device", id)

    async def _wish(self, person_id: str) -> PushWish:
        return await self._vault.push_wish(person_id) or usual(person_id, self._clock())

    def _check(self, found: Subscription) -> None:
        if len(found.endpoint) > LONGEST_ENDPOINT:
            raise InvalidInput("endpoint", f"An endpoint has at most {LONGEST_ENDPOINT:,} characters.")
        try:
            check_url(found.endpoint, self._allow_private)
        except Refused as refused:
            raise InvalidInput("endpoint", str(refused)) from refused
        try:
            device_key(found.key)
        except BadKey as wrong:
            raise InvalidInput("key", f"That is no key of a push subscription: {wrong}.") from None
        try:
            device_secret(found.secret)
        except BadKey as wrong:
            raise InvalidInput("secret", f"That is no secret of a push subscription: {wrong}.") from None


def usual(person_id: str, now: int) -> PushWish:
    """The wish of who has said nothing but yes: everything, at most each quarter of an hour, not at night, without words."""
    return PushWish(person_id, " ".join(PushKind), 22 * 60, 7 * 60, "UTC", 15, False, now)


def _minute(field: str, value: int) -> int:
    if not 0 <= value < DAY_MIN:
        raise InvalidInput(field, f"Give a minute of the day, from 0 to {DAY_MIN - 1}.")
    return value


def _check_zone(zone: str) -> None:
    if len(zone) > LONGEST_ZONE or not is_zone(zone):
        raise InvalidInput("zone", "Give a time zone as browsers name it, such as Asia/Jerusalem.")
