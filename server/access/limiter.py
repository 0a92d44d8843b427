"""Limits a person or an address: a moving window of counts, kept in memory."""

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

from server.access.windows import SlidingWindow
from server.jam.rejections import TooMany
from server.settings import Settings

MINUTE_S = 60.0
HOUR_S = 3_600.0
WRONG_CODES_OF_ADDRESS = 100
"""Codes for a room that may be typed wrong from one network address in an hour: a room has one address."""

WRONG_CODES = 5_000
"""The same from all addresses together: with 30^8 codes, less than one guess in 10^8 hits any of a thousand of them."""

VOTES = frozenset({"supportIdea", "withdrawSupport", "likeComment", "withdrawLike", "markSeen", "saveDraft"})
POSTS = frozenset({"postIdea", "postComment", "fileReport", "createCircle", "postAnonymousIdea", "postAnonymousComment"})


class Limiter:
    """How often one may do what."""

    def __init__(self, settings: Settings) -> None:
        storage = MemoryStorage()
        self._sign_ins = SlidingWindowCounterRateLimiter(storage)
        self._mails = MovingWindowRateLimiter(storage)
        self._others = SlidingWindow(settings.acts_per_minute, MINUTE_S)
        votes, posts = SlidingWindow(settings.votes_per_minute, MINUTE_S), SlidingWindow(settings.posts_per_minute, MINUTE_S)
        self._windows = dict.fromkeys(VOTES, votes) | dict.fromkeys(POSTS, posts)
        self._networks = SlidingWindow(settings.mails_per_network, HOUR_S)
        self._guesses = SlidingWindow(WRONG_CODES_OF_ADDRESS, HOUR_S)
        self._all_guesses = SlidingWindow(WRONG_CODES, HOUR_S)
        self._sign_ins_an_hour = RateLimitItemPerHour(settings.sign_ins_per_hour)
        self._mails_an_hour = RateLimitItemPerHour(settings.mails_per_hour)

    def allow(self, person_id: str, act: str) -> None:
        """Counts an act of a person. Raises `TooMany` beyond the limit of its kind."""
        if not self._windows.get(act, self._others).hit(person_id):
            raise TooMany("That is more than one person can do in a minute: please wait a little and try again.", 10.0)

    def allows_mail(self, *keys: str) -> bool:
        """Whether another sign-in mail may go out for each of these keys (an e-mail address, a network address)."""
        return all(self._mails.hit(self._mails_an_hour, "mail", key) for key in keys)

    def allows_mail_to(self, network: str) -> bool:
        """Whether another sign-in mail may be asked for from this network."""
        return self._networks.hit(network)

    def allows_guess(self, address: str) -> bool:
        """Whether another code may be typed from this network address."""
        return self._guesses.has_room(address) and self._all_guesses.has_room("")

    def guessed_wrong(self, address: str) -> None:
        """Counts a code that opens nothing."""
        self._guesses.hit(address)
        self._all_guesses.hit("")

    def allows_sign_in(self, address: str) -> bool:
        """Whether another sign-in may be begun from this network address."""
        return self._sign_ins.hit(self._sign_ins_an_hour, "sign-in", address)
