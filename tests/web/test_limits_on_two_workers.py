"""What keeps strangers out is counted over all workers: two of them allow no more than one."""

import httpx
import pytest

from server.access.limiter import WRONG_CODES_OF_ADDRESS
from tests.web.running import OURS
from tests.web.test_suspension import Two, two

__all__ = ["two"]
pytestmark = pytest.mark.anyio
MAILS = 8
"""`Settings.mails_per_hour`"""


async def test_links_asked_for_are_counted_over_both(two: Two) -> None:
    async with httpx.AsyncClient(headers=OURS) as client:
        asked = {"email": "ada@example.org"}
        answers = [await client.post(f"{two.urls[turn % 2]}/auth/link", json=asked) for turn in range(MAILS + 2)]
        assert [answer.status_code for answer in answers] == [204] * MAILS + [429] * 2
        assert answers[-1].headers["retry-after"]
        another = await client.post(f"{two.urls[0]}/auth/link", json={"email": "ben@example.org"})
        assert another.status_code == 204


async def test_wrong_codes_are_counted_over_both(two: Two) -> None:
    async with httpx.AsyncClient(headers=OURS) as client:
        for turn in range(WRONG_CODES_OF_ADDRESS):
            answer = await client.post(f"{two.urls[turn % 2]}/join/code", json={"code": "AAAA-AAAA"})
            assert answer.json() == {"token": None}
        refused = [await client.post(f"{url}/join/code", json={"code": "AAAA-AAAA"}) for url in two.urls]
        assert [answer.status_code for answer in refused] == [429, 429]
