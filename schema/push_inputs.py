"""What the commands about web push take."""

import strawberry
from strawberry import ID

from server.push.kinds import PushKind


@strawberry.input(description="What a browser agreed to, as its PushSubscription says.")
class AddPushDeviceInput:
    endpoint: str
    key: str = strawberry.field(description="`keys.p256dh`")
    secret: str = strawberry.field(description="`keys.auth`")
    zone: str = strawberry.field(description="The browser's time zone, such as Asia/Jerusalem.")
    replaces: str | None = strawberry.field(
        default=strawberry.UNSET, description="The endpoint that the browser had before, if it says so."
    )


@strawberry.input(description="What is not given stays as it is.")
class ChoosePushInput:
    kinds: list[PushKind] | None = strawberry.UNSET
    quiet_from: int | None = strawberry.UNSET
    quiet_to: int | None = strawberry.UNSET
    zone: str | None = strawberry.UNSET
    apart_minutes: int | None = strawberry.UNSET
    shows_words: bool | None = strawberry.UNSET


@strawberry.input
class PushDeviceInput:
    device_id: ID
