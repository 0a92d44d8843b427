"""What people see of a jam, in a form that later versions can be compared with: they may say more, and nothing else."""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from server.exporting import export_jam
from server.jam.people import Relation, Role, Viewer
from server.jam.state import JamState

VIEWERS = {
    "organizer": Viewer("org", Role.ORGANIZER, Relation.EMPLOYEE),
    "moderator": Viewer("mod", Role.MODERATOR, Relation.FAMILY),
    "employee": Viewer("una", Role.PARTICIPANT, Relation.EMPLOYEE),
    "friend": Viewer("uma", Role.PARTICIPANT, Relation.FRIEND),
    "sponsor": Viewer("spo", Role.SPONSOR, Relation.CLIENT),
}


def seen(state: JamState) -> dict[str, Any]:
    """The jam as each of the viewers sees it."""
    return {name: _export(state, viewer) for name, viewer in VIEWERS.items()}


def _export(state: JamState, viewer: Viewer) -> Any:
    file = io.BytesIO()
    export_jam(state, viewer, lambda person: None, "json", file)
    return json.loads(file.getvalue())


def differences(recorded: Any, found: Any, where: str = "") -> list[str]:
    """Where `found` does not say what was recorded. A field more is none."""
    if isinstance(recorded, Mapping) and isinstance(found, Mapping):
        lost = [f"{where}.{name} is gone" for name in recorded if name not in found]
        both = [name for name in recorded if name in found]
        return lost + [said for name in both for said in differences(recorded[name], found[name], f"{where}.{name}")]
    if _is_list(recorded) and _is_list(found) and len(recorded) == len(found):
        pairs = enumerate(zip(recorded, found, strict=True))
        return [said for place, pair in pairs for said in differences(*pair, f"{where}[{place}]")]
    return [] if recorded == found else [f"{where}: was {recorded!r} and is {found!r}"]


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
