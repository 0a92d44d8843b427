""" "Since you left": what moved in a jam while the person was away."""

import strawberry

from schema.comment import Comment
from schema.frame import Announcement
from schema.idea import Idea
from schema.marks import described
from schema.scalars import NotificationKind, Timestamp
from schema.theme import Theme
from schema.view import JamView, personal_view
from server.jam import since as engine
from server.jam.phases import Phase
from server.jam.since import SinceKind
from server.visits import Absence

strawberry.enum(SinceKind, description="Why something is told, the closest to the person first.")


@strawberry.type(description="How many there are; at least so many where `isAll` is false.")
class SinceCount:
    number: int
    is_all: bool


@strawberry.type(description="How many more of a kind there are than are told.")
class SinceMore:
    kind: SinceKind
    number: int


@strawberry.type(
    description="One thing that moved. `supports`, `comments` and `buildOns` are what the idea got since, others' only."
)
class SinceItem:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[engine.Item]

    @strawberry.field
    def kind(self) -> SinceKind:
        return self.entity.kind

    @strawberry.field
    def at(self) -> Timestamp:
        return Timestamp(self.entity.at)

    @strawberry.field
    def idea(self) -> Idea | None:
        return None if self.entity.idea is None else Idea(view=self.view, entity=self.entity.idea)

    @strawberry.field
    def comment(self) -> Comment | None:
        return None if self.entity.comment is None else Comment(view=self.view, entity=self.entity.comment)

    @strawberry.field
    def theme(self) -> Theme | None:
        return None if self.entity.theme is None else Theme(view=self.view, entity=self.entity.theme)

    @strawberry.field
    def announcement(self) -> Announcement | None:
        return None if self.entity.announcement is None else Announcement(view=self.view, entity=self.entity.announcement)

    @strawberry.field
    def phase(self) -> Phase | None:
        return self.entity.phase

    @described("What became of it, of the kind STATUS.")
    def status(self) -> NotificationKind | None:
        is_status = self.entity.kind is SinceKind.STATUS and self.entity.notice is not None
        return NotificationKind(self.entity.notice.kind) if is_status and self.entity.notice is not None else None

    @strawberry.field
    def reason(self) -> str | None:
        return None if self.entity.notice is None else self.entity.notice.reason or None

    @strawberry.field
    def supports(self) -> int:
        return self.entity.gain.supports

    @strawberry.field
    def comments(self) -> int:
        return self.entity.gain.comments

    @strawberry.field
    def build_ons(self) -> int:
        return self.entity.gain.build_ons


@strawberry.type(description="What moved since the person was last here for long, at most a screenful, the closest first.")
class SinceYouLeft:
    view: strawberry.Private[JamView]
    absence: strawberry.Private[Absence]
    entity: strawberry.Private[engine.Since]

    @strawberry.field
    def left_at(self) -> Timestamp:
        return Timestamp(self.absence.mark.at)

    @described("Whether the person has not put it away yet.")
    def is_new(self) -> bool:
        return self.absence.is_new

    @strawberry.field
    def items(self) -> list[SinceItem]:
        return [SinceItem(view=self.view, entity=item) for item in self.entity.items]

    @strawberry.field
    def more(self) -> list[SinceMore]:
        return [SinceMore(kind=kind, number=number) for kind, number in self.entity.more.items()]

    @strawberry.field
    def new_ideas(self) -> SinceCount:
        return SinceCount(number=self.entity.ideas.number, is_all=self.entity.ideas.is_all)

    @strawberry.field
    def new_comments(self) -> SinceCount:
        return SinceCount(number=self.entity.comments.number, is_all=self.entity.comments.is_all)


def since_of(view: JamView, absence: Absence) -> SinceYouLeft:
    """What moved, as the viewer may see it now."""
    found = engine.since(view.state, view.viewer, absence.mark, view.now, view.reads)
    return SinceYouLeft(view=personal_view(view.context, view.state), absence=absence, entity=found)
