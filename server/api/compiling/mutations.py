"""Mutations of one root field: its function is called once and waited for, and what it gives is completed by closures.

What a mutation did can't be done again. So all that may be handed over before the call is found out before it; and where the
call or completing fails, graphql-core is told what came of the call (`Deed.told`) and does no more than word it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import FieldNode, GraphQLField, VariableNode

from server.api.compiling.bindings import Action, Bindings
from server.api.compiling.inputs import Reader, reader_of
from server.api.compiling.request import CannotCompile, Completion, HandOver, Info, Request
from server.api.compiling.variables import Make


class MutationPlan:
    """The one root field for one choice of the flags: what is called with what, and how the answer is completed."""

    __slots__ = ("action", "completion", "key", "makers", "name", "readers")

    def __init__(
        self, key: str, name: str, action: Action, readers: Mapping[str, tuple[str, Reader]], completion: Completion,
        makers: list[Make],
    ) -> None:  # fmt: skip
        self.key = key
        self.name = name
        self.action = action
        self.readers = readers
        self.completion = completion
        self.makers = makers


class Deed:
    """A mutation about to be carried out: nothing has happened yet, and nothing is left that could be handed over."""

    __slots__ = ("_arguments", "_info", "_is_fault", "_outcome", "_plan", "_request")

    def __init__(self, plan: MutationPlan, sent: Mapping[str, Any], request: Request) -> None:
        self._plan = plan
        self._request = request
        self._info = Info(request.context, plan.name)
        self._arguments = {used: read(_sent(sent, variable)) for used, (variable, read) in plan.readers.items()}
        self._outcome: Any = None
        self._is_fault = False

    async def done(self) -> dict[str, Any] | None:
        """Carries it out: the data, or None where graphql-core is to word what `told` tells it."""
        plan = self._plan
        try:
            outcome = await plan.action.call(self._info, self._arguments)
        except Exception as error:
            outcome = plan.action.refused(error, self._info)
            if outcome is None:
                self._outcome, self._is_fault = error, True
                return None
        self._outcome = outcome
        exact, complete = plan.completion
        try:
            return {plan.key: outcome if type(outcome) is exact else complete(outcome, self._request)}
        except Exception:
            return None

    def told(self) -> Callable[..., Any]:
        """What graphql-core is to have around its resolvers: the root field is not resolved again.

        A plain function, because graphql-core passes over bound methods.
        """

        def around(resolve: Callable[..., Any], source: Any, info: Any, **arguments: Any) -> Any:
            if info.path.prev is not None:
                return resolve(source, info, **arguments)
            if self._is_fault:
                raise self._outcome
            return self._outcome

        return around


def _sent(sent: Mapping[str, Any], variable: str) -> Any:
    if variable not in sent:
        raise HandOver(variable)
    return sent[variable]


def sent_arguments(field: GraphQLField, node: FieldNode, single_use: frozenset[str]) -> dict[str, tuple[str, Any]]:
    """For each argument of a root field the variable that it is, and its type.

    What is written in the document instead, or sent in a variable that is used elsewhere too, is graphql-core's to read.
    """
    found = {}
    for argument in node.arguments or ():
        value = argument.value
        if not isinstance(value, VariableNode) or value.name.value not in single_use:
            raise CannotCompile(argument.name.value)
        found[argument.name.value] = (value.name.value, field.args[argument.name.value].type)
    if len(found) != len(field.args):
        raise CannotCompile(node.name.value)
    return found


def readers_of(arguments: Mapping[str, tuple[str, Any]], action: Action, bindings: Bindings) -> dict[str, tuple[str, Reader]]:
    """By the function's own names: the variable that is sent, and how it is read."""
    return {action.arguments[name]: (variable, reader_of(kind, bindings)) for name, (variable, kind) in arguments.items()}
