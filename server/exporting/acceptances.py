"""The record of who accepted which version of the terms, as CSV: a line for each acceptance, in the order of joining.

`digest` is SHA-256 of the text that was accepted; `accepted_by` is the guardian who accepted for a minor. Safe to open in a
spreadsheet, as every export.
"""

import csv
from collections.abc import Callable
from typing import BinaryIO

from server.exporting.csv_file import BOM, Encoded, safe
from server.exporting.rows import Lookup, iso
from server.jam.state import JamState

COLUMNS = ("person_id", "name", "version", "language", "digest", "accepted_at", "accepted_by")


def collect_acceptances(state: JamState, person: Lookup) -> Callable[[BinaryIO], None]:
    """Takes what is recorded now, and returns what writes it to a file: that may be done on another thread while the state
    goes on. Whoever was erased has no name any more.
    """
    taken = [(member.person, member.accepted) for member in state.members if member.accepted]
    names = {id: _name(person, id) for id, _ in taken}

    def write(file: BinaryIO) -> None:
        file.write(BOM)
        writer = csv.writer(Encoded(file))
        writer.writerow(COLUMNS)
        for id, accepted in taken:
            for one in accepted:
                writer.writerow(
                    (id, safe(names[id]), one.version, one.language, one.digest, iso(one.at), one.by or id)
                )  # fmt: skip

    return write


def _name(person: Lookup, id: str) -> str:
    known = person(id)
    return "" if known is None else known.name or ""
