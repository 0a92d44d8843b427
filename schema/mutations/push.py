"""What a person does about web push."""

import strawberry

from schema.marks import command
from schema.mutations.account import viewer_after
from schema.mutations.asking import Asking
from schema.push_inputs import AddPushDeviceInput, ChoosePushInput, PushDeviceInput
from schema.results import ViewerResult
from schema.scalars import given
from schema.view import Info
from server.jam.rejections import InvalidInput
from server.push.service import Choice, Subscription


def _quiet(input: ChoosePushInput) -> tuple[int, int] | None:
    begins, ends = given(input.quiet_from), given(input.quiet_to)
    if begins is None and ends is None:
        return None
    if begins is None or ends is None:
        raise InvalidInput("quietFrom", "Give both, when the quiet hours begin and when they end.")
    return begins, ends


@strawberry.type
class PushMutations:
    @command(
        "From now on this browser is told what the viewer wishes to be told of, until it is signed out. Said again it changes "
        "nothing."
    )
    async def add_push_device(self, info: Info, input: AddPushDeviceInput) -> ViewerResult:
        asked = Asking(info)
        found = Subscription(input.endpoint, input.key, input.secret)
        await asked.services.pushes.add_device(asked.person, asked.session, found, input.zone, given(input.replaces))
        return viewer_after(asked)

    @command("What the viewer is told of by web push, when and how, on all of their devices.")
    async def choose_push(self, info: Info, input: ChoosePushInput) -> ViewerResult:
        asked = Asking(info)
        kinds = given(input.kinds)
        choice = Choice(
            kinds=None if kinds is None else frozenset(kinds),
            quiet=_quiet(input),
            zone=given(input.zone),
            apart_min=given(input.apart_minutes),
            shows_words=given(input.shows_words),
        )
        await asked.services.pushes.choose(asked.person, choice)
        return viewer_after(asked)

    @command("The device is told nothing more, what waits included.")
    async def end_push_device(self, info: Info, input: PushDeviceInput) -> ViewerResult:
        asked = Asking(info)
        await asked.services.pushes.end_device(asked.person, input.device_id)
        return viewer_after(asked)
