"""From claims to what someone is in a jam."""

import pytest

from server.access.claim_rules import BadRules, may_organize, read_rules, standing
from server.jam.people import Relation, Role

RULES = read_rules(
    """[
      {"claim": "employee_type", "value": "contractor", "relation": "PARTNER"},
      {"relation": "EMPLOYEE"},
      {"claim": "groups", "value": "jury", "jam": "town", "role": "REVIEWER"},
      {"claim": "groups", "value": "steering", "role": "MODERATOR"},
      {"claim": "is_boss", "role": "SPONSOR"},
      {"claim": "groups", "value": "makers", "organizer": true}
    ]"""
)


@pytest.mark.parametrize(
    ("claims", "jam", "role", "relation"),
    [
        ({}, "town", Role.PARTICIPANT, Relation.EMPLOYEE),
        ({"employee_type": "contractor"}, "town", Role.PARTICIPANT, Relation.PARTNER),
        ({"groups": ["jury", "steering"]}, "town", Role.REVIEWER, Relation.EMPLOYEE),
        ({"groups": ["jury", "steering"]}, "village", Role.MODERATOR, Relation.EMPLOYEE),
        ({"groups": "steering"}, "town", Role.MODERATOR, Relation.EMPLOYEE),
        ({"groups": ["steer"]}, "town", Role.PARTICIPANT, Relation.EMPLOYEE),
        ({"is_boss": True}, "town", Role.SPONSOR, Relation.EMPLOYEE),
        ({"is_boss": False}, "town", Role.PARTICIPANT, Relation.EMPLOYEE),
    ],
)
def test_the_first_rule_that_applies_decides(claims, jam, role, relation):
    found = standing(RULES, claims, jam)
    assert (found.role, found.relation) == (role, relation)


def test_without_a_rule_that_applies_nobody_is_let_in():
    rules = read_rules('[{"claim": "groups", "value": "staff", "relation": "EMPLOYEE"}]')
    assert standing(rules, {"groups": ["guests"]}, "town") is None


def test_without_rules_whoever_signs_in_is_an_employee():
    found = standing(read_rules("  "), {}, "town")
    assert (found.role, found.relation) == (Role.PARTICIPANT, Relation.EMPLOYEE)


def test_only_a_rule_that_says_so_lets_create_jams():
    assert may_organize(RULES, {"groups": ["makers"]})
    assert not may_organize(RULES, {"groups": ["steering"]})


@pytest.mark.parametrize(
    "text",
    [
        "{", "{}", "[]", "[1]", '[{"role": "KING"}]', '[{"claim": 1, "role": "MODERATOR"}]', '[{"claim": "groups", "value": "x"}]',
        '[{"value": "x", "role": "MODERATOR"}]', '[{"role": "MODERATOR", "group": "x"}]', '[{"organizer": "yes"}]',
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused_at_the_start(text):
    with pytest.raises(BadRules):
        read_rules(text)
