"""Things that were read for a whole class of people, as one of them sees them: for answers with holes."""

from collections.abc import Callable
from typing import Any

from schema.comment import Comment
from schema.context import Context
from schema.idea import Idea
from schema.jam import Jam
from schema.view import JamView, shared_view
from server.api.compiling import HandOver

BEHELD = frozenset({Jam, Idea, Comment})
"""The types with fields of one's own. Each is a view and an entity, and nothing else."""


def beholder(context: Context) -> Callable[[Any], Any]:
    """What gives the same thing, seen by the person in the context; see `Bindings.beheld`."""
    views: dict[int, JamView] = {}

    def behold(source: Any) -> Any:
        if source is None:
            return None
        kind = type(source)
        if kind not in BEHELD:
            raise HandOver(kind.__name__)
        view = source.view
        mine = views.get(id(view))
        if mine is None:
            mine = views[id(view)] = _own_view(context, view)
        return kind(view=mine, entity=source.entity)

    return behold


def _own_view(context: Context, view: JamView) -> JamView:
    """The shared view with the person in it. It has to be that of the same people in the same phase."""
    mine = shared_view(context, view.state)
    if mine.viewer != view.viewer or mine.phase is not view.phase:
        raise HandOver("seen otherwise")
    return mine
