"""Limits a person or an address: a moving window of counts, kept in memory."""

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

from server.jam.rejections import TooMany
from server.settings import Settings

VOTES = frozenset({"supportIdea", "withdrawSupport", "likeComment", "withdrawLike", "markSeen", "saveDraft"})
POSTS = frozenset({"postIdea", "postComment", "fileReport", "createCircle"})


class Limiter:
    """How often one may do what. Sliding window counters: two numbers a person and kind, whatever the rate."""

    def __init__(self, settings: Settings) -> None:
        storage = MemoryStorage()
        self._acts = SlidingWindowCounterRateLimiter(storage)
        self._mails = MovingWindowRateLimiter(storage)
        self._votes_a_minute = RateLimitItemPerMinute(settings.votes_per_minute)
        self._posts_a_minute = RateLimitItemPerMinute(settings.posts_per_minute)
        self._acts_a_minute = RateLimitItemPerMinute(settings.acts_per_minute)
        self._sign_ins_an_hour = RateLimitItemPerHour(settings.sign_ins_per_hour)
        self._mails_an_hour = RateLimitItemPerHour(settings.mails_per_hour)

    def allow(self, person_id: str, act: str) -> None:
        """Counts an act of a person. Raises `TooMany` beyond the limit of its kind."""
        kind, limit = "acts", self._acts_a_minute
        if act in VOTES:
            kind, limit = "votes", self._votes_a_minute
        elif act in POSTS:
            kind, limit = "posts", self._posts_a_minute
        if not self._acts.hit(limit, kind, person_id):
            raise TooMany("That is more than one person can do in a minute: please wait a little and try again.", 10.0)

    def allows_mail(self, *keys: str) -> bool:
        """Whether another sign-in mail may go out for each of these keys (an e-mail address, a network address)."""
        return all(self._mails.hit(self._mails_an_hour, "mail", key) for key in keys)

    def allows_sign_in(self, address: str) -> bool:
        """Whether another sign-in may be begun from this network address."""
        return self._acts.hit(self._sign_ins_an_hour, "sign-in", address)
