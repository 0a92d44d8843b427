"""What is sent, as the function behind a field is given it: read once, in the way that is right for its type.

A reader takes only what needs no conversion: everything else (a number for an ID, one thing for a list, a field that nobody
knows) it hands over, for graphql-core to convert or to refuse.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    Undefined,
)

from server.api.compiling.bindings import Bindings
from server.api.compiling.request import CannotCompile, HandOver

Reader = Callable[[Any], Any]
EXACTLY = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}


def reader_of(kind: Any, bindings: Bindings) -> Reader:
    """How a value of a type is read from JSON. What it raises, graphql-core is to word."""
    if isinstance(kind, GraphQLNonNull):
        return _reader(kind.of_type, bindings)
    read = _reader(kind, bindings)
    return lambda value: None if value is None else read(value)


def _reader(kind: Any, bindings: Bindings) -> Reader:
    if isinstance(kind, GraphQLList):
        return _each(reader_of(kind.of_type, bindings))
    if isinstance(kind, GraphQLInputObjectType):
        return _object(kind, bindings)
    if kind in EXACTLY:
        return _exactly(EXACTLY[kind])
    if kind is GraphQLInt:
        return _int
    if kind is GraphQLFloat:
        raise CannotCompile(kind.name)
    return _coercing(kind.coerce_input_value)


def _exactly(wanted: type) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not wanted:
            raise HandOver(wanted.__name__)
        return value

    return read


def _int(value: Any) -> Any:
    if type(value) is not int or not GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT:
        raise HandOver("Int")
    return value


def _coercing(coerce: Reader) -> Reader:
    def read(value: Any) -> Any:
        made = None if value is None else coerce(value)
        if made is None or made is Undefined:
            raise HandOver("a scalar")
        return made

    return read


def _each(read: Reader) -> Reader:
    def read_all(value: Any) -> Any:
        if type(value) is not list:
            raise HandOver("a list")
        return [read(one) for one in value]

    return read_all


class _Field(NamedTuple):
    """A field of an input: its name in the schema and in Python, how it is read, whether it has to be there."""

    name: str
    used: str
    read: Reader
    is_needed: bool


def _object(kind: GraphQLInputObjectType, bindings: Bindings) -> Reader:
    made = bindings.input_of(kind)
    if made is None or kind.is_one_of:
        raise CannotCompile(kind.name)
    make, absent = made.make, dict(made.absent)
    fields = [
        _Field(name, made.names[name], reader_of(field.type, bindings), _is_needed(field))
        for name, field in kind.fields.items()
    ]

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise HandOver(kind.name)
        found, given = 0, dict(absent)
        for name, used, read_field, is_needed in fields:
            if name in value:
                found += 1
                given[used] = read_field(value[name])
            elif is_needed:
                raise HandOver(name)
        if found != len(value):
            raise HandOver(kind.name)
        return make(**given)

    return read


def _is_needed(field: Any) -> bool:
    """Whether leaving the field out is an error. Where it has a default, the Python class has the same."""
    return isinstance(field.type, GraphQLNonNull) and not _has_default(field)


def _has_default(field: Any) -> bool:
    return getattr(field, "default", None) is not None or getattr(field, "default_value", Undefined) is not Undefined
