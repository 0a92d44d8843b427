"""Mass assignment: no input takes a field of another, and nobody gains by naming one.

Made from the SDL: to every input type are added, one at a time, all the names that fields of other inputs and of the answers'
types have (`role`, `relation`, `authorId`, `isPinned`, …), and a few that programmers like.
"""

from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type, is_composite_type

from tests.jam.world import plain
from tests.schema.mutation_cases import CASES, Scene
from tests.schema.test_foreign_ids import Guarded, value
from tests.schema.world import CORE

pytestmark = pytest.mark.anyio

INPUTS = {name: kind for name, kind in CORE.type_map.items() if isinstance(kind, GraphQLInputObjectType)}
OF_ANSWERS = {
    field
    for kind in CORE.type_map.values()
    if isinstance(kind, GraphQLObjectType)
    and kind.name in ("Idea", "Comment", "Member", "Jam", "Viewer", "Invitation", "Circle")
    for field in kind.fields
}
NAMES = sorted(
    {field for kind in INPUTS.values() for field in kind.fields}
    | OF_ANSWERS
    | {"id", "isAdmin", "admin", "actor", "personId", "__proto__"}
)
MUTATIONS = sorted(CORE.mutation_type.fields) if CORE.mutation_type is not None else []


@pytest.fixture(scope="module")
def jam() -> Guarded:
    return Guarded()


@pytest.mark.parametrize("name", MUTATIONS)
async def test_no_mutation_takes_a_field_that_its_input_does_not_have(jam: Guarded, name: str) -> None:
    assert CORE.mutation_type is not None
    field = CORE.mutation_type.fields[name]
    before = [plain(state, but=("commands",)) for state in jam.states]
    for argument, one in field.args.items():
        kind = get_named_type(one.type)
        if not isinstance(kind, GraphQLInputObjectType):
            continue
        given = value(jam, argument, one, "", "")
        for stranger in NAMES:
            if stranger in kind.fields:
                continue
            told = "{ __typename }" if is_composite_type(get_named_type(field.type)) else ""
            document = f"mutation M(${argument}: {one.type}) {{ {name}({argument}: ${argument}) {told} }}"
            result = await jam.answer(jam.context("fay"), document, **{argument: given | {stranger: "ORGANIZER"}})
            assert result.errors, (name, stranger)
            assert result.data is None, (name, stranger)
    assert [plain(state, but=("commands",)) for state in jam.states] == before


def _elevating() -> list[tuple[str, str]]:
    """(mutation, field) where an input says what somebody is."""
    assert CORE.mutation_type is not None
    found = []
    for name, field in CORE.mutation_type.fields.items():
        for one in field.args.values():
            kind = get_named_type(one.type)
            if isinstance(kind, GraphQLInputObjectType):
                found += [(name, each) for each, it in kind.fields.items() if str(get_named_type(it.type)) == "Role"]
    return found


@pytest.mark.parametrize(("name", "field"), _elevating())
async def test_nobody_without_the_right_gives_a_role(name: str, field: str) -> None:
    """Where an input does name a role, a participant is refused and nothing changes."""
    scene = Scene()
    case = next((case for case in CASES if case.mutation == name), None)
    assert case is not None, f"no case for {name}"
    before = {member.person: (member.role, member.relation) for member in scene.state.members}
    given: dict[str, Any] = case.given(scene)
    input_type = get_named_type(CORE.mutation_type.fields[name].args["input"].type)  # type: ignore[union-attr]
    is_list = "[" in str(input_type.fields[field].type)  # type: ignore[union-attr]
    told = await scene.act("cat", name, **given | {field: ["ORGANIZER"] if is_list else "ORGANIZER"})
    assert told["__typename"] in ("NotAllowed", "NotFound", "InvalidInput"), told
    assert {member.person: (member.role, member.relation) for member in scene.state.members} == before


def test_the_sdl_has_inputs_to_try() -> None:
    assert len(INPUTS) > 30
    assert len(NAMES) > 80
    assert _elevating()
