"""Completing scalars and enums. A value of the very type that JSON has needs nothing; all others graphql-core coerces."""

from collections.abc import Mapping
from enum import Enum
from math import isfinite
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLScalarType,
    GraphQLString,
    Undefined,
)

from server.api.compiling.request import Completion, Finish, HandOver, Never, Request, expect_plain

Leaf = GraphQLScalarType | GraphQLEnumType
SAME = (str, int, float, bool)
"""Types that give back what is of exactly their own."""


def leaf(kind: Leaf, is_required: bool) -> Completion:
    """How a value of a scalar or an enum is completed; a missing one is null unless it is required."""
    return Completion(_exact(kind), _finish(kind, _coerced(kind, is_required)))


def _exact(kind: Leaf) -> type:
    if kind is GraphQLString or kind is GraphQLID:
        return str
    if kind is GraphQLBoolean:
        return bool
    coerce: Any = kind.coerce_output_value
    return coerce if coerce in SAME else Never


def _finish(kind: Leaf, coerced: Finish) -> Finish:
    if kind is GraphQLInt:
        return _int(coerced)
    if kind is GraphQLFloat:
        return _float(coerced)
    return _member(_names(kind), coerced) if isinstance(kind, GraphQLEnumType) else coerced


def _coerced(kind: Leaf, is_required: bool) -> Finish:
    coerce = kind.coerce_output_value

    def finish(value: Any, request: Request) -> Any:
        if value is None and not is_required:
            return None
        expect_plain(value)
        made = coerce(value)
        if made is None or made is Undefined:
            raise HandOver(kind.name)
        return made

    return finish


def _int(coerced: Finish) -> Finish:
    def finish(value: Any, request: Request) -> Any:
        if type(value) is int and GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT:
            return value
        return coerced(value, request)

    return finish


def _float(coerced: Finish) -> Finish:
    def finish(value: Any, request: Request) -> Any:
        if type(value) is float and isfinite(value):
            return value
        return coerced(value, request)

    return finish


def _member(names: Mapping[int, str], coerced: Finish) -> Finish:
    def finish(value: Any, request: Request) -> Any:
        name = names.get(id(value))
        return coerced(value, request) if name is None else name

    return finish


def _names(kind: GraphQLEnumType) -> dict[int, str]:
    """Names by the identity of the members of the Python enum behind: hashing a member takes longer than all the rest."""
    members = getattr(kind, "wrapped_cls", None)
    if not isinstance(members, type) or not issubclass(members, Enum):
        return {}
    return {id(member): kind.coerce_output_value(member) for member in members}
