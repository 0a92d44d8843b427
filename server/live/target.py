"""What a subscription is about: which jam, from which number on, and what it shares with others."""

from dataclasses import dataclass
from typing import Any

import orjson
from graphql import VariableNode

from server.api.documents import Documents, Prepared, RootField
from server.api.errors import DocumentRefused, coded

JAM, AFTER = "jamId", "afterSeq"


@dataclass(frozen=True, slots=True)
class Target:
    """`coordinate` is the root "Type.field"; `shared_key` is equal for subscriptions that differ in `after` at most."""

    coordinate: str
    jam_id: str
    after: int
    shared_key: tuple[str, bytes]


def target_of(documents: Documents, prepared: Prepared, variables: dict[str, Any]) -> Target:
    """The target of a subscription; raises `DocumentRefused` where it has none."""
    root = documents.roots(prepared, variables)[0]
    jam_id, after = root.arguments.get(_out(documents, root, JAM)), root.arguments.get(_out(documents, root, AFTER))
    if not isinstance(jam_id, str) or not isinstance(after, int):
        raise DocumentRefused([coded("NOT_SERVED", f"`{root.name}` is not a live subscription of a jam.")])
    shared = {name: variables[name] for name in _shared_variables(root, prepared) if name in variables}
    key = (prepared.key, orjson.dumps(shared, option=orjson.OPT_SORT_KEYS))
    return Target(f"Subscription.{root.name}", jam_id, max(0, after), key)


def _out(documents: Documents, root: RootField, argument: str) -> str:
    """The name under which the resolver gets an argument: a schema may give it another than the document's."""
    parent = documents.schema.subscription_type
    found = parent.fields[root.name].args.get(argument) if parent else None
    return (found.out_name if found else None) or argument


def _shared_variables(root: RootField, prepared: Prepared) -> list[str]:
    """The operation's variables but the one that only says where to resume."""
    defined = [node.variable.name.value for node in prepared.operation.variable_definitions or ()]
    resume = _resume_variable(root, prepared)
    return [name for name in defined if name != resume]


def _resume_variable(root: RootField, prepared: Prepared) -> str | None:
    """The variable that says where to resume and nothing else."""
    for argument in root.node.arguments or ():
        if argument.name.value == AFTER and isinstance(argument.value, VariableNode):
            name = argument.value.name.value
            return name if name in prepared.single_use_variables else None
    return None
