"""Compiled mutations: carried out once, and answered to the byte as graphql-core answers them, whatever goes wrong when."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from graphql import parse, print_ast, validate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from schema import schema
from schema.direct import DirectFields
from server.api.compiling import CompiledMutation, compile_operation
from server.api.documents import Documents, Prepared
from server.api.execution import Engine, encoded
from server.api.limits import DocumentLimits
from server.jam.phases import Phase
from tests.api.random_documents import Writer
from tests.jam.commanding import settled_world, wander
from tests.schema.world import REJECTED, Api

CORE = schema._schema
DOCUMENTS = Documents(CORE, DocumentLimits(depth=99, aliases=9_999, tokens=99_999, cost=10**40, introspection=True))
PHASES = [Phase.IDEATION] * 4 + [Phase.LOBBY, Phase.REVIEW]
PEOPLE = ("ann", "ann", "ben", "fay", "mod", "mod", "org", "org", "stranger", None)
SUPPORT = "mutation($input: IdeaInput!) {{ it: supportIdea(input: $input) {{ __typename {} }} }}"
HOUR = 3_600_000


def ready(text: str) -> Prepared:
    return DOCUMENTS.prepare(text, None, None)


def a_jam(seed: int, phase: Phase = Phase.IDEATION) -> Api:
    api = settled_world(Api)
    wander(api, seed, 12)
    api.go(phase)
    return api


def a_quiet_jam() -> Api:
    return settled_world(Api)


def choices(api: Api) -> dict[str, list[Any]]:
    """Values for inputs: mostly of things that are there."""
    state = api.state
    ideas, comments = [idea.id for idea in state.ideas], [comment.id for comment in state.comments]
    return {
        "jamId": [state.id] * 9 + ["nothing"], "ideaId": [*ideas, "i"], "intoId": ideas, "commentId": [*comments, "c"],
        "targetId": [*ideas, *comments], "topicId": [*state.topics, "t"], "themeId": [*state.themes, "h"],
        "circleId": [*state.circles, "o"], "reportId": [*state.reports, "r"], "personId": ["ann", "ben", "nobody"],
        "invitationId": [*(one.id for one in state.invitations.values())], "token": ["x", "no such"],
        "commandId": ["a-command-1", "a-command-2", "short"], "ID": [*ideas, "nothing"], "language": ["en", "he", "xx?"],
        "String": ["", "Some words here", "https://example.org"], "Int": [0, 1, 3], "Boolean": [True, False],
        "Float": [0.5], "Timestamp": [0, api.now + HOUR, api.now + 2 * HOUR], "after": [""], "name": ["New name", ""],
    }  # fmt: skip


async def compared(
    make: Callable[[], Api], person: str | None, text: str, variables: dict[str, Any]
) -> tuple[bytes, Engine, Api]:
    """The one answer of a compiling engine and of graphql-core, each in a world of its own, which are the same afterwards."""
    found = []
    for engine in (Engine(CORE, DirectFields()), Engine(CORE, compiles=False), Engine(CORE)):
        api = make()
        answer = encoded(await engine.run(ready(text), variables, api.context(person)), "request")
        found.append((answer, api.facts(), api.asked_for, engine, api))
    (answer, facts, asked, engine, api), *others = found
    for other in others:
        assert answer == other[0], (print_ast(parse(text)), variables)
        assert (facts, asked) == other[1:3], (print_ast(parse(text)), variables)
    return answer, engine, api


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_any_mutation_does_and_answers_alike(data: st.DataObject) -> None:
    seed, phase = data.draw(st.integers(0, 30)), data.draw(st.sampled_from(PHASES))
    is_wild, person = data.draw(st.booleans()), data.draw(st.sampled_from(PEOPLE))
    random = data.draw(st.randoms(use_true_random=True))
    writer = Writer(random.randint, CORE, choices(a_jam(seed, phase)), {}, is_wild)
    asked = writer.operation("mutation", random.randint(2, 4))
    assume(not validate(CORE, parse(asked.text)))
    is_ours = isinstance(compile_operation(CORE, ready(asked.text), DirectFields()), CompiledMutation)

    async def compare() -> None:
        answer, engine, _ = await compared(lambda: a_jam(seed, phase), person, asked.text, asked.variables)
        if is_ours and not is_wild and not answer.startswith(b'{"errors"'):
            assert engine.counters.general == 0, asked.text

    anyio.run(compare)


# ------------------------------------------------------------------------------------------------- what goes wrong, and when
@pytest.mark.anyio
async def test_a_vote_is_carried_out_once_without_graphql_core() -> None:
    first = a_quiet_jam().state.ideas[0].id
    text = SUPPORT.format("... on IdeaSuccess { seq idea { supportCount viewerHasSupported } }")
    variables = {"input": {"commandId": "a-command", "ideaId": first}}
    answer, engine, api = await compared(a_quiet_jam, "fay", text, variables)
    support = api.state.ideas[0].support
    said = f'"seq":{api.state.seq},"idea":{{"supportCount":{support},"viewerHasSupported":true}}'
    assert answer.decode() == f'{{"data":{{"it":{{"__typename":"IdeaSuccess",{said}}}}}}}'
    assert (engine.counters.compiled, engine.counters.handed_over, engine.counters.general) == (1, 0, 0)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("person", "given", "code"),
    [
        (None, {}, "SignInRequired"),
        ("ann", {"commandId": "short"}, "InvalidInput"),
        ("ann", {"ideaId": "nothing"}, "NotFound"),
        ("stranger", {}, "NotFound"),
    ],
)
async def test_a_refusal_is_a_member_of_the_union(person: str | None, given: dict[str, Any], code: str) -> None:
    first = a_quiet_jam().state.ideas[0].id
    variables = {"input": {"commandId": "a-command", "ideaId": first} | given}
    answer, engine, _ = await compared(a_quiet_jam, person, SUPPORT.format(REJECTED), variables)
    assert f'"code":"{code}"' in answer.decode()
    assert engine.counters.general == 0


@pytest.mark.anyio
async def test_what_fails_after_the_deed_is_worded_without_doing_it_again() -> None:
    """The vote counts once, though its answer can't be made: of no comments there is no page."""
    first = a_quiet_jam().state.ideas[0].id
    text = SUPPORT.format("... on IdeaSuccess { idea { comments(first: 0) { totalCount } } }")
    variables = {"input": {"commandId": "a-command", "ideaId": first}}
    answer, engine, api = await compared(a_quiet_jam, "fay", text, variables)
    assert b'"code":"InvalidInput"' in answer
    assert sum(name == "supportIdea" for _, name in api.asked_for) == 1
    assert (engine.counters.handed_over, engine.counters.general) == (1, 1)


@pytest.mark.anyio
async def test_what_the_deed_raises_is_worded_without_doing_it_again() -> None:
    text = "mutation($input: MarkSeenInput!) { markSeen(input: $input) }"
    variables = {"input": {"jamId": "j1", "ideaIds": [f"i{n}" for n in range(101)]}}
    answer, engine, api = await compared(a_quiet_jam, "fay", text, variables)
    assert b'"code":"InvalidInput"' in answer
    assert sum(name == "markSeen" for _, name in api.asked_for) == 1
    assert (engine.counters.handed_over, engine.counters.general) == (1, 1)


@pytest.mark.anyio
async def test_a_fault_of_ours_is_hidden_and_does_nothing_twice() -> None:
    def broken() -> Api:
        api = a_quiet_jam()
        object.__setattr__(api.services, "submit", lambda jam, command: 1 / 0)
        return api

    variables = {"input": {"commandId": "a-command", "ideaId": a_quiet_jam().state.ideas[0].id}}
    answer, _, api = await compared(broken, "fay", SUPPORT.format(""), variables)
    assert b'"code":"INTERNAL"' in answer
    assert sum(name == "supportIdea" for _, name in api.asked_for) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    "sent",
    [{}, {"input": None}, {"input": {}}, {"input": []}, {"input": {"commandId": 12345678, "ideaId": 7}},
     {"input": {"commandId": "a-command", "ideaId": None}}, {"input": {"commandId": "a-command", "ideaId": "i", "more": 1}}],
)  # fmt: skip
async def test_input_that_does_not_fit_is_worded_by_graphql_core_before_anything_happens(sent: dict[str, Any]) -> None:
    answer, engine, api = await compared(a_quiet_jam, "ann", SUPPORT.format(REJECTED), sent)
    assert (engine.counters.compiled, engine.counters.handed_over, engine.counters.general) == (0, 1, 1)
    if answer.startswith(b'{"errors"'):
        assert api.asked_for == []


@pytest.mark.parametrize(
    "text",
    [
        "mutation($a: IdeaInput!, $b: IdeaInput!) { a: supportIdea(input: $a) { __typename } b: supportIdea(input: $b) { __typename } }",
        "mutation($a: IdeaInput!) { a: supportIdea(input: $a) { __typename } b: withdrawSupport(input: $a) { __typename } }",
        'mutation { supportIdea(input: {commandId: "a-command", ideaId: "i"}) { __typename } }',
        "mutation($c: ID!) { supportIdea(input: {commandId: $c, ideaId: $c}) { __typename } }",
        'mutation { markNotificationsRead(jamId: "j1") }',
        "mutation { __typename }",
    ],
)
def test_several_fields_and_written_arguments_are_graphql_cores(text: str) -> None:
    assert compile_operation(CORE, ready(text), DirectFields()) is None
