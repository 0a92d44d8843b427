"""What events look like in a journal, as data that can be compared between versions; and which changes of it are none."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Shape = Any
"""A name of a plain type; or {"one of": values}, {"fields": {name: shape}, "needed": names}, {"list of": shape},
{"tuple": shapes}, {"map to": shape}, {"any of": shapes}.
"""


def shape_of(kind: Any) -> Shape:
    """The shape of a type. Raises `TypeError` for one that has no place in an event."""
    origin, inner = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"one of": sorted(str(one.value) for one in kind)}
    if isinstance(kind, type) and is_dataclass(kind):
        return fields_of(kind)
    if origin in (Union, UnionType):
        return {"any of": sorted((shape_of(one) for one in inner), key=str)}
    if origin is tuple:
        if inner[-1] is Ellipsis:
            return {"list of": shape_of(inner[0])}
        return {"tuple": [shape_of(one) for one in inner]}
    if origin is not None and issubclass(origin, Mapping):
        return {"map to": shape_of(inner[1])}
    if kind in (str, int, float, bool, NoneType):
        return str(kind.__name__)
    if kind is Any:
        return "anything"
    if isinstance(kind, type) and hasattr(kind, "_fields"):
        return {"tuple": [shape_of(hint) for hint in get_type_hints(kind).values()]}
    raise TypeError(f"{kind} has no shape")


def fields_of(kind: type) -> Shape:
    hints = get_type_hints(kind)
    needed = [field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING]
    return {"fields": {name: shape_of(hint) for name, hint in sorted(hints.items())}, "needed": sorted(needed)}


def shapes_of(registry: Mapping[tuple[str, int], type]) -> dict[str, Shape]:
    """By `name@version`."""
    return {f"{name}@{version}": fields_of(cls) for (name, version), cls in sorted(registry.items())}


def breaks(old: Shape, new: Shape, where: str = "") -> list[str]:
    """Why what was written in the old shape can't be read in the new one; empty if all of it can.

    What may change: an enumeration gets more values, an alternative is added, something within an event gets a field that is not
    needed. The fields of an event itself never change: that is a new version, with an upcast.
    """
    if isinstance(old, str) or isinstance(new, str):
        wider = isinstance(new, dict) and old in new.get("any of", ())
        return [] if old == new or wider else [f"{where}: was {old} and is {new}"]
    if "any of" in new and "any of" not in old:
        return [] if any(not breaks(old, one) for one in new["any of"]) else [f"{where}: was {old} and is {new}"]
    if old.keys() != new.keys():
        return [f"{where}: was {old} and is {new}"]
    if "one of" in old:
        return [f"{where}: {value} is gone" for value in old["one of"] if value not in new["one of"]]
    if "any of" in old:
        lost = [one for one in old["any of"] if all(breaks(one, other) for other in new["any of"])]
        return [f"{where}: can't be {one} any more" for one in lost]
    if "fields" in old:
        return _fields_break(old, new, where)
    if "tuple" in old:
        if len(old["tuple"]) != len(new["tuple"]):
            return [f"{where}: was {old} and is {new}"]
        return [
            said
            for place, pair in enumerate(zip(old["tuple"], new["tuple"], strict=True))
            for said in breaks(*pair, f"{where}[{place}]")
        ]
    (part,) = old
    return breaks(old[part], new[part], f"{where}[]")


def _fields_break(old: Shape, new: Shape, where: str) -> list[str]:
    said = [f"{where}.{name} is gone" for name in old["fields"] if name not in new["fields"]]
    said += [f"{where}.{name} is new and needed" for name in new["needed"] if name not in old["fields"]]
    for name, shape in old["fields"].items():
        if name in new["fields"]:
            said += breaks(shape, new["fields"][name], f"{where}.{name}")
    return said
