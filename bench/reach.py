"""Measures the reach meter and the tree of who brought whom; or makes a store with many people in a tree, to look at.

Run: .venv/bin/python -m bench.reach [PEOPLE]                    the cost of counting, with 46,000 ideas and a million votes
     .venv/bin/python -m bench.reach --store DIR [PEOPLE]        a store to serve: hothouse serve --data DIR
"""

import asyncio
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.preparing import COUNTRIES, JAM, TOPIC, open_jam, person_id
from bench.reach_jam import Joining, joinings, made_up_jam
from server.app.clock import wall_clock
from server.cli.options import settings_with
from server.jam import commands as c
from server.jam import ids
from server.jam.forest import heaviest
from server.jam.invitations import MOST_QUOTA, InvitationKind, InvitationPolicy, Place, Quota
from server.jam.people import RELATIONS, Relation, Role
from server.jam.reach import ReachCount, counting
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.jam_store import JamStore
from server.stores import open_stores
from server.vault.port import PersonRecord, Vault

PEOPLE = 150_000
REPEATS = 5
FIRST = ("Anna", "Ben", "Carla", "David", "Elena", "Farid", "Grace", "Hugo", "נועה", "יואב", "מאיה", "איתן", "תמר")
LAST = ("Adler", "Brown", "Costa", "Dvir", "Eriksen", "Fischer", "Haddad", "לוי", "כהן", "מזרחי", "פרץ", "ביטון")


def counted(state: JamState) -> tuple[ReachCount, float, float]:
    """The count, its CPU seconds, and the longest of its steps in seconds."""
    begun, longest = time.process_time(), 0.0
    steps = counting(state, lambda person: COUNTRIES[len(person) % len(COUNTRIES)])
    while True:
        last = time.thread_time()
        count = next(steps)
        longest = max(longest, time.thread_time() - last)
        if count is not None:
            return count, time.process_time() - begun, longest


def measure(people: int) -> None:
    """Prints the cost of one count and of what a picture shows."""
    state = made_up_jam(people)
    costs = [counted(state) for _ in range(REPEATS)]
    count = costs[0][0]
    cpu, longest = sorted(cost[1] for cost in costs)[REPEATS // 2], sorted(cost[2] for cost in costs)[REPEATS // 2]
    print(f"{people:,} people, {len(state.ideas):,} ideas, {sum(len(m.supports) for m in state.members):,} votes")
    print(f"one count: {cpu * 1e3:.0f} ms of CPU in steps of at most {longest * 1e3:.1f} ms")
    for most in (1_000, 12_000):
        begun = time.process_time()
        heaviest(count.forest, None, 64, most)
        print(f"the {most:,} with the most people below them: {(time.process_time() - begun) * 1e3:.0f} ms")


# ------------------------------------------------------------------------------------------------------ a store to look at
def _named(place: int, rng: random.Random) -> PersonRecord:
    name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    return PersonRecord(person_id(place), None, name, rng.choice(COUNTRIES), "en", wall_clock())


def _joins(joined: list[Joining]) -> Iterator[tuple[c.Command, int | None]]:
    """Whoever brings anybody makes one link, and those they bring come by it, as by the server itself."""
    inviting = {one.inviter for one in joined if one.inviter is not None}
    for one in joined:
        person = person_id(one.place)
        if one.inviter is None:
            yield (
                c.AddMember(actor=ids.SYSTEM, id=f"join-{person}", person=person, role=Role.PARTICIPANT, relation=one.relation),
                None,
            )
        else:
            token = f"{one.inviter} {one.relation}"
            yield c.AcceptInvitation(actor=person, id="accept-by-link", token_hash=token), None
        if one.place in inviting:
            yield _links(one.place), None


def _links(place: int) -> c.Invite:
    """A link for each relation."""
    uses = MOST_QUOTA // len(RELATIONS)
    places = tuple(Place(f"{place} {relation}", relation, uses=uses, key=relation.value) for relation in RELATIONS)
    return c.Invite(actor=person_id(place), id="links-of-mine", kind=InvitationKind.LINK, places=places)


def _acts(people: int, rng: random.Random) -> Iterator[tuple[c.Command, int | None]]:
    for number in range(people // 8):
        author = person_id(rng.randrange(people))
        yield (
            c.PostIdea(
                actor=author, id=f"idea-{number:06}", topic=TOPIC, title=f"Idea {number}", body="Why not", language="en"
            ),
            None,
        )


async def _add_staff(store: JamStore, vault: Vault, role: Role) -> None:
    name = role.value.lower()
    await vault.add_people([PersonRecord(f"p{name}", f"{name}@example.org", role.value.title(), None, "en", wall_clock())])
    joins = c.AddMember(actor=ids.SYSTEM, id=f"join-{name}", person=f"p{name}", role=role, relation=Relation.EMPLOYEE)
    await store.submit(JAM, joins)


async def make_store(data: Path, people: int) -> None:
    """A running jam of so many people in `data`; its organizer is organizer@example.org, its sponsor sponsor@example.org."""
    rng = random.Random(4)
    async with open_stores(settings_with(data, theme_workers=0)) as (journal, vault):
        store = await JamStore.open(journal, wall_clock)
        await open_jam(store)
        await vault.add_people([_named(place, rng) for place in range(people)])
        for role in (Role.ORGANIZER, Role.SPONSOR):
            await _add_staff(store, vault, role)
        quotas = tuple(Quota(relation, MOST_QUOTA) for relation in RELATIONS)
        policy = InvitationPolicy(quotas, RELATIONS)
        await store.submit(JAM, c.SetInvitationPolicy(actor="porganizer", id="set-the-policy", policy=policy))
        for batch in (_joins(list(joinings(people))), _acts(people, rng)):
            for answer in await store.submit_many(JAM, batch):
                if isinstance(answer, Rejection):
                    raise answer
        await store.close()


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--store"]:
        asyncio.run(make_store(Path(arguments[1]), int(arguments[2]) if len(arguments) > 2 else 10_000))
    else:
        measure(int(arguments[0]) if arguments else PEOPLE)


if __name__ == "__main__":
    main(sys.argv[1:])
