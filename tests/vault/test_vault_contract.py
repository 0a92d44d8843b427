"""What every vault must do, whatever its store."""

import asyncio
from dataclasses import replace

import pytest

from server.vault.port import (
    MAX_IMAGE,
    Draft,
    EmailTaken,
    Image,
    PersonExists,
    PersonRecord,
    Session,
    SessionUse,
    SignInLink,
    VaultUnavailable,
)

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000_123
DANA = PersonRecord("p-dana", "dana@example.com", "Dana Levi", "IL", "he", NOW)
OMER = PersonRecord("p-omer", "omer@example.com", "Omer Cohen", None, "en", NOW + 1)
LINK = SignInLink("link-1", "p-dana", "browser-1", NOW + 1000, "/jam/1?x=a&y=ב")
SESSION = Session("session-1", "p-dana", NOW, NOW + 5, NOW + 1000, "Firefox/140 (X11)")
IMAGE = Image("image-1", "p-dana", "image/png", bytes(range(256)) * 10, 640, 480, NOW + 7)
DRAFT = Draft("p-dana", "jam-1", "idea:new", '{"title": "רעיון"}', NOW + 9)


@pytest.fixture
async def with_people(vault):
    await vault.add_people([DANA, OMER])
    return vault


def ids(people):
    return [person.id for person in people]


async def test_a_person_comes_back_exact(with_people):
    found = await with_people.person("p-dana")
    assert found == DANA
    assert type(found.created_at) is int
    assert await with_people.person("p-omer") == OMER
    assert await with_people.person("nobody") is None


async def test_people_come_by_id_and_strangers_are_left_out(with_people):
    assert await with_people.people(["p-omer", "nobody", "p-dana"]) == {"p-dana": DANA, "p-omer": OMER}
    assert await with_people.people([]) == {}


async def test_an_address_is_normalised_when_written_and_when_asked_for(vault):
    await vault.add_person(replace(DANA, email="  Dana@Example.COM "))
    assert (await vault.person("p-dana")).email == "dana@example.com"
    assert (await vault.person_by_email(" DANA@example.com")).id == "p-dana"
    assert await vault.person_by_email("other@example.com") is None
    assert await vault.person_by_email("") is None


async def test_any_number_of_people_may_have_no_address(vault):
    await vault.add_people([replace(DANA, email=None), replace(OMER, email=" ")])
    assert [person.email for person in (await vault.people(["p-dana", "p-omer"])).values()] == [None, None]
    assert await vault.person_by_email("") is None


async def test_a_taken_address_is_refused_and_nothing_is_added(with_people):
    with pytest.raises(EmailTaken) as refusal:
        await with_people.add_person(replace(DANA, id="p-new", email="DANA@example.com"))
    assert refusal.value.email == "dana@example.com"
    assert await with_people.person("p-new") is None
    assert await with_people.person_by_email("dana@example.com") == DANA


async def test_a_taken_id_is_refused_and_nothing_is_changed(with_people, everything):
    before = await everything()
    with pytest.raises(PersonExists):
        await with_people.add_person(replace(DANA, email="new@example.com", name="Other"))
    assert await everything() == before


@pytest.mark.parametrize(
    ("last", "error"),
    [
        (replace(OMER, id="p-3", email="dana@example.com"), EmailTaken),
        (replace(OMER, id="p-dana", email="x@example.com"), PersonExists),
        (replace(OMER, id="p-4", email="p-1@Example.com"), EmailTaken),
        (replace(OMER, id="p-1", email="x@example.com"), PersonExists),
    ],
)
async def test_a_bulk_with_one_bad_person_adds_nobody(vault, everything, last, error):
    await vault.add_person(DANA)
    before = await everything()
    good = [replace(OMER, id=f"p-{n}", email=f"p-{n}@example.com") for n in (1, 2)]
    with pytest.raises(error):
        await vault.add_people([*good, last])
    assert await everything() == before
    await vault.add_people(good)
    assert sorted(await vault.people(["p-1", "p-2"])) == ["p-1", "p-2"]


async def test_adding_nobody_is_fine(vault):
    await vault.add_people([])
    assert await vault.people(["p-dana"]) == {}


async def test_of_many_who_want_one_address_one_gets_it(vault):
    people = [replace(DANA, id=f"p-{n}") for n in range(10)]
    outcomes = await asyncio.gather(*(vault.add_person(person) for person in people), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["EmailTaken"] * 9 + ["NoneType"]
    assert len(await vault.people([person.id for person in people])) == 1


async def test_update_changes_what_is_named_and_nothing_else(with_people):
    changed = await with_people.update_person("p-dana", name="Dana Katz", country=None)
    assert changed == replace(DANA, name="Dana Katz", country=None)
    assert await with_people.update_person("p-dana", email="D@Katz.example", language="en") == replace(
        changed, email="d@katz.example", language="en"
    )
    assert await with_people.person_by_email("dana@example.com") is None
    assert await with_people.person("p-omer") == OMER
    assert ids(await with_people.search_people("katz", 5)) == ["p-dana"]
    assert await with_people.search_people("levi", 5) == []


async def test_an_address_can_be_given_up_and_taken_by_another(with_people):
    assert await with_people.update_person("p-dana", email=None) == replace(DANA, email=None)
    await with_people.update_person("p-omer", email="dana@example.com")
    assert (await with_people.person_by_email("dana@example.com")).id == "p-omer"


async def test_updating_nothing_returns_the_person(with_people):
    assert await with_people.update_person("p-dana") == DANA


@pytest.mark.parametrize(
    ("person_id", "changes", "error"),
    [
        ("nobody", {"name": "X"}, KeyError),
        ("nobody", {}, KeyError),
        ("p-dana", {"name": "X", "email": "omer@example.com"}, EmailTaken),
        ("p-dana", {"created_at": 5}, TypeError),
    ],
)
async def test_a_refused_update_changes_nothing(with_people, everything, person_id, changes, error):
    before = await everything()
    with pytest.raises(error):
        await with_people.update_person(person_id, **changes)
    assert await everything() == before


@pytest.fixture
async def crowd(vault):
    names = {
        "p1": ("Dana Levi", "dl@example.com"),
        "p2": ("Daniel O'Brien-Smith", "dos@example.com"),
        "p3": ("דנה לוי", "dana.levi@example.co.il"),
        "p4": ("דָּנִיאֵל כֹּהֵן", None),
        "p5": ("Zoë Müller", "zoe@example.com"),
        "p6": ("צה״ל יוסי", None),
    }
    await vault.add_people([PersonRecord(key, mail, name, None, "he", NOW) for key, (name, mail) in names.items()])
    return vault


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("dan", {"p1", "p2", "p3"}),
        ("DANA", {"p1", "p3"}),
        ("levi dana", {"p1"}),
        ("dana l", {"p1"}),
        ("smi", {"p2"}),
        ("o'br", {"p2"}),
        ("obr dan", {"p2"}),
        ("דנ", {"p3", "p4"}),
        ("לוי דנ", {"p3"}),
        ("כהן", {"p4"}),
        ("דָּנִי", {"p4"}),
        ("zoe mul", {"p5"}),
        ("ZOË", {"p5"}),
        ("צהל", {"p6"}),
        ('צה"ל', {"p6"}),
        ("dana.levi@EX", {"p3"}),
        ("dos@", {"p2"}),
        ("dana@", set()),
        ("ana", set()),
        ("dana zoe", set()),
        ("", set()),
        ("  ", set()),
        ("%", set()),
        (".*", set()),
        ("\ud800", set()),
    ],
)
async def test_people_are_found_by_the_beginnings_of_words_and_addresses(crowd, typed, expected):
    assert set(ids(await crowd.search_people(typed, 10))) == expected


async def test_search_keeps_to_its_limit_and_sorts_by_name(crowd):
    assert ids(await crowd.search_people("dan", 10)) == ["p1", "p2", "p3"]
    assert len(await crowd.search_people("dan", 2)) == 2
    assert await crowd.search_people("dan", 0) == []


async def test_a_link_is_taken_once_and_comes_back_exact(with_people):
    await with_people.add_link(LINK)
    assert await with_people.take_link("link-1", NOW) == LINK
    assert await with_people.take_link("link-1", NOW) is None
    assert await with_people.take_link("unknown", NOW) is None
    await with_people.add_link(replace(LINK, browser_hash=None))
    assert (await with_people.take_link("link-1", NOW)).browser_hash is None


async def test_of_many_who_take_a_link_one_gets_it(with_people, open_vault):
    rival = await open_vault()
    for attempt in range(10):
        link = replace(LINK, token_hash=f"link-{attempt}")
        await with_people.add_link(link)
        takers = [with_people, rival] * 5
        taken = await asyncio.gather(*(taker.take_link(link.token_hash, NOW) for taker in takers))
        assert [found for found in taken if found] == [link]
    await rival.close()


@pytest.mark.parametrize(("now", "good"), [(NOW + 999, True), (NOW + 1000, False), (NOW + 1001, False)])
async def test_links_and_sessions_expire_to_the_millisecond(with_people, now, good):
    await with_people.add_link(LINK)
    await with_people.add_session(SESSION)
    assert await with_people.session("session-1", now) == (SESSION if good else None)
    assert await with_people.take_link("link-1", now) == (LINK if good else None)


async def test_a_touched_session_lives_on_and_an_ended_one_stays_ended(with_people):
    await with_people.add_session(SESSION)
    await with_people.touch_sessions([SessionUse("session-1", NOW + 50, NOW + 5000), SessionUse("unknown", NOW, NOW)])
    touched = await with_people.session("session-1", NOW + 2000)
    assert touched == replace(SESSION, seen_at=NOW + 50, expires_at=NOW + 5000)
    assert {type(touched.created_at), type(touched.seen_at), type(touched.expires_at)} == {int}
    await with_people.end_session("session-1")
    await with_people.touch_sessions([SessionUse("session-1", NOW + 60, NOW + 9000)])
    assert await with_people.session("session-1", NOW) is None


async def test_sessions_are_listed_and_ended_but_for_the_one_in_use(with_people):
    sessions = [replace(SESSION, token_hash=f"s{n}", seen_at=NOW + n) for n in range(4)]
    other = replace(SESSION, token_hash="other", person_id="p-omer")
    for session in [*sessions, other]:
        await with_people.add_session(session)
    assert await with_people.sessions("p-dana") == sessions[::-1]
    await with_people.end_sessions("p-dana", except_hash="s2")
    assert await with_people.sessions("p-dana") == [sessions[2]]
    await with_people.end_sessions("p-dana")
    assert await with_people.sessions("p-dana") == []
    assert await with_people.sessions("p-omer") == [other]


async def test_the_sessions_of_many_people_that_began_by_an_instant_end_at_once(with_people):
    kept = [Session(f"at-{at}", person, at, at, NOW + 9, "") for at, person in ((4, "p-dana"), (5, "p-dana"), (1, "p-omer"))]
    for session in kept:
        await with_people.add_session(session)
    await with_people.end_sessions_of([*(f"p-nobody-{n}" for n in range(12_000)), "p-dana"], 4)
    assert await with_people.sessions("p-dana") == [kept[1]]
    assert await with_people.sessions("p-omer") == [kept[2]]
    await with_people.end_sessions_of([], 9)
    assert await with_people.sessions("p-dana") == [kept[1]]


async def test_an_image_comes_back_exact_and_can_be_replaced_and_deleted(with_people):
    await with_people.put_image(IMAGE)
    assert await with_people.image("image-1") == IMAGE
    smaller = replace(IMAGE, data=b"small", width=3)
    await with_people.put_image(smaller)
    assert await with_people.image("image-1") == smaller
    await with_people.delete_image("image-1")
    await with_people.delete_image("image-1")
    assert await with_people.image("image-1") is None


async def test_an_image_is_limited_and_the_limit_itself_fits(with_people):
    await with_people.put_image(replace(IMAGE, data=bytes(MAX_IMAGE)))
    with pytest.raises(ValueError):
        await with_people.put_image(replace(IMAGE, data=bytes(MAX_IMAGE + 1)))
    assert len((await with_people.image("image-1")).data) == MAX_IMAGE


async def test_drafts_are_kept_by_person_jam_and_key(with_people):
    drafts = [DRAFT, replace(DRAFT, key="comment:5"), replace(DRAFT, jam_id="jam-2"), replace(DRAFT, person_id="p-omer")]
    for draft in drafts:
        await with_people.put_draft(draft)
    await with_people.put_draft(replace(DRAFT, body="{}", updated_at=NOW + 99))
    assert await with_people.drafts("p-dana", "jam-1") == [drafts[1], replace(DRAFT, body="{}", updated_at=NOW + 99)]
    await with_people.delete_draft("p-dana", "jam-1", "idea:new")
    await with_people.delete_draft("p-dana", "jam-1", "idea:new")
    assert await with_people.drafts("p-dana", "jam-1") == [drafts[1]]
    assert await with_people.drafts("p-dana", "jam-2") == [drafts[2]]
    assert await with_people.drafts("p-omer", "jam-1") == [drafts[3]]


async def test_one_draft_put_by_many_at_once_is_one_draft(with_people):
    drafts = [replace(DRAFT, body=str(n)) for n in range(20)]
    await asyncio.gather(*(with_people.put_draft(draft) for draft in drafts))
    (kept,) = await with_people.drafts("p-dana", "jam-1")
    assert kept in drafts


async def test_nothing_is_kept_for_somebody_unknown(with_people, everything):
    await with_people.put_image(IMAGE)
    before = await everything()
    for keep, record in [
        (with_people.add_link, replace(LINK, person_id="nobody")),
        (with_people.add_session, replace(SESSION, person_id="nobody")),
        (with_people.put_image, replace(IMAGE, owner_id="nobody")),
        (with_people.put_draft, replace(DRAFT, person_id="nobody")),
    ]:
        with pytest.raises(KeyError, match="nobody"):
            await keep(record)
    assert await everything() == before


async def fill(vault):
    await vault.add_link(LINK)
    await vault.add_session(SESSION)
    await vault.put_image(IMAGE)
    await vault.put_draft(DRAFT)


async def test_erasing_a_person_leaves_nothing_behind_and_others_alone(vault, everything):
    await vault.add_person(OMER)
    await vault.add_session(replace(SESSION, token_hash="other", person_id="p-omer"))
    without = await everything()
    await vault.add_person(DANA)
    await fill(vault)
    for trace in ("p-dana", "dana@", "Dana", "link-1", "session-1", "image-1", "רעיון"):
        assert trace in await everything()
    await vault.erase_person("p-dana")
    assert await everything() == without
    await vault.erase_person("p-dana")
    assert await everything() == without
    assert await vault.search_people("dana", 5) == []
    await vault.add_person(DANA)
    assert await vault.sessions("p-dana") == []


async def test_of_an_erasure_and_writes_at_the_same_moment_nothing_is_left(vault, everything):
    for attempt in range(10):
        await vault.add_person(DANA)
        await asyncio.gather(
            fill(vault), fill(vault), vault.erase_person("p-dana"), asyncio.sleep(0.001 * attempt), return_exceptions=True
        )
        assert "p-dana" not in await everything()


async def test_sweep_removes_what_has_expired_and_only_that(with_people):
    for number in range(4):
        await with_people.add_link(replace(LINK, token_hash=f"l{number}", expires_at=NOW + number))
        await with_people.add_session(replace(SESSION, token_hash=f"s{number}", expires_at=NOW + number))
    assert await with_people.sweep(NOW + 1) == 4
    assert {session.token_hash for session in await with_people.sessions("p-dana")} == {"s2", "s3"}
    assert [bool(await with_people.take_link(f"l{number}", NOW)) for number in range(4)] == [False, False, True, True]
    assert await with_people.sweep(NOW + 1) == 0


async def test_everything_survives_closing_and_opening(open_vault):
    vault = await open_vault()
    await vault.add_person(DANA)
    await fill(vault)
    await vault.close()
    await vault.close()
    with pytest.raises(VaultUnavailable, match="closed"):
        await vault.person("p-dana")
    with pytest.raises(VaultUnavailable, match="closed"):
        await vault.add_person(OMER)
    again = await open_vault()
    assert await again.person("p-dana") == DANA
    assert await again.person("p-omer") is None
    assert await again.session("session-1", NOW) == SESSION
    assert await again.image("image-1") == IMAGE
    assert await again.drafts("p-dana", "jam-1") == [DRAFT]
    assert await again.take_link("link-1", NOW) == LINK
    await again.close()


async def test_of_many_sessions_those_that_are_over_are_told_at_once(with_people, open_vault):
    for name, expires in (("good", NOW + 2), ("due", NOW + 1), ("over", NOW), ("ended", NOW + 9), ("ended too", NOW + 9)):
        person = "p-omer" if name == "ended too" else "p-dana"
        await with_people.add_session(replace(SESSION, token_hash=name, person_id=person, expires_at=expires))
    elsewhere = await open_vault()
    asked = ["good", "due", "over", "ended", "ended too", "never", 'odd "name', "זר"]
    assert await with_people.ended_sessions(asked, NOW) == {"over", "never", 'odd "name', "זר"}
    await elsewhere.end_session("ended")
    await elsewhere.erase_person("p-omer")
    assert await with_people.ended_sessions(asked, NOW + 1) == {*asked} - {"good"}
    assert await with_people.ended_sessions([], NOW) == set()
    crowd = [f"nobody {n}" for n in range(20_000)]
    assert await with_people.ended_sessions([*crowd, "good"], NOW) == {*crowd}
    await elsewhere.close()


async def test_looking_at_a_link_does_not_use_it_up(with_people):
    await with_people.add_link(LINK)
    assert await with_people.link("link-1", NOW + 999) == LINK
    assert await with_people.link("link-1", NOW + 1000) is None
    assert await with_people.link("other", NOW) is None
    assert await with_people.take_link("link-1", NOW + 999) == LINK
    assert await with_people.link("link-1", NOW) is None
