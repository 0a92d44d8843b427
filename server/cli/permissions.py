"""`hothouse permissions`: the permission table as a page to read, `docs/permissions.md`."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from server.cli.options import publish
from server.jam.people import Relation, Role
from server.jam.permissions import TABLE, Action, may
from server.jam.phases import ORDER, Phase
from server.organization.permissions import OrganizationAction, may_in_organization

MEANINGS: dict[Action, str] = {
    Action.VIEW: "see the jam: its texts, topics, schedule, announcements, one's notifications",
    Action.READ_IDEAS: "read ideas, comments, themes, the map and search, as far as each is for the reader",
    Action.POST_IDEA: "post an idea",
    Action.BUILD_ON: "build on ideas",
    Action.EDIT_OWN: "edit an idea or comment of one's own",
    Action.COMMENT: "comment and reply",
    Action.LIKE: "like a comment, and take it back",
    Action.SUPPORT: "support an idea, and withdraw it",
    Action.REPORT: "report an idea or comment",
    Action.APPEAL: "appeal against what was done to one's own",
    Action.CREATE_CIRCLE: "make circles, and change those one made",
    Action.INVITE: "invite others, within the quota that the jam gives one's relation; organizers as many as they like",
    Action.GUARD: "bring minors of one's family where the jam allows it, pause and remove them, accept the terms for them",
    Action.MODERATE: "hide, restore, remove, merge, move, pin, feature, lock, settle reports; read the queue and the log",
    Action.RESTRICT: "mute and suspend members, and lift it: moderators for participants, organizers for everyone",
    Action.ANNOUNCE: "announce something to everyone",
    Action.STEER_PHASES: "lengthen, close or reopen phases",
    Action.EDIT_THEMES: "rename, merge, split themes, pin and exclude ideas, decide about proposals, ask for a grouping",
    Action.READ_BRIEFING: "read the briefing",
    Action.READ_REACH: "read how many were invited, joined and take part",
    Action.READ_BRANCHES: "read who brought whom",
    Action.EXPORT: "take along everything one may see",
    Action.MANAGE_BRANCHES: "revoke someone with all whom they brought, and bring the branch back",
    Action.ORGANIZE: "describe, plan and publish the jam, invite, add members, change roles, topics and audiences",
}
OUTSIDE: dict[OrganizationAction, str] = {
    OrganizationAction.CREATE_JAM: "make jams",
    OrganizationAction.OPERATE: "see how the servers are",
}
HEAD = """# Who may do what, and when

Made by `hothouse permissions` from the one table in `server/jam/permissions.py`; tests go through every cell of it, by
commands and by the API, and hold this page to it. A cell lists the phases in which the role may; "–" is never. What someone
may *see* is another question, with one answer in `server/jam/visibility.py`.
"""


def permissions(
    output: Annotated[Path | None, typer.Option(help="File to write; without it the page is printed.")] = None,
) -> None:
    """Print the permission table as Markdown."""
    publish(rendered(), output)


def rendered() -> str:
    """The page."""
    roles = list(Role)
    columns = [*(role.value.lower() for role in roles), "minor"]
    lines = [HEAD, f"| action | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
    for action in TABLE:
        cells = [*(_phases(action, role) for role in roles), _phases(action, Role.PARTICIPANT, is_minor=True)]
        lines.append(f"| **{action.value}**: {MEANINGS[action]} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", _relations(), "", *_outside(), ""])


def _outside() -> list[str]:
    """What is done outside of jams: by the table in `server/organization/permissions.py`."""
    lines = ["Outside of jams:", "", "| action | organizers of the organization | everybody else |", "|---|---|---|"]
    for action, meaning in OUTSIDE.items():
        cells = ("yes" if may_in_organization(action, is_organizer) else "–" for is_organizer in (True, False))
        lines.append(f"| **{action.value}**: {meaning} | {' | '.join(cells)} |")
    return lines


def _phases(action: Action, role: Role, is_minor: bool = False) -> str:
    """The phases in which a role may, for an employee; `_relations` says where that is not all."""
    allowed = [may(action, role, Relation.EMPLOYEE, phase, is_minor) for phase in ORDER]
    if all(allowed):
        return "always"
    runs = [(is_allowed, [phase.value.lower() for phase, _ in run]) for is_allowed, run in _runs(allowed)]
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for is_allowed, run in runs if is_allowed) or "–"


def _runs(allowed: list[bool]) -> Iterator[tuple[bool, list[tuple[Phase, bool]]]]:
    """Neighbouring phases that are alike."""
    for is_allowed, run in groupby(zip(ORDER, allowed, strict=True), key=lambda pair: pair[1]):
        yield is_allowed, list(run)


def _relations() -> str:
    """Which actions are not for people of every relation."""
    every = frozenset(Relation)
    narrow = [
        f"{action.value}: {', '.join(sorted(rule.relations))}" for action, rule in TABLE.items() if rule.relations != every
    ]
    if not narrow:
        return "Relations make no difference to what one may do; they do to what one sees (audiences of topics and ideas)."
    return "Only for some relations: " + "; ".join(narrow) + "."
