"""Answers a query: from what is finished for many people, filled up with what is the caller's own, or for the caller alone."""

from math import ceil
from typing import Any

from graphql import ExecutionResult, OperationType

from server.api.cache import Answer, AnswerCache
from server.api.compiling import Pieces
from server.api.documents import Prepared
from server.api.execution import Engine, encoded
from server.api.questions import Question
from server.api.replies import Block, Pair, Reply
from server.api.sharing import Share, Sharing, Sight
from server.live.ports import Caller, Gate, Refused

JSON: Pair = (b"content-type", b"application/json; charset=utf-8")
PRIVATE: tuple[Pair, ...] = ((b"cache-control", b"private, no-cache"), (b"vary", b"cookie, authorization, accept-encoding"))


class Shared:
    """A finished answer, and what is replied with it: whole, or to those who have it already."""

    __slots__ = ("answer", "is_keepable", "same", "size", "whole")

    def __init__(self, answer: Answer, block: Block) -> None:
        self.answer = answer
        self.size = answer.size
        self.is_keepable = answer.is_keepable
        tagged = block.plus((b"etag", answer.etag)) if answer.is_keepable else block
        self.whole = Reply(200, answer.body, tagged)
        self.same = Reply(304, b"", tagged)

    def reply(self, has: bytes | None) -> Reply:
        """The reply to someone who has the versions named in If-None-Match."""
        if has is not None and self.is_keepable and _matches(has, self.answer.etag):
            return self.same
        return self.whole


class Answering:
    """`block` has the headers that every answer carries."""

    def __init__(self, engine: Engine, gate: Gate, sharing: Sharing, block: Block) -> None:
        self.shared: AnswerCache[Shared] = AnswerCache()
        self.pieces: AnswerCache[Pieces] = AnswerCache()
        self._engine = engine
        self._gate = gate
        self._sharing = sharing
        self._private = block.plus(JSON, *PRIVATE)

    def at_once(self, question: Question, caller: Caller, has: bytes | None) -> Reply | None:
        """The answer where there is nothing to wait for: it is finished, or has holes that can be filled."""
        if question.about is None:
            return None
        sight = self._sharing.sight(question.about, caller)
        if sight is None:
            return None
        if question.prepared.has_own:
            return self._filled(question, sight, caller)
        shared = self.shared.kept((question.key, sight.share), sight.shown)
        return None if shared is None else shared.reply(has)

    async def in_turn(self, question: Question, caller: Caller | None, has: bytes | None) -> Reply:
        """The answer, executed where it has to be."""
        sight = self._sight(question, caller)
        if sight is not None and not question.prepared.has_own:
            return await self._made(question, sight, has)
        filled = self._filled(question, sight, caller) if sight is not None else None
        return filled or await self.alone(question.prepared, question.variables, caller)

    async def alone(self, prepared: Prepared, variables: dict[str, Any], caller: Caller | None) -> Reply:
        """The operation executed for the caller."""
        result = await self._engine.run(prepared, variables, self._gate.context(caller))
        return Reply(_status(result), encoded(result), self._private.plus(*retry(_wait(result))))

    def _sight(self, question: Question, caller: Caller | None) -> Sight | None:
        if question.prepared.kind is not OperationType.QUERY:
            return None
        if question.about is None:
            question.about = self._sharing.about(question.prepared, question.variables)
        return None if question.about is None else self._sharing.sight(question.about, caller)

    async def _made(self, question: Question, sight: Sight, has: bytes | None) -> Reply:
        share = sight.share

        async def make() -> Shared:
            result = await self._engine.run(question.prepared, question.variables, self._of(share))
            return Shared(Answer.of(encoded(result), is_keepable=not result.errors), self._private)

        shared = await self.shared.get((question.key, share), sight.shown, make)
        return shared.reply(has)

    def _filled(self, question: Question, sight: Sight, caller: Caller | None) -> Reply | None:
        """Pieces around personal fields are of this very moment: what someone has just done is in them, as in an answer of
        their own. Around an instant alone, they are of the tick.
        """
        version = sight.shown if question.prepared.is_shareable else (*sight.shown, sight.seq)
        key = (question.key, sight.share)
        pieces = self.pieces.kept(key, version)
        if pieces is None:
            pieces = self._engine.pieces(question.prepared, question.variables, self._of(sight.share))
            if pieces is None:
                return None
            self.pieces.counters.misses += 1
            self.pieces.put(key, version, pieces)
        body = self._engine.filled(pieces, self._gate.context(caller))
        return None if body is None else Reply(200, body, self._private)

    def _of(self, share: Share) -> object:
        return self._gate.shared_context(share.jam_id, share.visibility)


def retry(seconds: float | None) -> list[Pair]:
    """The header that says when to come back, if that is known."""
    return [] if seconds is None else [(b"retry-after", str(ceil(seconds)).encode())]


def _matches(has: bytes, etag: bytes) -> bool:
    return has == etag or etag in [tag.strip().removeprefix(b"W/") for tag in has.split(b",")]


def _status(result: ExecutionResult) -> int:
    """400 where execution never began, such as for variables of the wrong type (GraphQL over HTTP)."""
    return 400 if result.data is None and result.errors and all(not error.path for error in result.errors) else 200


def _wait(result: ExecutionResult) -> float | None:
    causes = (error.original_error for error in result.errors or ())
    waits = [cause.retry_after for cause in causes if isinstance(cause, Refused) and cause.retry_after is not None]
    return max(waits, default=None)
