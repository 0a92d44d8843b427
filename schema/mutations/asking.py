"""What every mutation does: who asks, how often they may, what they mean, and the thing as it is afterwards."""

import re
from collections.abc import Awaitable, Callable, Collection
from functools import wraps
from typing import ParamSpec, TypedDict, TypeVar

from schema.results import NobodySignedIn
from schema.view import Info, JamView, coded, out_of_order, personal_view
from server.access.scopes import refusal, scopes_of
from server.jam import entities as e
from server.jam.commands import Command
from server.jam.permissions import Action
from server.jam.rejections import InvalidInput, NotAllowed, NotFound, Rejection, Unavailable
from server.jam.state import JamState
from server.jam.theme_proposals import ThemeProposal

P = ParamSpec("P")
T = TypeVar("T")
_COMMAND_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")


class Stamp(TypedDict):
    """What every command carries."""

    actor: str
    id: str


class Asking:
    """Someone who is signed in asks for something. Creating it refuses nobody, too often, and unusable command ids.

    Targets are found in the jams that the person may see, and only if they may see them there: what is not for them and
    what does not exist are refused alike.
    """

    def __init__(self, info: Info, command_id: str | None = None) -> None:
        if info.context.caller is None:
            raise NobodySignedIn
        self.context = info.context
        self.services = info.context.services
        self.person = info.context.caller.person_id
        self.session = info.context.caller.session_id
        refused = refusal(scopes_of(info.context.caller), info.field_name)
        if refused is not None:
            raise NotAllowed(*refused)
        self.services.allow(self.person, info.field_name)
        self.by = Stamp(actor=self.person, id=_checked(command_id))

    def making(self, view: JamView) -> Stamp:
        """The stamp of a command that makes something. The thing's id is derived from it, so it names the jam as well: the
        same commandId in another jam makes another thing.
        """
        return Stamp(actor=self.person, id=f"{view.state.id} {self.by['id']}")

    def view(self, state: JamState) -> JamView:
        if not state.is_sound:
            raise Unavailable(out_of_order().message, 2.0)
        return personal_view(self.context, state)

    def jam(self, id: str) -> JamView:
        state = self.services.jams.get(id)
        view = None if state is None else self.view(state)
        if view is None or not view.exists:
            raise NotFound("jam", id)
        return view

    def idea(self, id: str) -> tuple[JamView, e.Idea]:
        return self._find("idea", id, lambda state: state.idea_numbers, lambda view: view.idea(id))

    def comment(self, id: str) -> tuple[JamView, e.Comment]:
        return self._find("comment", id, lambda state: state.comment_numbers, lambda view: view.comment(id))

    def topic(self, id: str) -> tuple[JamView, e.Topic]:
        return self._find("topic", id, lambda state: state.topics, lambda view: view.topic(id))

    def theme(self, id: str) -> tuple[JamView, e.Theme]:
        """A theme, one that was merged away too: whether that matters is decided elsewhere."""
        return self._find("theme", id, lambda state: state.themes, lambda view: view.state.themes[id] if view.reads else None)

    def theme_proposal(self, id: str) -> tuple[JamView, ThemeProposal]:
        def open_to(view: JamView) -> ThemeProposal | None:
            return view.state.theme_proposals[id] if view.may(Action.EDIT_THEMES) else None

        return self._find("theme proposal", id, lambda state: state.theme_proposals, open_to)

    def circle(self, id: str) -> tuple[JamView, e.Circle]:
        def mine(view: JamView) -> e.Circle | None:
            return view.state.circles[id] if id in view.viewer.circles else None

        return self._find("circle", id, lambda state: state.circles, mine)

    def report(self, id: str) -> tuple[JamView, e.Report]:
        def open_to(view: JamView) -> e.Report | None:
            return view.state.reports[id] if view.may(Action.MODERATE) else None

        return self._find("report", id, lambda state: state.reports, open_to)

    def invitation(self, id: str) -> tuple[JamView, e.Invitation]:
        def open_to(view: JamView) -> e.Invitation | None:
            made = invitation_in(view.state, id)
            is_own = made is not None and made.by == self.person and view.me is not None
            return made if is_own or view.may(Action.ORGANIZE) else None

        return self._find("invitation", id, lambda state: state.invitation_hashes, open_to)

    def _find(
        self,
        kind: str,
        id: str,
        held: Callable[[JamState], Collection[str]],
        seen: Callable[[JamView], T | None],
    ) -> tuple[JamView, T]:
        for state in self.services.jams.all():
            if id in held(state):
                view = self.view(state)
                found = seen(view)
                if found is not None:
                    return view, found
        raise NotFound(kind, id)

    async def submit(self, view: JamView, command: Command) -> tuple[JamView, int]:
        """Has the command carried out: the jam as the person sees it afterwards, and the number at which it is in effect."""
        seq = await self.services.submit(view.state.id, command)
        return self.view(view.state), seq


def _checked(command_id: str | None) -> str:
    if command_id is None:
        return ""
    if not _COMMAND_ID.match(command_id):
        raise InvalidInput("commandId", "A commandId is 8 to 64 letters, digits, dashes and underscores, new for each command.")
    return command_id


def invitation_in(state: JamState, id: str) -> e.Invitation | None:
    return state.invitation(id)


def plainly(resolve: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """For a mutation without a union: a refusal becomes a GraphQL error with the refusal's code."""

    @wraps(resolve)
    async def resolver(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await resolve(*args, **kwargs)
        except Rejection as refused:
            raise coded(refused) from refused

    return resolver
