"""Proposed changes of themes through the API: who sees them, what they say, and that moderators are told at once."""

from dataclasses import replace
from typing import Any

import pytest

from server.jam import commands as c
from server.live.delta import changes_after
from tests.jam.world import EMPLOYEES
from tests.schema.world import Api, data, split_of

pytestmark = pytest.mark.anyio

ASKED = """query { jam(id: "j1") {
  themeWork { policy waiting isGrouping openProposals }
  themeProposals {
    id kind status since runId movingCount confidence cohesion { before after } separation { before after }
    themes { id name ideaCount }
    parts { themeId isNew name keywords ideaCount movingCount cohesion confidence centralIdeas { title } movingIdeas { title } }
  }
  declined: themeProposals(status: DECLINED) { id }
} }"""


class Proposed(Api):
    """h1 = {Stays, Moves, Hidden, Staff}, of which all but the first would be a theme of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.ideas = [self.post("ann", title) for title in ("Stays", "Moves", "Hidden")]
        self.ideas.append(self.post("ann", "Staff", EMPLOYEES))
        self.themed(*self.ideas, proposals=(split_of("h1", *self.ideas[1:]),))
        self.do(c.HideIdea, "mod", idea=self.ideas[2], reason="Because it is so")
        (self.proposal,) = self.state.theme_proposals

    async def seen_by(self, person: str) -> Any:
        return data(await self.answer(self.context(person), ASKED))["jam"]


@pytest.fixture
def api() -> Proposed:
    return Proposed()


async def test_those_who_edit_themes_see_what_would_change(api: Proposed) -> None:
    seen = await api.seen_by("mod")
    assert seen["themeWork"] == {"policy": "PROPOSE", "waiting": 7, "isGrouping": True, "openProposals": 1}
    (proposal,) = seen["themeProposals"]
    left, new = proposal.pop("parts")
    run = api.state.theme_run
    assert run is not None
    assert proposal == {
        "id": api.proposal, "kind": "SPLIT", "status": "OPEN", "since": run.at, "runId": run.id, "movingCount": 3, "confidence": 0.85,
        "cohesion": {"before": 0.4, "after": 0.65}, "separation": {"before": 0.3, "after": 0.45},
        "themes": [{"id": "h1", "name": "Name of h1", "ideaCount": 3}],
    }  # fmt: skip
    assert (left["themeId"], left["isNew"], left["movingCount"], left["movingIdeas"]) == ("h1", False, 0, [])
    assert new == {
        "themeId": "h9", "isNew": True, "name": "Apart", "keywords": ["moved"], "ideaCount": 3, "movingCount": 3, "cohesion": 0.7,
        "confidence": 0.9, "centralIdeas": [{"title": "Moves"}, {"title": "Staff"}], "movingIdeas": [{"title": "Moves"}, {"title": "Staff"}],
    }  # fmt: skip
    assert await api.seen_by("org") == seen | {"themeProposals": [proposal | {"parts": [left, new]}]}


@pytest.mark.parametrize("person", ["ann", "fay", "rev", "spo"])
async def test_nobody_else_knows_of_them(api: Proposed, person: str) -> None:
    assert await api.seen_by(person) == {"themeWork": None, "themeProposals": [], "declined": []}


async def test_moderators_are_told_of_the_whole_list_when_it_changed(api: Proposed) -> None:
    told = "moderationChanges { seq themeProposals { id status } }"
    seq = api.state.seq
    first = await api.hear(api.context("mod"), told, 0)
    assert first["themeProposals"] == [{"id": api.proposal, "status": "OPEN"}]
    api.support(api.ideas[0], "ben")
    assert (await api.hear(api.context("mod"), told, seq))["themeProposals"] is None
    api.do(c.DeclineThemeProposal, "mod", proposal=api.proposal)
    assert (await api.hear(api.context("mod"), told, seq))["themeProposals"] == []
    assert (await api.seen_by("mod"))["declined"] == [{"id": api.proposal}]


async def test_who_was_away_for_too_much_is_told_of_the_whole_list(api: Proposed) -> None:
    behind = replace(changes_after(api.state, api.state.seq), must_refetch=True)
    told = await api.told(api.context("mod"), "moderationChanges { themeProposals { id } }", behind)
    assert told == {"themeProposals": [{"id": api.proposal}]}


async def test_a_person_s_name_for_a_theme_is_what_it_would_be_called(api: Proposed) -> None:
    api.do(c.RenameTheme, "mod", theme="h1", name="Ours")
    (proposal,) = (await api.seen_by("mod"))["themeProposals"]
    assert [part["name"] for part in proposal["parts"]] == ["Ours", "Apart"]


async def test_a_run_says_why_in_figures(api: Proposed) -> None:
    report = "report { board { reason tried least most stability silhouette } themes mixed proposals stayed shift added gone }"
    answer = await api.answer(api.context("ann"), f'query {{ jam(id: "j1") {{ themeRun {{ reason {report} }} }} }}')
    assert data(answer)["jam"]["themeRun"] == {
        "reason": "because",
        "report": {
            "board": {"reason": "BEST", "tried": 5, "least": 6, "most": 14, "stability": 0.7, "silhouette": 0.2},
            "themes": 1, "mixed": 0.5, "proposals": 1, "stayed": 0.98, "shift": 0.01, "added": 1, "gone": 0,
        },
    }  # fmt: skip
