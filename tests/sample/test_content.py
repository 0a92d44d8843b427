"""The sample jam's content is consistent: it could have happened, in this order, to these people."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

Row = dict[str, Any]

CONTENT = Path(__file__).parents[2] / "server" / "sample" / "content"
LAST_MINUTE = 3600
HEBREW = re.compile(r"[\u05d0-\u05ea]")
LATIN = re.compile(r"[A-Za-z\u00c0-\u017f]")
RELATIONS = {"employee", "family", "friend", "client", "partner"}
REASONS = {"spam", "abuse", "personal-data", "off-topic", "other"}
ACTS = {"hide", "feature", "pin", "merge", "lock"}


def load(pattern: str) -> list[Row]:
    return [row for path in sorted(CONTENT.glob(pattern)) for row in json.loads(path.read_text("utf-8"))]


JAM: Row = json.loads((CONTENT / "jam.json").read_text("utf-8"))
PEOPLE = load("people.json")
IDEAS = load("ideas*.json")
COMMENTS = load("comments*.json")
REPORTS = load("reports.json")
MODERATION = load("moderation.json")
EDITS = load("edits.json")

PERSON = {row["id"]: row for row in PEOPLE}
TOPIC = {row["id"]: row for row in JAM["topics"]}
IDEA = {row["id"]: row for row in IDEAS}
COMMENT = {row["id"]: row for row in COMMENTS}
POST = IDEA | COMMENT


def hebrew_share(text: str) -> float:
    """Share of Hebrew among the letters of the text, 0 to 1."""
    hebrew, latin = len(HEBREW.findall(text)), len(LATIN.findall(text))
    return hebrew / (hebrew + latin)


def admits(audience: str | list[str], person: str) -> bool:
    return audience == "everyone" or PERSON[person]["relation"] in audience


def may_act(person: str, idea: Row) -> bool:
    return admits(TOPIC[idea["topic"]]["audience"], person) and admits(idea["audience"], person)


def idea_of(target: str) -> Row:
    return IDEA[target] if target in IDEA else IDEA[COMMENT[target]["idea"]]


def depth_in_tree(idea: Row) -> int:
    return 1 + max((depth_in_tree(IDEA[parent]) for parent in idea["builds_on"]), default=0)


def depth_in_thread(comment: Row) -> int:
    return 1 if comment["parent"] is None else 1 + depth_in_thread(COMMENT[comment["parent"]])


def both_languages(node: Any) -> Iterator[Row]:
    """Every {"en", "he"} pair under a JSON value."""
    if isinstance(node, dict) and set(node) == {"en", "he"}:
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from both_languages(child)


def titles_and_bodies() -> list[Row]:
    """Each text an idea ever had: as posted, and after each edit."""
    edited = [IDEA[edit["idea"]] | {key: edit[key] for key in ("title", "body") if key in edit} for edit in EDITS]
    return IDEAS + edited


def test_every_id_is_used_once_across_all_files() -> None:
    ids = [row["id"] for row in (*PEOPLE, *JAM["topics"], *IDEAS, *COMMENTS, *REPORTS)]
    assert [key for key, times in Counter(ids).items() if times > 1] == []
    assert [key for key in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)] == []


def test_the_size_promised() -> None:
    assert len(PEOPLE) == 90
    assert 6 <= len(TOPIC) <= 7
    assert len(JAM["announcements"]) == 5
    assert len(IDEAS) >= 180
    assert sum(bool(idea["builds_on"]) for idea in IDEAS) >= 35
    assert sum(idea["twin_of"] is not None for idea in IDEAS) >= 14
    assert sum(idea["duplicate_of"] is not None for idea in IDEAS) >= 8
    assert len(COMMENTS) >= 260
    assert len(REPORTS) == 10
    assert len(EDITS) == 8


def test_one_topic_is_for_employees_only() -> None:
    assert [topic["audience"] for topic in TOPIC.values() if topic["audience"] != "everyone"] == [["employee"]]


def test_people_have_all_relations_countries_and_roles() -> None:
    relations = Counter(person["relation"] for person in PEOPLE)
    assert set(relations) == RELATIONS
    assert 0.55 <= relations["employee"] / len(PEOPLE) <= 0.65
    assert len({person["country"] for person in PEOPLE}) >= 12
    assert all(re.fullmatch("[A-Z]{2}", person["country"]) for person in PEOPLE)
    roles = Counter(role for person in PEOPLE for role in person["roles"])
    assert roles == {"moderator": 3, "sponsor": 2, "reviewer": 1}
    assert {person["relation"] for person in PEOPLE if person["roles"]} == {"employee"}


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: str(person["id"]))
def test_family_and_friends_are_invited_by_an_employee_and_nobody_else_is(person: Row) -> None:
    if person["relation"] in {"family", "friend"}:
        assert PERSON[person["invited_by"]]["relation"] == "employee"
    else:
        assert person["invited_by"] is None


def test_names_are_unique_and_in_the_script_of_the_language() -> None:
    assert len({person["name"] for person in PEOPLE}) == len(PEOPLE)
    assert [p["id"] for p in PEOPLE if hebrew_share(p["name"]) != (1.0 if p["language"] == "he" else 0.0)] == []


def test_nobody_is_silent() -> None:
    assert set(PERSON) == {row["author"] for row in (*IDEAS, *COMMENTS)}


def test_references_resolve() -> None:
    ideas = [key for idea in IDEAS for key in (*idea["builds_on"], idea["twin_of"], idea["duplicate_of"]) if key]
    ideas += [row["idea"] for row in (*COMMENTS, *EDITS)] + [act["into"] for act in MODERATION if act["into"]]
    people = [row["author"] for row in (*IDEAS, *COMMENTS)]
    people += [row["reporter"] for row in REPORTS] + [row["by"] for row in MODERATION]
    assert set(ideas) <= set(IDEA)
    assert set(people) <= set(PERSON)
    assert {idea["topic"] for idea in IDEAS} == set(TOPIC)
    assert {row["target"] for row in (*REPORTS, *MODERATION)} <= set(POST)
    assert {comment["parent"] for comment in COMMENTS} - {None} <= set(COMMENT)


def test_minutes_lie_within_the_jam_and_fill_it() -> None:
    minutes = [row["at_minute"] for row in (*IDEAS, *COMMENTS, *REPORTS, *MODERATION, *EDITS, *JAM["announcements"])]
    assert all(isinstance(minute, int) and 0 <= minute <= LAST_MINUTE for minute in minutes)
    assert {idea["at_minute"] // 600 for idea in IDEAS} == set(range(6))


def test_nights_are_quieter_than_days() -> None:
    nights = sum((9 * 60 + idea["at_minute"]) % 1440 < 7 * 60 for idea in IDEAS)
    assert 0 < nights / len(IDEAS) < 0.15


def test_appeal_is_high_for_few_and_low_for_many() -> None:
    appeals = [idea["appeal"] for idea in IDEAS]
    assert min(appeals) >= 0
    assert max(appeals) <= 1
    assert 5 <= sum(appeal >= 0.7 for appeal in appeals) <= 0.1 * len(IDEAS)
    assert sum(appeal < 0.3 for appeal in appeals) > 0.5 * len(IDEAS)


def test_children_come_after_their_parents_and_their_authors_could_read_them() -> None:
    pairs = [(IDEA[parent], idea) for idea in IDEAS for parent in idea["builds_on"]]
    assert [child["id"] for parent, child in pairs if child["at_minute"] <= parent["at_minute"]] == []
    assert [child["id"] for parent, child in pairs if not may_act(child["author"], parent)] == []
    assert max(depth_in_tree(idea) for idea in IDEAS) == 5


def test_comments_come_after_what_they_answer() -> None:
    early = [c["id"] for c in COMMENTS if c["at_minute"] <= IDEA[c["idea"]]["at_minute"]]
    replies = [(COMMENT[c["parent"]], c) for c in COMMENTS if c["parent"]]
    assert early == []
    assert [reply["id"] for above, reply in replies if reply["at_minute"] <= above["at_minute"]] == []
    assert [reply["id"] for above, reply in replies if reply["idea"] != above["idea"]] == []
    assert max(depth_in_thread(comment) for comment in COMMENTS) == 3


def test_nobody_acts_outside_an_audience() -> None:
    assert [idea["id"] for idea in IDEAS if not may_act(idea["author"], idea)] == []
    assert [c["id"] for c in COMMENTS if not may_act(c["author"], IDEA[c["idea"]])] == []
    assert [r["id"] for r in REPORTS if not may_act(r["reporter"], idea_of(r["target"]))] == []
    assert [act["target"] for act in MODERATION if not may_act(act["by"], idea_of(act["target"]))] == []


def test_audiences_are_everyone_or_some_relations() -> None:
    named = [idea["audience"] for idea in IDEAS if idea["audience"] != "everyone"]
    assert len(named) >= 3
    assert all(audience and set(audience) <= RELATIONS for audience in named)


def test_texts_are_in_the_script_of_their_language() -> None:
    texts = [(idea["lang"], f"{idea['title']} {idea['body']}") for idea in titles_and_bodies()]
    texts += [(comment["lang"], comment["body"]) for comment in COMMENTS]
    share = {lang: [hebrew_share(text) for written_in, text in texts if written_in == lang] for lang in ("he", "en")}
    assert min(share["he"]) > 0.8
    assert max(share["en"]) < 0.1
    assert len(share["he"]) + len(share["en"]) == len(texts)
    assert 0.4 <= sum(idea["lang"] == "he" for idea in IDEAS) / len(IDEAS) <= 0.5


def test_the_jam_speaks_both_languages() -> None:
    pairs = list(both_languages(JAM))
    assert len(pairs) == 4 + 2 * len(TOPIC) + len(JAM["announcements"])
    assert all(hebrew_share(pair["he"]) > 0.9 and hebrew_share(pair["en"]) == 0 for pair in pairs)


def test_lengths() -> None:
    assert [i["id"] for i in titles_and_bodies() if not 0 < len(i["title"]) <= 90] == []
    assert [i["id"] for i in titles_and_bodies() if not 0 < len(i["body"]) <= 4000] == []
    assert [c["id"] for c in COMMENTS if not 0 < len(c["body"]) <= 1000] == []


def test_twins_differ_in_language_and_duplicates_and_merges_do_not() -> None:
    twins = [(IDEA[idea["twin_of"]], idea) for idea in IDEAS if idea["twin_of"]]
    doubles = [(IDEA[idea["duplicate_of"]], idea) for idea in IDEAS if idea["duplicate_of"]]
    merged = [(IDEA[act["into"]], IDEA[act["target"]]) for act in MODERATION if act["act"] == "merge"]
    assert [later["id"] for first, later in twins if first["lang"] == later["lang"]] == []
    assert [later["id"] for first, later in doubles if first["lang"] != later["lang"]] == []
    assert [later["id"] for first, later in twins + doubles if first["at_minute"] >= later["at_minute"]] == []
    assert [later["id"] for first, later in twins + doubles if first["author"] == later["author"]] == []
    assert [pair for pair in merged if pair not in doubles] == []


def test_no_text_is_used_twice() -> None:
    texts = [idea["title"] for idea in IDEAS] + [row["body"] for row in (*IDEAS, *COMMENTS)]
    assert [text for text, times in Counter(text.casefold() for text in texts).items() if times > 1] == []


def test_reports_follow_what_they_report() -> None:
    assert {report["reason"] for report in REPORTS} <= REASONS
    assert [r["id"] for r in REPORTS if r["at_minute"] <= POST[r["target"]]["at_minute"]] == []
    assert [r["id"] for r in REPORTS if r["reporter"] == POST[r["target"]]["author"]] == []


def test_moderators_act_with_a_reason_after_the_fact() -> None:
    assert {act["act"] for act in MODERATION} == ACTS
    assert {role for act in MODERATION for role in PERSON[act["by"]]["roles"]} == {"moderator"}
    assert all(act["reason"].strip() for act in MODERATION)
    assert all((act["into"] is not None) == (act["act"] == "merge") for act in MODERATION)
    assert [a["target"] for a in MODERATION if a["at_minute"] <= POST[a["target"]]["at_minute"]] == []


def test_whatever_is_hidden_was_reported_before() -> None:
    first_report = {report["target"]: report["at_minute"] for report in reversed(REPORTS)}
    hidden = {act["target"]: act["at_minute"] for act in MODERATION if act["act"] == "hide"}
    assert all(first_report[target] < minute for target, minute in hidden.items())
    assert set(first_report) - set(hidden), "some cases are still open"


def test_nothing_happens_to_an_idea_after_it_is_closed() -> None:
    closed = {act["target"]: act["at_minute"] for act in MODERATION if act["act"] in {"hide", "lock", "merge"}}
    touched = [(c["idea"], c["at_minute"]) for c in COMMENTS] + [(e["idea"], e["at_minute"]) for e in EDITS]
    touched += [(c["parent"], c["at_minute"]) for c in COMMENTS if c["parent"]]
    touched += [(parent, idea["at_minute"]) for idea in IDEAS for parent in idea["builds_on"]]
    assert [target for target, minute in touched if minute >= closed.get(target, LAST_MINUTE + 1)] == []


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: str(edit["idea"]))
def test_an_edit_changes_an_idea_after_it_was_posted(edit: Row) -> None:
    idea = IDEA[edit["idea"]]
    changes = {key: edit[key] for key in ("title", "body") if key in edit}
    assert changes
    assert all(idea[key] != value for key, value in changes.items())
    assert edit["at_minute"] > idea["at_minute"]
