"""The frame of a jam: creation, texts, schedule, phases and topics."""

import strawberry

from schema.inputs import (
    AddTopicInput,
    ChangeTopicInput,
    ClosePhaseInput,
    CreateJamInput,
    DescribeJamInput,
    ExtendPhaseInput,
    JamInput,
    ScheduleJamInput,
    audience,
    local_text,
    schedule,
)
from schema.jam import Jam
from schema.mutations.asking import Asking
from schema.results import JamResult, JamSuccess, TopicResult, TopicSuccess
from schema.scalars import given
from schema.topic import Topic
from schema.view import Info, JamView
from server.jam import commands as c
from server.jam import ids
from server.jam.rejections import NotAllowed, NotFound
from server.jam.visibility import EVERYONE, Audience


async def _jam_after(asked: Asking, jam_id: str, command: c.Command) -> JamSuccess:
    view, seq = await asked.submit(asked.jam(jam_id), command)
    return JamSuccess(jam=Jam(view=view, entity=view.state), seq=seq)


async def _topic_after(asked: Asking, view: JamView, command: c.Command, id: str) -> TopicSuccess:
    view, seq = await asked.submit(view, command)
    topic = view.topic(id)
    if topic is None:
        raise NotFound("topic", id)
    return TopicSuccess(topic=Topic(view=view, entity=topic), seq=seq)


def _belonging(view: JamView, named: Audience | None) -> Audience | None:
    """The audience, if the organizer may know of its circle."""
    if named is not None and named.circle is not None and named.circle not in view.viewer.circles:
        raise NotFound("circle", named.circle)
    return named


@strawberry.type
class JamMutations:
    @strawberry.mutation
    async def create_jam(self, info: Info, input: CreateJamInput) -> JamResult:
        asked = Asking(info, input.command_id)
        if not asked.services.people.may_create_jam(asked.person):
            raise NotAllowed("CREATE_JAM")
        id = ids.derive_id(ids.JAM, asked.person, asked.by["id"])
        command = c.CreateJam(
            **asked.by,
            jam=id,
            slug=input.slug,
            titles=local_text(input.titles) or {},
            questions=local_text(input.questions) or {},
            descriptions=local_text(input.descriptions) or {},
            rules=local_text(input.rules) or {},
            languages=tuple(input.languages),
            main_language=input.main_language,
            schedule=schedule(input.schedule),
        )
        seq = await asked.services.create_jam(command)
        view = asked.jam(id)
        return JamSuccess(jam=Jam(view=view, entity=view.state), seq=seq)

    @strawberry.mutation
    async def describe_jam(self, info: Info, input: DescribeJamInput) -> JamResult:
        asked = Asking(info, input.command_id)
        command = c.DescribeJam(
            **asked.by,
            titles=local_text(input.titles),
            questions=local_text(input.questions),
            descriptions=local_text(input.descriptions),
            rules=local_text(input.rules),
        )
        return await _jam_after(asked, input.jam_id, command)

    @strawberry.mutation
    async def schedule_jam(self, info: Info, input: ScheduleJamInput) -> JamResult:
        asked = Asking(info, input.command_id)
        return await _jam_after(asked, input.jam_id, c.ScheduleJam(**asked.by, schedule=schedule(input.schedule)))

    @strawberry.mutation
    async def publish_jam(self, info: Info, input: JamInput) -> JamResult:
        asked = Asking(info, input.command_id)
        return await _jam_after(asked, input.jam_id, c.PublishJam(**asked.by))

    @strawberry.mutation
    async def extend_phase(self, info: Info, input: ExtendPhaseInput) -> JamResult:
        asked = Asking(info, input.command_id)
        return await _jam_after(asked, input.jam_id, c.ExtendPhase(**asked.by, phase=input.phase, until=input.until))

    @strawberry.mutation
    async def close_phase_early(self, info: Info, input: ClosePhaseInput) -> JamResult:
        asked = Asking(info, input.command_id)
        return await _jam_after(asked, input.jam_id, c.ClosePhaseEarly(**asked.by, phase=input.phase))

    @strawberry.mutation
    async def reopen_phase(self, info: Info, input: ExtendPhaseInput) -> JamResult:
        asked = Asking(info, input.command_id)
        return await _jam_after(asked, input.jam_id, c.ReopenPhase(**asked.by, phase=input.phase, until=input.until))

    @strawberry.mutation
    async def add_topic(self, info: Info, input: AddTopicInput) -> TopicResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        command = c.AddTopic(
            **asked.making(view),
            titles=local_text(input.titles) or {},
            descriptions=local_text(input.descriptions) or {},
            audience=_belonging(view, audience(input.audience)) or EVERYONE,
        )
        return await _topic_after(asked, view, command, command.derived(ids.TOPIC))

    @strawberry.mutation
    async def change_topic(self, info: Info, input: ChangeTopicInput) -> TopicResult:
        asked = Asking(info, input.command_id)
        view, topic = asked.topic(input.topic_id)
        command = c.ChangeTopic(
            **asked.by,
            topic=topic.id,
            titles=local_text(input.titles),
            descriptions=local_text(input.descriptions),
            audience=_belonging(view, audience(input.audience)),
            position=given(input.position),
            locked=given(input.is_locked),
        )
        return await _topic_after(asked, view, command, topic.id)
