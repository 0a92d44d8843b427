"""The jam itself, and the way from it to everything in it."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import ID, UNSET

from schema import anonymity as anonymous
from schema import idea as ideas
from schema import invitation as invitations
from schema import invitation_tree as trees
from schema import member as members
from schema import member_list, moderation, theme_proposal
from schema import minor as minors
from schema import opinion as opinions
from schema import reach as reaching
from schema import restriction as restrictions
from schema import terms as terms_of_jam
from schema import theme as themes
from schema.frame import Announcement, JamCounts, Schedule
from schema.jam_viewer import ViewerInJam
from schema.marks import described, instant, personal
from schema.pages import Board
from schema.presence import Here
from schema.scalars import Timestamp, optional_time
from schema.topic import Topic
from schema.view import JamView
from server.here import here_of
from server.jam import entities as e
from server.jam.people import Relation, Role
from server.jam.permissions import Action
from server.jam.phases import Phase, next_change
from server.jam.ranking import IdeaOrder
from server.jam.state import JamState
from server.jam.texts import LocalText, pick
from server.jam.theme_proposals import ProposalStatus
from server.roster import MemberActivity, MemberOrder, MemberQuery, MemberStanding

if TYPE_CHECKING:
    from schema.anonymity import Anonymity, AnonymousPost, Audit
    from schema.idea import IdeaConnection
    from schema.invitation import Invitation, InvitationPolicy
    from schema.invitation_tree import InvitationTree
    from schema.member import Member, MemberConnection
    from schema.minor import MinorPolicy
    from schema.moderation import JamHealth, ModerationEntry, Report, StreamItem
    from schema.opinion import Opinions
    from schema.reach import Reach
    from schema.restriction import Branch, MemberAct
    from schema.terms import Terms
    from schema.theme import Theme, ThemeRun
    from schema.theme_proposal import ThemeProposal, ThemeWork

MEMBERS = "MEMBERS"
MOST_FOUND = 200


@strawberry.type
class Membership:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Member]

    @strawberry.field
    def jam(self) -> "Jam":
        return Jam(view=self.view, entity=self.view.state)

    @strawberry.field
    def role(self) -> Role:
        return self.entity.role

    @strawberry.field
    def relation(self) -> Relation:
        return self.entity.relation

    @strawberry.field
    def joined_at(self) -> Timestamp:
        return Timestamp(self.entity.joined_at)

    @described("Under age, with restricted rights, under the account of `guardian`.")
    def is_minor(self) -> bool:
        return self.entity.is_minor(self.view.now)

    @strawberry.field
    def guardian(self) -> members.Author | None:
        care = self.entity.care if self.entity.is_minor(self.view.now) else None
        return None if care is None else members.Author(view=self.view, person=care.guardian)


@strawberry.type
class Jam(ViewerInJam):
    entity: strawberry.Private[JamState]

    def _text(self, texts: LocalText, language: str | None) -> str:
        return pick(texts, language or None, self.entity.main_language)

    def _html(self, texts: LocalText, language: str | None) -> str:
        return self.view.services.markdown(self._text(texts, language))

    # ---------------------------------------------------------------------------------------------------------- frame
    @strawberry.field
    def slug(self) -> str:
        return self.entity.slug

    @described("The sequence number this answer is fresh up to: pass it to jamChanges(afterSeq).")
    def seq(self) -> int:
        return self.entity.seq

    @strawberry.field
    def title(self, language: str | None = strawberry.UNSET) -> str:
        return self._text(self.entity.titles, language)

    @strawberry.field
    def question(self, language: str | None = strawberry.UNSET) -> str:
        return self._text(self.entity.questions, language)

    @strawberry.field
    def description(self, language: str | None = strawberry.UNSET) -> str:
        return self._text(self.entity.descriptions, language)

    @strawberry.field
    def description_html(self, language: str | None = strawberry.UNSET) -> str:
        return self._html(self.entity.descriptions, language)

    @strawberry.field
    def rules_html(self, language: str | None = strawberry.UNSET) -> str:
        return self._html(self.entity.rules, language)

    @strawberry.field
    def rules(self, language: str | None = strawberry.UNSET) -> str:
        return self._text(self.entity.rules, language)

    @described("The terms in force, to be accepted before one's first post; null where the jam has none.")
    def terms(self) -> Annotated["Terms", strawberry.lazy("schema.terms")] | None:
        return terms_of_jam.terms_of(self.view)

    @described("Posting without a name.")
    def anonymity(self) -> Annotated["Anonymity", strawberry.lazy("schema.anonymity")]:
        return anonymous.Anonymity(view=self.view)

    @described("What was posted without a name and the viewer may see, in order, behind the one with the number `afterNumber`.")
    def anonymous_posts(
        self, first: int = 200, after_number: int = -1
    ) -> list[Annotated["AnonymousPost", strawberry.lazy("schema.anonymity")]]:
        return anonymous.posts_of(self.view, first, after_number)

    @described("The relations that may post, comment and vote in the jam; null: everyone who may see it.")
    def acting(self) -> list[Relation] | None:
        return None if self.entity.acting is None else list(self.entity.acting)

    @described("Whether minors may take part, and brought by whom.")
    def minor_policy(self) -> Annotated["MinorPolicy", strawberry.lazy("schema.minor")]:
        return minors.MinorPolicy(entity=self.entity.minor_policy)

    @described("All versions of the terms, newest first.")
    def terms_versions(self) -> list[Annotated["Terms", strawberry.lazy("schema.terms")]]:
        return terms_of_jam.versions_of(self.view)

    @strawberry.field
    def languages(self) -> list[str]:
        return list(self.entity.languages)

    @strawberry.field
    def main_language(self) -> str:
        return self.entity.main_language

    @strawberry.field
    def phase(self) -> Phase:
        return self.view.phase

    @strawberry.field
    def phase_ends_at(self) -> Timestamp | None:
        ahead = self._next
        return optional_time(None if ahead is None else ahead[1])

    @strawberry.field
    def next_phase(self) -> Phase | None:
        ahead = self._next
        return None if ahead is None else ahead[0]

    @property
    def _next(self) -> tuple[Phase, int] | None:
        return next_change(self.entity.schedule, self.entity.published, self.view.now)

    @strawberry.field
    def schedule(self) -> Schedule | None:
        plan = self.entity.schedule
        return None if plan is None else Schedule(entity=plan)

    @instant()
    def server_time(self) -> Timestamp:
        return Timestamp(self.view.now)

    # ------------------------------------------------------------------------------------------------------ what is in
    @strawberry.field
    def topics(self) -> list[Topic]:
        seen = [topic for topic in self.entity.topics.values() if self.view.sees_topic(topic)]
        seen.sort(key=lambda topic: (topic.position, topic.id))
        return [Topic(view=self.view, entity=topic) for topic in seen]

    @strawberry.field
    def topic(self, id: ID) -> Topic | None:
        topic = self.view.topic(id)
        return None if topic is None else Topic(view=self.view, entity=topic)

    @strawberry.field
    def ideas(
        self,
        order: IdeaOrder = IdeaOrder.HOT,
        topic_id: ID | None = strawberry.UNSET,
        theme_id: ID | None = strawberry.UNSET,
        language: str | None = strawberry.UNSET,
        relation: Relation | None = strawberry.UNSET,
        first: int = 20,
        after: str | None = strawberry.UNSET,
    ) -> Annotated["IdeaConnection", strawberry.lazy("schema.idea")]:
        board = Board(order, topic_id or None, theme_id or None, language or None, relation or None)
        return ideas.IdeaConnection(view=self.view, page=board.page(self.view, first, after or None))

    @strawberry.field
    def themes(self) -> list[Annotated["Theme", strawberry.lazy("schema.theme")]]:
        return themes.board_of(self.view)

    @strawberry.field
    def theme(self, id: ID) -> Annotated["Theme", strawberry.lazy("schema.theme")] | None:
        return themes.theme_of(self.view, id)

    @strawberry.field
    def theme_run(self) -> Annotated["ThemeRun", strawberry.lazy("schema.theme")] | None:
        run = self.entity.theme_run if self.view.reads else None
        return None if run is None else themes.ThemeRun(view=self.view, entity=run)

    @described("Moderators only: changes of the themes that wait for a decision, those that move most ideas first.")
    def theme_proposals(
        self, status: ProposalStatus = ProposalStatus.OPEN
    ) -> list[Annotated["ThemeProposal", strawberry.lazy("schema.theme_proposal")]]:
        return theme_proposal.proposals_of(self.view, status)

    @described("Moderators only: how the themes are kept.")
    def theme_work(self) -> Annotated["ThemeWork", strawberry.lazy("schema.theme_proposal")] | None:
        return theme_proposal.work_of(self.view)

    @described("Who votes alike, and what all agree on; null for those who may not read ideas.")
    def opinions(self) -> Annotated["Opinions", strawberry.lazy("schema.opinion")] | None:
        return opinions.opinions_of(self.view)

    @described("When opinions were read last: fetch them again when it changes.")
    def opinions_at(self) -> Timestamp | None:
        return optional_time((self.view.reads and self.view.services.opinions.read_at(self.entity.id)) or None)

    @strawberry.field
    def announcements(self) -> list[Announcement]:
        made = reversed(self.entity.announcements) if self.view.exists else ()
        return [Announcement(view=self.view, entity=announcement) for announcement in made]

    @strawberry.field
    def counts(self) -> JamCounts:
        return JamCounts(view=self.view)

    @described("People with a live connection now.")
    def here_count(self) -> int:
        return self.view.services.here(self.entity.id)

    @described("Who is here now, by country and by relation.")
    def here(self) -> Here:
        return Here(entity=here_of(self.view.services.origins(self.entity.id) if self.view.exists else {}))

    # -------------------------------------------------------------------------------------------- for those who run it
    @described("The readable log of moderation, without names, newest first.")
    def moderation_log(self, first: int = 50) -> list[Annotated["ModerationEntry", strawberry.lazy("schema.moderation")]]:
        return moderation.log_of(self.view, first)

    @described("Moderators only: open and recently resolved cases, oldest open first.")
    def reports(
        self,
        open: bool = True,
        first: int = 50,
        topic_ids: list[ID] | None = strawberry.UNSET,
        languages: list[str] | None = strawberry.UNSET,
    ) -> list[Annotated["Report", strawberry.lazy("schema.moderation")]]:
        return moderation.reports_of(self.view, open, first, moderation.scoped(topic_ids, languages))

    @described("Moderators only: activity a minute for the last hour.")
    def health(self) -> Annotated["JamHealth", strawberry.lazy("schema.moderation")] | None:
        return moderation.health_of(self.view)

    @described("Moderators only: the newest ideas and comments, whatever their status.")
    def stream(
        self,
        first: int = 50,
        topic_ids: list[ID] | None = strawberry.UNSET,
        languages: list[str] | None = strawberry.UNSET,
    ) -> list[Annotated["StreamItem", strawberry.lazy("schema.moderation")]]:
        return moderation.stream_of(self.view, first, moderation.scoped(topic_ids, languages))

    @described("How many were invited, joined and take part; null for those who may not know.")
    async def reach(self) -> Annotated["Reach", strawberry.lazy("schema.reach")] | None:
        return await reaching.reach_of(self.view)

    @described("Moderators and organizers only: who brought whom.")
    async def invitation_tree(self) -> Annotated["InvitationTree", strawberry.lazy("schema.invitation_tree")] | None:
        return await trees.tree_of(self.view)

    @described("Organizers only: audit keys, and requests to open an author.")
    def audit(self) -> Annotated["Audit", strawberry.lazy("schema.anonymity")] | None:
        return anonymous.audit_of(self.view)

    @described("Whom members may invite.")
    def invitation_policy(self) -> Annotated["InvitationPolicy", strawberry.lazy("schema.invitation")]:
        return invitations.policy_of(self.entity)

    @described("Organizers only.")
    def invitations(self) -> list[Annotated["Invitation", strawberry.lazy("schema.invitation")]]:
        made = list(self.entity.invitations.values()) if self.view.may(Action.ORGANIZE) else []
        return [invitations.Invitation(entity=invitation) for invitation in reversed(made)]

    @described("Organizers only.")
    async def members(
        self,
        first: int = 50,
        after: str | None = strawberry.UNSET,
        query: str | None = strawberry.UNSET,
        role: Role | None = strawberry.UNSET,
        relation: Relation | None = strawberry.UNSET,
        country: str | None = strawberry.UNSET,
        standing: MemberStanding | None = strawberry.UNSET,
        activity: MemberActivity | None = strawberry.UNSET,
        invited_by_id: ID | None = strawberry.UNSET,
        order: MemberOrder = MemberOrder.OLDEST,
        at: int | None = strawberry.UNSET,
    ) -> Annotated["MemberConnection", strawberry.lazy("schema.member")]:
        wanted = MemberQuery(
            order, query or "", role or None, relation or None, country or None, standing or None, activity or None,
            invited_by_id or None,
        )  # fmt: skip
        return await member_list.members_of(self.view, wanted, first, after or None, None if at is UNSET else at)

    @described("Organizers only: the countries that members gave, sorted.")
    async def member_countries(self) -> list[str]:
        return await self.view.services.roster.countries(self.entity) if self.view.may(Action.ORGANIZE) else []

    @described("A member, for those who decide about members.")
    def member(self, person_id: ID) -> Annotated["Member", strawberry.lazy("schema.member")] | None:
        found = self.entity.member(person_id) if self.view.may(Action.RESTRICT) else None
        return None if found is None else members.Member(view=self.view, entity=found)

    @described("What was done to members and can be undone, newest first: for those who may undo it.")
    def member_acts(self) -> list[Annotated["MemberAct", strawberry.lazy("schema.restriction")]]:
        return restrictions.acts_of(self.view)

    @described("Organizers only: a person and all whom they brought, and what revoking that branch would concern.")
    def branch(self, person_id: ID) -> Annotated["Branch", strawberry.lazy("schema.restriction")] | None:
        return restrictions.branch_of(self.view, person_id)

    # ------------------------------------------------------------------------------------------------------ the viewer
    @personal("Personal.")
    def viewer_membership(self) -> Membership | None:
        me = self.view.me
        return None if me is None else Membership(view=self.view.personal(), entity=me)


def jam_of(view: JamView) -> Jam | None:
    """The jam, if the viewer may see it."""
    return Jam(view=view, entity=view.state) if view.exists else None
