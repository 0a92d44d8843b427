"""The committed contract is what is served, and says of every personal field that it is personal."""

from pathlib import Path

from graphql import GraphQLObjectType

import schema
from schema import PERSONAL
from schema.build import OF_ONE_PERSON
from tests.schema.world import CORE

HERE = Path(__file__).parents[2] / "schema"


def test_schema_is_our_package_and_not_the_one_on_pypi() -> None:
    assert Path(schema.__file__).parent == HERE


def test_the_committed_sdl_is_the_one_that_is_served() -> None:
    assert (HERE / "schema.graphql").read_text() == f"{schema.schema}\n"


def test_every_field_described_as_personal_is_in_the_list_and_the_other_way_round() -> None:
    said = {
        f"{kind.name}.{name}"
        for kind in CORE.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items()
        if (field.description or "").startswith("Personal")
    }
    assert said == {coordinate for coordinate in PERSONAL if coordinate.split(".")[0] not in OF_ONE_PERSON}


def test_types_that_exist_for_one_person_are_personal_throughout() -> None:
    for name in OF_ONE_PERSON:
        kind = CORE.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        assert {f"{name}.{field}" for field in kind.fields} <= PERSONAL
