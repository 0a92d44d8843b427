"""Short texts of known topics, written for these tests."""

import itertools

import numpy as np
from numpy.typing import NDArray

TOPICS = {
    "buses": (["more frequent", "free", "electric", "late night"], ["buses", "shuttle buses", "bus lines"], ["from the train station", "to the northern campus", "between our offices"]),
    "food": (["vegetarian", "cheaper", "fresh", "locally grown"], ["lunch dishes", "canteen meals", "salads"], ["in the cafeteria", "at the canteen counter", "on the lunch menu"]),
    "mentoring": (["monthly", "peer", "cross-team", "senior"], ["mentoring sessions", "mentor pairs", "coaching talks"], ["for junior engineers", "for new graduates", "for apprentices"]),
    "energy": (["rooftop", "efficient", "smart", "modern"], ["solar panels", "solar heating", "photovoltaic panels"], ["above the warehouse roof", "on every factory roof", "to cut electricity bills"]),
}  # fmt: skip


def sample(each: int) -> tuple[list[str], NDArray[np.int64]]:
    """Up to 36 different texts of each topic (then repeated), and the number of the topic of each."""
    texts, topics = [], []
    for number, parts in enumerate(TOPICS.values()):
        made = [" ".join(words) for words in itertools.product(*parts)]
        texts += [made[i % len(made)] for i in range(each)]
        topics += [number] * each
    return texts, np.array(topics)
