"""The terms of a jam: their versions and texts, and who accepted which."""

from typing import TYPE_CHECKING

import strawberry

from schema.marks import described
from schema.scalars import Timestamp
from schema.view import JamView
from server.jam.permissions import Action
from server.jam.terms import Acceptance, TermsVersion
from server.jam.texts import pick

if TYPE_CHECKING:
    from server.jam import entities as e


@strawberry.type(description="The terms in one language. `digest` is SHA-256 of `text` in UTF-8, in hexadecimal.")
class TermsText:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[TermsVersion]
    language: str

    @strawberry.field
    def text(self) -> str:
        return self.entity.texts[self.language]

    @strawberry.field
    def html(self) -> str:
        return self.view.services.markdown(self.entity.texts[self.language])

    @strawberry.field
    def digest(self) -> str:
        return self.entity.digests[self.language]


@strawberry.type(description="A version of the terms. Versions are numbered from 1 and stay as they are.")
class Terms:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[TermsVersion]

    @strawberry.field
    def version(self) -> int:
        return self.entity.version

    @strawberry.field
    def published_at(self) -> Timestamp:
        return Timestamp(self.entity.at)

    @described("In this language, else in the jam's main language.")
    def text(self, language: str | None = strawberry.UNSET) -> TermsText:
        main = self.view.state.main_language
        chosen = language if language and language in self.entity.texts else main
        return TermsText(view=self.view, entity=self.entity, language=chosen)

    @described("In every language that there is, the main language first.")
    def texts(self) -> list[TermsText]:
        main = self.view.state.main_language
        ordered = sorted(self.entity.texts, key=lambda language: (language != main, language))
        return [TermsText(view=self.view, entity=self.entity, language=language) for language in ordered]

    @described("What changed since the version before, in the language asked for or the main one; empty for the first.")
    def note(self, language: str | None = strawberry.UNSET) -> str:
        return pick(self.entity.note, language or None, self.view.state.main_language)

    @described("Organizers only: how many members accepted this version.")
    def accepted_count(self) -> int | None:
        return self.entity.accepted if self.view.may(Action.ORGANIZE) else None


@strawberry.type(description="A member agreed to one version of the terms, in the words that have this digest.")
class TermsAcceptance:
    entity: strawberry.Private[Acceptance]

    @strawberry.field
    def version(self) -> int:
        return self.entity.version

    @strawberry.field
    def language(self) -> str:
        return self.entity.language

    @strawberry.field
    def digest(self) -> str:
        return self.entity.digest

    @strawberry.field
    def accepted_at(self) -> Timestamp:
        return Timestamp(self.entity.at)

    @described("A guardian accepted for them.")
    def by_guardian(self) -> bool:
        return self.entity.by is not None


def terms_of(view: JamView) -> Terms | None:
    """The terms in force."""
    newest = view.state.newest_terms if view.exists else None
    return None if newest is None else Terms(view=view, entity=newest)


def versions_of(view: JamView) -> list[Terms]:
    """All versions, newest first."""
    return [Terms(view=view, entity=one) for one in reversed(view.state.terms)] if view.exists else []


def acceptances_of(member: "e.Member | None") -> list[TermsAcceptance]:
    """What a member accepted, newest first."""
    return [] if member is None else [TermsAcceptance(entity=one) for one in reversed(member.accepted)]
