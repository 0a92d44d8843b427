"""Exports of a jam: everything the viewer may see, and nothing else, as CSV, JSON or XLSX.

`sees` decides about every idea, comment and topic; counts are the ones that the viewer is shown in the jam, too. Names come
from the directory of people at the moment of the export; e-mail addresses are in no export.
"""

from collections.abc import Callable, Mapping
from typing import BinaryIO

from server.exporting.csv_file import write_csv
from server.exporting.json_file import write_json
from server.exporting.rows import Export, Lookup, Rows
from server.exporting.xlsx_file import write_xlsx
from server.jam.people import Viewer
from server.jam.state import JamState

WRITERS: Mapping[str, Callable[[Rows, BinaryIO], None]] = {"csv": write_csv, "json": write_json, "xlsx": write_xlsx}

__all__ = ["WRITERS", "Lookup", "collect", "export_jam"]


def export_jam(state: JamState, viewer: Viewer, person: Lookup, format: str, file: BinaryIO) -> None:
    """Writes the jam as the viewer sees it to a binary file. `person` looks up who has an id; `format` is csv, json or xlsx.

    The state must not change meanwhile. Raises `ValueError` for another format.
    """
    collect(state, viewer, person, format)(file)


def collect(state: JamState, viewer: Viewer, person: Lookup, format: str) -> Callable[[BinaryIO], None]:
    """Takes what the viewer may see now, and returns what writes it to a file: that takes longer, and may be done on another
    thread while the state goes on. Raises `ValueError` for an unknown format.
    """
    if format not in WRITERS:
        raise ValueError(f"{format[:20]!r} is no format: choose of {', '.join(WRITERS)}")
    rows = Export(state, viewer, person).rows()
    return lambda file: WRITERS[format](rows, file)
