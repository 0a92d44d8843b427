"""What a person does about their own account."""

import strawberry

from schema.inputs import PasskeyInput, RenamePasskeyInput, SessionInput, TokenInput
from schema.marks import command
from schema.mutations.asking import Asking
from schema.results import ViewerResult, ViewerSuccess
from schema.view import Info
from schema.viewer import viewer_of
from server.jam.rejections import NotFound
from server.jam.texts import NAME, clean_text
from server.vault.digests import MailMode


def viewer_after(asked: Asking) -> ViewerSuccess:
    """The viewer, as they are after what they did."""
    viewer = viewer_of(asked.context)
    assert viewer is not None  # `Asking` refuses where nobody is signed in
    return ViewerSuccess(viewer=viewer)


@strawberry.type
class AccountMutations:
    @command("Signs the viewer out somewhere, open pages included.")
    async def end_session(self, info: Info, input: SessionInput) -> ViewerResult:
        asked = Asking(info)
        if not await asked.services.account.end_session(asked.person, input.session_id):
            raise NotFound("session", input.session_id)
        return viewer_after(asked)

    @command("Signs the viewer out everywhere but here.")
    async def end_other_sessions(self, info: Info) -> ViewerResult:
        asked = Asking(info)
        await asked.services.account.end_other_sessions(asked.person, asked.session)
        return viewer_after(asked)

    @strawberry.mutation
    async def rename_passkey(self, info: Info, input: RenamePasskeyInput) -> ViewerResult:
        asked = Asking(info)
        name = clean_text("name", input.name, NAME)
        if not await asked.services.account.rename_passkey(asked.person, input.passkey_id, name):
            raise NotFound("passkey", input.passkey_id)
        return viewer_after(asked)

    @command("The device it is on can sign in with it no more.")
    async def remove_passkey(self, info: Info, input: PasskeyInput) -> ViewerResult:
        asked = Asking(info)
        if not await asked.services.account.remove_passkey(asked.person, input.passkey_id):
            raise NotFound("passkey", input.passkey_id)
        return viewer_after(asked)

    @command("How often a mail may come about what concerns the viewer in a jam.")
    async def set_mail_mode(self, info: Info, mode: MailMode) -> ViewerResult:
        asked = Asking(info)
        await asked.services.mail_wishes.choose(asked.person, mode)
        return viewer_after(asked)

    @command("The program that has it can do nothing more, on open connections either.")
    async def revoke_token(self, info: Info, input: TokenInput) -> ViewerResult:
        asked = Asking(info)
        if not await asked.services.account.revoke_token(asked.person, input.token_id):
            raise NotFound("token", input.token_id)
        return viewer_after(asked)
