"""Payloads as RFC 8291 says, and tokens as RFC 8292 says."""

import json
from contextlib import suppress

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from server.push.encrypting import LONGEST, RECORD, BadKey, decoded, device_key, device_secret, encoded, encrypt
from server.push.vapid import GOOD_FOR_S, RENEWED_S, Vapid, new_key, read_key
from server.vault.pushes import PushVault
from tests.push.receiving import Browser, claims_of, raw, text

NOW = 1_800_000_000_000


def test_the_example_of_the_rfc() -> None:
    """RFC 8291, section 5 and appendix A: every byte of the body."""
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        read_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        raw("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert text(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@settings(deadline=None)
@given(st.binary(max_size=LONGEST), st.binary(min_size=16, max_size=16))
def test_the_browser_reads_what_was_sent_and_nobody_else(payload: bytes, secret: bytes) -> None:
    browser = Browser(secret=secret)
    body = encrypt(payload, browser.key, text(secret))
    assert len(body) <= RECORD
    assert browser.read(body) == payload
    with pytest.raises(InvalidTag):
        Browser(browser.private, bytes(16) if any(secret) else b"x" * 16).read(body)


def test_the_same_twice_is_never_the_same_bytes() -> None:
    browser = Browser()
    bodies = {encrypt(b"same", browser.key, text(browser.secret)) for _ in range(5)}
    assert len(bodies) == 5
    assert len({body[21:86] for body in bodies}) == 5, "a new key for each"


def test_what_does_not_fit_is_refused() -> None:
    browser = Browser()
    with pytest.raises(ValueError, match="at most"):
        encrypt(b"x" * (LONGEST + 1), browser.key, text(browser.secret))


@pytest.mark.parametrize(
    "key", ["", "é", "AAAA", text(b"\x04" + b"\x01" * 64), text(b"\x02" + b"\x01" * 32), text(b"\x00" * 65)]
)
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(BadKey):
        device_key(key)


@given(st.text())
def test_any_text_is_a_secret_or_refused(value: str) -> None:
    with suppress(BadKey):
        assert len(device_secret(value)) == 16


@given(st.binary())
def test_base64url_comes_back(value: bytes) -> None:
    assert decoded(encoded(value)) == value
    assert "=" not in encoded(value)


class Kept(PushVault):
    """A vault of one key."""

    key = ""

    async def push_key(self, candidate: str) -> str:
        self.key = self.key or candidate
        return self.key


@pytest.mark.anyio
async def test_a_token_says_who_sends_to_whom_and_for_how_long() -> None:
    now = [NOW]
    vapid = Vapid("mailto:jam@example.org", lambda: now[0])
    await vapid.load(Kept())
    first = vapid.authorization("https://push.example:8443/a/b?c")
    claims = claims_of(first)
    assert claims == {
        "aud": "https://push.example:8443", "exp": NOW // 1_000 + GOOD_FOR_S, "sub": "mailto:jam@example.org", "key": vapid.public_key,
    }  # fmt: skip
    assert GOOD_FOR_S <= 24 * 3_600
    assert vapid.authorization("https://push.example:8443/other") == first, "one for a push service"
    assert claims_of(vapid.authorization("https://other.example/"))["aud"] == "https://other.example"
    now[0] += 1_000 * RENEWED_S
    assert claims_of(vapid.authorization("https://push.example:8443/"))["exp"] == now[0] // 1_000 + GOOD_FOR_S
    head, said, signature = first.split("t=")[1].split(",")[0].split(".")
    forged = text(json.dumps({**json.loads(raw(said)), "sub": "mailto:evil@example.org"}).encode())
    with pytest.raises(InvalidSignature):
        claims_of(f"vapid t={head}.{forged}.{signature}, k={vapid.public_key}")


@pytest.mark.anyio
async def test_the_key_is_made_once_or_given() -> None:
    vault, given = Kept(), new_key()
    one, two, three = (Vapid("mailto:x@example.org", lambda: NOW) for _ in range(3))
    await one.load(vault)
    await two.load(vault)
    await three.load(vault, given)
    assert one.public_key == two.public_key != three.public_key
    assert read_key(given).public_key() == ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(three.public_key))
    assert len(raw(one.public_key)) == 65


@pytest.mark.parametrize("key", ["", "short", "é", text(bytes(32)), text(b"\xff" * 32)])
def test_what_is_no_private_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_key(key)
