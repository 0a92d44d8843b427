"""Looks for what must be gone: in every file of the data folder as bytes, and in the stores as they are read.

Bytes find what is left in free space and logs; reading finds what the pages of a file cut in two.
"""

import mmap
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

from server.journal.port import Journal
from server.snapshots import KIND
from server.vault.port import Vault

LEAST_LETTERS = 3
"""Shorter texts are found by chance."""


def needles(texts: Collection[str]) -> list[str]:
    """The texts, as given and in small letters, as which names and addresses are kept to be found."""
    return sorted({form for text in texts for form in (text, text.casefold()) if len(text) >= LEAST_LETTERS})


async def traces(folder: Path | None, journal: Journal, vault: Vault, texts: Collection[str]) -> list[str]:
    """Where any of the texts is still found, a line each; empty where there is no trace. `folder`: of the embedded stores."""
    wanted = needles(texts)
    found = list(_in_files(folder, wanted)) if folder is not None else []
    async for line in _in_journal(journal, wanted):
        found.append(line)
    found += [f"the vault's {kind} has {text!r}" for text in wanted for kind in await vault.kinds_with(text)]
    return found


def _in_files(folder: Path, wanted: Sequence[str]) -> Iterator[str]:
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        if not file.stat().st_size:
            continue
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
            for text in wanted:
                place = content.find(text.encode())
                if place >= 0:
                    yield f"{file.relative_to(folder)} has {text!r} at byte {place:,}"


async def _in_journal(journal: Journal, wanted: Sequence[str]) -> AsyncIterator[str]:
    for stream in await journal.streams():
        async with aclosing(journal.read(stream)) as records:
            async for record in records:
                for text in wanted:
                    if text.encode() in record.payload:
                        yield f"{stream} has {text!r} in the record after {record.after:,}"
        snapshot = await journal.load_snapshot(stream, KIND)
        for text in wanted if snapshot is not None else ():
            if snapshot is not None and text.encode() in snapshot.data:
                yield f"the snapshot of {stream} has {text!r}"
