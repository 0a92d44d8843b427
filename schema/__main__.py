"""`python -m schema` writes the SDL from the code; with `--check` it only says whether the committed one is true."""

import sys
from pathlib import Path

from schema import schema

COMMITTED = Path(__file__).with_name("schema.graphql")


def main(arguments: list[str]) -> int:
    """The exit status: 1 where the committed SDL is out of date."""
    served = f"{schema}\n"
    if "--check" not in arguments:
        COMMITTED.write_text(served, encoding="utf-8")
        return 0
    if COMMITTED.read_text(encoding="utf-8") == served:
        return 0
    sys.stderr.write("schema/schema.graphql is not what the code serves: run `make schema` and look at the difference.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
