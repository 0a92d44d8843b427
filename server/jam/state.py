"""The state of a jam: a fold of its journal, held in memory, read by everyone and changed only by `apply`."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence

from server.jam import entities as e
from server.jam.acting import Acting
from server.jam.anonymity import Anonymity
from server.jam.changes import ChangeLog, PersonalLog
from server.jam.facets import Facets
from server.jam.invitations import InvitationKind, InvitationPolicy
from server.jam.member_acts import Branch, MemberAct
from server.jam.minors import MinorPolicy
from server.jam.people import STRANGER, Relation, Viewer, VisibilityClass, class_viewer
from server.jam.phases import Phase, Schedule, phase_at
from server.jam.ranking import IdeaOrder, Orders
from server.jam.tallies import Tallies
from server.jam.terms import TermsVersion
from server.jam.texts import LocalText
from server.jam.theme_proposals import ThemePolicy, ThemeProposal
from server.jam.visibility import Reach, reaches, sees

REMEMBERED_COMMANDS = 200_000
"""How many commands are remembered to answer a repetition; older ones are guarded by their derived ids."""

REMEMBERED_MINUTES = 72 * 60


class JamState:
    """Everything about one jam, up to event `seq`.

    `is_sound` is False where applying an event failed half-way: then it must not be read.
    """

    is_sound = True

    def __init__(self) -> None:
        self.seq = 0
        self.id = ""
        self.slug = ""
        self.titles: LocalText = {}
        self.questions: LocalText = {}
        self.descriptions: LocalText = {}
        self.rules: LocalText = {}
        self.languages: tuple[str, ...] = ()
        self.main_language = "en"
        self.created_at = 0
        self.schedule: Schedule | None = None
        self.published = False
        self.topics: dict[str, e.Topic] = {}
        self.ideas: list[e.Idea] = []
        self.idea_numbers: dict[str, int] = {}
        self.comments: list[e.Comment] = []
        self.comment_numbers: dict[str, int] = {}
        self.members: list[e.Member] = []
        self.member_numbers: dict[str, int] = {}
        self.erased_numbers: dict[str, int] = {}
        self.endings: dict[str, int] = {}
        self.branches: dict[str, Branch] = {}
        self.member_acts: dict[str, MemberAct] = {}
        self.announcements: list[e.Announcement] = []
        self.reports: dict[str, e.Report] = {}
        self.open_reports: dict[str, None] = {}
        self.invitations: dict[str, e.Invitation] = {}
        self.invitation_hashes: dict[str, str] = {}
        self.invitations_by: dict[str, list[e.Invitation]] = {}
        self.invitation_policy = InvitationPolicy()
        self.circles: dict[str, e.Circle] = {}
        self.terms: list[TermsVersion] = []
        self.minor_policy = MinorPolicy()
        self.minors: dict[str, str] = {}
        self.themes: dict[str, e.Theme] = {}
        self.theme_edits = e.ThemeEdits()
        self.theme_run: e.ThemeRun | None = None
        self.theme_proposals: dict[str, ThemeProposal] = {}
        self.theme_policy = ThemePolicy.PROPOSE
        self.next_color = 0
        self.acting: Acting = None
        self.anonymity = Anonymity()
        self.log: list[e.LogEntry] = []
        self.minutes: OrderedDict[int, list[int]] = OrderedDict()
        self.commands: OrderedDict[int, None] = OrderedDict()
        self.changes = ChangeLog()
        self.personal = PersonalLog()
        self.orders = Orders(self.ideas)
        self.tallies = Tallies(self.ideas)
        self.facets = Facets(self.ideas)

    def adopt(self, ideas: list[e.Idea]) -> None:
        """Takes over a whole list of ideas, when a state is made from a snapshot."""
        self.ideas = ideas
        self.orders = Orders(ideas)
        self.tallies = Tallies(ideas)
        self.facets = Facets(ideas)

    def settle(self) -> None:
        """Works out now what the first readers of a large jam would wait for: counts, and ideas in their orders."""
        self.tallies.settle()
        self.facets.settle(self.relation_of)
        for order in IdeaOrder:
            self.orders.get(order)

    def become(self, other: "JamState") -> None:
        """Takes over everything of another state, so that whoever holds this one holds that."""
        vars(self).clear()
        vars(self).update(vars(other))

    # ------------------------------------------------------------------------------------------------------- look-ups
    @property
    def exists(self) -> bool:
        return bool(self.id)

    def phase(self, now: int) -> Phase:
        return phase_at(self.schedule, self.published, now)

    def idea(self, id: str) -> e.Idea | None:
        number = self.idea_numbers.get(id)
        return None if number is None else self.ideas[number]

    def comment(self, id: str) -> e.Comment | None:
        number = self.comment_numbers.get(id)
        return None if number is None else self.comments[number]

    def member(self, person: str) -> e.Member | None:
        number = self.member_numbers.get(person)
        return None if number is None else self.members[number]

    def relation_of(self, person: str) -> Relation | None:
        """The relation of a member; None for whoever is none (any more), and for a pseudonym."""
        member = self.member(person)
        return None if member is None else member.relation

    def invitation(self, id: str) -> e.Invitation | None:
        """An invitation by its id; `invitations` has them by the hash of their secret."""
        return self.invitations.get(self.invitation_hashes.get(id, ""))

    def minors_of(self, guardian: str) -> list[e.Member]:
        """The minors under someone's account, in the order of joining; `minors` has the guardian of each."""
        found = (self.member(person) for person, by in self.minors.items() if by == guardian)
        return [member for member in found if member is not None]

    @property
    def newest_terms(self) -> TermsVersion | None:
        """The terms in force; None where the jam has none."""
        return self.terms[-1] if self.terms else None

    def keep_invitation(self, invitation: e.Invitation) -> None:
        """Adds one to the invitations, and to what finds them."""
        self.invitations[invitation.token_hash] = invitation
        self.invitation_hashes[invitation.id] = invitation.token_hash
        self.invitations_by.setdefault(invitation.by, []).append(invitation)

    def invitations_of(self, person: str) -> Sequence[e.Invitation]:
        """The invitations that someone made, oldest first."""
        return self.invitations_by.get(person, ())

    def mailed_since(self, since: int) -> Iterator[e.Invitation]:
        """The invitations by mail made after `since` (ms), newest first."""
        for invitation in reversed(self.invitations.values()):
            if invitation.created_at <= since:
                return
            if invitation.kind is InvitationKind.MAIL:
                yield invitation

    def viewer(self, person: str | None) -> Viewer:
        """The person as the visibility rule sees them; a stranger if they are no member."""
        member = self.member(person) if person is not None else None
        return STRANGER if member is None else member.viewer

    def viewer_at(self, person: str, now: int) -> Viewer:
        """The same at `now`: whose suspension is over is back, though nobody has lifted it yet."""
        member = self.member(person)
        return STRANGER if member is None or member.is_out(now) else member.standing

    def class_viewer(self, visibility: VisibilityClass) -> Viewer:
        return class_viewer(visibility)

    def remembers(self, command_key: int) -> bool:
        """Whether this command has already happened."""
        return command_key in self.commands

    # ----------------------------------------------------------------------------------------------------- visibility
    def reach_of(self, topic: e.Topic, audience_reach: Reach) -> Reach | None:
        """Who an idea is for: its own audience within its topic's."""
        return audience_reach.within(topic.reach)

    def sees_idea(self, viewer: Viewer, idea: e.Idea) -> bool:
        return sees(viewer, idea.reach, idea.status, idea.author)

    def sees_comment(self, viewer: Viewer, comment: e.Comment) -> bool:
        """A comment is for those who may see its idea and, if it was hidden, for its author and the keepers."""
        idea = self.ideas[self.idea_numbers[comment.idea]]
        return self.sees_idea(viewer, idea) and sees(viewer, idea.reach, comment.status, comment.author)

    def sees_topic(self, viewer: Viewer, topic: e.Topic) -> bool:
        return reaches(viewer, topic.reach)

    def visible_ideas(self, viewer: Viewer, ids: Iterable[str]) -> Iterator[e.Idea]:
        """The ideas with these ids that the viewer may see, in the order given."""
        for id in ids:
            idea = self.idea(id)
            if idea is not None and self.sees_idea(viewer, idea):
                yield idea

    # ---------------------------------------------------------------------------------------------------------- trees
    def root_of_merge(self, idea: e.Idea) -> e.Idea:
        """The idea that stands for this one: itself, or the one it was merged into in the end."""
        while idea.merged_into is not None:
            idea = self.ideas[self.idea_numbers[idea.merged_into]]
        return idea

    def merged_below(self, idea: e.Idea) -> Iterator[e.Idea]:
        """Every idea merged into this one, and into those."""
        for id in idea.merged:
            child = self.ideas[self.idea_numbers[id]]
            yield child
            yield from self.merged_below(child)

    def lineage(self, idea: e.Idea, viewer: Viewer, most: int = 200) -> list[e.Idea]:
        """The connected build-on tree around an idea, as far as the viewer may see it, oldest first, at most `most` ideas."""
        found = {idea.number: idea}
        waiting = [idea]
        while waiting and len(found) < most:
            here = waiting.pop(0)
            for other in self.visible_ideas(viewer, (*here.parents, *here.children)):
                if other.number not in found and len(found) < most:
                    found[other.number] = other
                    waiting.append(other)
        return [found[number] for number in sorted(found)]

    # --------------------------------------------------------------------------------------------------------- themes
    def board_themes(self) -> list[e.Theme]:
        """Themes that stand on the board: not merged into another, and no sub-themes."""
        return [theme for theme in self.themes.values() if theme.merged_into is None and theme.parent is None]

    def subthemes(self, theme: e.Theme) -> list[e.Theme]:
        return [sub for sub in self.themes.values() if sub.parent == theme.id and sub.merged_into is None]
