"""An exception as the log tells it: types, places and codes, and none of its words.

Words of exceptions quote what was given to them: `KeyError: 'ada@example.org'`. Places are files, lines and the program's own
source text, which hold nothing of anybody.
"""

import errno
import traceback
from collections.abc import Iterator

MOST_LINKS = 8
"""Causes of causes that are told, and exceptions of a group."""

MOST_FRAMES = 60
CODES = ("errno", "sqlite_errorname", "status", "status_code", "code")
"""Attributes that say what is wrong by a number or a name that programmers chose."""


def trace_of(fault: BaseException) -> str:
    """The exception with what it came from, the first cause first, as Python words it but without the words."""
    return "\n".join(_lines(fault, "", set()))


def _lines(fault: BaseException, indent: str, told: set[int]) -> Iterator[str]:
    told.add(id(fault))
    before = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    if before is not None and id(before) not in told and len(told) < MOST_LINKS:
        yield from _lines(before, indent, told)
        yield f"{indent}which led to:"
    yield from (indent + line for line in _places(fault))
    yield indent + named(fault)
    for each in _within(fault):
        if id(each) not in told and len(told) < MOST_LINKS:
            yield from _lines(each, f"{indent}  | ", told)


def _within(fault: BaseException) -> tuple[BaseException, ...]:
    return fault.exceptions if isinstance(fault, BaseExceptionGroup) else ()


def _places(fault: BaseException) -> Iterator[str]:
    frames = traceback.extract_tb(fault.__traceback__)
    for frame in frames[-MOST_FRAMES:]:
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        if frame.line:
            yield f"    {frame.line}"


def named(fault: BaseException) -> str:
    """The exception's type and its codes, such as `builtins.OSError (errno ENOSPC)`."""
    kind = type(fault)
    codes = [f"{name} {shown}" for name in CODES if (shown := _code(getattr(fault, name, None), name))]
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"{name} ({', '.join(codes)})" if codes else name


def _code(value: object, name: str) -> str:
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return errno.errorcode.get(value, str(value)) if name == "errno" else str(value)
    # Other attributes that are texts may be secrets, such as the code of a room.
    return value if isinstance(value, str) and name == "sqlite_errorname" else ""
