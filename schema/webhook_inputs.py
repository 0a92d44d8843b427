"""What the commands about webhooks take."""

import strawberry
from strawberry import ID


@strawberry.input
class CreateWebhookInput:
    command_id: ID
    jam_id: ID
    url: str
    kinds: list[str]


@strawberry.input
class WebhookInput:
    command_id: ID
    jam_id: ID
    webhook_id: ID


@strawberry.input
class PauseWebhookInput:
    command_id: ID
    jam_id: ID
    webhook_id: ID
    is_paused: bool
