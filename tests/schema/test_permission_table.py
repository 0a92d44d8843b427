"""The permission table once more, gone through by the API: every action × role × phase × relation."""

from collections.abc import Callable
from typing import Any

import pytest

from server.jam import commands as c
from server.jam.people import Relation, Role
from server.jam.permissions import TABLE, Action, may
from server.jam.phases import ORDER, Phase
from tests.jam.test_permissions import Crowd
from tests.jam.world import HOUR, T0
from tests.schema.world import Api

pytestmark = pytest.mark.anyio

REFUSALS = {"NotAllowed", "PhaseClosed", "NotFound"}
"""NotFound: what is not for someone and what does not exist are refused alike."""


class Asked(Crowd, Api):
    """Commands are decided and not applied, so that every cell is asked of the same jam."""

    decided: list[c.Command]

    def _carry_out(self, state: Any, command: c.Command) -> int:
        from server.jam.decide import decide

        decide(state, command, self.now)
        self.decided.append(command)
        return int(state.seq)


@pytest.fixture(scope="module")
def crowd() -> Asked:
    return Asked()


Inputs = Callable[[Asked, dict[str, str], Phase], dict[str, Any]]
MUTATIONS: list[tuple[Action, str, str, Inputs]] = [
    (Action.POST_IDEA, "postIdea", "PostIdeaInput", lambda w, own, phase: {
        "jamId": "j1", "topicId": w.topic, "title": "New", "body": ""}),
    (Action.BUILD_ON, "postIdea", "PostIdeaInput", lambda w, own, phase: {
        "jamId": "j1", "topicId": w.topic, "title": "New", "body": "", "parentIds": [w.shared]}),
    (Action.EDIT_OWN, "editIdea", "EditIdeaInput", lambda w, own, phase: {
        "ideaId": own["idea"], "title": "New", "body": "", "baseVersion": 1}),
    (Action.COMMENT, "postComment", "PostCommentInput", lambda w, own, phase: {"ideaId": w.shared, "body": "New"}),
    (Action.LIKE, "likeComment", "CommentInput", lambda w, own, phase: {"commentId": own["comment"]}),
    (Action.SUPPORT, "supportIdea", "IdeaInput", lambda w, own, phase: {"ideaId": w.other}),
    (Action.REPORT, "fileReport", "FileReportInput", lambda w, own, phase: {"targetId": w.shared, "reason": "SPAM"}),
    (Action.APPEAL, "fileReport", "FileReportInput", lambda w, own, phase: {
        "targetId": own["taken"], "reason": "APPEAL", "note": "Why"}),
    (Action.CREATE_CIRCLE, "createCircle", "CreateCircleInput", lambda w, own, phase: {
        "jamId": "j1", "name": "New", "memberIds": []}),
    (Action.INVITE, "inviteByLink", "InviteByLinkInput", lambda w, own, phase: {"jamId": "j1", "relation": "FRIEND"}),
    (Action.GUARD, "pauseMinor", "PauseMinorInput", lambda w, own, phase: {
        "jamId": "j1", "personId": own["minor"], "paused": True}),
    (Action.MODERATE, "hideIdea", "ModerateInput", lambda w, own, phase: {"targetId": w.shared, "reason": "Why"}),
    (Action.RESTRICT, "restrictMembers", "RestrictMembersInput", lambda w, own, phase: {
        "jamId": "j1", "personIds": ["ann"], "kind": "SUSPENDED", "reason": "Why"}),
    (Action.MANAGE_BRANCHES, "revokeBranch", "RevokeBranchInput", lambda w, own, phase: {
        "jamId": "j1", "personId": "ann", "content": "KEEP", "reason": "Why"}),
    (Action.ANNOUNCE, "announce", "AnnounceInput", lambda w, own, phase: {
        "jamId": "j1", "texts": [{"language": "en", "text": "New"}]}),
    (Action.STEER_PHASES, "extendPhase", "ExtendPhaseInput", lambda w, own, phase: {
        "jamId": "j1", "phase": phase.value, "until": T0 + 20 * HOUR}),
    (Action.EDIT_THEMES, "renameTheme", "RenameThemeInput", lambda w, own, phase: {"themeId": "h1", "name": "New"}),
    (Action.ORGANIZE, "addTopic", "AddTopicInput", lambda w, own, phase: {
        "jamId": "j1", "titles": [{"language": "en", "text": "New"}], "descriptions": []}),
]  # fmt: skip
QUERIES: dict[Action, tuple[str, Callable[[Any], bool]]] = {
    Action.VIEW: ("query($jam: ID!) { jam(id: $jam) { id } }", lambda jam: jam is not None),
    Action.READ_IDEAS: (
        "query($jam: ID!) { jam(id: $jam) { ideas(order: NEW, first: 1) { edges { node { id } } } } }",
        lambda jam: jam is not None and bool(jam["ideas"]["edges"]),
    ),
    Action.READ_REACH: (
        "query($jam: ID!) { jam(id: $jam) { viewerCanReadReach reach { seq } } }",
        lambda jam: jam is not None and jam["viewerCanReadReach"] and jam["reach"] is not None,
    ),
    Action.READ_BRANCHES: (
        "query($jam: ID!) { jam(id: $jam) { viewerCanReadBranches invitationTree { seq } } }",
        lambda jam: jam is not None and jam["viewerCanReadBranches"] and jam["invitationTree"] is not None,
    ),
}
ELSEWHERE = {Action.EXPORT}
"""Asked of an address of its own: `tests/web/test_export.py`."""


def at(crowd: Asked, phase: Phase) -> None:
    crowd.state.published = phase is not Phase.DRAFT
    crowd.now = T0 + ORDER.index(phase) * HOUR + HOUR // 2


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("action", "name", "kind", "inputs"), MUTATIONS, ids=[action.value for action, *_ in MUTATIONS])
async def test_mutations_obey_the_table(crowd: Asked, action: Action, name: str, kind: str, inputs: Inputs, role: Role) -> None:
    document = f"mutation($input: {kind}!) {{ it: {name}(input: $input) {{ __typename }} }}"
    for phase in ORDER:
        for relation in Relation:
            at(crowd, phase)
            crowd.decided = []
            person = f"{role}-{relation}"
            given = {"commandId": "asked-once-0001", **inputs(crowd, crowd.own[person], phase)}
            result = await crowd.answer(crowd.context(person), document, input=given)
            told = None if crowd.decided or result.data is None else result.data["it"]["__typename"]
            if may(action, role, relation, phase):
                # Before the doors open there is nothing to act upon, and not every phase can be lengthened.
                is_early = phase in (Phase.DRAFT, Phase.LOBBY)
                accepted = [command.actor for command in crowd.decided] == [person]
                assert accepted or told == "Conflict" or (is_early and told == "NotFound"), (phase, relation, result)
            else:
                assert not crowd.decided, (phase, relation)
                assert told in REFUSALS, (phase, relation, result)
    crowd.state.published = True


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", list(QUERIES), ids=[action.value for action in QUERIES])
async def test_queries_obey_the_table(crowd: Asked, action: Action, role: Role) -> None:
    document, is_answered = QUERIES[action]
    for phase in ORDER:
        for relation in Relation:
            at(crowd, phase)
            told = await crowd.ask(f"{role}-{relation}", document)
            assert bool(is_answered(told["jam"])) is may(action, role, relation, phase), (phase, relation, told)
    crowd.state.published = True


@pytest.mark.parametrize("role", list(Role))
async def test_the_briefing_obeys_the_table(crowd: Asked, role: Role) -> None:
    document = "query($jam: ID!) { jam(id: $jam) { themes { briefing { rank } } } }"
    for phase in ORDER:
        for relation in Relation:
            at(crowd, phase)
            result = await crowd.answer(crowd.context(f"{role}-{relation}"), document, jam="j1")
            themes = ((result.data or {}).get("jam") or {}).get("themes")
            if phase in (Phase.DRAFT, Phase.LOBBY) and role is not Role.ORGANIZER:
                assert not themes, "there are none to tell of"
            elif may(Action.READ_BRIEFING, role, relation, phase):
                assert themes, (phase, relation, result)
            elif themes is not None:
                assert [error.extensions["code"] for error in result.errors or ()] == ["NotAllowed"], (phase, relation, result)
    crowd.state.published = True


def test_every_action_is_asked_for() -> None:
    assert {action for action, *_ in MUTATIONS} | QUERIES.keys() | ELSEWHERE | {Action.READ_BRIEFING} == TABLE.keys()
