"""Changes of the SDL that would break programs written for the last release: they fail the check unless they are declared.

`released.graphql` is the SDL of the last release, `breaking.txt` the changes since then that were decided on, one a line, word
for word as the check names them.
"""

from collections.abc import Iterable
from pathlib import Path

from graphql import GraphQLSchema, build_schema
from graphql.utilities import find_breaking_changes

FOLDER = Path(__file__).parent
RELEASED = FOLDER / "released.graphql"
DECLARED = FOLDER / "breaking.txt"


def undeclared(served: GraphQLSchema, released: str, declared: Iterable[str]) -> list[str]:
    """What breaks since the SDL `released` and is not declared, in words."""
    known = {line.strip() for line in declared}
    return [
        change.description
        for change in find_breaking_changes(build_schema(released), served)
        if change.description not in known
    ]


def forgotten(served: GraphQLSchema, released: str, declared: Iterable[str]) -> list[str]:
    """What is declared as breaking and breaks nothing: it was taken back, or a release is past it."""
    found = {change.description for change in find_breaking_changes(build_schema(released), served)}
    return [line for line in map(str.strip, declared) if line and not line.startswith("#") and line not in found]


def check(served: GraphQLSchema) -> list[str]:
    """Everything to be said about the SDL as it is served now; nothing where all is well."""
    released, declared = RELEASED.read_text("utf-8"), DECLARED.read_text("utf-8").splitlines()
    said = [f"breaks what programs rely on: {change}" for change in undeclared(served, released, declared)]
    return said + [f"declared in {DECLARED.name}, and breaks nothing: {line}" for line in forgotten(served, released, declared)]
