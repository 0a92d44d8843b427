"""What a jam's state has of one member: what they wrote, voted for, were told and are."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from server.jam import entities as e
from server.jam.apply.packed import has
from server.jam.state import JamState
from server.jam.texts import pick
from server.owndata.plain import Plain, plain, time_of

NameOf = Callable[[str], str | None]

OWN_PARTS = frozenset({"person", "number", "supports", "disagrees", "passes", "ideas", "notices", "touched", "standing_seq"})
"""Fields of a member that are numbers of the server's own, or told apart from the rest."""

NAMED = frozenset({"invited_by", "guardian"})
"""Fields with another person whose name the member knows."""


def jam_of(state: JamState, member: e.Member, name_of: NameOf) -> dict[str, Plain]:
    """Everything about a member, by what it is. Of what others wrote only what the member may see now."""
    others = _others(state, member.person)
    return {
        "id": state.id,
        "address": state.slug,
        "title": pick(state.titles, None, state.main_language),
        "membership": _membership(state, member, name_of, others),
        "ideas": [_idea(state, state.ideas[number]) for number in member.ideas],
        "comments": [_comment(state, member, one) for one in state.comments if one.author == member.person],
        "votes": [*_votes(state, member)],
        "likes": [_liked(state, member, one) for one in state.comments if has(one.likers, member.number)],
        "reports": [_report(report, others) for report in state.reports.values() if report.reporter == member.person],
        "reportsSettled": [
            _report(report, others, is_own=False) for report in state.reports.values() if report.resolved_by == member.person
        ],
        "notices": [_notice(one) for one in member.notices],
        "invitations": [_invitation(state, one) for one in state.invitations.values() if one.by == member.person],
        "circlesMade": [{"id": one.id, "name": one.name} for one in state.circles.values() if one.by == member.person],
    }


def _others(state: JamState, person: str) -> Callable[[str], bool]:
    return lambda text: text != person and (text in state.member_numbers or text in state.erased_numbers)


def _membership(state: JamState, member: e.Member, name_of: NameOf, others: Callable[[str], bool]) -> Plain:
    """Every field that a member has, the ones that are not made yet too."""
    found = {field.name: getattr(member, field.name) for field in fields(member) if field.name not in OWN_PARTS}
    told = _with_names(found, name_of, others)
    told["joined_at"] = time_of(member.joined_at)
    told["circles"] = [state.circles[id].name for id in sorted(member.circles)]
    return told


def _with_names(found: dict[str, Any], name_of: NameOf, others: Callable[[str], bool]) -> dict[str, Plain]:
    told = {name: plain(value, others) for name, value in found.items()}
    for name in NAMED & found.keys():
        told[name] = name_of(found[name]) if found[name] else None
    return told


def _idea(state: JamState, idea: e.Idea) -> Plain:
    return {
        "id": idea.id,
        "topic": pick(state.topics[idea.topic].titles, None, state.main_language),
        "title": idea.title,
        "body": idea.body,
        "language": idea.language,
        "postedAt": time_of(idea.posted_at),
        "editedAt": time_of(idea.edited_at),
        "audience": _audience(state, idea),
        "buildsOn": list(idea.parents),
        "status": idea.status.value,
        "reason": idea.reason,
        "votes": idea.support,
        "comments": idea.comment_count,
        "mergedInto": idea.merged_into,
        "versions": [{"title": one.title, "body": one.body, "at": time_of(one.at)} for one in idea.versions],
    }


def _audience(state: JamState, idea: e.Idea) -> Plain:
    if idea.audience.circle is not None:
        circle = state.circles.get(idea.audience.circle)
        return {"circle": circle.name if circle is not None else idea.audience.circle}
    return "everyone" if idea.audience.relations is None else [relation.value for relation in idea.audience.relations]


def _seen_title(state: JamState, member: e.Member, idea: e.Idea) -> str | None:
    return idea.title if state.sees_idea(member.viewer, idea) else None


def _comment(state: JamState, member: e.Member, comment: e.Comment) -> Plain:
    idea = state.ideas[state.idea_numbers[comment.idea]]
    return {
        "id": comment.id,
        "idea": comment.idea,
        "ideaTitle": _seen_title(state, member, idea),
        "answers": comment.parent,
        "body": comment.body,
        "language": comment.language,
        "postedAt": time_of(comment.posted_at),
        "editedAt": time_of(comment.edited_at),
        "status": comment.status.value,
        "reason": comment.reason,
        "likes": len(comment.likers),
    }


def _votes(state: JamState, member: e.Member) -> list[Plain]:
    """Support with its time, to the second; of stances (imported ones) the time is in the events."""
    found = []
    for stance, numbers in (("support", member.supports), ("disagree", member.disagrees), ("pass", member.passes)):
        for number in numbers:
            idea = state.ideas[number]
            at = state.created_at + 1_000 * _second(idea, member) if stance == "support" else None
            found.append({"idea": idea.id, "title": _seen_title(state, member, idea), "vote": stance, "at": time_of(at)})
    return found


def _second(idea: e.Idea, member: e.Member) -> int:
    return idea.support_times[idea.supporters.index(member.number)]


def _liked(state: JamState, member: e.Member, comment: e.Comment) -> Plain:
    body = comment.body if state.sees_comment(member.viewer, comment) else None
    return {"comment": comment.id, "idea": comment.idea, "body": body}


def _report(report: e.Report, others: Callable[[str], bool], is_own: bool = True) -> Plain:
    told = plain(report, others)
    told |= {name: time_of(told[name]) for name in ("at", "resolved_at", "reopened_at")}
    return told if is_own else {**told, "note": None}


def _notice(notice: e.Notice) -> Plain:
    return {**notice._asdict(), "at": time_of(notice.at)}


def _invitation(state: JamState, invitation: e.Invitation) -> Plain:
    told = plain(invitation, _others(state, invitation.by))
    return {**told, "created_at": time_of(invitation.created_at), "expires_at": time_of(invitation.expires_at)}
