"""Odd values from odd resolvers: compiled or handed over, the answer is that of graphql-core."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any

import anyio
import pytest
import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, build_schema
from strawberry.extensions import FieldExtension
from strawberry.types import Info

from schema.direct import DirectFields
from server.api.compiling import Direct
from server.api.documents import Documents
from server.api.execution import Engine, encoded

pytestmark = pytest.mark.anyio
COMPILED, HANDED_OVER, GENERAL = (1, 0, 0), (0, 1, 1), (0, 0, 1)


async def answer(schema: GraphQLSchema, text: str, *engines: Engine) -> bytes:
    """The answer of graphql-core, which must be that of the engines."""
    prepared = Documents(schema).prepare(text, None, None)
    expected = encoded(await Engine(schema, compiles=False).run(prepared, {}, "a context", "a root"), "request")
    for engine in engines:
        assert encoded(await engine.run(prepared, {}, "a context", "a root"), "request") == expected
    await anyio.wait_all_tasks_blocked()
    return expected


def counts(engine: Engine) -> tuple[int, int, int]:
    return engine.counters.compiled, engine.counters.handed_over, engine.counters.general


# ------------------------------------------------------------------------------------------------------------ odd values
class Text(str):
    """Also a text."""


class Broken(Exception):
    """Something wrong."""


@dataclass
class Dog:
    name: str = "Rex"


@dataclass
class Cat:
    name: str = "Tom"


class Puppy(Dog):
    """A class that nobody named."""


async def later(value: Any) -> Any:
    return value


ODD = [
    ("Int!", 5, COMPILED), ("Int!", True, COMPILED), ("Int!", 3.0, COMPILED), ("Int!", "12", COMPILED),
    ("Int!", 2**31 - 1, COMPILED), ("Int!", -(2**31), COMPILED), ("Int", 2**31, HANDED_OVER), ("Int", 1.5, HANDED_OVER),
    ("Float!", 1.5, COMPILED), ("Float!", 7, COMPILED), ("Float!", "1.5", COMPILED), ("Float", float("nan"), HANDED_OVER),
    ("Float", float("inf"), HANDED_OVER), ("String!", "שלום \x00 \"\\", COMPILED), ("String!", 5, COMPILED),
    ("String!", False, COMPILED), ("String!", Text("text"), COMPILED), ("String", [1], HANDED_OVER), ("ID!", 9, COMPILED),
    ("ID", None, COMPILED), ("Boolean!", True, COMPILED), ("Boolean!", 2, COMPILED), ("Boolean", "yes", HANDED_OVER),
    ("Color!", "RED", COMPILED), ("Color", "GREEN", HANDED_OVER), ("[Color]!", ["RED", None, "BLUE"], COMPILED),
    ("String", None, COMPILED), ("String!", None, HANDED_OVER), ("String", Broken("returned"), HANDED_OVER),
    ("[String]!", ["a", Broken("within"), "b"], HANDED_OVER), ("[String!]!", ("a", "b"), COMPILED),
    ("[Int!]!", [1, True, 3.0], COMPILED), ("[Int!]!", {1}, HANDED_OVER), ("[String!]", None, COMPILED),
    ("[String!]", "text", HANDED_OVER), ("[String!]", 5, HANDED_OVER), ("[String]", ["a", None], COMPILED),
    ("[String!]", ["a", None], HANDED_OVER), ("[[Int!]]!", [[1], None, (2, 3), []], COMPILED), ("[Int!]!", [], COMPILED),
    ("Dog!", Dog(), COMPILED), ("Dog!", Puppy(), COMPILED), ("Dog!", {"name": "Dict"}, COMPILED), ("Dog", None, COMPILED),
    ("Dog!", None, HANDED_OVER), ("Dog", Broken("a dog"), HANDED_OVER), ("[Dog]!", [Dog(), None, Dog()], COMPILED),
    ("[Dog!]", [Dog(), None], HANDED_OVER), ("Dog", Dog(None), HANDED_OVER), ("Pet", None, COMPILED),  # type: ignore[arg-type]
    ("Pet!", Dog(), COMPILED), ("[Pet]!", [Cat(), None, Dog()], COMPILED), ("Pet", Puppy(), HANDED_OVER),
    ("Named!", Cat(), COMPILED), ("Named", "no animal", HANDED_OVER), ("Pet!", None, HANDED_OVER),
]  # fmt: skip
SDL = """
  enum Color { RED BLUE }
  interface Named { name: String! }
  type Dog implements Named { name: String! }
  type Cat implements Named { name: String! }
  union Pet = Dog | Cat
  type Query { odd: %s }
"""


class Bound:
    """Tells the classes, and the functions behind the fields."""

    def direct(self, field: GraphQLField) -> Direct | None:
        return None if field.resolve is None else Direct(lambda source: field.resolve(source, None))  # type: ignore[misc, arg-type]

    def class_of(self, kind: GraphQLObjectType) -> type | None:
        return {"Dog": Dog, "Cat": Cat}.get(kind.name)


def odd_schema(kind: str, value: Any) -> GraphQLSchema:
    schema = build_schema(SDL % kind)
    assert schema.query_type is not None
    schema.query_type.fields["odd"].resolve = lambda source, info: value() if callable(value) else value
    for name in ("Named", "Pet"):
        schema.type_map[name].resolve_type = lambda value, info, kind: {Dog: "Dog", Puppy: "Dog", Cat: "Cat"}.get(type(value))  # type: ignore[attr-defined]
    return schema


def selection(kind: str) -> str:
    named = kind.strip("[]!")
    return {"Dog": "{ name __typename }", "Named": "{ name ... on Cat { __typename } }",
            "Pet": "{ __typename ... on Named { name } }"}.get(named, "")  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "expected"), ODD)
async def test_values(kind: str, value: Any, expected: tuple[int, int, int]) -> None:
    schema = odd_schema(kind, value)
    bound, unbound = Engine(schema, Bound()), Engine(schema)
    await answer(schema, f"{{ odd {selection(kind)} }}", bound, unbound)
    assert counts(bound) == expected
    is_abstract = kind.strip("[]!") in ("Pet", "Named")
    assert counts(unbound) == (GENERAL if is_abstract else expected), "without classes, nobody knows what is what"


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("String!", lambda: later("then"), b'{"data":{"odd":"then"}}'),
        ("[String!]!", lambda: ["now", later("then")], b'{"data":{"odd":["now","then"]}}'),
        ("Dog!", lambda: later(Dog()), b'{"data":{"odd":{"name":"Rex","__typename":"Dog"}}}'),
        ("[Pet!]!", lambda: [Dog(), later(Cat())], b'{"data":{"odd":[{"__typename":"Dog","name":"Rex"},{"__typename":"Cat","name":"Tom"}]}}'),
        ("[Int!]!", lambda: (number for number in (1, 2)), b'{"data":{"odd":[1,2]}}'),
    ],
)  # fmt: skip
async def test_what_has_to_be_waited_for_or_is_no_list_is_handed_over(kind: str, value: Any, expected: bytes) -> None:
    schema = odd_schema(kind, value)
    engine = Engine(schema, Bound())
    assert await answer(schema, f"{{ odd {selection(kind)} }}", engine) == expected
    assert counts(engine) == HANDED_OVER


# ---------------------------------------------------------------------------------------------------------- odd resolvers
@strawberry.enum
class Color(Enum):
    RED = 1
    BLUE = strawberry.enum_value(2, name="SKY")
    ALSO_RED = 1  # noqa: PIE796


@strawberry.input
class Where:
    far: int = 3


class Louder(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        return str(next_(source, info, **kwargs)).upper()


@strawberry.type
class Query:
    @strawberry.field
    def color(self) -> Color:
        return Color.BLUE

    @strawberry.field
    def colors(self) -> list[Color]:
        return [Color.RED, Color.ALSO_RED, Color.BLUE]

    @strawberry.field
    def not_sent(self) -> str | None:
        return strawberry.UNSET

    @strawberry.field(extensions=[Louder()])
    def louder(self, text: str = "quiet") -> str:
        return text

    @strawberry.field
    def far(self, where: Where | None = None, steps: strawberry.Maybe[int] = None) -> str:
        return f"{where.far if where else None} {steps.value if steps else steps}"

    @strawberry.field
    def asked(self, info: Info[Any, Any], color: Color = Color.RED, times: int | None = strawberry.UNSET) -> str:
        return f"{info.context} {info.field_name} {color.name} {times}"

    @strawberry.field
    def asked_more(self, info: Info[Any, Any]) -> str:
        return ".".join(str(one) for one in info.path.as_list())

    @strawberry.field
    @staticmethod
    def still() -> str:
        return "still"

    @strawberry.field
    def listed(self, numbers: list[int], colors: list[Color | None] | None = None) -> str:
        numbers.append(0)
        return f"{numbers} {colors}"

    @strawberry.field
    def renamed(self, where: Annotated[str, strawberry.argument(name="from")] = "here") -> str:
        return where

    @strawberry.field
    async def waited(self) -> str:
        return "waited"


BY_STRAWBERRY = strawberry.Schema(Query)._schema


@pytest.mark.parametrize(
    ("text", "expected", "how"),
    [
        ("{ color colors }", b'{"color":"SKY","colors":["RED","RED","SKY"]}', COMPILED),
        ("{ louder a: louder(text: \"b\") }", b'{"louder":"QUIET","a":"B"}', COMPILED),
        ("{ far a: far(where: {far: 4}) b: far(where: null, steps: 2) }", b'{"far":"None None","a":"4 None","b":"None 2"}', COMPILED),
        ("{ asked b: asked(color: SKY, times: 2) c: asked(times: null) }",
         b'{"asked":"a context asked RED ","b":"a context asked BLUE 2","c":"a context asked RED None"}', COMPILED),
        ("query($times: Int, $color: Color! = SKY) { asked(times: $times, color: $color) }", b'{"asked":"a context asked BLUE "}', COMPILED),
        ("{ a: askedMore }", b'{"a":"a"}', HANDED_OVER),
        ("{ still }", b'{"still":"still"}', COMPILED),
        ("{ listed(numbers: [1, 2], colors: [SKY, null]) }", b'{"listed":"[1, 2, 0] [<Color.BLUE: 2>, None]"}', COMPILED),
        ("{ listed(numbers: 7) }", b'{"listed":"[7, 0] None"}', COMPILED),
        ("{ renamed a: renamed(from: \"there\") }", b'{"renamed":"here","a":"there"}', COMPILED),
        ("{ waited color }", b'{"waited":"waited","color":"SKY"}', GENERAL),
    ],
)  # fmt: skip
async def test_resolvers(text: str, expected: bytes, how: tuple[int, int, int]) -> None:
    engine = Engine(BY_STRAWBERRY, DirectFields())
    assert await answer(BY_STRAWBERRY, text, engine) == b'{"data":' + expected + b"}"
    assert counts(engine) == how
    await answer(BY_STRAWBERRY, text, engine)
    assert counts(engine) == tuple(2 * count for count in how), "nothing is left of the first time"


async def test_a_value_that_was_not_sent_is_as_graphql_core_has_it() -> None:
    await answer(BY_STRAWBERRY, "{ notSent }", Engine(BY_STRAWBERRY, DirectFields()), Engine(BY_STRAWBERRY))


async def test_a_mutation_that_fails_is_carried_out_once() -> None:
    done = []
    schema = build_schema("type Query { odd: Int } type Mutation { act: Int }")
    assert schema.mutation_type is not None

    def act(source: Any, info: Any) -> int:
        done.append(info.field_name)
        raise Broken("afterwards")

    schema.mutation_type.fields["act"].resolve = act
    engine = Engine(schema, Bound())
    prepared = Documents(schema).prepare("mutation { act }", None, None)
    result = await engine.run(prepared, {}, None)
    assert (result.data, len(result.errors or ())) == ({"act": None}, 1)
    assert (done, counts(engine)) == (["act"], GENERAL)
