"""A process that appends to an SQLite journal until it is killed, and prints each acknowledged number.

Arguments: the file, the number to start after, and how many records to append at most.
"""

import asyncio
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from server.journal.sqlite import SqliteJournal


async def main(path: str, after: int, most: int) -> None:
    """Append records of one event each; the payload is the event's number."""
    journal = await SqliteJournal.open(path)
    for number in range(after + 1, after + most + 1):
        await journal.append("jam", number - 1, 1, b"event %d" % number, uuid.uuid4().hex)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    await journal.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
