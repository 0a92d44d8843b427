"""Measures search by words on a made-up jam of 46,000 ideas: time to index, memory, time to answer.

Run: .venv/bin/python -m bench.search [IDEAS]
"""

import random
import resource
import sys
import time
from itertools import islice

from server.jam.entities import Idea
from server.jam.state import JamState
from server.jam.visibility import EVERYONE
from server.search.service import JamIndex

ENGLISH = "bcdfghklmnprstvw", "aeiou"
HEBREW = "בגדהוזחטילמנסעפצקרשת", "ויאה"
WORDS_IN_BODY = 70
VOCABULARY = 40_000


def invented_words(rng: random.Random, letters: tuple[str, str], count: int) -> list[str]:
    def word() -> str:
        return "".join(rng.choice(letters[place % 2]) for place in range(rng.randint(2, 9)))

    return [word() for _ in range(count)]


def made_up_jam(ideas: int) -> JamState:
    """Words of two languages with frequencies after Zipf's law; every fourth idea in Hebrew."""
    rng = random.Random(1)
    vocabularies = [invented_words(rng, letters, VOCABULARY) for letters in (ENGLISH, ENGLISH, ENGLISH, HEBREW)]
    weights = [1 / (rank + 2) for rank in range(VOCABULARY)]
    state = JamState()
    for number in range(ideas):
        text = rng.choices(vocabularies[number % 4], weights, k=WORDS_IN_BODY + 6)
        state.ideas.append(
            Idea(
                id=f"i{number}", number=number, topic="t", author="p", title=" ".join(text[:6]), body=" ".join(text[6:]),
                language="en", parents=(), audience=EVERYONE, posted_at=number,
            )
        )  # fmt: skip
    return state


def milliseconds(index: JamIndex, query: str) -> tuple[float, int]:
    times = []
    for _ in range(7):
        start = time.perf_counter()
        found = list(islice(index.find_ideas(query), 20))
        times.append(time.perf_counter() - start)
    return sorted(times)[3] * 1_000, len(found)


def main() -> None:
    ideas = int(sys.argv[1]) if len(sys.argv) > 1 else 46_000
    state = made_up_jam(ideas)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    index, start = JamIndex(state), time.perf_counter()
    index.advance(ideas)
    seconds = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{ideas:,} ideas indexed in {seconds:.1f} s ({seconds / ideas * 1e3:.2f} ms each), {grown:.0f} MB")
    common, rare = state.ideas[0].body.split()[0], state.ideas[400].title.split()[0]
    for query in ("b", "be", common[:3], common, rare, f"{common} {rare[:2]}", f"{rare} {common}", "ה", "של", "כ ב ה"):
        took, found = milliseconds(index, query)
        print(f"{query!r:>28}: {took:6.2f} ms, {found} of the first 20")


if __name__ == "__main__":
    main()
