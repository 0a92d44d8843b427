"""Limits a person or an address: sliding windows of counts.

What a person does while they are signed in is counted by each worker in its memory, without waiting: to be able to vote twice
as fast with two workers hurts nobody. What keeps strangers out, and mail boxes empty, is counted over all workers
(`SharedWindows`).
"""

from collections.abc import Callable

from server.access.shared_windows import Limit, SharedWindows
from server.access.windows import SlidingWindow
from server.jam.rejections import TooMany
from server.settings import Settings
from server.vault.counts import CountVault

MINUTE_S = 60.0
HOUR_S = 3_600.0
WRONG_CODES_OF_ADDRESS = 100
"""Codes for a room that may be typed wrong from one network address in an hour: a room has one address."""

WRONG_CODES = 5_000
"""The same from all addresses together: with 30^8 codes, less than one guess in 10^8 hits any of a thousand of them."""

VOTES = frozenset({"supportIdea", "withdrawSupport", "likeComment", "withdrawLike", "markSeen", "saveDraft"})
POSTS = frozenset({"postIdea", "postComment", "fileReport", "createCircle", "postAnonymousIdea", "postAnonymousComment"})
EVERYBODY = ""


class Limiter:
    """How often one may do what. `clock` is in ms since 1970."""

    def __init__(self, settings: Settings, vault: CountVault, clock: Callable[[], int]) -> None:
        self._others = SlidingWindow(settings.acts_per_minute, MINUTE_S)
        votes, posts = SlidingWindow(settings.votes_per_minute, MINUTE_S), SlidingWindow(settings.posts_per_minute, MINUTE_S)
        self._windows = dict.fromkeys(VOTES, votes) | dict.fromkeys(POSTS, posts)
        self._sign_ins = Limit("sign-ins", settings.sign_ins_per_hour, HOUR_S)
        self._mails = Limit("mails", settings.mails_per_hour, HOUR_S)
        self._networks = Limit("mails of a network", settings.mails_per_network, HOUR_S)
        self._guesses = Limit("codes of a network", WRONG_CODES_OF_ADDRESS, HOUR_S)
        self._all_guesses = Limit("codes", WRONG_CODES, HOUR_S)
        shared = (self._sign_ins, self._mails, self._networks, self._guesses, self._all_guesses)
        self._shared = SharedWindows(vault, clock, shared)

    def allow(self, person_id: str, act: str) -> None:
        """Counts an act of a person. Raises `TooMany` beyond the limit of its kind."""
        if not self._windows.get(act, self._others).hit(person_id):
            raise TooMany("That is more than one person can do in a minute: please wait a little and try again.", 10.0)

    async def allows_mail(self, email: str, network: str) -> bool:
        """Whether another sign-in mail may go to this address, asked for from this network; then it is counted for both."""
        mail = (self._mails, email.strip().casefold())
        return await self._shared.hit((self._sign_ins, network), (self._networks, network), mail)

    async def allows_guess(self, network: str) -> bool:
        """Whether another code may be typed from this network address."""
        return await self._shared.has_room((self._guesses, network), (self._all_guesses, EVERYBODY))

    async def guessed_wrong(self, network: str) -> None:
        """Counts a code that opens nothing."""
        await self._shared.hit((self._guesses, network), (self._all_guesses, EVERYBODY))

    async def allows_sign_in(self, network: str) -> bool:
        """Whether another sign-in may be begun from this network address."""
        return await self._shared.hit((self._sign_ins, network))
