"""Managing the webhooks of a jam."""

import strawberry

from schema.marks import command
from schema.mutations.asking import Asking
from schema.results import WebhookEndResult, WebhookEndSuccess, WebhookResult, WebhookSuccess
from schema.view import Info, JamView
from schema.webhook import Webhook
from schema.webhook_inputs import CreateWebhookInput, PauseWebhookInput, WebhookInput
from server.jam.ids import HOOK, derive_id
from server.jam.permissions import Action
from server.jam.rejections import NotAllowed


def _organized(asked: Asking, jam_id: str) -> JamView:
    view = asked.jam(jam_id)
    if not view.may(Action.ORGANIZE):
        raise NotAllowed(Action.ORGANIZE.value)
    return view


@strawberry.type
class WebhookMutations:
    @command(
        "Organizers only: from now on tell a program at `url` (https) about events of these kinds. Sent again with the same "
        "commandId, it answers with the webhook that was made then, without its secret."
    )
    async def create_webhook(self, info: Info, input: CreateWebhookInput) -> WebhookResult:
        asked = Asking(info, input.command_id)
        view = _organized(asked, input.jam_id)
        id = derive_id(HOOK, asked.person, asked.making(view)["id"])
        made, secret = await asked.services.webhooks.add(view.state, id, input.url, input.kinds)
        return WebhookSuccess(webhook=Webhook(entity=made, secret=secret))

    @command("Organizers only: send nothing for a while, or go on; nothing is lost.")
    async def pause_webhook(self, info: Info, input: PauseWebhookInput) -> WebhookResult:
        asked = Asking(info, input.command_id)
        view = _organized(asked, input.jam_id)
        paused = await asked.services.webhooks.pause(view.state.id, input.webhook_id, input.is_paused)
        return WebhookSuccess(webhook=Webhook(entity=paused))

    @command("Organizers only: send again what was given up.")
    async def send_webhook_again(self, info: Info, input: WebhookInput) -> WebhookResult:
        asked = Asking(info, input.command_id)
        view = _organized(asked, input.jam_id)
        again = await asked.services.webhooks.send_again(view.state.id, input.webhook_id)
        return WebhookSuccess(webhook=Webhook(entity=again))

    @command("Organizers only: nothing more is told there, what waits included.")
    async def end_webhook(self, info: Info, input: WebhookInput) -> WebhookEndResult:
        asked = Asking(info, input.command_id)
        view = _organized(asked, input.jam_id)
        await asked.services.webhooks.end(view.state.id, input.webhook_id)
        return WebhookEndSuccess(webhook_id=input.webhook_id)
