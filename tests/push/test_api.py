"""Web push as the page manages it, through a whole server: its own devices and wishes, and nobody else's."""

from contextlib import aclosing
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from server.push.kinds import PushKind
from server.push.service import MOST_DEVICES, device_id
from tests.push.receiving import Browser, raw, text
from tests.web.running import Site, graphql

pytestmark = pytest.mark.anyio

STATE = """{ publicKey kinds quietFrom quietTo zone apartMinutes showsWords
  devices { id userAgent isThisOne isFailing toldAt } }"""
ASK = f"{{ viewer {{ push {STATE} }} }}"
ANSWER = f"{{ __typename ... on ViewerSuccess {{ viewer {{ push {STATE} }} }} ... on Rejection {{ code message }} ... on InvalidInput {{ field }} }}"
ADD = f"mutation ($input: AddPushDeviceInput!) {{ it: addPushDevice(input: $input) {ANSWER} }}"
CHOOSE = f"mutation ($input: ChoosePushInput!) {{ it: choosePush(input: $input) {ANSWER} }}"
END = f"mutation ($input: PushDeviceInput!) {{ it: endPushDevice(input: $input) {ANSWER} }}"
BROWSER = Browser()


def subscription(name: str = "1", **changed: Any) -> dict[str, Any]:
    made = {"endpoint": f"https://push.example.com/{name}", "key": BROWSER.key, "secret": text(BROWSER.secret)}
    return {**made, "zone": "Asia/Jerusalem", **changed}


async def push(client: httpx.AsyncClient) -> Any:
    return (await graphql(client, ASK))["viewer"]["push"]


async def do(client: httpx.AsyncClient, document: str, **input: Any) -> Any:
    return (await graphql(client, document, input=input))["it"]


async def test_off_until_asked_for_then_everything_but_words_and_nights(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        before = await push(ada)
        assert before["devices"] == []
        assert len(raw(before["publicKey"])) == 65
        added = (await do(ada, ADD, **subscription()))["viewer"]["push"]
        assert added == {
            "publicKey": before["publicKey"], "kinds": [kind.value for kind in PushKind], "quietFrom": 22 * 60, "quietTo": 7 * 60,
            "zone": "Asia/Jerusalem", "apartMinutes": 15, "showsWords": False,
            "devices": [
                {"id": device_id("https://push.example.com/1"), "userAgent": "python-httpx/" + httpx.__version__, "isThisOne": True,
                 "isFailing": False, "toldAt": None}
            ],
        }  # fmt: skip
        assert (await do(ada, ADD, **subscription()))["viewer"]["push"] == added, "said again it changes nothing"


async def test_each_wish_by_itself(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        changes: list[dict[str, Any]] = [
            {"kinds": ["COMMENT", "PHASE"]}, {"kinds": []}, {"quietFrom": 60, "quietTo": 61}, {"zone": "America/St_Johns"},
            {"apartMinutes": 240}, {"showsWords": True},
        ]  # fmt: skip
        before = await push(ada)
        for change in changes:
            after = (await do(ada, CHOOSE, **change))["viewer"]["push"]
            assert after == before | change == await push(ada)
            before = after


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "http://push.example.com/1"}, "endpoint"),
        ({"endpoint": "https://127.0.0.1/1"}, "endpoint"),
        ({"endpoint": "https://[::1]/1"}, "endpoint"),
        ({"endpoint": "https://you:me@push.example.com/1"}, "endpoint"),
        ({"endpoint": "javascript:alert(1)"}, "endpoint"),
        ({"endpoint": "https://push.example.com/" + "x" * 2_000}, "endpoint"),
        ({"key": "AAAA"}, "key"),
        ({"secret": "AAAA"}, "secret"),
        ({"zone": "Nowhere/Land"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
    ],
)
async def test_what_is_no_subscription_is_refused_and_nothing_changes(site: Site, change: dict[str, str], field: str) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        before = await push(ada)
        refused = await do(ada, ADD, **subscription(**change))
        assert (refused["code"], refused["field"]) == ("InvalidInput", field)
        assert refused["message"]
        assert await push(ada) == before
        assert await site.server.vault.push_wish("pada") is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quietFrom": 60}, "quietFrom"),
        ({"quietFrom": 1440, "quietTo": 0}, "quietFrom"),
        ({"quietFrom": 0, "quietTo": -1}, "quietTo"),
        ({"apartMinutes": 0}, "apartMinutes"),
        ({"zone": ""}, "zone"),
    ],
)
async def test_what_can_not_be_wished_is_refused_and_nothing_changes(site: Site, change: dict[str, Any], field: str) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        before = await push(ada)
        refused = await do(ada, CHOOSE, **{"showsWords": True} | change)
        assert (refused["code"], refused["field"]) == ("InvalidInput", field)
        assert await push(ada) == before


async def test_a_person_sees_and_ends_only_their_own_devices(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada, aclosing(await site.signed_in("pben")) as ben:
        await do(ada, ADD, **subscription("ada"))
        assert (await push(ben))["devices"] == []
        id = device_id("https://push.example.com/ada")
        refused, unknown = await do(ben, END, deviceId=id), await do(ben, END, deviceId="d0")
        assert refused["code"] == unknown["code"] == "NotFound"
        assert len((await push(ada))["devices"]) == 1
        async with aclosing(await site.signed_in("pada")) as phone:
            await do(phone, ADD, **subscription("phone"))
            shown = (await push(ada))["devices"]
            assert [one["isThisOne"] for one in shown] == [True, False]
            assert (await do(phone, END, deviceId=id))["viewer"]["push"]["devices"] == [shown[1] | {"isThisOne": True}]


async def test_a_browser_whose_subscription_changed_is_one_device(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        await do(ada, ADD, **subscription("old"))
        changed = await do(ada, ADD, **subscription("new", replaces="https://push.example.com/old"))
        assert [one["id"] for one in changed["viewer"]["push"]["devices"]] == [device_id("https://push.example.com/new")]


async def test_there_is_an_end_to_devices(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        for number in range(MOST_DEVICES):
            assert "viewer" in await do(ada, ADD, **subscription(str(number)))
        refused = await do(ada, ADD, **subscription("one more"))
        assert refused["code"] == "Conflict"
        assert len((await push(ada))["devices"]) == MOST_DEVICES
        assert "viewer" in await do(ada, ADD, **subscription("one more", replaces="https://push.example.com/3"))


async def test_signing_out_ends_it(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada, aclosing(await site.signed_in("pada")) as phone:
        await do(phone, ADD, **subscription("phone"))
        assert (await phone.post("/auth/leave")).status_code < 300
        assert (await push(ada))["devices"] == []


async def test_nobody_and_no_token_has_any_of_it(site: Site) -> None:
    async with aclosing(site.client()) as nobody:
        assert (await do(nobody, ADD, **subscription()))["code"] == "SignInRequired"
        assert (await graphql(nobody, ASK))["viewer"] is None


async def test_it_is_in_the_archive_of_ones_own_data_without_what_would_let_others_send(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        await do(ada, ADD, **subscription())
        kept = await site.server.vault.belongings("pada")
        assert kept["push_wishes"][0]["zone"] == "Asia/Jerusalem"
        archive = (await ada.post("/own/data", json={})).content
        told = ZipFile(BytesIO(archive)).read("data.json").decode()
        assert "https://push.example.com/1" in told
        assert text(BROWSER.secret) not in told
        assert kept["push_devices"][0]["session_hash"] not in told
