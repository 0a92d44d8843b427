"""What people are told about invitations: their own, everybody's to organizers, and what a link shows before it is accepted."""

from typing import Any

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.invitations import InvitationPolicy, Quota
from server.jam.people import Relation
from tests.jam.world import HOUR
from tests.schema.mutation_cases import Scene, undelivered

pytestmark = pytest.mark.anyio

MINE = """query($jam: ID!, $all: Boolean = false, $kind: InvitationKind, $query: String) { viewer { inviting(jamId: $jam) {
  canInvite canMail everybodys quota left relations
  invitations(everybodys: $all, kind: $kind, query: $query) { totalCount items { id kind state address guestName inviterName code url } }
} } }"""


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def mine(scene: Scene, person: str, **given: Any) -> Any:
    return (await scene.ask(person, MINE, **given))["viewer"]["inviting"]


async def test_members_see_their_own_and_what_is_left(scene: Scene) -> None:
    told = await mine(scene, "ann")
    assert told["invitations"]["items"] == [
        {
            "id": scene.mailed, "kind": "MAIL", "state": "FAILED", "address": "guest@example.net", "guestName": None,
            "inviterName": None, "code": None, "url": None,
        }
    ]  # fmt: skip
    assert (told["canInvite"], told["everybodys"], told["quota"], told["left"]) == (True, False, 10, 9)
    assert told["relations"] == ["FAMILY", "FRIEND"]
    assert (await mine(scene, "ann", all=True))["invitations"]["totalCount"] == 1, "everybody's are for organizers"
    assert (await mine(scene, "ben"))["invitations"] == {"totalCount": 0, "items": []}
    family = await mine(scene, "fay")
    assert (family["canInvite"], family["quota"], family["left"]) == (False, 0, 0)
    assert await mine(scene, "stranger") is None


async def test_organizers_see_everybodys_and_find_an_address(scene: Scene) -> None:
    undelivered(scene, "ben", "noa@example.net")
    room = await scene.act("org", "createCode", "... on InvitationSuccess { invitation { id code url } }",
                           jamId="j1", relation="FRIEND", maxUses=5, expiresAt=scene.now + HOUR)  # fmt: skip
    told = await mine(scene, "org", all=True)
    assert (told["quota"], told["left"], told["everybodys"]) == (None, None, True)
    assert {one["inviterName"] for one in told["invitations"]["items"]} >= {"Ann", "Ben", "Org"}
    (code,) = (await mine(scene, "org", all=True, kind="CODE"))["invitations"]["items"]
    assert code["code"] == room["invitation"]["code"]
    assert code["url"].startswith("https://jam.example/join/")
    (found,) = (await mine(scene, "org", all=True, query="NOA@"))["invitations"]["items"]
    assert found["address"] == "noa@example.net"
    assert (await mine(scene, "org"))["invitations"]["totalCount"] == 2, "one's own: a link and the code"


async def test_nobody_else_finds_or_ends_an_invitation(scene: Scene) -> None:
    document = "query($id: ID!) { node(id: $id) { ... on Invitation { state address } } }"
    for person, found in (("ann", True), ("org", True), ("ben", False), ("mod", False), (None, False)):
        told = (await scene.ask(person, document, id=scene.mailed))["node"]
        assert told == ({"state": "FAILED", "address": None} if found else None), person
    for person in ("ben", "mod", "fay"):
        for mutation in ("revokeInvitation", "inviteAgain"):
            assert (await scene.act(person, mutation, invitationId=scene.mailed))["__typename"] == "NotFound"
    assert (await scene.act("ann", "revokeInvitation", invitationId=scene.mailed))["__typename"] == "InvitationSuccess"


async def test_the_quota_is_refused_with_how_many_are_left(scene: Scene) -> None:
    answer = "... on QuotaUsed { left quota }"
    refused = await scene.act("ann", "inviteByLink", answer, jamId="j1", relation="FRIEND", maxUses=10)
    assert (refused["__typename"], refused["code"], refused["left"], refused["quota"]) == ("QuotaUsed", "QuotaUsed", 9, 10)
    guests = [{"address": f"g{number}@example.net"} for number in range(10)]
    before = scene.facts(), dict(scene.mail_book.kept)
    refused = await scene.act("ann", "inviteByMail", answer, jamId="j1", relation="FRIEND", guests=guests)
    assert (refused["__typename"], refused["left"]) == ("QuotaUsed", 9)
    assert (scene.facts(), scene.mail_book.kept) == before, "what is refused leaves no address behind"
    scene.do(c.SetInvitationPolicy, "org", policy=InvitationPolicy((Quota(Relation.FAMILY, 1),)))
    assert (await mine(scene, "fay"))["left"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"guests": []},
        {"guests": [{"address": "no address"}]},
        {"guests": [{"address": "a@example.net"}], "line": "Look at https://example.net"},
        {"guests": [{"address": "a@example.net"}], "line": "Look at www.example.net"},
        {"guests": [{"address": "a@example.net"}], "line": "x" * 301},
        {"guests": [{"address": f"a{number}@example.net"} for number in range(51)]},
        {"guests": [{"address": "a@example.net"}], "relation": "EMPLOYEE"},
    ],
)
async def test_what_can_not_be_mailed(scene: Scene, wrong: dict[str, Any]) -> None:
    refused = await scene.act("ann", "inviteByMail", **{"jamId": "j1", "relation": "FRIEND"} | wrong)
    assert refused["__typename"] == "InvalidInput"
    assert not set(scene.mail_book.kept) - {scene.mailed}


async def test_a_mail_is_accepted_by_whoever_has_the_address(scene: Scene) -> None:
    scene.do(c.AddMember, "org", person="gil", role="PARTICIPANT", relation="FRIEND")
    id = undelivered(scene, "ann", "gil@example.org")
    refused = await scene.act("newcomer", "acceptInvitation", token="gil@example.org")
    assert refused["__typename"] == "NotFound"
    assert (await scene.act("newcomer", "acceptInvitation", token="nothing"))["message"] == refused["message"]
    assert (await scene.act("gil", "acceptInvitation", token="gil@example.org"))["__typename"] == "MembershipSuccess"
    assert scene.state.invitation(id) is not None


async def test_a_link_that_opens_nothing_shows_nothing_whatever_the_reason(scene: Scene) -> None:
    document = """query($token: String!) { invitationPreview(token: $token) {
        jamTitle kind relation role addressee { address name language isKnown } } }"""

    async def shown(token: str, person: str | None = None) -> Any:
        return (await scene.ask(person, document, token=token))["invitationPreview"]

    assert (await shown("guest@example.net"))["addressee"] == {
        "address": "guest@example.net", "name": None, "language": "en", "isKnown": False,
    }  # fmt: skip
    assert (await shown("kept"))["addressee"] is None
    scene.do(c.RevokeInvitation, "org", invitation=scene.mailed)
    assert await shown("guest@example.net") is None
    assert await shown("unknown") is None
    assert await shown("kept") is not None
    scene.wait(HOUR)
    assert await shown("kept") is None
    assert await shown("kept", "newcomer") is None
    assert (await shown("kept", "ann"))["jamTitle"] == "Jam", "those who are in learn nothing new"


async def test_the_same_command_sent_twice_mails_once(scene: Scene) -> None:
    given = {"jamId": "j1", "relation": "FRIEND", "guests": [{"address": "noa@example.net"}], "commandId": "the-same-one"}
    answer = "... on InviteSuccess { placesLeft invitations { id } }"
    first = await scene.act("ann", "inviteByMail", answer, **given)
    assert await scene.act("ann", "inviteByMail", answer, **given) == first
    assert len([mail for mail in scene.mail_book.kept.values() if mail.address == "noa@example.net"]) == 1
    made = scene.state.invitation(first["invitations"][0]["id"])
    assert made is not None
    assert made.by == "ann"
    assert made.id[0] == ids.INVITATION
