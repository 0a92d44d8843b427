"""Puts the closures of an operation together."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import structlog
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
)

from server.api.analysis import fragments_of
from server.api.compiling.bindings import Bindings
from server.api.compiling.completing import Steps, abstract_of, answer_of, list_of, object_of
from server.api.compiling.leaves import leaf
from server.api.compiling.mutations import Deed, MutationPlan, readers_of, sent_arguments
from server.api.compiling.request import CannotCompile, Completion, Finish, HandOver, Request, Step
from server.api.compiling.selections import Selections
from server.api.compiling.steps import constant, left_open, step_of
from server.api.compiling.variables import Make, Values, Variables
from server.api.documents import Prepared

C = TypeVar("C")
P = TypeVar("P")
TYPENAME = "__typename"
log = structlog.get_logger()
MOST_FLAGS = 4
MOST_FIELDS = 5_000


def compile_operation(schema: GraphQLSchema, prepared: Prepared, bindings: Bindings) -> "Compiled | CompiledMutation | None":
    """The operation as closures; None where only graphql-core can execute it."""
    kind = CompiledMutation if prepared.kind is OperationType.MUTATION else Compiled
    return attempted(lambda: kind(schema, prepared, bindings))


def attempted(compile: Callable[[], C]) -> C | None:
    """What `compile` makes; None where it can't."""
    try:
        return compile()
    except (CannotCompile, RecursionError):
        return None
    except Exception:
        log.exception("an operation could not be compiled: graphql-core executes it")
        return None


class Plan:
    """The closures for one choice of the flags: the root's steps, and what makes the arguments of each field that has some."""

    __slots__ = ("makers", "steps")

    def __init__(self, steps: Steps, makers: list[Make]) -> None:
        self.steps = steps
        self.makers = makers


class Operation(ABC, Generic[P]):
    """An operation as closures, once for each choice of its Boolean variables that is asked for.

    `size` counts the fields compiled so far, each for every type that it was compiled for.
    """

    def __init__(
        self, schema: GraphQLSchema, prepared: Prepared, bindings: Bindings, apart: frozenset[str] = frozenset()
    ) -> None:
        self.size = 0
        self._schema = schema
        self._prepared = prepared
        self._bindings = bindings
        self._fragments = fragments_of(prepared.document)
        self._variables = Variables(schema, prepared.operation, apart)
        self._plans: dict[tuple[Any, ...], P | None] = {}
        if len(self._variables.flags) > MOST_FLAGS:
            raise CannotCompile("too many Boolean variables")
        if not self._variables.flags:
            self._plans[()] = self._compile({})

    def _plan(self, values: Values) -> P:
        flags = tuple(values.get(name) for name in self._variables.flags)
        if flags not in self._plans:
            self._plans[flags] = self._compile_or_not(dict(zip(self._variables.flags, flags, strict=True)))
        plan = self._plans[flags]
        if plan is None:
            raise HandOver("not compiled")
        return plan

    def _compile_or_not(self, flags: Mapping[str, Any]) -> P | None:
        try:
            return self._compile(flags)
        except (CannotCompile, RecursionError):
            return None

    def _compile(self, flags: Mapping[str, Any]) -> P:
        compiler = Compiler(self._schema, self._bindings, Selections(self._schema, self._fragments, flags), self.size)
        try:
            return self._planned(compiler)
        finally:
            self.size = compiler.size

    @abstractmethod
    def _planned(self, compiler: "Compiler") -> P:
        """The plan of this kind of operation; raises `CannotCompile`."""


class Compiled(Operation[Plan]):
    """A query or a subscription."""

    def run(self, variables: Mapping[str, Any], context: Any, root: Any = None) -> dict[str, Any]:
        """The data, as JSON can spell it. What it raises, `HandOver` or a resolver's error, graphql-core is to word."""
        values = self._variables.coerced(variables)
        plan = self._plan(values)
        return answer_of(plan.steps, root, Request(context, [make(values) for make in plan.makers]))

    def _planned(self, compiler: "Compiler") -> Plan:
        return compiler.plan(self._prepared)


class CompiledMutation(Operation[MutationPlan]):
    """A mutation of one root field, whose arguments are all variables."""

    def __init__(self, schema: GraphQLSchema, prepared: Prepared, bindings: Bindings) -> None:
        root = schema.mutation_type
        if root is None or len(prepared.roots) != 1:
            raise CannotCompile("several mutations")
        node = prepared.roots[0]
        if node.name.value not in root.fields:
            raise CannotCompile(node.name.value)
        sent = sent_arguments(root.fields[node.name.value], node, prepared.single_use_variables)
        super().__init__(schema, prepared, bindings, frozenset(variable for variable, _ in sent.values()))

    def begin(self, variables: Mapping[str, Any], context: Any) -> Deed:
        """What is to be carried out. What it raises graphql-core is to word: nothing has happened."""
        values = self._variables.coerced(variables)
        plan = self._plan(values)
        return Deed(plan, variables, Request(context, [make(values) for make in plan.makers]))

    def _planned(self, compiler: "Compiler") -> MutationPlan:
        return compiler.mutation(self._prepared)


class Compiler:
    """Compiles one plan. What is selected of a type by the same nodes is compiled once."""

    def __init__(self, schema: GraphQLSchema, bindings: Bindings, selections: Selections, size: int) -> None:
        self.size = size
        self._schema = schema
        self._bindings = bindings
        self._selections = selections
        self._makers: list[Make] = []
        self._own: frozenset[str] = frozenset()
        self._known: dict[tuple[str, tuple[int, ...], bool], Steps] = {}

    def plan(self, prepared: Prepared, own: frozenset[str] = frozenset()) -> Plan:
        """The plan of a query or a subscription; a field that `own` names ("Type.field") is left open, see `holes`."""
        self._own = own
        root = self._schema.get_root_type(prepared.kind)
        if root is None:
            raise CannotCompile(prepared.kind.value)
        fields = self._selections.of(root, [prepared.operation.selection_set])
        return Plan([self._step(root, key, nodes) for key, nodes in fields.items()], self._makers)

    def mutation(self, prepared: Prepared) -> MutationPlan:
        """The plan of a mutation; `CannotCompile` unless it is of one field, by a function that is known."""
        root = self._schema.mutation_type
        fields = {} if root is None else self._selections.of(root, [prepared.operation.selection_set])
        if root is None or len(fields) != 1:
            raise CannotCompile("not one mutation")
        ((key, nodes),) = fields.items()
        field = root.fields[nodes[0].name.value]
        action = self._bindings.action(field)
        if action is None:
            raise CannotCompile(key)
        self.size += 1
        sent = sent_arguments(field, nodes[0], prepared.single_use_variables)
        readers, done = readers_of(sent, action, self._bindings), self._completion(field.type, nodes)
        return MutationPlan(key, nodes[0].name.value, action, readers, done, self._makers)

    def _step(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Step:
        self.size += 1
        if self.size > MOST_FIELDS:
            raise CannotCompile("too many fields")
        name = nodes[0].name.value
        if name == TYPENAME:
            return constant(key, parent.name)
        if name not in parent.fields:
            raise CannotCompile(name)
        if f"{parent.name}.{name}" in self._own:
            return left_open(self._whole(parent, key, nodes))
        field = parent.fields[name]
        return step_of(key, field, nodes[0], self._bindings.direct(field), self._completion(field.type, nodes), self._slot)

    def _whole(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Step:
        """A step with nothing left open below it."""
        own, self._own = self._own, frozenset()
        try:
            return self._step(parent, key, nodes)
        finally:
            self._own = own

    def _slot(self, fixed: dict[str, Any], make: Make | None) -> int:
        self._makers.append(make or (lambda values: fixed))
        return len(self._makers) - 1

    def _completion(self, kind: GraphQLOutputType, nodes: list[FieldNode]) -> Completion:
        is_required = isinstance(kind, GraphQLNonNull)
        match kind.of_type if isinstance(kind, GraphQLNonNull) else kind:
            case GraphQLList() as several:
                return list_of(self._completion(several.of_type, nodes), is_required)
            case (GraphQLScalarType() | GraphQLEnumType()) as one:
                return leaf(one, is_required)
            case GraphQLObjectType() as one:
                return object_of(one, self._bindings.class_of(one), self._steps(one, nodes), is_required)
            case (GraphQLInterfaceType() | GraphQLUnionType()) as one:
                return abstract_of(self._by_class(one, nodes), is_required)
        raise CannotCompile(str(kind))

    def _by_class(self, kind: GraphQLInterfaceType | GraphQLUnionType, nodes: list[FieldNode]) -> dict[type, Finish]:
        found: dict[type, Finish] = {}
        for possible in self._schema.get_possible_types(kind):
            made_of = self._bindings.class_of(possible)
            if made_of is None or made_of in found:
                raise CannotCompile(possible.name)
            found[made_of] = object_of(possible, made_of, self._steps(possible, nodes), True).finish
        return found

    def _steps(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> Steps:
        known = (kind.name, tuple(map(id, nodes)), bool(self._own))
        if known not in self._known:
            selections = [node.selection_set for node in nodes if node.selection_set]
            fields = self._selections.of(kind, selections)
            self._known[known] = [self._step(kind, key, each) for key, each in fields.items()]
        return self._known[known]
