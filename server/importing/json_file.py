"""Imports ideas from a JSON file: the same as a CSV file, read another way."""

from collections.abc import Mapping
from pathlib import Path

from server.importing.csv_file import CsvOptions, Source, import_table
from server.importing.json_table import read_json
from server.importing.report import ImportReport
from server.jam_store import JamStore
from server.progress import SILENT, Progress
from server.vault.port import Vault


async def import_json(
    store: JamStore,
    vault: Vault,
    file: Path,
    name: str,
    mapping: Mapping[str, str],
    now: int,
    member: str | None = None,
    options: CsvOptions = CsvOptions(),
    progress: Progress = SILENT,
    organizer: str | None = None,
) -> ImportReport:
    """Makes the jam `name` of a JSON file: a list of objects, a member of one (`member`), or an object a line (JSON Lines).

    All else is as in `import_csv`; of the options only language, topic and day_first mean anything. Our own exports are read as
    well: ideas with their authors, times and topics. Raises `ImportRefused` if nothing was imported.
    """
    table = read_json(file, member)
    source = Source(table, file, f"JSON file {table.name}")
    return await import_table(store, vault, source, name, mapping, now, options, progress, organizer)
