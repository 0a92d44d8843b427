"""Posting without a name, and opening a sealed author. The decision is told who asks; what is written holds it sealed only."""

import re
from typing import TypedDict

import strawberry
from strawberry import ID

from schema.anonymity import Opening
from schema.anonymity_inputs import (
    ConfirmOpeningInput,
    EditAnonymousCommentInput,
    EditAnonymousIdeaInput,
    OpenAuthorInput,
    PostAnonymousCommentInput,
    PostAnonymousIdeaInput,
    SetActingInput,
    SetAnonymousPostingInput,
    SetAuditKeyInput,
    WithdrawAnonymousInput,
)
from schema.inputs import audience
from schema.jam import Jam
from schema.marks import command as mutation
from schema.mutations.asking import Asking, Stamp
from schema.mutations.comments import comment_after
from schema.mutations.ideas import idea_after
from schema.results import (
    AnonymousResult,
    AnonymousSuccess,
    CommentResult,
    IdeaResult,
    JamResult,
    JamSuccess,
    OpeningResult,
    OpeningSuccess,
)
from schema.scalars import given
from schema.view import Info, JamView
from server.jam import commands as c
from server.jam import ids
from server.jam.anonymity import POSTING, Seal, hash_of, pseudonym_of
from server.jam.rejections import InvalidInput, NotFound
from server.jam.visibility import EVERYONE
from server.sealing import seal_author

_PROOF = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_SALT = re.compile(r"[A-Za-z0-9_-]{22}\Z")


class Own(TypedDict):
    """What a command about one's own anonymous post carries beside its stamp."""

    poster: str
    proof_hash: str


def _proof(proof: str) -> str:
    if not _PROOF.match(proof):
        raise InvalidInput("proof", "A proof is 32 bytes in base64url, without padding.")
    return proof


def _salt(salt: str) -> str:
    if not _SALT.match(salt):
        raise InvalidInput("salt", "A salt is 16 bytes in base64url, without padding.")
    return salt


def _posting(view: JamView, proof: str) -> Stamp:
    """The stamp of a post: nothing of it leads to the person, and the same proof names the same post."""
    return Stamp(actor=pseudonym_of(view.state.id, hash_of(_proof(proof))), id=POSTING)


def _seal(asked: Asking, view: JamView, target: str, proof: str, salt: str) -> Seal | None:
    """The person, sealed; None where there is no key, which the decision refuses."""
    key = view.state.anonymity.current
    if key is None:
        return None
    return seal_author(asked.person, (key.fingerprint, key.public), view.state.id, target, _salt(salt), proof)


def _owning(asked: Asking, view: JamView, proof: str) -> tuple[Stamp, Own]:
    """The stamp of a command about one's own post, and what shows that it is."""
    hashed = hash_of(_proof(proof))
    return Stamp(actor=pseudonym_of(view.state.id, hashed), id=asked.by["id"]), Own(poster=asked.person, proof_hash=hashed)


async def _jam_after(asked: Asking, jam_id: str, command: c.Command) -> JamSuccess:
    view, seq = await asked.submit(asked.jam(jam_id), command)
    return JamSuccess(jam=Jam(view=view, entity=view.state), seq=seq)


async def _opening_after(asked: Asking, view: JamView, command: c.Command, target: str) -> OpeningSuccess:
    view, seq = await asked.submit(view, command)
    opening = view.state.anonymity.openings.get(target)
    if opening is None:
        raise NotFound("idea or comment", target)
    return OpeningSuccess(opening=Opening(view=view, entity=opening), seq=seq)


@strawberry.type
class AnonymityMutations:
    @mutation("Posts an idea without the viewer's name. The same proof again is the same idea; one proof is for one post.")
    async def post_anonymous_idea(self, info: Info, input: PostAnonymousIdeaInput) -> IdeaResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        stamp = _posting(view, input.proof)
        id = ids.derive_id(ids.IDEA, stamp["actor"], stamp["id"])
        command = c.PostAnonymousIdea(
            **stamp,
            poster=asked.person,
            seal=_seal(asked, view, id, input.proof, input.salt),
            topic=input.topic_id,
            title=input.title,
            body=input.body,
            language=given(input.language),
            parents=tuple(given(input.parent_ids) or ()),
            audience=audience(input.audience) or EVERYONE,
        )
        return await idea_after(asked, view, command, command.derived(ids.IDEA))

    @mutation("Comments without the viewer's name.")
    async def post_anonymous_comment(self, info: Info, input: PostAnonymousCommentInput) -> CommentResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.idea_id)
        stamp = _posting(view, input.proof)
        id = ids.derive_id(ids.COMMENT, stamp["actor"], stamp["id"])
        command = c.PostAnonymousComment(
            **stamp,
            poster=asked.person,
            seal=_seal(asked, view, id, input.proof, input.salt),
            idea=idea.id,
            body=input.body,
            parent=given(input.parent_id),
            language=given(input.language),
        )
        return await comment_after(asked, view, command, command.derived(ids.COMMENT))

    @mutation("By the device that posted it.")
    async def edit_anonymous_idea(self, info: Info, input: EditAnonymousIdeaInput) -> IdeaResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.idea_id)
        stamp, own = _owning(asked, view, input.proof)
        text = {"title": input.title, "body": input.body}
        command = c.EditAnonymousIdea(**stamp, **own, **text, idea=idea.id, base_version=input.base_version)
        return await idea_after(asked, view, command, idea.id)

    @mutation("By the device that posted it.")
    async def edit_anonymous_comment(self, info: Info, input: EditAnonymousCommentInput) -> CommentResult:
        asked = Asking(info, input.command_id)
        view, comment = asked.comment(input.comment_id)
        stamp, own = _owning(asked, view, input.proof)
        command = c.EditAnonymousComment(**stamp, **own, comment=comment.id, body=input.body)
        return await comment_after(asked, view, command, comment.id)

    @mutation("Takes an anonymous idea or comment back, by the device that posted it: its text is gone for good.")
    async def withdraw_anonymous(self, info: Info, input: WithdrawAnonymousInput) -> AnonymousResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        stamp, own = _owning(asked, view, input.proof)
        _, seq = await asked.submit(view, c.WithdrawAnonymous(**stamp, **own, target=input.target_id))
        return AnonymousSuccess(target_id=ID(input.target_id), seq=seq)

    # --------------------------------------------------------------------------------------------------------- organizers
    @mutation("Organizers only: authors are sealed to this key from now on. The private half stays with whoever made it.")
    async def set_audit_key(self, info: Info, input: SetAuditKeyInput) -> JamResult:
        asked = Asking(info, input.command_id)
        command = c.SetAuditKey(**asked.by, public=input.public_key, eyes=given(input.eyes))
        return await _jam_after(asked, input.jam_id, command)

    @mutation("Organizers only: whether people may post without their name.")
    async def set_anonymous_posting(self, info: Info, input: SetAnonymousPostingInput) -> JamResult:
        asked = Asking(info, input.command_id)
        return await _jam_after(asked, input.jam_id, c.SetAnonymousPosting(**asked.by, on=input.on))

    @mutation("Organizers only: who may act in a topic, or in the whole jam.")
    async def set_acting(self, info: Info, input: SetActingInput) -> JamResult:
        asked = Asking(info, input.command_id)
        named = given(input.relations)
        relations = None if named is None else tuple(named)
        return await _jam_after(asked, input.jam_id, c.SetActing(**asked.by, topic=given(input.topic_id), relations=relations))

    @mutation("Organizers only: asks to open who posted something without a name. It stands in the public log.")
    async def request_opening(self, info: Info, input: OpenAuthorInput) -> OpeningResult:
        asked = Asking(info, input.command_id)
        command = c.RequestOpening(**asked.by, target=input.target_id, reason=input.reason)
        return await _opening_after(asked, asked.jam(input.jam_id), command, input.target_id)

    @mutation("Another organizer than the one who asked: opens it.")
    async def confirm_opening(self, info: Info, input: ConfirmOpeningInput) -> OpeningResult:
        asked = Asking(info, input.command_id)
        command = c.ConfirmOpening(**asked.by, target=input.target_id)
        return await _opening_after(asked, asked.jam(input.jam_id), command, input.target_id)

    @mutation("Organizers only: declines a request that waits.")
    async def decline_opening(self, info: Info, input: OpenAuthorInput) -> OpeningResult:
        asked = Asking(info, input.command_id)
        command = c.DeclineOpening(**asked.by, target=input.target_id, reason=input.reason)
        return await _opening_after(asked, asked.jam(input.jam_id), command, input.target_id)
