"""The permission table: who may do what, and when. There is no other."""

from dataclasses import dataclass
from enum import StrEnum

from server.jam.people import RELATIONS, Relation, Role
from server.jam.phases import ORDER, Phase, Schedule
from server.jam.rejections import NotAllowed, PhaseClosed


class Action(StrEnum):
    """What a command or a query does, as the table names it."""

    VIEW = "VIEW"
    READ_IDEAS = "READ_IDEAS"
    POST_IDEA = "POST_IDEA"
    BUILD_ON = "BUILD_ON"
    EDIT_OWN = "EDIT_OWN"
    COMMENT = "COMMENT"
    LIKE = "LIKE"
    SUPPORT = "SUPPORT"
    REPORT = "REPORT"
    APPEAL = "APPEAL"
    CREATE_CIRCLE = "CREATE_CIRCLE"
    INVITE = "INVITE"
    GUARD = "GUARD"
    MODERATE = "MODERATE"
    RESTRICT = "RESTRICT"
    ANNOUNCE = "ANNOUNCE"
    STEER_PHASES = "STEER_PHASES"
    EDIT_THEMES = "EDIT_THEMES"
    READ_BRIEFING = "READ_BRIEFING"
    READ_REACH = "READ_REACH"
    READ_BRANCHES = "READ_BRANCHES"
    EXPORT = "EXPORT"
    ORGANIZE = "ORGANIZE"
    MANAGE_BRANCHES = "MANAGE_BRANCHES"


@dataclass(frozen=True, slots=True)
class Rule:
    """An action is allowed where role, phase and relation are all named; to minors only where that is said besides."""

    roles: frozenset[Role]
    phases: frozenset[Phase]
    relations: frozenset[Relation] = frozenset(RELATIONS)
    minors: bool = False


_ANYONE = frozenset(Role)
_KEEPERS = frozenset({Role.MODERATOR, Role.ORGANIZER})
_READERS = frozenset({Role.MODERATOR, Role.REVIEWER, Role.SPONSOR, Role.ORGANIZER})
_ORGANIZER = frozenset({Role.ORGANIZER})

_ALWAYS = frozenset(ORDER)
_PUBLISHED = _ALWAYS - {Phase.DRAFT}
_OPENED = _PUBLISHED - {Phase.LOBBY}
_IDEATION = frozenset({Phase.IDEATION})
_WORKING = frozenset({Phase.IDEATION, Phase.REFINEMENT})

TABLE: dict[Action, Rule] = {
    Action.VIEW: Rule(_ANYONE, _PUBLISHED, minors=True),
    Action.READ_IDEAS: Rule(_ANYONE, _OPENED, minors=True),
    Action.POST_IDEA: Rule(_ANYONE, _IDEATION, minors=True),
    Action.BUILD_ON: Rule(_ANYONE, _IDEATION, minors=True),
    Action.EDIT_OWN: Rule(_ANYONE, _WORKING, minors=True),
    Action.COMMENT: Rule(_ANYONE, _WORKING, minors=True),
    Action.LIKE: Rule(_ANYONE, _WORKING, minors=True),
    Action.SUPPORT: Rule(_ANYONE, _WORKING, minors=True),
    Action.REPORT: Rule(_ANYONE, _OPENED, minors=True),
    Action.APPEAL: Rule(_ANYONE, _OPENED, minors=True),
    Action.CREATE_CIRCLE: Rule(_ANYONE, _PUBLISHED),
    Action.INVITE: Rule(_ANYONE, _PUBLISHED - {Phase.CLOSED}),
    Action.GUARD: Rule(_ANYONE, _PUBLISHED),
    Action.MODERATE: Rule(_KEEPERS, _PUBLISHED),
    Action.RESTRICT: Rule(_KEEPERS, _PUBLISHED),
    Action.ANNOUNCE: Rule(_KEEPERS, _PUBLISHED),
    Action.STEER_PHASES: Rule(_KEEPERS, _PUBLISHED),
    Action.EDIT_THEMES: Rule(_KEEPERS, _PUBLISHED),
    Action.READ_BRIEFING: Rule(_READERS, _PUBLISHED),
    Action.READ_REACH: Rule(_READERS, _PUBLISHED),
    Action.READ_BRANCHES: Rule(_KEEPERS, _PUBLISHED),
    Action.EXPORT: Rule(_READERS, _PUBLISHED),
    Action.ORGANIZE: Rule(_ORGANIZER, _ALWAYS),
    Action.MANAGE_BRANCHES: Rule(_ORGANIZER, _ALWAYS),
}

_OF_ORGANIZERS = frozenset(
    {Action.VIEW, Action.READ_IDEAS, Action.EXPORT, Action.INVITE, Action.READ_REACH, Action.READ_BRANCHES, Action.RESTRICT}
)
"""What organizers may do in every phase, a draft too."""


def may(action: Action, role: Role | None, relation: Relation | None, phase: Phase, is_minor: bool = False) -> bool:
    """Whether the table allows it. Organizers see their jam in every phase, a draft too."""
    if role is None or relation is None:
        return False
    rule = TABLE[action]
    if is_minor and not rule.minors:
        return False
    if role is Role.ORGANIZER and action in _OF_ORGANIZERS:
        return True
    return role in rule.roles and phase in rule.phases and relation in rule.relations


def require(
    action: Action,
    role: Role | None,
    relation: Relation | None,
    phase: Phase,
    schedule: Schedule | None,
    now: int,
    is_minor: bool = False,
) -> None:
    """Refuse what the table refuses: by age, role and relation (NotAllowed), or by phase, with when it closed or opens."""
    if may(action, role, relation, phase, is_minor):
        return
    rule = TABLE[action]
    if is_minor and not rule.minors:
        raise NotAllowed(action.value, "This is not open to minors: please ask your guardian.")
    if role is None or relation is None or role not in rule.roles or relation not in rule.relations:
        raise NotAllowed(action.value)
    closed_at, opens_at = _closest(rule.phases, schedule, now)
    raise PhaseClosed(action.value, phase, closed_at, opens_at)


def _closest(phases: frozenset[Phase], schedule: Schedule | None, now: int) -> tuple[int | None, int | None]:
    """When the last allowed phase closed, and when the next one opens."""
    if schedule is None:
        return None, None
    spans = [(schedule.opens_at(phase), schedule.closes_phase_at(phase)) for phase in ORDER if phase in phases]
    closed = [closes for opens, closes in spans if closes is not None and closes <= now and opens != closes]
    opening = [opens for opens, closes in spans if opens is not None and opens > now and opens != closes]
    return max(closed, default=None), min(opening, default=None)
