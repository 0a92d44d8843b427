"""Executes a subscription for one set of changes and words the message."""

from typing import Any

from graphql import ExecutionResult

from server.api.documents import Prepared
from server.api.errors import formatted, internal, refusal
from server.api.execution import Engine, encoded
from server.live.answers import Answer, refetch
from server.live.messages import error_tail, next_tail
from server.live.metrics import LiveCounters
from server.live.ports import Changes, Feed, Refused


class Teller:
    """Words what changed in one jam. Never raises."""

    def __init__(self, feed: Feed, engine: Engine, counters: LiveCounters) -> None:
        self._feed = feed
        self._engine = engine
        self._counters = counters

    async def answer(self, prepared: Prepared, variables: dict[str, Any], context: object, changes: Changes) -> Answer:
        """What can't be told is told as "fetch afresh"; where even that fails, the subscription ends with the errors."""
        try:
            return await self._answer(prepared, variables, context, changes)
        except Refused as refused:
            return Answer(error_tail([refusal(refused)]), changes.seq, is_final=True)
        except Exception as fault:
            return Answer(error_tail([internal(fault)]), changes.seq, is_final=True)

    async def _answer(self, prepared: Prepared, variables: dict[str, Any], context: object, changes: Changes) -> Answer:
        result = await self._execute(prepared, variables, context, changes)
        if result.data is None and not changes.must_refetch:
            self._counters.failed_executions += 1
            formatted(result.errors or ())  # logs our faults
            result = await self._execute(prepared, variables, context, refetch(self._feed))
        if result.data is None:
            return Answer(error_tail(formatted(result.errors or ())), changes.seq, is_final=True)
        return Answer(next_tail(encoded(result)), changes.seq)

    async def _execute(
        self, prepared: Prepared, variables: dict[str, Any], context: object, changes: Changes
    ) -> ExecutionResult:
        self._counters.executions += 1
        self._counters.told_to_refetch += changes.must_refetch
        return await self._engine.run(prepared, variables, context, changes)
