"""Anonymous posts as their viewer may know them, and what organizers need to open one."""

from itertools import islice

import strawberry
from strawberry import ID

from schema.comment import Comment, comment_of
from schema.idea import Idea, idea_of
from schema.marks import described
from schema.member import Author
from schema.pages import within
from schema.scalars import Timestamp, optional_time
from schema.view import JamView
from server.jam import anonymity as a
from server.jam.permissions import Action

MOST = 500


@strawberry.type(description="Posting without a name: whether it is on, and what is promised to whoever does.")
class Anonymity:
    view: strawberry.Private[JamView]

    @property
    def _all(self) -> a.Anonymity:
        return self.view.state.anonymity

    @strawberry.field
    def is_on(self) -> bool:
        return self._all.is_on

    @described("The audit key that authors are sealed to now.")
    def fingerprint(self) -> str | None:
        return self._all.key

    @described("How many organizers it takes to open the author of what is posted now.")
    def eyes(self) -> int | None:
        return None if self._all.current is None else self._all.current.eyes

    @described("Nobody posts without a name where fewer people could have posted it.")
    def least_crowd(self) -> int:
        return a.LEAST_CROWD


@strawberry.type(
    description="Something posted without a name: the device that posted it makes the proof whose SHA-256 is `proofHash` from "
    "`salt` and its own secret, and so finds what is its own. Nobody else can."
)
class AnonymousPost:
    view: strawberry.Private[JamView]
    target: strawberry.Private[str]
    entity: strawberry.Private[a.Seal]
    number: int

    @strawberry.field
    def target_id(self) -> ID:
        return ID(self.target)

    @strawberry.field
    def salt(self) -> str:
        return self.entity.salt

    @strawberry.field
    def proof_hash(self) -> str:
        return self.entity.proof_hash

    @strawberry.field
    def idea(self) -> Idea | None:
        return idea_of(self.view, self.target)

    @strawberry.field
    def comment(self) -> Comment | None:
        return comment_of(self.view, self.target)


@strawberry.type
class AuditKey:
    entity: strawberry.Private[a.AuditKey]
    is_current: bool

    @strawberry.field
    def fingerprint(self) -> str:
        return self.entity.fingerprint

    @strawberry.field
    def public_key(self) -> str:
        return self.entity.public

    @strawberry.field
    def eyes(self) -> int:
        return self.entity.eyes

    @strawberry.field
    def set_at(self) -> Timestamp:
        return Timestamp(self.entity.at)


@strawberry.type(description="A request to open who posted something without a name.")
class Opening:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[a.Opening]

    @property
    def _seal(self) -> a.Seal:
        return self.view.state.anonymity.seals[self.entity.target]

    @strawberry.field
    def target_id(self) -> ID:
        return ID(self.entity.target)

    @strawberry.field
    def idea(self) -> Idea | None:
        return idea_of(self.view, self.entity.target)

    @strawberry.field
    def comment(self) -> Comment | None:
        return comment_of(self.view, self.entity.target)

    @strawberry.field
    def reason(self) -> str:
        return self.entity.reason

    @strawberry.field
    def requested_at(self) -> Timestamp:
        return Timestamp(self.entity.at)

    @strawberry.field
    def requested_by(self) -> Author:
        return Author(view=self.view, person=self.entity.by)

    @strawberry.field
    def confirmed_by(self) -> Author | None:
        by = self.entity.confirmed_by
        return None if by is None else Author(view=self.view, person=by)

    @strawberry.field
    def opened_at(self) -> Timestamp | None:
        return optional_time(self.entity.opened_at)

    @strawberry.field
    def declined_at(self) -> Timestamp | None:
        return optional_time(self.entity.declined_at)

    @strawberry.field
    def fingerprint(self) -> str:
        return self._seal.key

    @described("The author's id, encrypted to the audit key; null until the request has been granted.")
    def sealed(self) -> str | None:
        return None if self.entity.opened_at is None else self._seal.sealed


@strawberry.type
class Audit:
    view: strawberry.Private[JamView]

    @described("The newest first.")
    def keys(self) -> list[AuditKey]:
        kept = self.view.state.anonymity
        return [AuditKey(entity=key, is_current=key is kept.current) for key in reversed(kept.keys.values())]

    @described("The newest first.")
    def openings(self) -> list[Opening]:
        made = sorted(self.view.state.anonymity.openings.values(), key=lambda one: -one.at)
        return [Opening(view=self.view, entity=one) for one in made]

    @described("The member with an id that a seal held.")
    def person(self, id: ID) -> Author | None:
        return None if self.view.state.member(id) is None else Author(view=self.view, person=id)


def audit_of(view: JamView) -> Audit | None:
    """For organizers only."""
    return Audit(view=view) if view.may(Action.ORGANIZE) else None


def posts_of(view: JamView, first: int, after: int) -> list[AnonymousPost]:
    """Those that the viewer may see, in the order of posting, behind the number `after`."""
    within(first, MOST)
    sealed = islice(enumerate(view.state.anonymity.seals.items()), max(0, after + 1), None)
    seen = ((number, target, seal) for number, (target, seal) in sealed if _is_seen(view, target))
    return [AnonymousPost(view=view, target=target, entity=seal, number=number) for number, target, seal in islice(seen, first)]


def _is_seen(view: JamView, target: str) -> bool:
    return view.idea(target) is not None or view.comment(target) is not None
