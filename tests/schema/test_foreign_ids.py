"""Every id in the schema, found from the SDL: what is not for someone is answered exactly as what does not exist.

A new field or mutation is covered without being named here: arguments of type ID are given, one after the other, the id of
each thing that is not for the person, and an id that nothing has. The two answers must be the same but for the id itself.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    get_named_type,
)

from server.jam import commands as c
from server.jam import ids
from server.jam.apply import apply_all
from server.jam.decide import decide
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from server.jam.state import JamState
from server.jam.visibility import Audience
from tests.jam import sealing
from tests.jam.world import EMPLOYEES, HOUR, SCHEDULE, plain
from tests.schema.world import CORE, Api, split_of

pytestmark = pytest.mark.anyio

NOBODYS = "x0000000000000000"
"""An id in the form of ours that nothing has."""

MASK = "‹id›"
WORDS = {"language": "en", "proof": "A" * 43, "salt": "A" * 22}


class Guarded(Api):
    """A jam with something of every kind that is not for `fay`, who is of the family and in no circle; and a jam without her."""

    def __init__(self) -> None:
        super().__init__(Phase.IDEATION)
        self.open_idea, self.own = self.post("ann", "Open to all"), self.post("fay", "Her own")
        self.open_comment, self.own_comment = self.comment(self.open_idea), self.comment(self.open_idea, "fay")
        hidden = {"topic": self.staff, "idea": self.post("ben", "Staff only", topic=self.staff)}
        hidden["narrow idea"] = self.post("ann", "For employees", audience=EMPLOYEES)
        hidden["comment"] = self.comment(hidden["idea"], "ben", "Said among staff")
        hidden["circle"] = self.circle("ann", "ben")
        hidden["circle idea"] = self.post("ann", "Among few", audience=Audience(circle=hidden["circle"]))
        hidden["circle comment"] = self.comment(hidden["circle idea"], "ben", "Said among few")
        hidden["taken away"] = self.post("ben", "Taken away")
        self.do(c.HideIdea, "mod", idea=hidden["taken away"], reason="Not fit")
        hidden["hidden comment"] = self.comment(self.open_idea, "ben", "Also not fit")
        self.do(c.HideComment, "mod", comment=hidden["hidden comment"], reason="Not fit")
        hidden["report"] = self.make(ids.REPORT, c.FileReport, "cat", target=self.open_idea, reason="SPAM")
        hidden["invitation"] = self.make(
            ids.INVITATION, c.CreateInvitation, "org", token_hash="t", relation=Relation.FRIEND, role=Role.PARTICIPANT, max_uses=1,
            expires_at=self.now + 9 * HOUR,
        )  # fmt: skip
        self.themed(self.open_idea, self.own)
        self.themed(self.open_idea, self.own, proposals=(split_of("h1", self.own),))
        sealing.open_for_all(self)
        hidden["anonymous idea"] = sealing.post(self, "ben", "B" * 43, topic=self.staff)
        hidden["theme proposal"] = next(iter(self.state.theme_proposals))
        self._elsewhere(hidden)
        self.hidden = hidden
        self.known = {
            "jam": "j1", "topic": self.topic, "idea": self.open_idea, "into": self.own, "comment": self.open_comment, "theme": "h1",
            "person": "ben", "member": "ben", "target": self.open_idea, "circle": self.circle("fay", "fred"),
        }  # fmt: skip

    def _elsewhere(self, hidden: dict[str, str]) -> None:
        """A jam that `fay` is no member of."""
        other = JamState()
        made = [
            c.CreateJam(
                actor="org", id="other-jam", jam="j2", slug="other", titles={"en": "Secret"}, questions={"en": "?"}, descriptions={},
                rules={}, languages=("en",), main_language="en", schedule=SCHEDULE,
            ),
            c.AddTopic(actor="org", id="other-topic", titles={"en": "Secret topic"}, descriptions={}),
            c.PublishJam(actor="org", id="other-publish"),
        ]  # fmt: skip
        topic = made[1].derived(ids.TOPIC)
        made.append(c.PostIdea(actor="org", id="other-idea", topic=topic, title="Secret idea", body=""))
        for command in made:
            apply_all(other, ids.command_key(command.actor, command.id), decide(other, command, self.now))
        self.states.append(other)
        hidden |= {"other jam": "j2", "other topic": topic, "other idea": other.ideas[0].id}


@pytest.fixture(scope="module")
def jam() -> Guarded:
    return Guarded()


# ------------------------------------------------------------------------------------------------------ asking everything
Holder = GraphQLArgument | GraphQLInputField


def is_id(holder: Holder) -> bool:
    return get_named_type(holder.type) is CORE.get_type("ID")


def selection(kind: Any, depth: int = 2) -> str:
    """All that a type tells without arguments, two levels deep."""
    kind = get_named_type(kind)
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        members = CORE.get_possible_types(kind)
        return "{ __typename " + " ".join(f"... on {one.name} {selection(one, depth)}" for one in members) + " }"
    if not isinstance(kind, GraphQLObjectType):
        return ""
    told = ["__typename"]
    for name, field in kind.fields.items():
        if any(isinstance(one.type, GraphQLNonNull) and not has_default(one) for one in field.args.values()):
            continue
        inner = get_named_type(field.type)
        if isinstance(inner, GraphQLScalarType | GraphQLEnumType):
            told.append(f"{kind.name}_{name}: {name}")
        elif depth > 1 and isinstance(inner, GraphQLObjectType):
            told.append(f"{kind.name}_{name}: {name} {selection(inner, depth - 1)}")
    return "{ " + " ".join(told) + " }"


def has_default(argument: GraphQLArgument) -> bool:
    return "Undefined" not in repr(argument.default_value)


PLACES = {
    "Query": "{}",
    "Viewer": "viewer {{ {} }}",
    "Jam": 'jam(id: "j1") {{ {} }}',
    "Theme": 'theme(id: "h1") {{ {} }}',
    "InvitationTree": 'jam(id: "j1") {{ invitationTree {{ {} }} }}',
    "Audit": 'jam(id: "j1") {{ audit {{ {} }} }}',
}
"""How to get to a field of each of these types by way of what `fay` may see."""


def fields_with_ids() -> Iterator[tuple[str, str, str]]:
    """(type, field, argument) for every argument of type ID of a query's field."""
    for kind in (kind for name, kind in CORE.type_map.items() if isinstance(kind, GraphQLObjectType) and name[:2] != "__"):
        if kind.name in ("Mutation", "Subscription"):
            continue
        for name, field in kind.fields.items():
            yield from ((kind.name, name, argument) for argument, one in field.args.items() if is_id(one))


def inputs_with_ids() -> Iterator[tuple[str, str]]:
    """(mutation, path of an ID within its arguments); a commandId names nothing of anybody's."""
    assert CORE.mutation_type is not None
    for name, field in CORE.mutation_type.fields.items():
        for argument, one in field.args.items():
            for path in paths(argument, one):
                if path.split(".")[-1] != "commandId":
                    yield name, path


def paths(name: str, holder: Holder, depth: int = 3) -> Iterator[str]:
    kind = get_named_type(holder.type)
    if is_id(holder):
        yield name
    elif isinstance(kind, GraphQLInputObjectType) and depth:
        for inner, one in kind.fields.items():
            yield from (f"{name}.{path}" for path in paths(inner, one, depth - 1))


def value(jam: Guarded, name: str, holder: Holder, aim: str, id: str, here: str = "") -> Any:
    """A value that would do, with `id` where the path is `aim`. What need not be given is left out, unless it is aimed at."""
    path = f"{here}.{name}" if here else name
    kind, named = holder.type, get_named_type(holder.type)
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    is_aimed = aim == path or aim.startswith(path + ".")
    if not isinstance(kind, GraphQLNonNull) and not is_aimed:
        return None
    found: Any
    if isinstance(named, GraphQLInputObjectType):
        given = {key: value(jam, key, one, aim, id, path) for key, one in named.fields.items()}
        found = {key: one for key, one in given.items() if one is not None}
    elif is_id(holder):
        found = id if aim == path else "asked-once-0001" if name == "commandId" else known(jam, name)
    elif isinstance(named, GraphQLEnumType):
        found = "CIRCLE" if aim.endswith("circleId") and "CIRCLE" in named.values else next(iter(named.values))
    else:
        found = {"Int": 1, "Boolean": True, "Float": 0.5, "Timestamp": jam.now + HOUR}.get(named.name)
        found = WORDS.get(name, "Words enough") if found is None else found
    return [found] if isinstance(inner, GraphQLList) else found


def known(jam: Guarded, name: str) -> str:
    stem = re.sub(r"Ids?$", "", name)
    return jam.known.get(stem, jam.known["idea"])


def literal(found: Any) -> str:
    if isinstance(found, dict):
        return "{" + ", ".join(f"{key}: {literal(one)}" for key, one in found.items()) + "}"
    if isinstance(found, list):
        return "[" + ", ".join(map(literal, found)) + "]"
    if isinstance(found, Word):
        return found
    if isinstance(found, str):
        return f'"{found}"'
    return str(found).lower() if isinstance(found, bool) else str(found)


class Word(str):
    """Written without quotes: a member of an enum."""


def worded(holder: Holder, found: Any) -> Any:
    named = get_named_type(holder.type)
    if isinstance(found, list):
        return [worded(holder, one) for one in found]
    if isinstance(named, GraphQLInputObjectType) and isinstance(found, dict):
        return {key: worded(named.fields[key], one) for key, one in found.items()}
    return Word(found) if isinstance(named, GraphQLEnumType) and found is not None else found


def call(jam: Guarded, name: str, field: GraphQLField, aim: str, id: str) -> str:
    """The field with its arguments and all that it tells."""
    given = {key: worded(one, value(jam, key, one, aim, id)) for key, one in field.args.items()}
    told = ", ".join(f"{key}: {literal(one)}" for key, one in given.items() if one is not None)
    return f"{name}{f'({told})' if told else ''} {selection(field.type)}"


async def answer(jam: Guarded, document: str, id: str) -> str:
    """All that is answered, errors and their words included, without the id that was asked for."""
    result = await jam.answer(jam.context("fay"), document)
    told = repr((result.data, [(error.message, error.extensions) for error in result.errors or ()]))
    return told.replace(id, MASK)


@pytest.mark.parametrize(("kind", "name", "argument"), list(fields_with_ids()))
async def test_a_field_tells_nothing_of_foreign_ids(jam: Guarded, kind: str, name: str, argument: str) -> None:
    field = CORE.type_map[kind].fields[name]  # type: ignore[attr-defined]
    assert kind in PLACES, f"say in PLACES how to reach {kind}"

    async def ask(id: str) -> str:
        return await answer(jam, "{ " + PLACES[kind].format(call(jam, name, field, argument, id)) + " }", id)

    nothing = await ask(NOBODYS)
    for thing, id in jam.hidden.items():
        assert await ask(id) == nothing, f"{kind}.{name}({argument}) tells of: {thing}"


@pytest.mark.parametrize(("name", "path"), list(inputs_with_ids()))
async def test_a_mutation_refuses_foreign_ids_as_if_they_were_nobodys(jam: Guarded, name: str, path: str) -> None:
    assert CORE.mutation_type is not None
    field = CORE.mutation_type.fields[name]
    before = [plain(state, but=("commands",)) for state in jam.states]

    async def ask(id: str) -> str:
        return await answer(jam, "mutation { " + call(jam, name, field, path, id) + " }", id)

    nothing = await ask(NOBODYS)
    for thing, id in jam.hidden.items():
        assert await ask(id) == nothing, f"{name}({path}) tells of: {thing}"
    assert [plain(state, but=("commands",)) for state in jam.states] == before, "nothing was changed"


def test_the_ids_that_are_asked_for_are_there(jam: Guarded) -> None:
    """Whoever may see them finds them: else the tests above would compare nothing with nothing."""
    organizer = jam.state.viewer("ann")
    assert organizer.role is not None
    for thing in ("idea", "narrow idea", "circle idea"):
        assert jam.state.idea(jam.hidden[thing]) is not None
    assert len(list(fields_with_ids())) > 15
    assert len(list(inputs_with_ids())) > 40
