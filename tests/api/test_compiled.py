"""Compiled operations answer to the byte what graphql-core answers, and what can't be compiled is answered just the same."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import anyio
import pytest
from graphql import (
    GraphQLBoolean,
    GraphQLNonNull,
    GraphQLObjectType,
    OperationType,
    parse,
    print_ast,
    separate_operations,
    type_from_ast,
    validate,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from schema import schema
from schema.context import Context
from schema.direct import DEFINITION, DirectFields
from server.api import execution
from server.api.compiling import compile_operation, compiler
from server.api.documents import Documents, Prepared
from server.api.execution import Engine, encoded
from server.api.limits import DocumentLimits
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from server.live.delta import changes_after
from tests.api.random_documents import Writer
from tests.jam.commanding import settled_world, wander
from tests.schema.world import Api

CORE = schema._schema
DOCUMENTS = Documents(CORE, DocumentLimits(depth=99, aliases=9_999, tokens=99_999, cost=10**40, introspection=True))
PHASES = [Phase.IDEATION, Phase.IDEATION, Phase.LOBBY, Phase.REVIEW, Phase.CLOSED]
EITHER = {"jam": [["id"], ["slug"], ["slug"], ["slug"], ["id", "slug"]]}
WAITING = frozenset(
    f"{kind.name}.{name}"
    for kind in CORE.type_map.values()
    if isinstance(kind, GraphQLObjectType) and kind not in (CORE.mutation_type, CORE.subscription_type)
    for name, field in kind.fields.items()
    if getattr(field.extensions.get(DEFINITION), "is_async", False)
)
"""Fields that are waited for: whatever touches one is graphql-core's."""
FRONTEND = Path(__file__).resolve().parents[2] / "frontend" / "src"


def ready(text: str) -> Prepared:
    return DOCUMENTS.prepare(text, None, None)


@cache
def a_jam(seed: int) -> Api:
    """A jam in which many random things happened."""
    api = settled_world(Api)
    wander(api, seed, 80)
    return api


def viewers(api: Api) -> list[Context]:
    people = [api.context(person) for person in ("ann", "fay", "mod", "org", "rev", "stranger", None)]
    classes = [(Role.PARTICIPANT, Relation.EMPLOYEE), (Role.MODERATOR, Relation.FAMILY), (Role.SPONSOR, Relation.CLIENT)]
    return people + [api.of_class(*one) for one in classes]


def choices(api: Api) -> dict[str, list[Any]]:
    """Values for arguments: mostly of things that are there."""
    state = api.state
    ideas, comments = [idea.id for idea in state.ideas], [comment.id for comment in state.comments]
    others = [*state.topics, *state.themes, *state.reports, *state.circles, *(one.id for one in state.announcements)]
    everything = [state.id, *ideas, *comments, *others, *(one.id for one in state.invitations.values()), "nothing"]
    return {
        "jamId": [state.id] * 9 + ["nothing"], "slug": ["jam"] * 9 + ["other"], "ideaId": ideas, "topicId": [*state.topics],
        "themeId": [*state.themes, "h"], "language": ["en", "he", "xx", ""], "after": [*[""] * 7, "bad cursor"],
        "token": ["hash"], "text": ["i", "an", "First", ""], "query": ["a", "m"], "ID": everything, "Int": [1, 2, 3, 5, 20],
        "String": ["", "en"], "Boolean": [True, False], "Float": [0.5],
    }  # fmt: skip


class Engines:
    """One that compiles, one that compiles but calls resolvers, and graphql-core, which must agree on everything."""

    def __init__(self) -> None:
        self.compiling = Engine(CORE, DirectFields())
        self.all = (Engine(CORE, compiles=False), self.compiling, Engine(CORE))

    async def answer(self, prepared: Prepared, variables: dict[str, Any], context: Context, root: Any = None) -> bytes:
        """The one answer of all, in bytes."""
        answers = [encoded(await one.run(prepared, variables, context, root), "request") for one in self.all]
        assert answers == answers[:1] * 3, (print_ast(prepared.document), variables)
        return answers[0]

    @property
    def counts(self) -> tuple[int, int, int]:
        """How often the compiling one ran compiled, handed over, and ran all in all by graphql-core."""
        counters = self.compiling.counters
        return counters.compiled, counters.handed_over, counters.general


def failed(answer: bytes) -> bool:
    return answer.startswith(b'{"errors"')


# ------------------------------------------------------------------------------------------------------- random documents
@pytest.mark.parametrize("kind", ["query", "subscription"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_any_document_is_answered_alike(kind: str, data: st.DataObject) -> None:
    api = a_jam(data.draw(st.integers(0, 3)))
    api.go(data.draw(st.sampled_from(PHASES)))
    is_wild = data.draw(st.booleans())
    random = data.draw(st.randoms(use_true_random=True))
    asked = Writer(random.randint, CORE, choices(api), EITHER, is_wild).operation(kind, random.randint(2, 7))
    assume(not validate(CORE, parse(asked.text)))
    prepared = ready(asked.text)
    root = changes_after(api.state, random.randint(0, api.state.seq)) if kind == "subscription" else None
    is_certain = not is_wild and not prepared.coordinates & WAITING

    async def compare() -> None:
        for context in viewers(api):
            engines = Engines()
            answer = await engines.answer(prepared, asked.variables, context, root)
            if is_certain:
                assert engines.counts == ((0, 1, 1) if failed(answer) else (1, 0, 0)), asked.text
        await anyio.wait_all_tasks_blocked()

    anyio.run(compare)


# --------------------------------------------------------------------------------------------------- what the page asks for
def operations_of_the_page() -> dict[str, str]:
    """Every operation of the front end by name, with its fragments."""
    files = [path for path in FRONTEND.rglob("*") if path.suffix in (".ts", ".svelte") and ".test." not in path.name]
    found = [text for path in files for text in re.findall(r"\bgraphql\(\s*`([^`]*)`", path.read_text(encoding="utf-8"))]
    document = parse("\n".join(found).replace("@_unmask", ""))  # gql.tada takes its own directive out, too
    return {str(name): print_ast(one) for name, one in separate_operations(document).items()}


OF_THE_PAGE = operations_of_the_page()


def test_the_page_asks_for_something() -> None:
    assert {"JamHead", "JamChanges", "Board", "IdeaDetail", "ViewerChanges"} <= set(OF_THE_PAGE)


@pytest.mark.anyio
@pytest.mark.parametrize("name", sorted(OF_THE_PAGE))
async def test_whatever_the_page_asks_is_compiled_unless_it_is_waited_for(name: str) -> None:
    prepared, api = ready(OF_THE_PAGE[name]), a_jam(1)
    api.go(Phase.IDEATION)
    is_for_us = not prepared.coordinates & WAITING
    is_by_flags = any(schema_type(node) is GraphQLBoolean for node in prepared.operation.variable_definitions or ())
    if not is_by_flags:  # what is asked for with flags is compiled when it is known how they stand
        assert (compile_operation(CORE, prepared, DirectFields()) is not None) is is_for_us
    if prepared.kind is OperationType.MUTATION:
        return
    values = choices(api) | {
        "id": [api.state.ideas[0].id],
        "after": [None],
        "language": ["en"],
        "afterSeq": [0],
        "theme": ["h1"],
    }
    writer = Writer(lambda least, most: least, CORE, values, {}, False)
    for context in viewers(api):
        variables = {
            node.variable.name.value: writer.value(node.variable.name.value, schema_type(node))
            for node in prepared.operation.variable_definitions or ()
        }
        engines = Engines()
        root = changes_after(api.state, 3) if prepared.kind is OperationType.SUBSCRIPTION else None
        answer = await engines.answer(prepared, variables, context, root)
        handed_over = (0, 1, 1) if is_for_us or is_by_flags else (0, 0, 1)
        assert engines.counts == (handed_over if failed(answer) or not is_for_us else (1, 0, 0))


def schema_type(definition: Any) -> Any:
    """The type of a variable, without whether it is needed."""
    kind = type_from_ast(CORE, definition.type)
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


# -------------------------------------------------------------------------------------------------------------------- errors
JAM = 'jam(id: "j1")'
REFUSED = [
    ("ann", f"{{ serverTime {JAM} {{ seq themes {{ id briefing {{ rank }} }} }} }}", {}, ["NotAllowed"] * 2),
    ("ann", f'{{ {JAM} {{ ideas(after: "no cursor") {{ totalCount }} }} }}', {}, ["InvalidInput"]),
    ("ann", f"{{ {JAM} {{ ideas(first: 0) {{ totalCount }} }} }}", {}, ["InvalidInput"]),
    ("ann", "{ jam { id } serverTime }", {}, ["InvalidInput"]),
    ("ann", '{ themeMap(jamId: "other") { runId } }', {}, ["NotFound"]),
    ("ann", "query($first: Int!) { jam(id: 1) { ideas(first: $first) { totalCount } } }", {}, ["BAD_REQUEST"]),
    ("ann", "query($on: Boolean = true) { serverTime @skip(if: $on) }", {"on": None}, ["BAD_REQUEST"]),
    ("ann", "query($order: IdeaOrder!) { jam(id: 1) { ideas(order: $order) { totalCount } } }", {"order": "BEST"}, ["BAD_REQUEST"]),
    ("mod", f'{{ a: {JAM} {{ log: moderationLog(first: 0) {{ id }} }} b: {JAM} {{ reports(first: 999) {{ id }} }} }}', {},
     ["InvalidInput"] * 2),
]  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize(("person", "text", "variables", "codes"), REFUSED)
async def test_errors_are_those_of_graphql_core(person: str, text: str, variables: dict[str, Any], codes: list[str]) -> None:
    api, engines = Api(), Engines()
    ideas = [api.post("ann", title) for title in ("One", "Two")]
    api.group({"h1": ideas[:1], "h2": ideas[1:]})
    await engines.answer(ready(text), variables, api.context(person))
    assert engines.counts == (0, 1, 1)
    result = await engines.compiling.run(ready(text), variables, api.context(person))
    found = [(error.extensions or {}).get("code", "BAD_REQUEST") for error in result.errors or ()]
    assert found == codes[: len(found)]
    assert found


# -------------------------------------------------------------------------------------------------- what is not compiled
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("{ __schema { queryType { name } } }", (0, 0, 1)),
        ('{ __type(name: "Idea") { name } serverTime }', (0, 0, 1)),
        ('{ viewer { drafts(jamId: "j1") { key } } }', (0, 0, 1)),
        ('query($a: Boolean!) { viewer { id drafts(jamId: "j1") @skip(if: $a) { key } } }', (1, 0, 0)),
        ('query($a: Boolean!) { viewer { id drafts(jamId: "j1") @include(if: $a) { key } } }', (0, 1, 1)),
        ('query($kind: SearchKind!) { search(jamId: "j1", text: "i", kinds: [$kind]) { ideas { id } } }', (0, 0, 1)),
        ("{ __typename viewer { __typename } }", (1, 0, 0)),
        ("query($a: Boolean!) { viewer @skip(if: $a) { id } }", (1, 0, 0)),
        ("query(" + " ".join(f"$b{n}: Boolean!" for n in range(5)) + ") { serverTime "
         + " ".join(f"a{n}: serverTime @skip(if: $b{n})" for n in range(5)) + " }", (0, 0, 1)),
    ],
)  # fmt: skip
async def test_what_is_not_compiled_is_answered_by_graphql_core(text: str, counts: tuple[int, int, int]) -> None:
    api, engines = Api(), Engines()
    variables = dict.fromkeys(("a", *(f"b{n}" for n in range(5))), True) | {"kind": "IDEA"}
    await engines.answer(ready(text), variables, api.context("ann"))
    assert engines.counts == counts


def test_what_is_spread_again_and_again_is_compiled_once() -> None:
    chain = " ".join(
        f"fragment F{n} on Idea {{ parents {{ ...F{n + 1} }} buildOns {{ ...F{n + 1} ...F{n + 1} }} }}" for n in range(12)
    )
    text = f'{{ idea(id: "i") {{ ...F0 }} }} {chain} fragment F12 on Idea {{ ...G0 }} '
    text += " ".join(f"fragment G{n} on Idea {{ ...G{n + 1} ...G{n + 1} }}" for n in range(24)) + " fragment G24 on Idea { id }"
    compiled = compile_operation(CORE, ready(text), DirectFields())
    assert compiled is not None
    assert compiled.size == 1 + 2 + 11 * 2 * 2 + 2


@pytest.mark.anyio
async def test_the_same_field_merged_with_others_is_another_field() -> None:
    api, engines = Api(), Engines()
    idea = api.post("ann")
    text = f'{{ a: idea(id: "{idea}") {{ ...F }} b: idea(id: "{idea}") {{ ...F author {{ id }} }} }} fragment F on Idea {{ author {{ name }} }}'
    answer = await engines.answer(ready(text), {}, api.context("ann"))
    assert answer == b'{"data":{"a":{"author":{"name":"Ann"}},"b":{"author":{"name":"Ann","id":"ann"}}}}'
    assert engines.counts == (1, 0, 0)


@pytest.mark.anyio
async def test_an_operation_of_too_many_fields_is_graphql_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "MOST_FIELDS", 3)
    api, engines = Api(), Engines()
    await engines.answer(ready("{ a: serverTime b: serverTime c: serverTime }"), {}, api.context("ann"))
    assert engines.counts == (1, 0, 0)
    await engines.answer(ready("{ jams { id slug phase } }"), {}, api.context("ann"))
    assert engines.counts == (1, 0, 1)


@pytest.mark.anyio
async def test_each_choice_of_flags_is_a_plan_of_its_own() -> None:
    api, engines = Api(), Engines()
    text = "query($a: Boolean!, $b: Boolean = true) { serverTime @include(if: $a) jams @skip(if: $b) { id ...F @include(if: $a) } } fragment F on Jam { slug }"
    expected = {
        (True, True): ["serverTime"], (False, True): [], (True, False): ["serverTime", "jams"], (False, False): ["jams"],
    }  # fmt: skip
    for a, b in [*expected, *expected]:
        variables = {"a": a, "b": b}
        await engines.answer(ready(text), variables, api.context("ann"))
        result = await engines.compiling.run(ready(text), variables, api.context("ann"))
        assert list(result.data or {}) == expected[a, b]
        for jam in (result.data or {}).get("jams", ()):
            assert jam == ({"id": "j1", "slug": "jam"} if a else {"id": "j1"})
    assert engines.counts == (16, 0, 0)


@pytest.mark.anyio
async def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "MOST_FIELDS_KEPT", 12)
    monkeypatch.setattr(execution, "MOST_OPERATIONS_KEPT", 4)
    api, engine = Api(), Engine(CORE, DirectFields())

    async def run(text: str, **variables: Any) -> int:
        await engine.run(ready(text), variables, api.context("ann"))
        return len(engine._compiled)

    small = [f"query Q{n} {{ serverTime }}" for n in range(6)]
    assert [await run(text) for text in small] == [1, 2, 3, 4, 4, 4]
    assert await run("{ jams { id slug title phase languages mainLanguage seq serverTime hereCount } }") == 3
    flagged = "query($a: Boolean!) { serverTime b: serverTime c: serverTime @skip(if: $a) }"
    assert await run(flagged, a=True) == 2
    assert await run(flagged, a=False) == 1
    assert engine.counters.general == 0


@pytest.mark.anyio
async def test_an_operation_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    api, engine, made = Api(), Engine(CORE, DirectFields()), list[str]()

    def counting(*given: Any) -> Any:
        made.append(given[1].key)
        return compile_operation(*given)

    monkeypatch.setattr(execution, "compile_operation", counting)
    for _ in range(3):
        await engine.run(ready("{ serverTime }"), {}, api.context("ann"))
        await engine.run(ready("{ __schema { __typename } }"), {}, api.context("ann"))
    assert len(made) == 2


@pytest.mark.anyio
async def test_without_compiling_everything_is_graphql_cores() -> None:
    api, engine = Api(), Engine(CORE, DirectFields(), compiles=False)
    result = await engine.run(ready("{ serverTime }"), {}, api.context("ann"))
    assert result.data == {"serverTime": api.now}
    assert (engine.counters.compiled, engine.counters.general) == (0, 1)
