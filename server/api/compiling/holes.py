"""Answers with holes: all that is the same for many people as finished bytes, and in between what each one's own answer has.

An operation is compiled so that a field of one's own (`own` names them as "Type.field") is not read: it leaves a hole, and
whatever stands below it goes with it. The rest is executed once for everyone of a class. For one person each hole is then
filled by the very step that would have read the field, from the same thing as that person sees it (`Bindings.beheld`). So
the bytes are those of the whole operation executed for that person, as long as the other fields don't depend on the person:
which is what their not being marked says (`schema.marks`).
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson
from graphql import GraphQLSchema

from server.api.compiling.bindings import Bindings
from server.api.compiling.compiler import Compiler, Operation, Plan, attempted
from server.api.compiling.completing import answer_of
from server.api.compiling.request import HandOver, Request, Step
from server.api.documents import Prepared

GAP = b"\x00"
"""Stands where a hole is. JSON never has this byte: in a text it is spelled as an escape."""

HOLE_BYTES = 200
"""What a hole is taken to need in memory, besides the bytes around it."""

SPELLED = {True: b"true", False: b"false"}


class Hole(NamedTuple):
    """The field that is missing, and what it is read from."""

    source: Any
    step: Step


def compile_holed(schema: GraphQLSchema, prepared: Prepared, bindings: Bindings, own: frozenset[str]) -> "Holed | None":
    """A query, so that its answer has holes for the fields of `own`; None where only graphql-core can execute it."""
    return attempted(lambda: Holed(schema, prepared, bindings, own))


class Holed(Operation[Plan]):
    """A query whose answer has holes."""

    def __init__(self, schema: GraphQLSchema, prepared: Prepared, bindings: Bindings, own: frozenset[str]) -> None:
        self._own = own
        super().__init__(schema, prepared, bindings)

    def pieces(self, variables: Mapping[str, Any], context: Any) -> "Pieces":
        """Everything but the holes. What it raises, `HandOver` or a resolver's error, graphql-core is to word."""
        values = self._variables.coerced(variables)
        plan, holes = self._plan(values), list[Hole]()
        arguments = [make(values) for make in plan.makers]
        request = Request(context, arguments, lambda source, step: holes.append(Hole(source, step)))
        data = answer_of(plan.steps, None, request)
        return Pieces(orjson.dumps({"data": data}).split(GAP), holes, arguments, self._bindings.beheld)

    def _planned(self, compiler: Compiler) -> Plan:
        return compiler.plan(self._prepared, self._own)


class Pieces:
    """An answer with holes; `size` is about what it needs in memory."""

    is_keepable = True

    def __init__(
        self,
        pieces: list[bytes],
        holes: list[Hole],
        arguments: list[dict[str, Any]],
        beheld: Callable[[Any], Callable[[Any], Any]],
    ) -> None:
        if len(pieces) != len(holes) + 1:
            raise HandOver("holes")
        self._parts = [part for piece in pieces for part in (piece, b"")][:-1]
        self._holes = holes
        self._arguments = arguments
        self._beheld = beheld
        self.size = sum(map(len, pieces)) + HOLE_BYTES * len(holes)

    def filled(self, context: Any) -> bytes:
        """The whole answer for the person in the context. What it raises graphql-core is to word."""
        request, behold = Request(context, self._arguments), self._beheld(context)
        parts, place = self._parts.copy(), 1
        last = mine = None
        for source, (_, read, exact, finish) in self._holes:
            if source is not last:
                last, mine = source, behold(source)
            found = read(mine)
            if type(found) is not exact:
                found = finish(found, request)
            parts[place] = SPELLED[found] if found is True or found is False else orjson.dumps(found)
            place += 2
        return b"".join(parts)
