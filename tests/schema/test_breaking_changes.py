"""Changes of the SDL that break programs are found, unless they are declared."""

import pytest
from graphql import build_schema

from schema.changes import forgotten, undeclared

RELEASED = """
type Query { idea(id: ID!): Idea, ideas(first: Int): [Idea!]! }
type Idea { id: ID!, title: String!, status: Status! }
enum Status { VISIBLE HIDDEN }
input Post { title: String! }
type Mutation { post(input: Post!): Idea! }
"""


def now(old: str, new: str) -> str:
    assert old in RELEASED
    return RELEASED.replace(old, new)


@pytest.mark.parametrize(
    "changed",
    [
        now("title: String!, status", "status"),
        now("title: String!, status", "title: String, status"),
        now("idea(id: ID!)", "idea(id: ID!, jam: ID!)"),
        now("ideas(first: Int)", "ideas"),
        now("VISIBLE HIDDEN", "VISIBLE"),
        now("Post { title: String! }", "Post { title: String!, body: String! }"),
        now("type Mutation { post(input: Post!): Idea! }", ""),
    ],
)
def test_what_breaks_is_named_until_it_is_declared(changed: str) -> None:
    served = build_schema(changed)
    found = undeclared(served, RELEASED, [])
    assert found
    assert undeclared(served, RELEASED, found) == []
    assert forgotten(served, RELEASED, found) == []


@pytest.mark.parametrize(
    "changed",
    [
        RELEASED,
        now("title: String!, status", "title: String!, body: String!, status"),
        now("ideas(first: Int)", "ideas(first: Int, after: String)"),
        now("Post { title: String! }", "Post { title: String!, body: String }"),
        now("type Idea { id", "type New { id: ID! }\ntype Idea { id"),
    ],
)
def test_what_adds_breaks_nothing(changed: str) -> None:
    assert undeclared(build_schema(changed), RELEASED, []) == []


def test_a_declaration_that_breaks_nothing_is_told() -> None:
    assert forgotten(build_schema(RELEASED), RELEASED, ["# a remark", "", "Idea.title was removed."]) == [
        "Idea.title was removed."
    ]
