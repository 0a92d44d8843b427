"""An array that grows by rows in constant time, by doubling."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Growing:
    """Rows appended one by one; `array` is a read-only view of those there are."""

    def __init__(self, rows: NDArray[Any]) -> None:
        self._buffer = np.array(rows)
        self._length = len(rows)

    @property
    def array(self) -> NDArray[Any]:
        """(n, ...) the rows so far."""
        view = self._buffer[: self._length]
        view.flags.writeable = False
        return view

    def append(self, row: Any) -> None:
        """Add one row."""
        if self._length == len(self._buffer):
            spare = np.zeros((max(64, self._length), *self._buffer.shape[1:]), self._buffer.dtype)
            self._buffer = np.concatenate([self._buffer, spare])
        self._buffer[self._length] = row
        self._length += 1
