"""What the company's provider says of a person, and what follows from it in the jams: a table of rules, in their order.

A rule applies where the claim has the value (or, for a list such as groups, holds it); without a claim it applies to all
who sign in by the provider. Of the rules for a jam, the first with a role gives the role, the first with a relation the
relation. Without any rule everyone who signs in by the provider is an employee and a participant of every published jam.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from server.jam.people import Relation, Role

FIELDS = frozenset({"claim", "value", "jam", "role", "relation", "organizer"})


class BadRules(ValueError):
    """The setting HOTHOUSE_OIDC_RULES can't be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`jam` is a jam's address; None means all. `organizer`: may create jams."""

    claim: str | None = None
    value: str | None = None
    jam: str | None = None
    role: Role | None = None
    relation: Relation | None = None
    organizer: bool = False

    def applies(self, claims: Mapping[str, Any]) -> bool:
        if self.claim is None:
            return True
        found = claims.get(self.claim)
        if self.value is None:
            return found not in (None, False, "", [])
        return self.value in found if isinstance(found, list) else self.value == found


@dataclass(frozen=True, slots=True)
class Standing:
    """What someone is in one jam by the rules."""

    role: Role
    relation: Relation


EVERYONE = (Rule(relation=Relation.EMPLOYEE, role=Role.PARTICIPANT),)


def read_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a JSON list of objects; those for everyone where the text is empty. Raises `BadRules`."""
    if not text.strip():
        return EVERYONE
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRules(f"it is not JSON: {error}") from None
    if not isinstance(given, list) or not given:
        raise BadRules("give a list of rules")
    return tuple(_rule(place, one) for place, one in enumerate(given, 1))


def _rule(place: int, given: object) -> Rule:
    if not isinstance(given, dict):
        raise BadRules(f"rule {place} is no object")
    unknown = given.keys() - FIELDS
    if unknown:
        raise BadRules(f"rule {place} has an unknown field {min(unknown)!r}: there are {', '.join(sorted(FIELDS))}")
    texts = {name: _text(place, given, name) for name in ("claim", "value", "jam")}
    if texts["value"] is not None and texts["claim"] is None:
        raise BadRules(f"rule {place} has a value but names no claim")
    organizer = given.get("organizer", False)
    if not isinstance(organizer, bool):
        raise BadRules(f"rule {place}: organizer is true or false")
    try:
        role = Role(given["role"]) if given.get("role") is not None else None
        relation = Relation(given["relation"]) if given.get("relation") is not None else None
    except ValueError as error:
        raise BadRules(f"rule {place}: {error}") from None
    if role is None and relation is None and not organizer:
        raise BadRules(f"rule {place} gives nothing: name a role, a relation, or organizer")
    return Rule(role=role, relation=relation, organizer=organizer, **texts)


def _text(place: int, given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise BadRules(f"rule {place}: {name} is a text")
    return value


def standing(rules: Sequence[Rule], claims: Mapping[str, Any], jam: str) -> Standing | None:
    """What the person with these claims is in the jam with this address; None where no rule lets them in."""
    applying = [rule for rule in rules if rule.jam in (None, jam) and rule.applies(claims)]
    relation = _first(rule.relation for rule in applying)
    role = _first(rule.role for rule in applying)
    if relation is None and role is None:
        return None
    return Standing(role or Role.PARTICIPANT, relation or Relation.EMPLOYEE)


def may_organize(rules: Sequence[Rule], claims: Mapping[str, Any]) -> bool:
    """Whether a rule lets the person create jams."""
    return any(rule.organizer and rule.applies(claims) for rule in rules)


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)
