"""What is prepared, what is shareable, and every limit at its edge."""

from hashlib import sha256
from typing import Any

import pytest
from graphql import OperationType, build_schema, get_introspection_query
from hypothesis import given
from hypothesis import strategies as st

from server.api.documents import Documents, Prepared
from server.api.errors import DocumentRefused
from server.api.limits import DocumentLimits
from server.api.together import are_valid

SCHEMA = build_schema("""
  interface Node { id: ID! }
  type Page { edges: [Edge!]! total: Int! }
  type Edge { node: Idea! }
  type Idea implements Node { id: ID! mine: Boolean! tags: [String!]! parents: [Idea!]! ideas(first: Int! = 20): Page! }
  type Person implements Node { id: ID! }
  union Thing = Idea | Person
  type Query { a: Query! n: Int node(id: ID): Node thing: Thing ideas(first: Int! = 20): Page! list(first: Int): [Idea!]! topics: [Idea!]! viewer: Person }
  type Mutation { vote(id: ID!): Int }
  type Subscription { changes(jamId: ID!, afterSeq: Int!): Idea }
""")
PERSONAL = frozenset({"Idea.mine", "Query.viewer"})


def prepare(text: str, name: str | None = None, **limits: Any) -> Prepared:
    return Documents(SCHEMA, DocumentLimits(**limits), personal=PERSONAL).prepare(text, None, name)


def refusal(text: str, name: str | None = None, **limits: Any) -> str:
    with pytest.raises(DocumentRefused) as caught:
        prepare(text, name, **limits)
    return str(caught.value.errors[0].extensions["code"])  # type: ignore[index]


def test_a_document_is_prepared_once() -> None:
    documents = Documents(SCHEMA)
    assert documents.prepare("{ n }", None, None) is documents.prepare("{ n }", None, None)


@pytest.mark.parametrize(
    ("text", "kind", "roots"),
    [
        ("{ n x: n }", OperationType.QUERY, ("n", "n")),
        ("mutation { vote(id: 1) }", OperationType.MUTATION, ("vote",)),
        ('subscription { changes(jamId: "j", afterSeq: 0) { id } }', OperationType.SUBSCRIPTION, ("changes",)),
        ("{ ...F } fragment F on Query { n a { n } }", OperationType.QUERY, ("n", "a")),
        ("{ ... { n } ... on Query { a { n } } }", OperationType.QUERY, ("n", "a")),
    ],
)
def test_kind_and_roots(text: str, kind: OperationType, roots: tuple[str, ...]) -> None:
    prepared = prepare(text)
    assert (prepared.kind, prepared.root_fields) == (kind, roots)


@pytest.mark.parametrize(
    ("text", "is_shareable"),
    [
        ("{ ideas { edges { node { id } } } }", True),
        ("{ ideas { edges { node { id mine } } } }", False),
        ("{ ideas { edges { node { ...F } } } } fragment F on Idea { ...G } fragment G on Idea { mine }", False),
        ("{ node { id ... on Idea { mine } } }", False),
        ("{ thing { ... on Idea { id x: mine } } }", False),
        ("{ thing { ... on Idea { id } } __typename }", True),
        ("{ n a { viewer { id } } }", False),
        ("{ n @include(if: false) viewer @include(if: false) { id } }", False),
    ],
)
def test_what_touches_a_personal_field_is_not_shareable(text: str, is_shareable: bool) -> None:
    assert prepare(text).is_shareable is is_shareable


def test_a_personal_field_behind_an_interface_counts() -> None:
    documents = Documents(SCHEMA, personal=frozenset({"Person.id"}))
    assert documents.prepare("{ node { id } }", None, None).is_shareable is False


def test_of_several_operations_the_named_one_is_prepared() -> None:
    text = "query A { n } query B { a { n } }"
    assert prepare(text, "B").root_fields == ("a",)
    assert refusal(text) == "NO_OPERATION"
    assert refusal(text, "C") == "NO_SUCH_OPERATION"
    assert refusal("fragment F on Query { n }") == "NO_OPERATION"


def nested(depth: int) -> str:
    return "{" + "a {" * (depth - 1) + "n" + "}" * (depth - 1) + "}"


def test_depth() -> None:
    assert prepare(nested(12)).root_fields == ("a",)
    assert refusal(nested(13)) == "TOO_DEEP"
    assert refusal(nested(150)) == "TOO_DEEP"
    assert refusal("{ a { ...F } } fragment F on Query { a { ...G } } fragment G on Query { a { n } }", depth=3) == "TOO_DEEP"
    assert prepare("{ a { ...F } } fragment F on Query { a { ...G } } fragment G on Query { a { n } }", depth=4)


@pytest.mark.parametrize("depth", [1000, 3000])
def test_depth_that_would_exhaust_the_stack_is_refused(depth: int) -> None:
    assert refusal(nested(depth), tokens=100_000) == "TOO_DEEP"


def test_aliases_are_counted_once_spread() -> None:
    assert prepare("{" + " ".join(f"x{n}: n" for n in range(30)) + "}")
    assert refusal("{" + " ".join(f"x{n}: n" for n in range(31)) + "}") == "TOO_MANY_ALIASES"
    bomb = "{ a { ...F0 } }" + "".join(
        f" fragment F{n} on Query {{ x{n}: a {{ ...F{n + 1} }} y{n}: a {{ ...F{n + 1} }} }}" for n in range(8)
    )
    assert refusal(bomb + " fragment F8 on Query { n }") == "TOO_MANY_ALIASES"


def test_tokens() -> None:
    assert prepare("{ n n n n }", tokens=6)
    assert refusal("{ n n n n n }", tokens=6) == "TOO_MANY_TOKENS"
    assert refusal("{" + "n " * 4000 + "}") == "TOO_MANY_TOKENS"
    assert refusal("#\n" * 4001 + "{ n }") == "TOO_MANY_TOKENS"


def test_fragments_in_a_circle_are_refused() -> None:
    assert refusal("{ ...F } fragment F on Query { a { ...G } } fragment G on Query { a { ...F } }") == "INVALID_DOCUMENT"


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ n }", 1),
        ("{ topics { id } }", 1 + 10),
        ("{ topics { tags } }", 1 + 10 * (1 + 10)),
        ("{ list(first: 7) { id mine } }", 1 + 7 * 2),
        ("{ ideas { total edges { node { id } } } }", 1 + 1 + 1 + 20 * 2),
        (
            "{ ideas(first: 3) { edges { node { ideas(first: 5) { edges { node { id } } } } } } }",
            1 + 1 + 3 * (1 + 1 + 1 + 5 * 2),
        ),
        ("{ ideas(first: 3) { ...F } } fragment F on Page { edges { node { id } } }", 1 + 1 + 3 * 2),
    ],
)
def test_cost_is_exact(text: str, cost: int) -> None:
    assert prepare(text, cost=cost).root_fields
    assert refusal(text, cost=cost - 1) == "TOO_COSTLY"


SIZES = "query($a: Int, $b: Int! = 3) { list(first: $a) { ideas(first: $b) { total edges { node { id } } } more: ideas(first: $b) { total } } }"


@given(
    st.lists(
        st.fixed_dictionaries({}, optional={name: st.none() | st.integers(-2, 30) | st.just("5") for name in "ab"}), max_size=12
    )
)
def test_a_cost_that_is_kept_is_the_one_that_would_be_found(said: list[dict[str, Any]]) -> None:
    kept = prepare(SIZES)
    assert kept.cost is not None
    for variables in said:
        fresh = prepare(SIZES)
        assert fresh.cost is not None
        assert kept.cost.of(kept.operation, variables) == fresh.cost.of(fresh.operation, variables), variables


def test_cost_by_variables_is_checked_for_each_request() -> None:
    documents = Documents(SCHEMA, DocumentLimits(cost=100))
    prepared = documents.prepare("query($f: Int! = 4) { list(first: $f) { id } }", None, None)
    documents.admit(prepared, {})
    documents.admit(prepared, {"f": 99})
    with pytest.raises(DocumentRefused) as caught:
        documents.admit(prepared, {"f": 100})
    assert caught.value.errors[0].extensions == {"code": "TOO_COSTLY"}
    documents.admit(prepared, {"f": -5})
    documents.admit(prepared, {"f": "many"})


def test_a_list_can_be_given_its_usual_size() -> None:
    assert refusal("{ topics { id } }", cost=200, list_sizes={"Query.topics": 200}) == "TOO_COSTLY"


def test_introspection_is_for_development() -> None:
    assert refusal(get_introspection_query()) == "INTROSPECTION_OFF"
    assert refusal('{ ...F } fragment F on Query { __type(name: "Idea") { name } }') == "INTROSPECTION_OFF"
    assert prepare(get_introspection_query(), introspection=True)
    assert prepare("{ __typename }")


TRUSTED = "{ topics { id } }"
HASH = sha256(TRUSTED.encode()).hexdigest()


def test_trusted_documents_run_by_hash_and_skip_the_limits() -> None:
    documents = Documents(SCHEMA, DocumentLimits(cost=1, depth=1), trusted={HASH: TRUSTED})
    assert documents.prepare(None, HASH, None).root_fields == ("topics",)
    assert documents.prepare(TRUSTED, None, None).root_fields == ("topics",)


@pytest.mark.parametrize(
    ("query", "document_hash", "only", "code"),
    [
        (None, None, False, "DOCUMENT_MISSING"),
        (None, "0" * 64, False, "PERSISTED_QUERY_NOT_FOUND"),
        ("{ n }", "0" * 64, False, "PERSISTED_QUERY_HASH_MISMATCH"),
        ("{ n }", None, True, "DOCUMENT_NOT_TRUSTED"),
    ],
)
def test_refusals_of_documents(query: str | None, document_hash: str | None, only: bool, code: str) -> None:
    documents = Documents(SCHEMA, trusted={HASH: TRUSTED}, trusted_only=only)
    with pytest.raises(DocumentRefused) as caught:
        documents.prepare(query, document_hash, None)
    assert [error.extensions for error in caught.value.errors] == [{"code": code}]


def test_trusted_only_still_runs_the_trusted() -> None:
    documents = Documents(SCHEMA, trusted={HASH: TRUSTED}, trusted_only=True)
    assert documents.prepare(TRUSTED, None, None) is documents.prepare(None, HASH, None)


def test_trusted_documents_may_change_and_are_never_evicted() -> None:
    named = "query Topics { topics { id } }"
    digest = sha256(named.encode()).hexdigest()
    documents = Documents(SCHEMA, DocumentLimits(cached_documents=1, cost=5))
    with pytest.raises(DocumentRefused, match="smaller lists"):
        documents.prepare(named, None, None)
    documents.trust({digest: named})
    kept = documents.prepare(None, digest, None)
    assert (kept.label, kept.cost) == ("Topics", None)
    assert documents.prepare(None, digest, "Topics") is kept
    for more in range(3):
        assert documents.prepare("{ n " + "n " * more + "}", None, None).label == "other"
    assert documents.prepare(None, digest, None) is kept
    assert documents.prepare(named, digest, None) is kept
    documents.trust({})
    with pytest.raises(DocumentRefused, match="No document has this hash"):
        documents.prepare(None, digest, None)
    with pytest.raises(DocumentRefused, match="smaller lists"):
        documents.prepare(named, None, None)


@pytest.mark.parametrize(
    ("texts", "valid"),
    [
        (("query A { a { ...F } } fragment F on Query { n }", "query B { ...F } fragment F on Query { n }"), True),
        (("query A { ...F } fragment F on Query { n }", "query B { ...F } fragment F on Query { a { n } }"), False),
        (("query A { n }", "query B { nothing }"), False),
        (("query A { n }", "query A { a { n } }"), False),
        (("query A { n }", "query B {"), False),
        (("query A($f: Int) { list(first: $f) { id } }", "query B { list(first: $f) { id } }"), False),
    ],
)
def test_documents_are_valid_together_only_if_each_is(texts: tuple[str, ...], valid: bool) -> None:
    assert are_valid(SCHEMA, texts) is valid


def test_only_trusted_documents_are_vouched_for() -> None:
    invalid = "query Wrong { nothing }"
    digest = sha256(invalid.encode()).hexdigest()
    documents = Documents(SCHEMA)
    documents.vouch([digest])
    with pytest.raises(DocumentRefused, match="Cannot query field"):
        documents.prepare(invalid, None, None)


def test_an_unnamed_or_unknown_operation_of_a_trusted_document_is_refused_and_not_kept() -> None:
    documents = Documents(SCHEMA, trusted={HASH: TRUSTED})
    assert documents.prepare(None, HASH, None).label == "other"
    with pytest.raises(DocumentRefused, match="no operation named Nothing"):
        documents.prepare(None, HASH, "Nothing")


def test_the_cache_is_bounded_by_documents_and_by_characters() -> None:
    documents = Documents(SCHEMA, DocumentLimits(cached_documents=2))
    first = documents.prepare("{ n }", None, None)
    documents.prepare("{ n n }", None, None)
    assert documents.prepare("{ n }", None, None) is first
    documents.prepare("{ n n n }", None, None)
    assert documents.prepare("{ n }", None, None) is first
    small = Documents(SCHEMA, DocumentLimits(cached_characters=10))
    kept = small.prepare("{ n }", None, None)
    small.prepare("{ n n n }", None, None)
    assert small.prepare("{ n }", None, None) is not kept


def test_arguments_are_given_as_a_resolver_would_get_them() -> None:
    documents = Documents(SCHEMA)
    prepared = documents.prepare("query($id: ID) { node(id: $id) { id } ideas { total } }", None, None)
    assert [(root.name, root.arguments) for root in documents.roots(prepared, {"id": 5})] == [
        ("node", {"id": "5"}),
        ("ideas", {"first": 20}),
    ]
    with pytest.raises(DocumentRefused) as caught:
        documents.roots(prepared, {"id": []})
    assert caught.value.errors[0].extensions == {"code": "BAD_VARIABLES"}
