"""Webhooks: other programs that are told what happens in a jam."""

import strawberry
from strawberry import ID

from schema.marks import described
from schema.scalars import Timestamp
from server.hooks.service import HookView
from server.vault.hooks import Delivery


@strawberry.type(description="Something that a webhook could not tell, and gave up.")
class WebhookDelivery:
    entity: strawberry.Private[Delivery]

    @strawberry.field
    def id(self) -> ID:
        return ID(self.entity.id)

    @strawberry.field
    def kind(self) -> str:
        return self.entity.kind

    @strawberry.field
    def at(self) -> Timestamp:
        return Timestamp(self.entity.created_at)

    @described("Why the last try failed.")
    def error(self) -> str:
        return self.entity.error


@strawberry.type(
    description="Where another program is told what happens, by signed requests that name things by their ids. `secret` signs; "
    "it is there only in the answer to the command that made the webhook."
)
class Webhook:
    entity: strawberry.Private[HookView]
    secret: str | None = None

    @strawberry.field
    def id(self) -> ID:
        return ID(self.entity.hook.id)

    @strawberry.field
    def url(self) -> str:
        return self.entity.hook.url

    @strawberry.field
    def kinds(self) -> list[str]:
        return self.entity.hook.kinds.split()

    @described("Paused by an organizer, or because its receiver said that it is gone (410): nothing is sent, all is kept.")
    def is_paused(self) -> bool:
        return self.entity.hook.is_paused

    @strawberry.field
    def made_at(self) -> Timestamp:
        return Timestamp(self.entity.hook.created_at)

    @described("How many things wait to be told, for the first time or again.")
    def waiting_count(self) -> int:
        return self.entity.waiting

    @described("What was given up after about a day, the newest first.")
    def dead(self) -> list[WebhookDelivery]:
        return [WebhookDelivery(entity=one) for one in self.entity.dead]
