"""Publishing and accepting the terms of a jam."""

import strawberry

from schema.inputs import local_text
from schema.marks import command as mutation
from schema.mutations.asking import Asking
from schema.results import AcceptanceResult, AcceptanceSuccess, TermsResult, TermsSuccess
from schema.scalars import given
from schema.terms import TermsAcceptance, terms_of
from schema.terms_inputs import AcceptTermsInput, PublishTermsInput
from schema.view import Info
from server.jam import commands as c
from server.jam.rejections import NotFound


@strawberry.type
class TermsMutations:
    @mutation(
        "Organizers only: a new version, to be accepted by everyone before they post again. `follows` is the version that it "
        "replaces (0 for the first); `note` says what changed, and is needed from the second version on."
    )
    async def publish_terms(self, info: Info, input: PublishTermsInput) -> TermsResult:
        asked = Asking(info, input.command_id)
        command = c.PublishTerms(
            **asked.by, follows=input.follows, texts=local_text(input.texts) or {}, note=local_text(input.note) or {}
        )
        view, seq = await asked.submit(asked.jam(input.jam_id), command)
        terms = terms_of(view)
        if terms is None:
            raise NotFound("version of the terms", "")
        return TermsSuccess(terms=terms, seq=seq)

    @mutation("The newest version, in the language in which it was read. A guardian names the minor for whom they accept.")
    async def accept_terms(self, info: Info, input: AcceptTermsInput) -> AcceptanceResult:
        asked = Asking(info, input.command_id)
        command = c.AcceptTerms(**asked.by, version=input.version, language=input.language, person=given(input.person_id))
        view, seq = await asked.submit(asked.jam(input.jam_id), command)
        member = view.state.member(command.whose)
        accepted = () if member is None else member.accepted
        record = next((one for one in accepted if one.version == input.version), None)
        if record is None:
            raise NotFound("version of the terms", str(input.version))
        return AcceptanceSuccess(acceptance=TermsAcceptance(entity=record), seq=seq)
