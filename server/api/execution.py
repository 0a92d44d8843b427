"""Runs prepared operations and turns results into bytes."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, TypeGuard, cast

import orjson
from graphql import ExecutionResult, GraphQLSchema, OperationType, execute

from server.api.compiling import (
    Bindings,
    Compiled,
    CompiledMutation,
    Holed,
    Operation,
    Pieces,
    Unbound,
    compile_holed,
    compile_operation,
)
from server.api.documents import Prepared
from server.api.errors import formatted
from server.api.waiting import DONE_ONCE, NotYet

NEVER_AWAITABLE = frozenset({type(None), bool, int, float, str, list, dict, tuple})
MOST_WAITS = 3
"""So often a query waits for what is being worked out; where that is out of date again each time, it is answered anyhow."""

MOST_FIELDS_KEPT = 50_000
MOST_OPERATIONS_KEPT = 1_000


@dataclass(slots=True)
class ExecutionCounters:
    """Totals since the start: what ran compiled, what was handed over meanwhile, all that graphql-core executed, and the
    answers whose holes were filled.
    """

    compiled: int = 0
    handed_over: int = 0
    general: int = 0
    filled: int = 0


class Engine:
    """Executes prepared operations against one schema: compiled where that can be done, else by graphql-core.

    Both give the same answers; with `compiles` False everything is executed by graphql-core. `bindings` tells which Python
    functions are behind the schema's fields; where nothing is told, their resolvers are called. `own` names the fields
    ("Type.field") that are left open in `pieces`.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        bindings: Bindings | None = None,
        compiles: bool = True,
        own: frozenset[str] = frozenset(),
    ) -> None:
        self.counters = ExecutionCounters()
        self._schema = schema
        self._bindings = bindings or Unbound()
        self._compiles = compiles
        self._own = own
        self._compiled: OrderedDict[str, Operation[Any] | None] = OrderedDict()

    async def run(self, prepared: Prepared, variables: dict[str, Any], context: object, root: object = None) -> ExecutionResult:
        """Execute once; a query that has to wait for what is being worked out, again after that. A subscription is executed as
        one event whose source is `root`. Never raises for a resolver.
        """
        if prepared.kind is not OperationType.MUTATION:
            for _ in range(MOST_WAITS):
                try:
                    return await self._run(prepared, variables, context, root)
                except NotYet as waiting:
                    await asyncio.shield(waiting.until)  # others wait for it, too
        before = DONE_ONCE.set(True)
        try:
            return await self._run(prepared, variables, context, root)
        finally:
            DONE_ONCE.reset(before)

    async def _run(self, prepared: Prepared, variables: dict[str, Any], context: object, root: object) -> ExecutionResult:
        compiled = self._compile(prepared) if self._compiles else None
        if isinstance(compiled, CompiledMutation):
            return await self._carry_out(compiled, prepared, variables, context)
        data = None if compiled is None else self._run_compiled(compiled, variables, context, root)
        if data is not None:
            return ExecutionResult(data, None)
        return await self._run_generally(prepared, variables, context, root)

    def pieces(self, prepared: Prepared, variables: dict[str, Any], context: object) -> Pieces | None:
        """A query's answer for a class of people, with holes for what is each one's own; None where that can't be (yet)."""
        holed = self._compile_holed(prepared) if self._compiles and prepared.kind is OperationType.QUERY else None
        if holed is None:
            return None
        size = holed.size
        try:
            return holed.pieces(variables, context)
        except (Exception, NotYet):
            return None
        finally:
            if holed.size != size:
                self._forget()

    def filled(self, pieces: Pieces, context: object) -> bytes | None:
        """The whole answer for the person in the context; None where that can't be (yet), or graphql-core has to word it."""
        try:
            answer = pieces.filled(context)
        except (Exception, NotYet):
            self.counters.handed_over += 1
            return None
        self.counters.filled += 1
        return answer

    def prepare(self, prepared: Prepared) -> None:
        """Compile an operation before it is asked for, where it can be compiled."""
        if self._compiles:
            self._compile(prepared)

    def _run_compiled(
        self, compiled: Compiled, variables: dict[str, Any], context: object, root: object
    ) -> dict[str, Any] | None:
        """The data; None where anything went wrong: graphql-core executes it all again and words it. Queries change nothing."""
        size = compiled.size
        try:
            data = compiled.run(variables, context, root)
        except Exception:
            self.counters.handed_over += 1
            return None
        finally:
            if compiled.size != size:
                self._forget()
        self.counters.compiled += 1
        return data

    async def _carry_out(
        self, compiled: CompiledMutation, prepared: Prepared, variables: dict[str, Any], context: object
    ) -> ExecutionResult:
        """A mutation, once: where its answer can't be completed here, graphql-core completes what came of it."""
        size = compiled.size
        try:
            deed = compiled.begin(variables, context)
        except Exception:
            self.counters.handed_over += 1
            return await self._run_generally(prepared, variables, context, None)
        finally:
            if compiled.size != size:
                self._forget()
        data = await deed.done()
        if data is None:
            self.counters.handed_over += 1
            return await self._run_generally(prepared, variables, context, None, deed.told())
        self.counters.compiled += 1
        return ExecutionResult(data, None)

    def _compile(self, prepared: Prepared) -> Compiled | CompiledMutation | None:
        made = self._kept(prepared.key, lambda: compile_operation(self._schema, prepared, self._bindings))
        return cast("Compiled | CompiledMutation | None", made)

    def _compile_holed(self, prepared: Prepared) -> Holed | None:
        key = f"{prepared.key} with holes"
        made = self._kept(key, lambda: compile_holed(self._schema, prepared, self._bindings, self._own))
        return cast("Holed | None", made)

    def _kept(self, key: str, make: Callable[[], Operation[Any] | None]) -> Operation[Any] | None:
        if key in self._compiled:
            self._compiled.move_to_end(key)
        else:
            self._compiled[key] = make()
            self._forget()
        return self._compiled[key]

    def _forget(self) -> None:
        size = sum(one.size for one in self._compiled.values() if one is not None)
        while len(self._compiled) > 1 and (size > MOST_FIELDS_KEPT or len(self._compiled) > MOST_OPERATIONS_KEPT):
            _, oldest = self._compiled.popitem(last=False)
            size -= 0 if oldest is None else oldest.size

    async def _run_generally(
        self,
        prepared: Prepared,
        variables: dict[str, Any],
        context: object,
        root: object,
        around: Callable[..., Any] | None = None,
    ) -> ExecutionResult:
        """By graphql-core, with `around` around every resolver."""
        self.counters.general += 1
        result = execute(
            self._schema,
            prepared.document,
            root_value=root,
            context_value=context,
            variable_values=variables,
            operation_name=prepared.operation_name,
            is_awaitable=_is_awaitable,
            middleware=None if around is None else (around,),
        )
        return await result if isawaitable(result) else result


def _is_awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
    """Asked of every value: the usual ones are told by their type, which takes a twentieth off the whole execution."""
    return type(value) not in NEVER_AWAITABLE and hasattr(value, "__await__")


def encoded(result: ExecutionResult, request_id: str | None = None) -> bytes:
    """The result as JSON in UTF-8, faults of ours hidden."""
    if not result.errors:
        return orjson.dumps({"data": result.data})
    return orjson.dumps({"errors": formatted(result.errors, request_id), "data": result.data})


def encoded_errors(errors: list[dict[str, Any]]) -> bytes:
    """An answer without data: nothing was executed."""
    return orjson.dumps({"errors": errors})
