"""A jam in which everything has happened at least once, and a vault that holds something of everything. Nobody in it is real."""

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.invitations import InvitationKind, InvitationPolicy, Place, Quota
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from server.jam.theme_proposals import Draft as Proposed
from server.jam.theme_proposals import ProposalKind
from server.jam.visibility import Audience
from server.vault.credentials import ApiToken, Identity, Passkey, Ticket
from server.vault.digests import MailMode, MailWish
from server.vault.hooks import Delivery, Hook
from server.vault.invitations import InvitationMail, RoomCode
from server.vault.port import Draft, Image, PersonRecord, Session, SignInLink, Vault
from server.vault.pushes import PushDevice, PushWish
from server.vault.visits import Visit
from tests.jam import sealing
from tests.jam.commanding import part, settled_world, wander
from tests.jam.world import EMPLOYEES, HOUR, PEOPLE, T0, Recorded, World

STEPS, TRIES = 1_200, 60
JAM, SLUG = "j1", "jam"
LATER = T0 + 30 * 24 * HOUR
LATE = {"una": Relation.EMPLOYEE, "uri": Relation.FAMILY, "uma": Relation.FRIEND}
GONE = "gil"
"""Who was erased."""


def whole_jam() -> Recorded:
    """The same jam each time: what must be arranged, then random commands until every kind of event has happened."""
    left: set[tuple[str, int]] = set()
    for seed in range(TRIES):
        world = settled_world(Recorded)
        _withdraw_and_erase(world)
        _open_authors(world)
        _edit_and_retire(world)
        wander(world, seed, STEPS)
        left = missing(world)
        if not left:
            _go_on(world)
            return world
    raise AssertionError(f"nothing in tests/released/lived.py leads to {sorted(left)}")


def missing(world: Recorded) -> set[tuple[str, int]]:
    """The kinds of events that have not happened."""
    return set(ev.REGISTRY) - {ev.NAMES[type(event)] for entry in world.journal for event in entry.events}


def _go_on(world: World) -> None:
    """People who come late live an ordinary life, so that there is something to see for each of them."""
    world.go(Phase.IDEATION)
    world.do(c.SetActing, "org", topic=None, relations=None)
    for person, relation in LATE.items():
        world.do(c.AddMember, "org", person=person, role=Role.PARTICIPANT, relation=relation)
        world.do(c.AcceptTerms, person, version=1, language="en")
    open_to_all = world.make(ids.TOPIC, c.AddTopic, "org", titles={"en": "Once more"}, descriptions={"en": "All of us"})
    staff = world.make(ids.TOPIC, c.AddTopic, "org", titles={"en": "Work"}, descriptions={}, audience=EMPLOYEES)
    circle = world.circle("una", "uri", name="Two of us")
    benches = world.post("una", "Benches", topic=open_to_all, body="Where the sun is.")
    lamps = world.post("uma", "Lamps", topic=open_to_all, parents=(benches,))
    world.post("una", "Desks", topic=staff)
    world.post("uri", "A surprise", topic=open_to_all, audience=Audience(circle=circle))
    remark = world.comment(benches, "uma", "With backs")
    world.comment(benches, "uri", "And shade", parent=remark)
    world.do(c.LikeComment, "una", comment=remark)
    world.support(benches, "uri", "uma")
    world.support(lamps, "una")
    world.group({"h1": [benches], "h2": [lamps]})


def _withdraw_and_erase(world: World) -> None:
    world.do(c.AddMember, "org", person=GONE, role=Role.PARTICIPANT, relation=Relation.EMPLOYEE)
    world.do(c.AcceptTerms, GONE, version=1, language="en")
    idea, kept = world.post(GONE, "Zeppelins over the town"), world.post("ben", "Trams")
    remark = world.comment(kept, GONE, "Slow ones")
    world.do(c.LikeComment, "ann", comment=remark)
    world.do(c.WithdrawLike, "ann", comment=remark)
    world.group({"h1": [idea], "h2": [kept]})
    world.do(c.RenameTheme, "mod", theme="h1", name="Zeppelins")
    world.do(c.EraseMember, ids.SYSTEM, person=GONE, withdraws=True)
    minor = next(member for member in world.state.members if member.care is not None)
    assert minor.care is not None
    world.now, now = max(world.now, minor.care.until), world.now
    world.do(c.ComeOfAge, ids.SYSTEM, person=minor.person)
    world.now = now
    world.do(c.SetInvitationPolicy, "org", policy=InvitationPolicy((Quota(Relation.EMPLOYEE, 3),)))
    place = Place("a token of ben's", Relation.FRIEND, language="en", uses=1, key="1")
    world.do(c.Invite, "ben", kind=InvitationKind.LINK, places=(place,))
    world.do(c.RevokeInvitationsOf, "org", people=("ben",))


def _edit_and_retire(world: World) -> None:
    ideas = [world.post("ben", f"Idea {number}") for number in range(4)]
    world.do(c.EditIdea, "ben", idea=ideas[0], title="An idea, again", body="", base_version=1)
    world.do(c.EditComment, "ann", comment=world.comment(ideas[0], "ann"), body="A comment, again")
    themes = {"h1": ideas[:2], "h2": ideas[2:]}
    world.group(themes)
    parts = (part("h1", (ideas[2],)), part(None, (ideas[3],)))
    world.group(themes, proposals=[Proposed(ProposalKind.RETIRE, ("h2",), parts, (0.5, 0.6), (0.3, 0.4), 0.7)])
    (proposal,) = [one.id for one in world.state.theme_proposals.values() if one.is_open]
    world.do(c.AcceptThemeProposal, "mod", proposal=proposal)


def _open_authors(world: World) -> None:
    sealing.open_for_all(world)
    posts = [sealing.post(world, "ann", proof) for proof in ("one", "two", "three")]
    world.do(c.ChangeRole, "org", person="spo", role=Role.ORGANIZER)
    for post in posts[:2]:
        world.do(c.RequestOpening, "org", target=post, reason="A threat was made")
    world.do(c.ConfirmOpening, "spo", target=posts[0])
    world.do(c.DeclineOpening, "spo", target=posts[1], reason="It was none")
    world.do(c.WithdrawAnonymous, sealing.author("three"), target=posts[2], **sealing.mine("ann", "three"))


async def fill(vault: Vault, now: int = T0) -> None:
    """People with invented names and addresses that lead nowhere, and all that can be kept for one of them."""
    everybody = ("org", *PEOPLE, *LATE)
    await vault.add_people(
        [PersonRecord(one, f"{one}@example.org", f"{one.title()} Example", "IL", "en", now) for one in everybody]
    )
    await vault.update_person("fay", name="Fay Beispiel", language="he", country=None)
    await vault.add_session(Session("session of ann", "ann", now, now, LATER, "A browser"))
    await vault.add_link(SignInLink("link of ann", "ann", None, LATER, "/"))
    await vault.put_image(Image("image", "ann", "image/png", b"no picture", 1, 1, now))
    await vault.put_draft(Draft("ann", JAM, "idea", "Half a thought", now))
    await vault.put_identity(Identity("https://id.example.org", "subject", "ann", now, "{}"))
    await vault.add_passkey(Passkey("passkey", "ann", b"no key", 1, "usb", "Key ring", True, now, None))
    await vault.add_token(ApiToken("token of ann", "ann", "t1", "A program", "READ VOTE", now, LATER, None))
    await vault.add_ticket(Ticket("ticket", "company", None, "{}", LATER))
    await vault.put_visits([Visit("ann", JAM, 3, now)])
    mail = InvitationMail("mail", JAM, "ann", "guest@example.org", "Guest", "Come!", "en", "secret", now, now, now, LATER)
    await vault.put_mails([mail], 0)
    await vault.add_code(RoomCode("code", JAM, "ann", "ABCDEFGH", "secret", LATER))
    await vault.put_mail_wish(MailWish("ann", MailMode.HOURLY, "no secret"))
    await vault.add_hook(Hook("hook", JAM, "https://hooks.example.org/", "no secret", "idea.posted", now, 0))
    await vault.queue("hook", 0, 1, [Delivery("delivery", "hook", JAM, "idea.posted", "{}", now, now)])
    await vault.put_push_wish(PushWish("ann", "comment", 0, 0, "UTC", 10, False, now))
    await vault.add_push_device(
        PushDevice("device", "ann", "session of ann", "https://push.example.org/", "k", "a", "Phone", now)
    )
