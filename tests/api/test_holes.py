"""Answers whose holes are filled for one person are, to the byte, what graphql-core answers that person: for any document, for
everyone of a class in turn, and whatever was hidden, restricted, voted on or merged before.
"""

from typing import Any

import anyio
import pytest
from graphql import OperationType, validate
from graphql.language import parse
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from schema import INSTANT, PERSONAL
from schema.context import Context
from schema.direct import DirectFields
from server.api.compiling import HandOver, Pieces
from server.api.documents import Documents, Prepared
from server.api.execution import Engine, encoded
from server.api.limits import DocumentLimits
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role, VisibilityClass
from server.jam.phases import Phase
from server.jam.visibility import Audience
from tests.api.random_documents import Writer
from tests.api.test_compiled import CORE, EITHER, OF_THE_PAGE, PHASES, WAITING, a_jam, choices, schema_type
from tests.schema.world import Api

NO_LIMITS = DocumentLimits(depth=99, aliases=9_999, tokens=99_999, cost=10**40, introspection=True)
DOCUMENTS = Documents(CORE, NO_LIMITS, personal=PERSONAL, instant=INSTANT)


def ready(text: str) -> Prepared:
    return DOCUMENTS.prepare(text, None, None)


def engine() -> Engine:
    return Engine(CORE, DirectFields(), own=DOCUMENTS.own)


def classes(api: Api) -> list[list[str]]:
    """The people of each class, in whose circles, votes and hidden texts one differs from the other. Who is out is of none."""
    found: dict[tuple[Role, Relation], list[str]] = {}
    for member in api.state.members:
        if member.erased or member.is_out(api.now):
            continue
        found.setdefault((member.role, member.relation), []).append(member.person)
    return list(found.values())


def of_all(api: Api, person: str) -> Context:
    """The context of everyone who is of a person's class."""
    member = api.state.member(person)
    assert member is not None
    return Context(api.services, visibility=VisibilityClass(member.role, member.relation), jam_id=api.state.id)


async def expected(api: Api, prepared: Prepared, variables: dict[str, Any], person: str) -> bytes | None:
    """What graphql-core answers; None where there are errors to word."""
    result = await Engine(CORE, compiles=False).run(prepared, variables, api.context(person))
    return None if result.errors else encoded(result)


async def compare(api: Api, prepared: Prepared, variables: dict[str, Any], people: list[str], is_certain: bool = True) -> int:
    """Fills one answer for everyone of a class, and compares. The number of those that graphql-core had to answer; where it
    `is_certain` that all can be filled, it answers those only that have errors.
    """
    ours = engine()
    pieces = ours.pieces(prepared, variables, of_all(api, people[0]))
    left = 0
    for person in people + people[:1]:
        right = await expected(api, prepared, variables, person)
        answer = None if pieces is None else ours.filled(pieces, api.context(person))
        if answer is None:
            left += 1
            assert right is None or not is_certain, variables
        else:
            assert answer == right, (person, variables)
    return left


# ------------------------------------------------------------------------------------------------------- random documents
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_any_document_is_filled_as_it_would_be_answered(data: st.DataObject) -> None:
    api = a_jam(data.draw(st.integers(0, 3)))
    api.go(data.draw(st.sampled_from(PHASES)))
    random = data.draw(st.randoms(use_true_random=True))
    is_wild = data.draw(st.booleans())
    asked = Writer(random.randint, CORE, choices(api), EITHER, is_wild).operation("query", random.randint(3, 8))
    assume(not validate(CORE, parse(asked.text)))
    prepared = ready(asked.text)
    is_certain = not is_wild and not prepared.coordinates & WAITING

    async def all_of_them() -> None:
        for people in classes(api):
            await compare(api, prepared, asked.variables, people, is_certain)
        await anyio.wait_all_tasks_blocked()

    anyio.run(all_of_them)


CARD = "id title viewerHasSupported viewerCanEdit supportCount viewerCanSupport"
REMARKS = "comments(first: 9) { totalCount edges { cursor node { id body viewerHasLiked viewerCanEdit } } }"
BOARD = f"""query($order: IdeaOrder!, $first: Int!, $own: Boolean!) {{
  serverTime
  jam(slug: "jam") {{
    serverTime seq viewerMembership {{ role jam {{ topics {{ ideaCount }} viewerCircles {{ name }} }} }} viewerCircles {{ id name }}
    ideas(order: $order, first: $first) {{ totalCount edges {{ cursor node {{ {CARD} {REMARKS}
      parents {{ {CARD} }} buildOns {{ {CARD} }} mergedInto {{ {CARD} }} }} }} }}
    themes {{ id centralIdeas {{ viewerHasSupported title }} ideas {{ edges {{ node {{ viewerHasSupported }} }} }} }}
  }}
  viewer @include(if: $own) {{ id supportedIdeaIds(jamId: "j1") ideas(jamId: "j1") {{ {CARD} }} }}
}}"""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 5),
    st.sampled_from(PHASES),
    st.sampled_from(["HOT", "NEW", "TOP", "FAIR"]),
    st.integers(1, 20),
    st.booleans(),
)
def test_a_board_is_filled_for_everyone_of_every_class(seed: int, phase: Phase, order: str, first: int, own: bool) -> None:
    api = a_jam(seed)
    api.go(phase)
    variables = {"order": order, "first": first, "own": own}

    async def all_of_them() -> None:
        for people in classes(api):
            assert await compare(api, ready(BOARD), variables, people) == 0

    anyio.run(all_of_them)


# --------------------------------------------------------------------------------------------------- what the page asks for
@pytest.mark.anyio
@pytest.mark.parametrize("name", sorted(name for name, text in OF_THE_PAGE.items() if ready(text).kind is OperationType.QUERY))
async def test_whatever_the_page_asks_is_filled_as_it_would_be_answered(name: str) -> None:
    prepared, api = ready(OF_THE_PAGE[name]), a_jam(1)
    api.go(Phase.IDEATION)
    values = choices(api) | {"id": [api.state.ideas[0].id], "after": [None], "language": ["en"], "theme": ["h1"]}
    writer = Writer(lambda least, most: least, CORE, values, {}, False)
    variables = {
        node.variable.name.value: writer.value(node.variable.name.value, schema_type(node))
        for node in prepared.operation.variable_definitions or ()
    }
    for people in classes(api):
        await compare(api, prepared, variables, people, not prepared.coordinates & WAITING)


@pytest.mark.parametrize("kind", ["mutation", "subscription"])
def test_only_queries_have_holes(kind: str) -> None:
    text = next(text for text in OF_THE_PAGE.values() if ready(text).kind.value == kind)
    assert engine().pieces(ready(text), {}, of_all(a_jam(1), "ann")) is None


# ---------------------------------------------------------------------------------------------------- nobody gets another's
def pieces_of(api: Api, text: str) -> tuple[Engine, Pieces]:
    ours = engine()
    pieces = ours.pieces(ready(text), {}, of_all(api, "ann"))
    assert pieces is not None
    return ours, pieces


VOTES = '{ jam(id: "j1") { ideas { edges { node { title viewerHasSupported viewerCanEdit } } } } }'


@pytest.mark.anyio
async def test_each_gets_their_own_in_any_order_and_none_of_it_stays_behind() -> None:
    api = Api()
    mine, yours = api.post("ann", "Of ann"), api.post("ben", "Of ben")
    for _ in range(2):
        ours, pieces = pieces_of(api, VOTES)
        answers = {person: ours.filled(pieces, api.context(person)) for person in ("ann", "ben", "cat", "ann", "cat", "ben")}
        for person, answer in answers.items():
            assert answer == await expected(api, ready(VOTES), {}, person)
        assert len(set(answers.values())) == 3
        api.do(c.SupportIdea, "cat", idea=mine)
        api.do(c.SupportIdea, "ann", idea=yours)


@pytest.mark.anyio
async def test_what_is_hidden_or_restricted_is_in_nobodys_list_who_may_not_see_it_and_its_author_has_no_hole_there() -> None:
    api = Api()
    shown, hidden = api.post("ann", "Shown"), api.post("ann", "Secret hidden")
    circle = api.make(ids.CIRCLE, c.CreateCircle, "ann", name="Ours", members=("ann", "ben"))
    api.post("ann", "Secret of a circle", audience=Audience(circle=circle))
    api.do(c.HideIdea, "mod", idea=hidden, reason="For now")
    for person in ("ann", "ben", "cat"):
        ours, pieces = pieces_of(api, VOTES)
        answer = ours.filled(pieces, api.context(person))
        assert answer == await expected(api, ready(VOTES), {}, person)
        assert answer is not None
        assert b"Secret" not in answer
    assert shown
    own = '{ jam(id: "j1") { ideas { totalCount } } viewer { ideas(jamId: "j1") { title status } } }'
    ours, pieces = pieces_of(api, own)
    assert b"Secret" in (ours.filled(pieces, api.context("ann")) or b"")
    assert b"Secret" not in (ours.filled(pieces, api.context("ben")) or b"")


@pytest.mark.parametrize("other", ["fay", "mod", "org", "stranger", None])
def test_nobody_of_another_class_is_filled_in(other: str | None) -> None:
    api = Api()
    api.post("ann", "An idea")
    ours, pieces = pieces_of(api, VOTES)
    assert ours.filled(pieces, api.context(other)) is None
    with pytest.raises(HandOver):
        pieces.filled(api.context(other))


def test_nobody_is_filled_in_once_the_phase_or_their_role_has_changed() -> None:
    api = Api()
    api.post("ann", "An idea")
    ours, pieces = pieces_of(api, VOTES)
    assert ours.filled(pieces, api.context("ann")) is not None
    api.go(Phase.REVIEW)
    assert ours.filled(pieces, api.context("ann")) is None
    api.go(Phase.IDEATION)
    assert ours.filled(pieces, api.context("ann")) is not None
    api.do(c.ChangeRole, "org", person="ann", role=Role.MODERATOR)
    assert ours.filled(pieces, api.context("ann")) is None
    assert ours.filled(pieces, api.context("ben")) is not None


@pytest.mark.anyio
async def test_bytes_that_look_like_a_hole_are_only_text() -> None:
    api = Api()
    api.post("ann", "\\u0000 \\\\u0000 a")
    api.state.ideas[0].title = 'nul \x00 \x00, quote " and \u2028'
    ours, pieces = pieces_of(api, VOTES)
    answer = ours.filled(pieces, api.context("ann"))
    assert answer == await expected(api, ready(VOTES), {}, "ann")


def test_an_instant_is_that_of_the_answer_and_not_of_its_pieces() -> None:
    api = Api()
    ours, pieces = pieces_of(api, '{ serverTime jam(id: "j1") { id serverTime } }')
    api.now += 5
    now = str(api.now).encode()
    assert ours.filled(pieces, api.context("ann")) == b'{"data":{"serverTime":%b,"jam":{"id":"j1","serverTime":%b}}}' % (
        now,
        now,
    )


def test_what_is_left_open_is_only_what_is_marked() -> None:
    assert {"Query.serverTime", "Jam.serverTime"} == INSTANT
    assert DOCUMENTS.own == PERSONAL | INSTANT
    assert (ready(VOTES).has_own, ready("{ serverTime }").has_own, ready('{ jam(id: "j1") { id } }').has_own) == (
        True,
        True,
        False,
    )
