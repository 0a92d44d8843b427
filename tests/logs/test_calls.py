"""Every call of the log in the product, read off its source: fixed sentences, known names, no words of faults or of people."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("server", "schema", "clustering")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log", "msg", "warn", "fatal", "bind"}

THINGS = {"jam", "slug", "stream", "invitation", "hook", "hash", "worker", "request", "topic"}
"""Ids and names of things. Of persons there is none: a person's id leads to who they are."""

NUMBERS = {
    "after", "after_s", "again_in_s", "ahead_s", "attempts", "budget_s", "bytes", "groups", "ideas", "jams", "pid", "place",
    "requests", "seconds", "seq", "status", "subthemes", "themes", "voters", "votes", "waiting", "withdraws", "is_given_up",
    "dropped", "level", "queued", "count", "limit", "beat", "objects",
}  # fmt: skip
WORDS = {"code", "error", "kind", "lease", "logger", "model", "pool", "work", "watcher", "name", "question"}
"""Codes, names of types and of our own parts: `error` is the name of an exception's type."""

PLAIN = {"reason", "why", "scheduler"}
"""What is wrong, worded by us or by a store: `JournalUnavailable.reason`, and the exceptions in `OURS`."""

ALLOWED = THINGS | NUMBERS | WORDS | PLAIN | {"exc_info"}
OURS = {
    ("server/web/company.py", "trouble"),
    ("server/app/trusted.py", "unusable"),
    ("server/app/trusted.py", "refused"),
    ("server/app/clock_memory.py", "error"),
}
"""Exceptions whose words may be told (file, variable): the programmers' own, about settings and the built page."""

SHOWN = ("server/access/mailer.py", {"to", "subject", "text"})
"""Development without a mail server: the mail itself is shown, so that one can sign in. Nothing else shows what is somebody's."""


@dataclass(frozen=True)
class Call:
    file: str
    line: int
    node: ast.Call

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def calls_in(path: Path, source: str) -> Iterator[Call]:
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS):
            continue
        whose = node.func.value
        if isinstance(whose, ast.Name) and whose.id in {"log", "logger", "_log", "LOG", "logging", "structlog"}:
            yield Call(str(path.relative_to(ROOT)), node.lineno, node)


def faults(call: Call) -> Iterator[str]:
    """What is wrong with a call."""
    shown = SHOWN[1] if call.file == SHOWN[0] else set()
    match call.node.args:
        case [ast.Constant(value=str())]:
            pass
        case _:
            yield "the event is not one fixed sentence"
    for keyword in call.node.keywords:
        if keyword.arg is None:
            yield "** hides what is told"
        elif keyword.arg in shown:
            continue
        elif keyword.arg not in ALLOWED:
            yield f"`{keyword.arg}` is no name that may be told"
        else:
            yield from unsafe(call, keyword.arg, keyword.value)


def unsafe(call: Call, name: str, value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.JoinedStr | ast.BinOp) and name not in NUMBERS:
            yield f"`{name}` is put together from values"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"str", "repr", "format", "vars"}:
            (given,) = node.args
            is_ours = isinstance(given, ast.Name) and (call.file, given.id) in OURS
            if not is_ours and not (name == "watcher" and node.func.id == "repr"):
                yield f"`{name}` tells the words of something"
    if name == "error" and not is_type_name(value):
        yield "`error` is to be `type(error).__name__`"


def is_type_name(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Attribute) and value.attr == "__name__" and isinstance(value.value, ast.Call)
        and isinstance(value.value.func, ast.Name) and value.value.func.id == "type"
    )  # fmt: skip


def all_calls() -> list[Call]:
    return [call for path in files() for call in calls_in(path, path.read_text())]


@pytest.mark.parametrize("call", all_calls(), ids=str)
def test_a_call_tells_nothing_of_anybody(call: Call) -> None:
    assert list(faults(call)) == []


def test_all_of_the_product_is_looked_at() -> None:
    found = all_calls()
    assert len(found) > 50
    assert len({call.file for call in found}) > 25


def test_only_our_own_log_is_written_to() -> None:
    others = [
        path for path in files()
        if re.search(r"^(import|from) logging\b|(?<![\w.])print\(", path.read_text(), re.MULTILINE)
        and not str(path.relative_to(ROOT)).startswith(("server/logs.py", "server/tracing/exporting.py", "server/cli/", "schema/__main__.py", "clustering/"))
    ]  # fmt: skip
    assert others == []


@pytest.mark.parametrize(
    "written",
    [
        'log.info(f"{person} came")',
        'log.info("came: %s", person)',
        'log.info("came", person=person)',
        'log.warning("refused", error=str(error))',
        'log.warning("refused", error=error)',
        'log.warning("refused", reason=repr(mail))',
        'log.warning("refused", kind=f"{mail}")',
        'log.warning("refused", **values)',
        'log.info("mail", to=mail.to)',
    ],
)
def test_what_would_tell_is_found(written: str) -> None:
    (call,) = calls_in(ROOT / "server" / "somewhere.py", written)
    assert list(faults(call)) != []
