"""Vectors as text, for JSON: base64 of little-endian float16."""

import base64

import numpy as np

from clustering.vectors import Floats


def packed(vector: Floats) -> str:
    """A vector (d,) as text."""
    return base64.b64encode(np.asarray(vector, dtype="<f2").tobytes()).decode("ascii")


def unpacked(text: str) -> Floats:
    """The vector that `packed` wrote."""
    return np.frombuffer(base64.b64decode(text), dtype="<f2").astype(np.float32)
