"""What every vault must count of what waits to be sent."""

from dataclasses import replace

import pytest

from server.vault.backlogs import Backlogs
from server.vault.hooks import Delivery, Hook
from server.vault.invitations import InvitationMail, MailState
from server.vault.port import PersonRecord, Session
from server.vault.pushes import Push, PushDevice, PushMark, PushWish

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000_123
MAIL = InvitationMail(
    id="v1", jam_id="j1", inviter_id="p1", address="a@example.net", name="Gil", line="", language="he", secret="s",
    created_at=NOW, planned_at=NOW, due_at=NOW, expires_at=NOW + 10**9,
)  # fmt: skip


async def test_nothing_waits_in_an_empty_vault(vault):
    assert await vault.backlogs() == Backlogs()


async def test_what_waits_is_counted_and_what_is_done_is_not(vault):
    await vault.add_person(PersonRecord("p1", "dana@example.com", "Dana", None, "he", NOW))
    await vault.put_mails([replace(MAIL, id=f"v{number}", address=f"{number}@example.net") for number in range(3)], 0)
    (taken, *_) = await vault.claim_mails(NOW, 1, 1_000)
    await vault.keep_mail(replace(taken, state=MailState.DELIVERED))
    await vault.add_hook(Hook("k1", "j1", "https://example.com", "s", "idea.posted", NOW, 0))
    await vault.queue("k1", 0, 3, [Delivery(f"k1-{one}", "k1", "j1", "idea.posted", "{}", NOW, NOW) for one in range(3)])
    await vault.delivered("k1-0")
    await vault.undelivered("k1-1", None, "refused")
    await vault.add_session(Session("s1", "p1", NOW, NOW, NOW + 1_000, "A browser"))
    await vault.put_push_wish(PushWish("p1", "COMMENT", 1320, 420, "Asia/Jerusalem", 15, False, NOW))
    await vault.add_push_device(PushDevice("d1", "p1", "s1", "https://push.example/1", "key", "secret", "A phone", NOW))
    push = Push("d1", "j1", "p1", "[0]", "[7]", NOW, NOW)
    assert await vault.queue_pushes(PushMark("p1"), PushMark("p1", NOW, "{}"), [push])
    assert await vault.backlogs() == Backlogs(mails=2, webhooks=1, dead_webhooks=1, pushes=1)
