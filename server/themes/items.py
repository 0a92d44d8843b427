"""What the clustering processes are told of a jam's ideas."""

import asyncio
import hashlib
import math
import pickle
from collections.abc import Iterable, Sequence

from server.jam.entities import Idea
from server.jam.state import JamState
from server.themes.messages import Item, ThemeNote

_LONGEST_BODY = 1_000
_SLICE = 500


def belongs(idea: Idea) -> bool:
    """Whether an idea takes part in themes and similar ideas: listed, and not of a circle."""
    return idea.is_listed and idea.reach.circle is None


def text_of(idea: Idea) -> str:
    """What is clustered of an idea."""
    return clustered(idea.title, idea.body)


def clustered(title: str, whole_body: str) -> str:
    """The title, and the beginning of the body unless it only repeats the title."""
    body = whole_body[:_LONGEST_BODY]
    if body.startswith(title.rstrip(".… ")):
        return body
    return f"{title}\n{body}".rstrip()


def key_of(text: str) -> bytes:
    """The key of a text's vector: its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def item_of(idea: Idea) -> Item:
    """The item of an idea; its weight is 1 + ln(1 + support)."""
    text = text_of(idea)
    return Item(
        id=idea.id, key=key_of(text), language=idea.language, is_public=idea.reach.is_public, theme=idea.theme,
        subtheme=idea.subtheme, x=idea.x, y=idea.y, weight=1.0 + math.log1p(idea.support), text=text,
    )  # fmt: skip


def notes_of(state: JamState) -> tuple[ThemeNote, ...]:
    """The themes that stand, sub-themes behind them."""
    standing = (theme for theme in state.themes.values() if theme.merged_into is None)
    notes = [ThemeNote(theme.id, theme.parent, theme.label, theme.x, theme.y) for theme in standing]
    return tuple(sorted(notes, key=lambda note: note.parent is not None))


async def packed_items(state: JamState) -> list[bytes]:
    """All items of a jam in order of posting, in packed slices; gives way to others between two slices."""
    chunks: list[bytes] = []
    for start in range(0, len(state.ideas), _SLICE):
        chunks.append(pack([item_of(idea) for idea in state.ideas[start : start + _SLICE] if belongs(idea)]))
        await asyncio.sleep(0)
    return chunks


def pack(items: Sequence[Item]) -> bytes:
    """Items as bytes, which are handed to another process without being looked at again."""
    return pickle.dumps([tuple(item) for item in items], protocol=5)


def unpack(chunks: Iterable[bytes]) -> list[Item]:
    """The items of packed slices that this server packed."""
    return [Item(*fields) for chunk in chunks for fields in pickle.loads(chunk)]
