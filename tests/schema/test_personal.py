"""What is not marked personal is the same for everyone of a visibility class: each such field is asked for and compared."""

from collections import deque
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType, get_named_type, is_leaf_type
from graphql.type import is_required_argument

from schema import PERSONAL
from server.directory import PersonView
from server.jam import commands as c
from server.jam import ids
from server.jam.minors import MinorPolicy
from server.jam.people import Relation, Role
from server.jam.standing import RestrictionKind
from server.jam.visibility import Audience
from server.live.delta import changes_after
from tests.jam import sealing
from tests.jam.commanding import COMING
from tests.jam.world import newest, theme_item
from tests.schema.opinions import reading
from tests.schema.world import CORE, FIGURES, Api, data, split_of

pytestmark = pytest.mark.anyio

REASON = "For a reason"
TWO = {
    (Role.PARTICIPANT, Relation.EMPLOYEE): ("ann", "ben"),
    (Role.MODERATOR, Relation.FAMILY): ("mod", "mod2"),
    (Role.ORGANIZER, Relation.EMPLOYEE): ("org", "org2"),
}
"""Two people of a class: the first has circles, votes, notifications, and things of their own that were hidden."""

ROOTS = {"Query": CORE.query_type, "Subscription": CORE.subscription_type}
ELSEWHERE = {"Mutation", "Rejection"}
"""Answers to commands are never shared."""


def busy() -> Api:
    """A jam with something of everything, in which the first of each two people has much that is theirs alone."""
    api = Api()
    for person in ("org", "mod", "cat"):
        api.people.views[person] = PersonView(person, person, "DE", "en")
    for person, role, relation in (("mod2", Role.MODERATOR, Relation.FAMILY), ("org2", Role.ORGANIZER, Relation.EMPLOYEE)):
        api.do(c.AddMember, "org", person=person, role=role, relation=relation)
    api.do(c.Announce, "mod", texts={"en": "Hello"})
    api.latency.report(api.state.id, "session", [100], [200], 10)
    few = api.circle("ann", "mod", "org")
    root = api.post("ann", "root")
    for person in ("ann", "mod", "org"):
        secret = api.post(person, f"secret of {person}", Audience(circle=few), parents=(root,))
        api.comment(secret, person)
        hidden = api.post(person, f"hidden of {person}", parents=(root,))
        shown = api.post(person, f"shown of {person}", parents=(root,))
        api.support(shown, person, "cat")
        mine = api.comment(shown, person)
        api.do(c.LikeComment, "fay", comment=mine)
        api.do(c.EditComment, person, comment=mine, body="Other words")
        api.do(c.FileReport, "fay", target=mine, reason="OTHER")
        api.comment(shown, "cat", parent=mine)
        api.do(c.HideComment, "mod", comment=api.comment(shown, person), reason=REASON)
        merged = api.post(person, f"merged of {person}")
        api.do(c.MergeIdeas, "mod", idea=merged, into=shown, reason=REASON)
        api.do(c.FileReport, person, target=shown, reason="SPAM")
        api.do(c.HideIdea, "mod", idea=hidden, reason=REASON)
        api.do(c.EditIdea, person, idea=shown, title=f"shown of {person} again", body="Other words now", base_version=1)
    unnamed(api)
    settled, reopened, *_ = list(api.state.open_reports)
    for report in (settled, reopened):
        api.do(c.ResolveReport, "mod", report=report, outcome="DISMISSED", reason="Because")
    api.do(c.ReopenReport, "mod", report=reopened, reason="New facts")
    api.do(c.CreateInvitation, "org", token_hash="hash of token", relation=Relation.FAMILY, role=Role.PARTICIPANT, max_uses=9, expires_at=api.now + 10**6)  # fmt: skip
    public = [idea.id for idea in api.state.ideas if idea.reach.circle is None]
    group(api, public)
    api.do(c.RecordTrends, ids.SYSTEM, since=api.now, trends=(("h1", "EMERGING", 9, 1, 4.5, 0.001),))
    api.readings.kept = reading(api, *public)
    agreed(api)
    decided(api)
    return api


def agreed(api: Api) -> None:
    """Terms that the first of the people accepted, and a minor under the first one's account."""
    api.do(c.PublishTerms, "org", follows=0, texts={"en": "Be kind"}, note={"en": "All of it"})
    api.do(c.AcceptTerms, "ann", version=1, language="en")
    api.do(c.SetMinorPolicy, "org", policy=MinorPolicy(True, relations=tuple(Relation)))
    api.do(c.AddMinor, "ann", until=COMING)


def decided(api: Api) -> None:
    """People who are muted, sent out with their branch, and scoped; with acts that were undone and not."""
    api.do(c.ScopeModerator, "org", person="mod", topics=(api.topic,), languages=("en",))
    muting: dict[str, Any] = {"kind": RestrictionKind.MUTED, "until": api.now + 10**6, "reason": REASON}
    for person in ("ann", "pat"):
        api.do(c.RestrictMembers, "mod", people=(person,), **muting)
    api.do(c.UndoMemberAct, "mod", act=next(reversed(api.state.member_acts)))
    api.do(c.ChangeRole, "org", person="fred", role=Role.MODERATOR)
    api.do(c.ScopeModerator, "org", person="fred", topics=(api.topic,), languages=("en",))
    api.do(c.RestrictMembers, "org", people=("fred",), **muting | {"kind": RestrictionKind.SUSPENDED})
    api.do(c.RevokeBranch, "org", person="fred", hides=True, reason=REASON)


def unnamed(api: Api) -> None:
    """Posts without a name, opened, declined and left alone, where some may only read."""
    some = tuple(relation for relation in Relation if relation is not Relation.PARTNER)
    for topic in (None, api.topic):
        api.do(c.SetActing, "org", topic=topic, relations=some)
    sealing.open_for_all(api)
    idea, other = sealing.post(api, "ann", "one"), sealing.post(api, "mod", "two")
    remark = sealing.comment(api, idea, "org", "three")
    api.wait(1)
    for target, decide, fields in (
        (other, c.DeclineOpening, {"reason": REASON}),
        (remark, c.ConfirmOpening, {}),
        (idea, c.ConfirmOpening, {}),
    ):
        api.wait(1)
        api.do(c.RequestOpening, "org", target=target, reason=REASON)
        api.do(decide, "org2", target=target, **fields)


def group(api: Api, ideas: list[str]) -> None:
    """A theme with a sub-theme."""
    item = theme_item("h1", None) | {"medoids": tuple(ideas[:3]), "distinctive": ("apart",)}
    items = (item, item | {"id": "h2", "parent": "h1"})
    placed = tuple((idea, "h1", "h2", 0.25, 0.75) for idea in ideas)
    fields = {"model": "m", "granularity": "medium", "reason": "because", "themes": items, "placements": placed}
    proposed = {"report": FIGURES, "proposals": (split_of("h1", *ideas[:2]),)}
    api.do(c.RecordGrouping, ids.SYSTEM, **fields | newest(api.state) | proposed)


# ------------------------------------------------------------------------------------------------- a document for each field
def objects(kind: Any) -> list[GraphQLObjectType]:
    """The object types behind a type."""
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        return list(CORE.get_possible_types(kind))
    return [kind] if isinstance(kind, GraphQLObjectType) else []


def paths() -> dict[str, tuple[str, ...]]:
    """The shortest way from a root to every type, over fields that are not personal: "Type.field" by "Type.field"."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(ROOTS, ())
    waiting = deque(root for root in ROOTS.values() if root is not None)
    while waiting:
        kind = waiting.popleft()
        for name, field in kind.fields.items():
            coordinate = f"{kind.name}.{name}"
            for inner in objects(get_named_type(field.type)) if coordinate not in PERSONAL else ():
                if inner.name not in found:
                    found[inner.name] = (*found[kind.name], coordinate)
                    waiting.append(inner)
    return found


PATHS = paths()
SHARED = sorted(
    f"{name}.{field}"
    for name in PATHS
    for field in CORE.type_map[name].fields  # type: ignore[attr-defined]
    if f"{name}.{field}" not in PERSONAL
)


def field_at(coordinate: str) -> GraphQLField:
    kind, name = coordinate.split(".")
    return CORE.type_map[kind].fields[name]  # type: ignore[attr-defined, no-any-return]


def arguments(api: Api, coordinate: str) -> str:
    """The arguments that a field needs, and such that it has something to say."""
    wanted = {"Jam.topic": api.topic, "Jam.theme": "h1", "Query.theme": "h1", "Query.jam": "j1"}
    wanted |= {"InvitationTree.person": "ann", "Audit.person": "ann"}
    given = {"jamId": "j1", "afterSeq": 0, "id": wanted.get(coordinate), "token": "token", "text": "a", "personId": "fred"}
    field = field_at(coordinate)
    needed = [name for name, argument in field.args.items() if is_required_argument(argument)]
    needed += ["id"] if coordinate == "Query.jam" else []
    texts = [f"{name}: {value if isinstance(value := given[name], int) else chr(34) + str(value) + chr(34)}" for name in needed]
    if "first" in field.args:
        texts.append("first: 50")
    return f"({', '.join(texts)})" if texts else ""


def leaves(kind: Any) -> str:
    """All that can be read of a thing at once without asking for anything personal."""
    parts = ["__typename"]
    for one in objects(kind):
        names = [
            name for name, field in one.fields.items()
            if is_leaf_type(get_named_type(field.type)) and not field.args and f"{one.name}.{name}" not in PERSONAL
        ]  # fmt: skip
        aliased = " ".join(f"{one.name}_{name}: {name}" for name in names)
        parts.append(f"... on {one.name} {{ __typename {aliased} }}")
    return " ".join(parts)


def document(api: Api, coordinate: str) -> str:
    """A document that reads one field, by way of fields that are not personal."""
    way = (*PATHS[coordinate.split(".")[0]], coordinate)
    inner = get_named_type(field_at(coordinate).type)
    text = "" if is_leaf_type(inner) else f"{{ {leaves(inner)} }}"
    for step in reversed(way):
        kind, name = step.split(".")
        text = f"{{ ... on {kind} {{ {name}{arguments(api, step)} {text} }} }}"
    return f"{'subscription' if way[0].startswith('Subscription') else 'query'} {text}"


@pytest.fixture(scope="module")
def api() -> Api:
    return busy()


async def read(api: Api, context: Any, coordinate: str) -> Any:
    text = document(api, coordinate)
    result = await api.answer(
        context, text, changes_after(api.state, 0, changed_at=api.now) if text.startswith("subscription") else None
    )
    if result.errors:
        return [(error.message, (error.extensions or {})["code"]) for error in result.errors]
    return data(result)


def test_all_fields_are_accounted_for() -> None:
    """Every field is personal, is compared below, or is reached through something personal or a command only."""
    everything = {
        f"{kind.name}.{name}"
        for kind in CORE.type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
        for name in kind.fields
    }
    types_left = {coordinate.split(".")[0] for coordinate in everything - PERSONAL - set(SHARED)}
    results = {name for name in types_left if name.endswith("Success")}
    refusals = {kind.name for kind in objects(CORE.type_map["Rejection"])}
    assert types_left - results - refusals == {
        "Addressee",
        "InvitationPreview",
        "Mutation",
        "Membership",
        "SearchResults",
        "SimilarIdea",
    }


@pytest.mark.parametrize("coordinate", SHARED)
@pytest.mark.parametrize("visibility", TWO, ids=lambda visibility: visibility[0].value.lower())
async def test_a_field_answers_all_of_a_class_alike(api: Api, visibility: tuple[Role, Relation], coordinate: str) -> None:
    one, other = TWO[visibility]
    for_class = await read(api, api.of_class(*visibility), coordinate)
    assert await read(api, api.context(one), coordinate) == for_class
    assert await read(api, api.context(other), coordinate) == for_class


async def test_each_of_them_had_something_to_say(api: Api) -> None:
    """So that the comparison can fail: for the organizers few fields are empty, each for a reason."""
    silent = []
    for coordinate in SHARED:
        answer = await read(api, api.of_class(Role.ORGANIZER, Relation.EMPLOYEE), coordinate)
        if _last(answer, coordinate.split(".")[1]) in ([], None):
            silent.append(coordinate)
    assert silent == [
        "Audience.circleId",  # circles are in no shared answer
        "Invitation.address", "Invitation.code",  # kept in the vault, for whoever made it and in a list of one's own
        "Invitation.deliveredAt", "Invitation.dueAt", "Invitation.guestName", "Invitation.inviterName", "Invitation.language",
        "Invitation.url",  # told once, to who made it
        "JamChanges.removedIds",  # an organizer sees what was hidden; participants of the other test do not
        "Report.outcome", "Report.resolvedAt", "Report.resolvedBy",  # reached by way of open reports
        "Theme.parentId",  # reached by way of the board
    ]  # fmt: skip


def _last(answer: Any, name: str) -> Any:
    """The values of the field that was read, wherever it stands."""
    if isinstance(answer, list):
        return [value for item in answer for value in [_last(item, name)] if value not in (None, [])]
    if isinstance(answer, dict):
        if name in answer:
            return answer[name]
        found = [_last(value, name) for value in answer.values()]
        return [value for value in found if value not in (None, [])]
    return None


async def test_personal_fields_do_differ_between_people_of_a_class(api: Api) -> None:
    """A mark that is not needed would cost every reader an answer of their own."""
    root = api.state.ideas[0].id
    shown = next(idea.id for idea in api.state.ideas if idea.title == "shown of ann again")
    mine = next(comment.id for comment in api.state.comments if comment.idea == shown)
    queries = {
        "Query.viewer": "{ viewer { id } }",
        "Query.jams": "{ jams { topics { ideaCount } } }",
        "Query.idea": f'{{ idea(id: "{root}") {{ buildOns {{ id }} }} }}',
        "Query.node": f'{{ node(id: "{root}") {{ ... on Idea {{ buildOns {{ id }} }} }} }}',
        "Query.comment": f'{{ comment(id: "{mine}") {{ idea {{ comments {{ totalCount }} }} }} }}',
        "Query.search": '{ search(jamId: "j1", text: "secret") { ideas { id } } }',
        "Query.similarIdeas": '{ similarIdeas(jamId: "j1", text: "secret", first: 10) { idea { id } } }',
        "Jam.viewerMembership": '{ jam(id: "j1") { viewerMembership { jam { topics { ideaCount } } } } }',
        "Jam.viewerAcceptances": '{ jam(id: "j1") { viewerAcceptances { version } } }',
        "Jam.viewerMinors": '{ jam(id: "j1") { viewerMinors { until } } }',
        "Jam.viewerCanBringMinors": '{ jam(id: "j1") { viewerCanBringMinors } }',
        "Jam.viewerCircles": '{ jam(id: "j1") { viewerCircles { id } } }',
        "Jam.viewerOpinionGroup": '{ jam(id: "j1") { viewerOpinionGroup } }',
        "Idea.viewerHasSupported": '{ jam(id: "j1") { ideas { edges { node { viewerHasSupported } } } } }',
        "Idea.viewerCanEdit": '{ jam(id: "j1") { ideas { edges { node { viewerCanEdit } } } } }',
        "Comment.viewerHasLiked": '{ jam(id: "j1") { ideas { edges { node { comments { edges { node { viewerHasLiked } } } } } } } }',
        "Comment.viewerCanEdit": '{ jam(id: "j1") { ideas { edges { node { comments { edges { node { viewerCanEdit } } } } } } } }',
        "Jam.viewerRestriction": '{ jam(id: "j1") { viewerRestriction { reason } } }',
        "Jam.viewerScope": '{ jam(id: "j1") { viewerScope { languages } } }',
    }
    (child,) = api.state.minors
    between = {"Jam.viewerScope": ("mod", "mod2"), "Jam.viewerCanBringMinors": ("fay", child)}
    marked = {coordinate for coordinate in PERSONAL if coordinate.split(".")[0] in ("Query", "Jam", "Idea", "Comment")}
    for_holders = {"Query.invitationPreview"}  # whoever has the link, a stranger too: it is of no class
    for_operators = {"Query.operations"}  # the organization's organizers, members of a jam or not; see test_operations
    assert set(queries) | for_holders | for_operators == marked
    api.do(c.LikeComment, "ann", comment=mine)
    for coordinate, text in queries.items():
        one, other = between.get(coordinate, ("ann", "ben"))
        assert data(await api.answer(api.context(one), text)) != data(await api.answer(api.context(other), text)), coordinate


async def test_a_shared_answer_knows_nothing_of_a_second_jam(api: Api) -> None:
    """A visibility class belongs to one jam: in another one it opens nothing."""
    other = Api()
    other.state.id, other.state.slug = "j2", "other"
    api.states.append(other.state)
    text = '{ mine: jam(id: "j1") { id } other: jam(id: "j2") { id } }'
    assert data(await api.answer(api.of_class(Role.ORGANIZER, Relation.EMPLOYEE), text)) == {
        "mine": {"id": "j1"},
        "other": None,
    }
    api.states.remove(other.state)
