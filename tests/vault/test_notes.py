"""What every vault must do with what workers tell each other."""

from dataclasses import replace

import pytest

from server.vault.notes import WorkerNote

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000_123
NOTE = WorkerNote("w1", "here", 1, b"\x00\xff any bytes", NOW)


async def test_notes_come_back_exact_to_the_others_and_the_last_one_counts(vault):
    second = replace(NOTE, topic="times", body=b"")
    other = replace(NOTE, worker="w2", beat=2**40)
    await vault.put_notes([NOTE, second])
    await vault.put_notes([other])
    await vault.put_notes([])
    assert await vault.notes_of_others("w2") == [NOTE, second]
    assert await vault.notes_of_others("w1") == [other]
    assert await vault.notes_of_others("w3") == [NOTE, second, other]
    later = replace(NOTE, beat=2, body=b"later", written_at=NOW + 1)
    await vault.put_notes([later])
    assert await vault.notes_of_others("w2") == [later, second]


async def test_a_worker_that_ends_takes_its_notes_along_and_old_ones_are_swept(vault):
    other, old = replace(NOTE, worker="w2"), replace(NOTE, worker="w3", written_at=NOW - 1)
    await vault.put_notes([NOTE, replace(NOTE, topic="times"), other, old])
    await vault.drop_notes("w1")
    assert await vault.notes_of_others("me") == [other, old]
    await vault.drop_old_notes(NOW)
    assert await vault.notes_of_others("me") == [other]


async def test_notes_are_there_for_another_process(vault, open_vault):
    another = await open_vault()
    await another.put_notes([NOTE])
    assert await vault.notes_of_others("me") == [NOTE]
    await another.close()
