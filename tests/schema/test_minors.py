"""Minors by the API: what their guardian sees of them, and the ways around their restrictions that are closed."""

from typing import Any

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.invitations import InvitationPolicy, Quota
from server.jam.minors import MinorPolicy
from server.jam.people import Relation, Role
from tests.jam.commanding import COMING
from tests.jam.world import HOUR
from tests.schema.world import Api

pytestmark = pytest.mark.anyio

FAMILY = """query($jam: ID!) { jam(id: $jam) { viewerCanBringMinors viewerMembership { isMinor guardian { name } }
  viewerMinors { id until isPaused isSuspended ideas { title } comments { body } acceptances { version } } } }"""


@pytest.fixture
def api() -> Api:
    api = Api()
    api.do(c.SetMinorPolicy, "org", policy=MinorPolicy(True))
    return api


async def bring(api: Api, guardian: str = "ann", name: str = "Noa") -> str:
    answer = "... on MinorSuccess { minor { id } }"
    told = await api.act(guardian, "addMinor", answer, jamId="j1", name=name, language="en", until=COMING)
    return str(told["minor"]["id"])


async def test_the_guardian_sees_what_they_posted_and_nobody_else_sees_them_listed(api: Api) -> None:
    child = await bring(api)
    idea = api.post(child, "A swing")
    api.comment(idea, child, "With two seats")
    mine = (await api.ask("ann", FAMILY))["jam"]
    (shown,) = mine["viewerMinors"]
    assert shown == {
        "id": child, "until": COMING, "isPaused": False, "isSuspended": False, "ideas": [{"title": "A swing"}],
        "comments": [{"body": "With two seats"}], "acceptances": [],
    }  # fmt: skip
    assert mine["viewerCanBringMinors"] is True
    for other in ("ben", "org", "mod", child):
        assert (await api.ask(other, FAMILY))["jam"]["viewerMinors"] == []
    theirs = (await api.ask(child, FAMILY))["jam"]
    assert theirs["viewerMembership"] == {"isMinor": True, "guardian": {"name": "Ann"}}
    assert theirs["viewerCanBringMinors"] is False
    assert (await api.ask("fay", FAMILY))["jam"]["viewerCanBringMinors"] is False, "only employees, says the policy"


async def test_no_door_is_shown_that_is_closed_to_them(api: Api) -> None:
    quotas = tuple(Quota(relation, 5) for relation in Relation)
    api.do(c.SetInvitationPolicy, "org", policy=InvitationPolicy(quotas, (Relation.FRIEND,), 7))
    child = await bring(api)
    document = "query($jam: ID!) { viewer { inviting(jamId: $jam) { canInvite } } }"
    for person, may in (("fay", True), (child, False)):
        assert (await api.ask(person, document))["viewer"]["inviting"]["canInvite"] is may


async def test_whoever_is_refused_is_kept_nowhere(api: Api) -> None:
    for person, wrong in (
        ("fay", {}),
        ("ann", {"until": COMING + HOUR}),
        ("ann", {"name": "Noa Levi"}),
        ("ann", {"name": " "}),
    ):
        given = {"jamId": "j1", "name": "Noa", "language": "en", "until": COMING} | wrong
        assert (await api.act(person, "addMinor", **given))["__typename"] in ("NotAllowed", "InvalidInput")
    assert api.minor_accounts.names == {}


async def test_a_minor_joins_no_other_jam_by_a_link(api: Api) -> None:
    child = await bring(api)
    api.do(
        c.CreateInvitation, "org", token_hash="hash of open", relation=Relation.FRIEND, role=Role.PARTICIPANT, max_uses=9,
        expires_at=api.now + HOUR,
    )  # fmt: skip
    refused = await api.act(child, "acceptInvitation", token="open")
    assert (refused["__typename"], refused["action"]) == ("NotAllowed", "JOIN")
    assert (await api.act("newcomer", "acceptInvitation", token="open"))["__typename"] == "MembershipSuccess"


async def test_a_profile_of_a_minor_tells_a_first_name_only(api: Api) -> None:
    child = await bring(api)
    for wrong in ({"name": "Noa Levi"}, {"country": "IL"}):
        assert (await api.act(child, "updateViewer", **wrong))["__typename"] == "InvalidInput"
    assert (await api.act(child, "updateViewer", name="Noam", language="he"))["__typename"] == "ViewerSuccess"
    assert (await api.act("ann", "updateViewer", name="Ann Levi", country="IL"))["__typename"] == "ViewerSuccess"


async def test_the_guardian_accepts_and_links_for_theirs_alone(api: Api) -> None:
    child = await bring(api)
    api.do(c.PublishTerms, "org", follows=0, texts={"en": "Be kind"}, note={})
    accepting: dict[str, Any] = {"jamId": "j1", "version": 1, "language": "en"}
    assert (await api.act(child, "acceptTerms", **accepting))["__typename"] == "NotAllowed"
    assert (await api.act("ben", "acceptTerms", personId=child, **accepting))["__typename"] == "NotFound"
    answer = "... on AcceptanceSuccess { acceptance { byGuardian } }"
    assert (await api.act("ann", "acceptTerms", answer, personId=child, **accepting))["acceptance"] == {"byGuardian": True}
    link = "... on MinorLinkSuccess { url expiresAt }"
    made = await api.act("ann", "makeMinorLink", link, jamId="j1", personId=child)
    assert (made["url"], made["expiresAt"]) == (f"https://jam.example/enter#{child}-jam", api.now + 900_000)
    for other in ("ben", "org", child):
        assert (await api.act(other, "makeMinorLink", jamId="j1", personId=child))["__typename"] == "NotFound"


async def test_at_majority_the_guardian_lets_go(api: Api) -> None:
    child = await bring(api)
    api.now = COMING
    assert (await api.ask("ann", FAMILY)) == {"jam": None} or (await api.ask("ann", FAMILY))["jam"]["viewerMinors"] == []
    api.do(c.ComeOfAge, ids.SYSTEM, person=child)
    assert api.member(child).care is None
