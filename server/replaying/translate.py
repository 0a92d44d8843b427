"""What happened in one jam, as commands to another: the same people, new ids for everything that they make."""

from collections.abc import Callable, Mapping
from typing import Any

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.anonymity import POSTING, PSEUDONYM, is_pseudonym
from server.jam.ids import derive_id
from server.jam.visibility import Audience
from server.replaying.standing import SEVERAL, Standings

LEFT_OUT = frozenset({
    ev.JamCreated, ev.JamScheduled,
    ev.InvitationCreated, ev.InvitationRevoked, ev.InvitationDelivered, ev.InvitationFailed, ev.InvitationDeclined,
    ev.InvitationPolicySet,
    ev.ThemesGrouped, ev.IdeaPlaced, ev.ThemeRenamed, ev.ThemesMerged, ev.ThemeSplit, ev.IdeaPinnedToTheme,
    ev.IdeaExcludedFromTheme, ev.ThemeRetired, ev.ThemeChangeProposed, ev.ThemeProposalAccepted, ev.ThemeProposalDeclined,
    ev.TrendsFound, ev.MemberErased, ev.ThemeWordsWithdrawn,
    ev.TermsPublished, ev.TermsAccepted,
    ev.MinorPolicySet, ev.MinorEntrusted, ev.MinorPaused, ev.MinorOfAge,
    ev.InvitationsRevoked,
    ev.AuditKeySet, ev.AnonymousPostingSet, ev.AuthorSealed, ev.OpeningRequested, ev.OpeningDeclined, ev.AuthorOpened,
})  # fmt: skip
"""The new jam is made with a schedule of its own, secrets of invitations stay with their jam, and themes form anew.
Terms were accepted for the jam that it was: nobody agreed to anything here. Authors were sealed to its own key: what was
posted without a name is posted so again, and nobody can open it here.
Minors are family members like others in it: nobody signs in there."""


GONE = "…"
"""Stands for a text that its author withdrew."""

OLD_REASON = "No reason was recorded."
"""Of acts from a time when none was asked for."""


class Translator:
    """Translates the events of a jam, in their order, into commands for the jam `jam`.

    It remembers what became of every topic, idea, comment, report and circle. A vote is a recorded stance, as it stands in the
    journal: it may be of an import, in which people voted for what a moderator had hidden.
    """

    def __init__(self, jam: str) -> None:
        self._jam = jam
        self._ids: dict[str, str] = {}
        self._versions: dict[str, int] = {}
        self._pseudonyms: dict[str, str] = {}
        self._standings = Standings()
        self._count = 0

    def commands(self, event: ev.Event) -> tuple[c.Command, ...]:
        """The commands that make it happen again, in their order; none for what is left out."""
        several = SEVERAL.get(type(event))
        if several is not None:
            self._count += 1
            return several(self, self._standings, event)
        self._standings.decided(event)
        command = self.command(event)
        return () if command is None else (command,)

    def command(self, event: ev.Event) -> c.Command | None:
        """The one command that makes it happen again; None for what is left out."""
        if type(event) in LEFT_OUT:
            return None
        self._count += 1
        return TRANSLATIONS[type(event)](self, event)

    def __getitem__(self, id: str) -> str:
        """The new id of something."""
        return self._ids[id]

    def who(self, actor: str) -> dict[str, str]:
        """The actor and the id of the next command."""
        return {"actor": actor, "id": f"replay:{self._jam}:{self._count}"}

    def made(self, old: str, prefix: str, command: c.Command) -> c.Command:
        """Remembers what the command makes."""
        self._ids[old] = command.derived(prefix)
        return command

    def unnamed(self, old: str, pseudonym: str) -> str:
        """The new pseudonym of whoever posted something without a name."""
        return self._pseudonyms.setdefault(old, derive_id(PSEUDONYM, self._jam, pseudonym))

    def pseudonym(self, old: str) -> str | None:
        """The new pseudonym of the author of something; None where it has a name."""
        return self._pseudonyms.get(old)

    def audience(self, audience: Audience) -> Audience:
        circle = None if audience.circle is None else self[audience.circle]
        return Audience(audience.relations, circle)

    def version(self, idea: str) -> int:
        """The number of the version that an edit replaces."""
        self._versions[idea] = self._versions.get(idea, 0) + 1
        return self._versions[idea]


Translation = Callable[[Translator, Any], c.Command | None]


# ---------------------------------------------------------------------------------------------------- frame and members
def _described(t: Translator, e: ev.JamDescribed) -> c.Command:
    return c.DescribeJam(
        **t.who(ids.SYSTEM), titles=e.titles, questions=e.questions, descriptions=e.descriptions, rules=e.rules
    )


def _published(t: Translator, e: ev.JamPublished) -> c.Command:
    return c.PublishJam(**t.who(ids.SYSTEM))


def _policy_set(t: Translator, e: ev.ThemePolicySet) -> c.Command:
    return c.SetThemePolicy(**t.who(e.by), policy=e.policy)


def _topic_added(t: Translator, e: ev.TopicAdded) -> c.Command:
    audience = t.audience(e.audience)
    command = c.AddTopic(**t.who(ids.SYSTEM), titles=e.titles, descriptions=e.descriptions, audience=audience)
    return t.made(e.topic, ids.TOPIC, command)


def _topic_changed(t: Translator, e: ev.TopicChanged) -> c.Command:
    return c.ChangeTopic(
        **t.who(ids.SYSTEM), topic=t[e.topic], titles=e.titles, descriptions=e.descriptions, audience=t.audience(e.audience),
        position=e.position, locked=e.locked,
    )  # fmt: skip


def _acting_set(t: Translator, e: ev.ActingSet) -> c.Command:
    topic = None if e.topic is None else t[e.topic]
    return c.SetActing(**t.who(ids.SYSTEM), topic=topic, relations=e.relations)


def _announced(t: Translator, e: ev.AnnouncementMade) -> c.Command:
    return c.Announce(**t.who(e.by), texts=e.texts)


def _joined(t: Translator, e: ev.MemberJoined) -> c.Command:
    return c.AddMember(**t.who(ids.SYSTEM), person=e.person, role=e.role, relation=e.relation)


def _role_changed(t: Translator, e: ev.RoleChanged) -> c.Command:
    return c.ChangeRole(**t.who(ids.SYSTEM), person=e.person, role=e.role)


def _read(t: Translator, e: ev.NotificationsRead) -> c.Command:
    who = t.who(e.person)
    return c.ReadNotifications(actor=who["actor"], id=who["id"])


def _circle_created(t: Translator, e: ev.CircleCreated) -> c.Command:
    return t.made(e.circle, ids.CIRCLE, c.CreateCircle(**t.who(e.by), name=e.name, members=e.members))


def _circle_changed(t: Translator, e: ev.CircleChanged) -> c.Command:
    return c.ChangeCircle(**t.who(e.by), circle=t[e.circle], add=e.added, remove=e.removed)


def _circle_renamed(t: Translator, e: ev.CircleRenamed) -> c.Command:
    return c.RenameCircle(**t.who(e.by), circle=t[e.circle], name=e.name)


def _circle_closed(t: Translator, e: ev.CircleClosed) -> c.Command:
    return c.CloseCircle(**t.who(e.by), circle=t[e.circle], closed=e.closed)


# --------------------------------------------------------------------------------------------------------------- ideas
def _posted(t: Translator, e: ev.IdeaPosted) -> c.Command:
    fields: dict[str, Any] = {
        "topic": t[e.topic], "title": e.title or GONE, "body": e.body, "language": e.language,
        "parents": tuple(t[parent] for parent in e.parents), "audience": t.audience(e.audience),
    }  # fmt: skip
    if not is_pseudonym(e.author):
        who = t.who(e.author)
        return t.made(e.idea, ids.IDEA, c.PostIdea(actor=who["actor"], id=who["id"], **fields))
    actor = t.unnamed(e.idea, e.author)
    return t.made(e.idea, ids.IDEA, c.PostAnonymousIdea(actor=actor, id=POSTING, poster=ids.SYSTEM, seal=None, **fields))


def _edited(t: Translator, e: ev.IdeaEdited) -> c.Command:
    title, body, version, actor = e.title or GONE, e.body, t.version(e.idea), t.pseudonym(e.idea)
    if actor is None:
        return c.EditIdea(**t.who(e.by), idea=t[e.idea], title=title, body=body, base_version=version)
    return c.EditAnonymousIdea(
        **t.who(actor), poster=ids.SYSTEM, proof_hash=None, idea=t[e.idea], title=title, body=body, base_version=version
    )


def _taken_back(t: Translator, e: ev.IdeaWithdrawn | ev.CommentWithdrawn) -> c.Command | None:
    """What someone took along when they were erased has no text any more, and stands here for what it was."""
    old = e.idea if isinstance(e, ev.IdeaWithdrawn) else e.comment
    actor = t.pseudonym(old)
    if actor is None:
        return None
    return c.WithdrawAnonymous(**t.who(actor), poster=ids.SYSTEM, proof_hash=None, target=t[old])


def _supported(t: Translator, e: ev.IdeaSupported) -> c.Command:
    return c.RecordStance(**t.who(ids.SYSTEM), idea=t[e.idea], person=e.person, stance="agree")


def _withdrawn(t: Translator, e: ev.SupportWithdrawn) -> c.Command:
    return c.WithdrawSupport(**t.who(e.person), idea=t[e.idea])


def _stance(t: Translator, e: ev.StanceRecorded) -> c.Command:
    return c.RecordStance(**t.who(ids.SYSTEM), idea=t[e.idea], person=e.person, stance=e.stance)


def _hidden(t: Translator, e: ev.IdeaHidden) -> c.Command:
    return c.HideIdea(**t.who(e.by), idea=t[e.idea], reason=e.reason)


def _restored(t: Translator, e: ev.IdeaRestored) -> c.Command:
    return c.RestoreIdea(**t.who(e.by), idea=t[e.idea], reason=e.reason)


def _removed(t: Translator, e: ev.IdeaRemoved) -> c.Command:
    return c.RemoveIdea(**t.who(e.by), idea=t[e.idea], reason=e.reason)


def _merged(t: Translator, e: ev.IdeaMerged) -> c.Command:
    return c.MergeIdeas(**t.who(e.by), idea=t[e.idea], into=t[e.into], reason=e.reason)


def _unmerged(t: Translator, e: ev.IdeaUnmerged) -> c.Command:
    return c.UnmergeIdea(**t.who(e.by), idea=t[e.idea], reason=e.reason)


def _marked(t: Translator, e: ev.IdeaMarked) -> c.Command:
    return c.MarkIdea(**t.who(e.by), idea=t[e.idea], mark=e.mark, on=e.on, reason=e.reason or OLD_REASON)


def _moved(t: Translator, e: ev.IdeaMoved) -> c.Command:
    return c.MoveIdea(**t.who(e.by), idea=t[e.idea], topic=t[e.topic], reason=e.reason)


def _seen(t: Translator, e: ev.IdeasSeen) -> c.Command:
    return c.CountSeen(**t.who(ids.SYSTEM), counts={t[idea]: count for idea, count in e.counts.items()})


# ------------------------------------------------------------------------------------------------- comments and reports
def _commented(t: Translator, e: ev.CommentPosted) -> c.Command:
    parent = None if e.parent is None else t[e.parent]
    fields: dict[str, Any] = {"idea": t[e.idea], "body": e.body or GONE, "parent": parent, "language": e.language}
    if not is_pseudonym(e.author):
        who = t.who(e.author)
        return t.made(e.comment, ids.COMMENT, c.PostComment(actor=who["actor"], id=who["id"], **fields))
    actor = t.unnamed(e.comment, e.author)
    command = c.PostAnonymousComment(actor=actor, id=POSTING, poster=ids.SYSTEM, seal=None, **fields)
    return t.made(e.comment, ids.COMMENT, command)


def _comment_edited(t: Translator, e: ev.CommentEdited) -> c.Command:
    actor, body = t.pseudonym(e.comment), e.body or GONE
    if actor is None:
        return c.EditComment(**t.who(e.by), comment=t[e.comment], body=body)
    return c.EditAnonymousComment(**t.who(actor), poster=ids.SYSTEM, proof_hash=None, comment=t[e.comment], body=body)


def _liked(t: Translator, e: ev.CommentLiked) -> c.Command:
    return c.LikeComment(**t.who(e.person), comment=t[e.comment])


def _like_withdrawn(t: Translator, e: ev.LikeWithdrawn) -> c.Command:
    return c.WithdrawLike(**t.who(e.person), comment=t[e.comment])


def _comment_hidden(t: Translator, e: ev.CommentHidden) -> c.Command:
    return c.HideComment(**t.who(e.by), comment=t[e.comment], reason=e.reason)


def _comment_restored(t: Translator, e: ev.CommentRestored) -> c.Command:
    return c.RestoreComment(**t.who(e.by), comment=t[e.comment], reason=e.reason)


def _comment_removed(t: Translator, e: ev.CommentRemoved) -> c.Command:
    return c.RemoveComment(**t.who(e.by), comment=t[e.comment], reason=e.reason)


def _reported(t: Translator, e: ev.ReportFiled) -> c.Command:
    command = c.FileReport(**t.who(e.reporter), target=t[e.target], reason=e.reason, note=e.note)
    return t.made(e.report, ids.REPORT, command)


def _resolved(t: Translator, e: ev.ReportResolved) -> c.Command:
    return c.ResolveReport(**t.who(e.by), report=t[e.report], outcome=e.outcome, reason=e.reason or OLD_REASON)


def _reopened(t: Translator, e: ev.ReportReopened) -> c.Command:
    return c.ReopenReport(**t.who(e.by), report=t[e.report], reason=e.reason)


TRANSLATIONS: Mapping[type[ev.Event], Translation] = {
    ev.JamDescribed: _described,
    ev.JamPublished: _published,
    ev.ThemePolicySet: _policy_set,
    ev.TopicAdded: _topic_added,
    ev.TopicChanged: _topic_changed,
    ev.AnnouncementMade: _announced,
    ev.MemberJoined: _joined,
    ev.RoleChanged: _role_changed,
    ev.NotificationsRead: _read,
    ev.CircleCreated: _circle_created,
    ev.CircleChanged: _circle_changed,
    ev.CircleRenamed: _circle_renamed,
    ev.CircleClosed: _circle_closed,
    ev.IdeaPosted: _posted,
    ev.IdeaEdited: _edited,
    ev.IdeaWithdrawn: _taken_back,
    ev.CommentWithdrawn: _taken_back,
    ev.ActingSet: _acting_set,
    ev.IdeaSupported: _supported,
    ev.SupportWithdrawn: _withdrawn,
    ev.StanceRecorded: _stance,
    ev.IdeaHidden: _hidden,
    ev.IdeaRestored: _restored,
    ev.IdeaRemoved: _removed,
    ev.IdeaMerged: _merged,
    ev.IdeaUnmerged: _unmerged,
    ev.IdeaMarked: _marked,
    ev.IdeaMoved: _moved,
    ev.IdeasSeen: _seen,
    ev.CommentPosted: _commented,
    ev.CommentEdited: _comment_edited,
    ev.CommentLiked: _liked,
    ev.LikeWithdrawn: _like_withdrawn,
    ev.CommentHidden: _comment_hidden,
    ev.CommentRestored: _comment_restored,
    ev.CommentRemoved: _comment_removed,
    ev.ReportFiled: _reported,
    ev.ReportResolved: _resolved,
    ev.ReportReopened: _reopened,
}
