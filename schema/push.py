"""Web push: what the viewer wishes to be told of on their devices."""

import strawberry
from strawberry import ID

from schema.marks import described
from schema.scalars import Timestamp
from server.push.kinds import PushKind
from server.push.rules import APART_MIN
from server.push.service import PushView
from server.vault.pushes import PushDevice as KeptDevice

strawberry.enum(PushKind, description="What a push can be about.")


@strawberry.type(description="A browser of the viewer's that is told things, for as long as it is signed in.")
class PushDevice:
    entity: strawberry.Private[KeptDevice]
    is_this_one: bool

    @strawberry.field
    def id(self) -> ID:
        return ID(self.entity.id)

    @described("What the browser said of itself when it signed in.")
    def user_agent(self) -> str:
        return self.entity.name

    @strawberry.field
    def added_at(self) -> Timestamp:
        return Timestamp(self.entity.created_at)

    @described("When it was told something the last time.")
    def told_at(self) -> Timestamp | None:
        return None if self.entity.told_at is None else Timestamp(self.entity.told_at)

    @described("Its push service takes nothing at the moment; after a week of that it is removed.")
    def is_failing(self) -> bool:
        return self.entity.failing_since is not None


@strawberry.type(description="What the viewer is told of by web push. Without a device nothing is told.")
class PushSettings:
    entity: strawberry.Private[PushView]

    @described("The key by which a browser knows this server (VAPID, base64url): `applicationServerKey` of the Push API.")
    def public_key(self) -> str:
        return self.entity.public_key

    @strawberry.field
    def devices(self) -> list[PushDevice]:
        here = self.entity.session_hash
        return [PushDevice(entity=one, is_this_one=one.session_hash == here) for one in self.entity.devices]

    @strawberry.field
    def kinds(self) -> list[PushKind]:
        return [PushKind(kind) for kind in self.entity.wish.kinds.split()]

    @described("Minute of the day at which quiet hours begin; they never do where it is that at which they end.")
    def quiet_from(self) -> int:
        return self.entity.wish.quiet_from

    @strawberry.field
    def quiet_to(self) -> int:
        return self.entity.wish.quiet_to

    @described("The time zone of the quiet hours, such as Asia/Jerusalem.")
    def zone(self) -> str:
        return self.entity.wish.zone

    @described("So many minutes lie between two pushes, at least; what is about to happen does not wait.")
    def apart_minutes(self) -> int:
        return self.entity.wish.apart_min

    @described("The minutes that can be chosen for `apartMinutes`.")
    def apart_choices(self) -> list[int]:
        return list(APART_MIN)

    @described("Titles and announcements are shown, on a locked screen too; those that are not for everyone in the jam never.")
    def shows_words(self) -> bool:
        return self.entity.wish.shows_words
