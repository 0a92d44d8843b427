"""What concerns only the person who asks: their profile, drafts, what they have seen and read."""

import re

import strawberry
from strawberry import ID

from schema.inputs import MarkSeenInput, SaveDraftInput, UpdateViewerInput
from schema.marks import command
from schema.mutations.asking import Asking, plainly
from schema.results import ViewerResult, ViewerSuccess
from schema.scalars import given
from schema.view import Info
from schema.viewer import Viewer
from server.jam import commands as c
from server.jam.rejections import InvalidInput, NotAllowed
from server.jam.texts import NAME, clean_language, clean_text
from server.minors import first_name, is_minor_anywhere

MOST_SEEN = 100
LONGEST_DRAFT = 64 * 1024
LONGEST_KEY = 80
ON_THE_DEVICE = (
    "In this jam people may post without their name, so drafts are kept on the device only: a draft here under the name would "
    "tell whose such a post is."
)
_COUNTRY = re.compile(r"[A-Z]{2}\Z")


def _profile(input: UpdateViewerInput) -> dict[str, str | None]:
    """What was sent and can be taken. An empty country is none."""
    changes: dict[str, str | None] = {}
    if (name := given(input.name)) is not None:
        changes["name"] = clean_text("name", name, NAME)
    if (language := given(input.language)) is not None:
        changes["language"] = clean_language("language", language)
    if (country := given(input.country)) is not None:
        changes["country"] = _country(country)
    return changes


def _fit_for_a_minor(changes: dict[str, str | None]) -> None:
    """Others see a minor's first name, and not where they are."""
    if (name := changes.get("name")) is not None:
        first_name(name)
    if changes.get("country"):
        raise InvalidInput("country", "A minor's country is shown to nobody, so please leave it out.")


def _draft(body: str) -> str:
    """A draft is kept as it was typed, if it can be kept at all."""
    size = len(body.encode("utf-8", "replace"))
    if size > LONGEST_DRAFT or any("\ud800" <= letter <= "\udfff" for letter in body):
        raise InvalidInput("body", f"A draft has at most {LONGEST_DRAFT // 1024} KB of text.")
    return body


def _country(code: str) -> str | None:
    if code and not _COUNTRY.match(code):
        raise InvalidInput("country", "A country is two capital letters (ISO 3166), such as IL, or nothing.")
    return code or None


@strawberry.type
class OwnMutations:
    @command(
        "Which ideas were on the viewer's screen: feeds the fair order. Cheap to lose, so it is not acknowledged "
        "by the journal."
    )
    @plainly
    async def mark_seen(self, info: Info, input: MarkSeenInput) -> bool:
        asked = Asking(info)
        if len(input.idea_ids) > MOST_SEEN:
            raise InvalidInput("ideaIds", f"Send at most {MOST_SEEN} ids at once.")
        view = asked.jam(input.jam_id)
        seen = [idea.id for idea in view.ideas(dict.fromkeys(input.idea_ids))]
        if seen:
            asked.services.count_seen(view.state.id, asked.person, seen)
        return True

    @strawberry.mutation
    @plainly
    async def save_draft(self, info: Info, input: SaveDraftInput) -> bool:
        asked = Asking(info)
        view = asked.jam(input.jam_id)
        key = clean_text("key", input.key, LONGEST_KEY)
        if input.body and view.state.anonymity.is_on:
            raise NotAllowed("SAVE_DRAFT", ON_THE_DEVICE)
        await asked.services.drafts.save(asked.person, view.state.id, key, _draft(input.body))
        return True

    @strawberry.mutation
    async def update_viewer(self, info: Info, input: UpdateViewerInput) -> ViewerResult:
        asked = Asking(info)
        changes = _profile(input)
        if is_minor_anywhere(asked.services.jams.all(), asked.person, asked.services.clock()):
            _fit_for_a_minor(changes)
        person = await asked.services.people.update(asked.person, **changes)
        return ViewerSuccess(viewer=Viewer(context=asked.context, entity=person))

    @strawberry.mutation
    @plainly
    async def mark_since_read(self, info: Info, jam_id: ID) -> bool:
        """The viewer has read what moved while they were away: `sinceYouLeft.isNew` is false until they are away again."""
        asked = Asking(info)
        view = asked.jam(jam_id)
        await asked.services.absences.put_away(asked.person, view.state.id)
        return True

    @command("Notifications up to the sequence number `upToSeq`, such as the newest on the screen; without it all there are.")
    @plainly
    async def mark_notifications_read(self, info: Info, jam_id: ID, up_to_seq: int | None = strawberry.UNSET) -> bool:
        asked = Asking(info)
        view = asked.jam(jam_id)
        up_to = given(up_to_seq)
        read = c.ReadNotifications(actor=asked.person, id=f"read-{view.state.seq}-{up_to}", up_to=up_to)
        await asked.submit(view, read)
        return True
