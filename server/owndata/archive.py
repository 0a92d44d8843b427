"""The archive as a file: `data.json` for programs, `data.html` for people, and what they uploaded."""

from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import orjson

from server.owndata.gather import OwnData
from server.owndata.page import page_of


def write_archive(own: OwnData, file: IO[bytes]) -> None:
    """Writes the archive; takes as long as compressing it does, so it is called aside."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", orjson.dumps(own.told, option=orjson.OPT_INDENT_2))
        archive.writestr("data.html", page_of(own).encode())
        for name, content in own.files.items():
            archive.writestr(name, content, ZIP_STORED)
