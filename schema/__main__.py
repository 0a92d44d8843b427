"""`python -m schema` writes the SDL from the code. With `--check` it only says whether the committed one is true, and whether
it breaks anything that was not declared; with `--release` the SDL becomes the one that later changes are compared with.
"""

import sys
from pathlib import Path

from schema import schema
from schema.changes import DECLARED, RELEASED, check

NOTHING_YET = "# Breaking changes since the last release, word for word as `python -m schema --check` names them.\n"
COMMITTED = Path(__file__).with_name("schema.graphql")


def main(arguments: list[str]) -> int:
    """The exit status: 1 where the committed SDL is out of date, or breaks what it should not."""
    served = f"{schema}\n"
    if "--check" in arguments:
        return _checked(served)
    COMMITTED.write_text(served, encoding="utf-8")
    if "--release" in arguments:
        RELEASED.write_text(served, encoding="utf-8")
        DECLARED.write_text(
            "# Breaking changes since the last release, word for word as `python -m schema --check` names them.\n"
        )
    return 0


def _checked(served: str) -> int:
    if COMMITTED.read_text(encoding="utf-8") != served:
        sys.stderr.write("schema/schema.graphql is not what the code serves: run `make schema` and look at the difference.\n")
        return 1
    said = check(schema._schema)
    if said:
        sys.stderr.write("\n".join([*said, f"Undo it, or declare it in schema/{DECLARED.name} and CHANGELOG.md.", ""]))
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
