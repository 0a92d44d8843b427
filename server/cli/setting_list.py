"""`hothouse settings`: every setting as a page to read, `docs/settings.md`."""

from pathlib import Path
from types import UnionType
from typing import Annotated, Any, get_args

import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from server.cli.options import publish
from server.settings import Settings

HEAD = """# Settings

Made by `hothouse settings` from the class `Settings` (`server/settings.py`); a test holds this page to it. Every setting is an
environment variable. What can't be one is refused at the start, in words. Secrets are never logged.

| variable | kind | default | what it is |
|---|---|---|---|
"""
INTERNAL = frozenset({"worker"})
"""Set by the server itself, for the processes that it begins."""
KINDS: dict[Any, str] = {
    bool: "true or false",
    int: "number",
    float: "number",
    str: "text",
    Path: "folder",
    SecretStr: "secret",
}


def settings(
    output: Annotated[Path | None, typer.Option(help="File to write; without it the page is printed.")] = None,
) -> None:
    """Print every setting as Markdown."""
    publish(rendered(), output)


def rendered() -> str:
    """The page."""
    fields = Settings.model_fields.items()
    return HEAD + "".join(_line(name, field) for name, field in fields if name not in INTERNAL)


def _line(name: str, field: FieldInfo) -> str:
    default = "" if field.default in (None, "") else f"`{_shown(field.default)}`"
    return f"| `HOTHOUSE_{name.upper()}` | {_kind(field)} | {default} | {field.description} |\n"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kind(field: FieldInfo) -> str:
    """What may be given: its kind, and its bounds where it has some."""
    hint = field.annotation
    if isinstance(hint, UnionType):
        hint = next(option for option in get_args(hint) if option is not type(None))
    bounds = {type(rule).__name__.lower(): rule for rule in field.metadata}
    words = [f"{name} {getattr(bounds[key], key)}" for key, name in BOUNDS.items() if key in bounds]
    return " ".join([KINDS.get(hint, "text"), *words])


BOUNDS = {"ge": "from", "gt": "above", "le": "to"}
