"""What was asked before, by the bytes of its body: read, prepared and admitted once."""

from collections import OrderedDict
from typing import Any

import orjson

from server.api.documents import Prepared

BODY_BYTES = 8 * 1024
"""A longer body is read each time."""

FOLDS = 8
"""What is kept of a body takes several times its bytes: it itself, its variables, and how they are spelled."""


class Question:
    """A query with its variables. `about` is the jam that its answer is about, once that is known.

    Nobody may change `variables`: everyone who sends the same body asks with the same ones.
    """

    __slots__ = ("about", "key", "prepared", "variables")

    def __init__(self, prepared: Prepared, variables: dict[str, Any]) -> None:
        self.prepared = prepared
        self.variables = variables
        self.about: str | None = None
        self.key = (prepared.key, orjson.dumps(variables, option=orjson.OPT_SORT_KEYS))


class Questions:
    """The questions that were asked last, bounded by bytes. Those of another `edition` of the documents are forgotten."""

    def __init__(self, most_bytes: int = 32 * 1024 * 1024) -> None:
        self._most = most_bytes
        self._size = 0
        self._edition = 0
        self._kept: OrderedDict[bytes, Question] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes that what is kept is taken for."""
        return self._size

    def get(self, body: bytes, edition: int) -> Question | None:
        """What the body asks, if that is known."""
        if edition != self._edition:
            self._kept.clear()
            self._size, self._edition = 0, edition
        question = self._kept.get(body)
        if question is not None:
            self._kept.move_to_end(body)
        return question

    def keep(self, body: bytes, question: Question) -> None:
        """Remember what a body asks, unless it is long."""
        if len(body) > BODY_BYTES or body in self._kept:
            return
        self._kept[body] = question
        self._size += FOLDS * len(body)
        while self._size > self._most:
            oldest, _ = self._kept.popitem(last=False)
            self._size -= FOLDS * len(oldest)
