"""Former participants, and what they took back."""

from server.jam import changes, events
from server.jam.apply import ideas, marking, theme_proposals
from server.jam.entities import Idea, Member
from server.jam.people import Role
from server.jam.state import JamState
from server.jam.visibility import ContentStatus


def erased(state: JamState, event: events.MemberErased) -> None:
    """From now on nobody is found under that id; the number stays, because votes are kept by it."""
    member = state.members[state.member_numbers.pop(event.person)]
    state.erased_numbers[event.person] = member.number
    member.erased, member.role, member.touched = True, Role.PARTICIPANT, state.seq
    member.notices.clear()
    member.restriction = member.scope = None
    state.endings.pop(member.person, None)
    _leave_circles(state, member)
    for invitation in state.invitations.values():
        invitation.revoked = invitation.revoked or invitation.by == member.person
    if event.withdraws:
        for report in state.reports.values():
            if report.reporter == member.person:
                report.note = ""
    _show_again(state, member)
    state.changes.note(changes.JAM, state.id, state.seq)


def _leave_circles(state: JamState, member: Member) -> None:
    for id in member.circles:
        circle = state.circles[id]
        circle.members, circle.seq = circle.members - {member.person}, state.seq
        marking.circle_touched(state, id)
    member.circles = frozenset()


def _show_again(state: JamState, member: Member) -> None:
    """What they wrote has no name above it any more: whoever has it on the screen is told."""
    for number in member.ideas:
        marking.idea_changed(state, state.ideas[number])
    for comment in state.comments:
        if comment.author == member.person:
            marking.comment_changed(state, comment)


def idea_withdrawn(state: JamState, event: events.IdeaWithdrawn) -> None:
    """Removed, with all versions of its text. Its votes stay with it, and with what it was merged into."""
    idea = state.ideas[state.idea_numbers[event.idea]]
    idea.withdrawn, idea.status, idea.held = True, ContentStatus.REMOVED, None
    idea.title = idea.body = idea.reason = ""
    idea.versions.clear()
    idea.edited_at, idea.edited_after_votes = None, False
    marking.idea_changed(state, idea)
    for id in idea.parents:
        ideas.recount_build_ons(state, state.ideas[state.idea_numbers[id]], idea)
    _comments_go_along(state, idea)


def _comments_go_along(state: JamState, idea: Idea) -> None:
    """Comments are seen where their idea is."""
    for number in idea.comments:
        state.changes.note(changes.COMMENT, state.comments[number].id, state.seq)


def comment_withdrawn(state: JamState, event: events.CommentWithdrawn) -> None:
    comment = state.comments[state.comment_numbers[event.comment]]
    idea = state.ideas[state.idea_numbers[comment.idea]]
    lost = int(comment.status is ContentStatus.VISIBLE)
    comment.withdrawn, comment.status, comment.held = True, ContentStatus.REMOVED, None
    comment.body = comment.reason = ""
    comment.edited_at = None
    idea.comment_count -= lost
    if comment.parent is not None:
        parent = state.comments[state.comment_numbers[comment.parent]]
        parent.reply_count -= lost
        marking.comment_changed(state, parent)
    marking.comment_changed(state, comment)
    marking.idea_changed(state, idea)


def words_withdrawn(state: JamState, event: events.ThemeWordsWithdrawn) -> None:
    for id in event.themes:
        theme = state.themes[id]
        theme.name, theme.keywords, theme.distinctive = "", (), ()
        marking.theme_changed(state, id)
    for id in event.named:
        state.themes[id].given_name = None
        marking.theme_changed(state, id)
    for id in event.proposals:
        state.theme_proposals.pop(id, None)
    theme_proposals.told(state)


HANDLERS: marking.Handlers = {
    events.MemberErased: erased,
    events.IdeaWithdrawn: idea_withdrawn,
    events.CommentWithdrawn: comment_withdrawn,
    events.ThemeWordsWithdrawn: words_withdrawn,
}
