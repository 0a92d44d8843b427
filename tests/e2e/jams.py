"""Making jams of one's own, in which a test may close phases or open doors without disturbing the others."""

import time
import uuid
from typing import Any

from tests.e2e.people import Api, People

HOUR = 3_600_000


def texts(english: str, hebrew: str) -> list[dict[str, str]]:
    """A text of the jam in both languages."""
    return [{"language": "en", "text": english}, {"language": "he", "text": hebrew}]


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def make_jam(organizer: Api, ideas_open_in_ms: int) -> dict[str, Any]:
    """A published jam with one topic, whose lobby is open and whose ideas open after some milliseconds: its id, slug, topics."""
    slug, opens = f"test-{uuid.uuid4().hex[:8]}", now_ms() + ideas_open_in_ms
    schedule = {
        "lobbyAt": now_ms() - HOUR, "ideationAt": opens, "refinementAt": opens + HOUR,
        "reviewAt": opens + 2 * HOUR, "closesAt": opens + 3 * HOUR,
    }  # fmt: skip
    made = organizer.do(
        "createJam", "CreateJamInput", "... on JamSuccess { jam { id } }",
        slug=slug, titles=texts("A small jam", "ג׳אם קטן"), questions=texts("What would help?", "מה יעזור?"),
        languages=["en", "he"], mainLanguage="en", schedule=schedule,
    )  # fmt: skip
    jam_id = made["jam"]["id"]
    organizer.do("addTopic", "AddTopicInput", jamId=jam_id, titles=texts("Anything", "כל דבר"))
    organizer.do("publishJam", "JamInput", jamId=jam_id)
    return organizer.jam(slug) | {"slug": slug, "opens": opens}


def invite(organizer: Api, jam_id: str, relation: str = "EMPLOYEE", role: str = "PARTICIPANT") -> str:
    """The address of a new invitation link."""
    made = organizer.do(
        "createInvitation", "CreateInvitationInput", "... on InvitationSuccess { invitation { url } }",
        jamId=jam_id, relation=relation, role=role, maxUses=100, expiresAt=now_ms() + 24 * HOUR,
    )  # fmt: skip
    url: str = made["invitation"]["url"]
    return url


def join(people: People, persona: str, invitation: str) -> None:
    """A persona accepts an invitation link."""
    people.api(persona).do("acceptInvitation", "AcceptInvitationInput", token=invitation.rsplit("/", 1)[1])
