"""The board as it would be if every open proposal were accepted.

A run starts near it: one that started near what is shown would forget, out of mere inertia, every change that nobody has
decided about yet.
"""

from server.jam.state import JamState
from server.jam.theme_proposals import ProposalKind, ThemeProposal
from server.themes.messages import Foreseen, ThemeNote


def foreseen(state: JamState) -> Foreseen:
    """Themes of the ideas that would move, and the themes that would be new or called otherwise."""
    themes: dict[str, str | None] = {}
    notes: dict[str, ThemeNote] = {}
    for proposal in state.theme_proposals.values():
        if proposal.is_open:
            themes |= _moves(state, proposal)
            notes |= _renamed(state, proposal)
    return Foreseen(themes, tuple(notes.values()))


def _moves(state: JamState, proposal: ThemeProposal) -> dict[str, str | None]:
    """Of the ideas that are still where the proposal found them."""
    inside = {state.ideas[number].id for id in proposal.draft.themes for number in state.themes[id].ideas}
    return {idea: part.theme for part in proposal.draft.parts for idea in part.ideas if idea in inside}


def _renamed(state: JamState, proposal: ThemeProposal) -> dict[str, ThemeNote]:
    """The themes that would be new, where their source is, and those that would go on under a new name. Of a theme about to
    retire the others stay what they are."""
    if proposal.draft.kind is ProposalKind.RETIRE:
        return {}
    source = proposal.draft.themes[0]
    parts = {part.theme: part.name for part in proposal.draft.parts if part.theme is not None}
    places = {id: state.themes[id if id in state.themes else source] for id in parts}
    return {id: ThemeNote(id, None, name, places[id].x, places[id].y) for id, name in parts.items()}
