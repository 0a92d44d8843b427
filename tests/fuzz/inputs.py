"""Inputs near to what is expected, and far from it."""

import json
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

SDL = Path(__file__).parents[2] / "schema" / "schema.graphql"
NASTY = [
    "",
    "\0",
    "\ud800",
    "\ufeff",
    "\u202e",
    "א" * 50,
    "a" * 70_000,
    "{" * 500,
    "[" * 500,
    "1e999",
    "-0",
    "\\",
    '"',
    "/*",
    "#",
]
DOCUMENTS = [
    'query { jam(slug: "town") { id title ideas(first: 3) { edges { node { id title supportCount } } } } }',
    "query ($slug: String!) { jam(slug: $slug) { topics { id title } counts { ideas } } }",
    "mutation ($input: PostIdeaInput!) { postIdea(input: $input) { __typename ... on Rejection { code message } } }",
    "mutation ($input: IdeaInput!) { supportIdea(input: $input) { __typename } }",
    "subscription ($jam: ID!, $after: Int!) { jamChanges(jamId: $jam, afterSeq: $after) { seq ideas { id } } }",
    "query { viewer { id name memberships { role relation } } }",
    "query A { __typename } query B { __typename }",
    "query { ...F } fragment F on Query { ...F }",
]


@cache
def names() -> list[str]:
    """Every name in the schema."""
    return sorted(set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", SDL.read_text("utf-8"))))


def mutated(text: str, chance: random.Random) -> str:
    """A text with a few pieces cut, doubled, swapped for a name of the schema or for something nasty."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randint(0, 12))
        signs = chance.choice("{}()[]:$!@\"'.,")
        new = chance.choice(["", text[start:end] * 2, chance.choice(names()), chance.choice(NASTY), signs])
        text = text[:start] + new + text[end:]
    return text


def anything() -> st.SearchStrategy[Any]:
    """Any JSON."""
    numbers = st.integers() | st.floats(allow_nan=False)
    leaves = st.none() | st.booleans() | numbers | st.text(max_size=40) | st.sampled_from(NASTY)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
        max_leaves=12,
    )


@st.composite
def operations(draw: st.DrawFn) -> dict[str, Any]:
    """What a client sends to be executed: often nearly right."""
    text = draw(st.sampled_from(DOCUMENTS))
    if draw(st.booleans()):
        text = mutated(text, draw(st.randoms(use_true_random=False)))
    body: dict[str, Any] = {"query": text}
    if draw(st.booleans()):
        keys = st.sampled_from(["input", "slug", "jam", "after", "x"])
        body["variables"] = draw(st.dictionaries(keys, anything(), max_size=3) | anything())
    for key in ("operationName", "extensions"):
        if draw(st.integers(0, 5)) == 0:
            body[key] = draw(anything())
    return body


def plain(value: Any) -> bytes:
    """As JSON, lone surrogates and all."""
    return json.dumps(value).encode()
