"""Proposed changes of the themes as they are made known, decided about, and outdated by what people do."""

from server.jam import changes, events
from server.jam.apply import marking
from server.jam.entities import Theme
from server.jam.state import JamState
from server.jam.theme_proposals import ProposalKind, ProposalStatus, ProposedPart, ThemeProposal, concerned


def proposed(state: JamState, event: events.ThemeChangeProposed) -> None:
    state.theme_proposals[event.proposal] = ThemeProposal(event.proposal, event.run, event.at, event.since, event.draft)
    told(state)


def accepted(state: JamState, event: events.ThemeProposalAccepted) -> None:
    """Themes that stay take the words that were proposed for them; the acts follow."""
    proposal = state.theme_proposals[event.proposal]
    proposal.status = ProposalStatus.ACCEPTED
    if proposal.draft.kind is ProposalKind.MERGE:
        for part in proposal.draft.parts:
            theme = state.themes.get(part.theme or "")
            if theme is not None:
                reworded(theme, part)
    told(state)


def declined(state: JamState, event: events.ThemeProposalDeclined) -> None:
    proposal = state.theme_proposals[event.proposal]
    proposal.status = ProposalStatus.DECLINED
    proposal.concerned = concerned(state, proposal.draft)
    told(state)


def policy_set(state: JamState, event: events.ThemePolicySet) -> None:
    state.theme_policy = event.policy
    told(state)
    state.changes.note(changes.JAM, state.id, state.seq)


def superseded(state: JamState) -> None:
    """A new run takes the place of all that was undecided or has happened; what was declined is kept while its themes stand."""
    if state.theme_proposals:
        state.theme_proposals = {id: kept for id, kept in state.theme_proposals.items() if _stays(state, kept)}
        told(state)


def _stays(state: JamState, proposal: ThemeProposal) -> bool:
    is_declined = proposal.status is ProposalStatus.DECLINED
    return is_declined and all(theme in state.themes for theme in proposal.draft.themes)


def outdated(state: JamState, *themes: str, unless_staying: bool = False) -> None:
    """Takes back what was proposed for themes that people changed. `unless_staying`: only what would end one of them."""
    gone = [
        proposal.id
        for proposal in state.theme_proposals.values()
        if proposal.is_open
        and any(_ends(proposal, theme) if unless_staying else theme in proposal.draft.themes for theme in themes)
    ]
    for id in gone:
        del state.theme_proposals[id]
    if gone:
        told(state)


def _ends(proposal: ThemeProposal, theme: str) -> bool:
    draft = proposal.draft
    ending = draft.themes[1:] if draft.kind is ProposalKind.MERGE else draft.themes
    return draft.kind in (ProposalKind.MERGE, ProposalKind.RETIRE) and theme in ending


def reworded(theme: Theme, part: ProposedPart) -> None:
    theme.name, theme.keywords, theme.medoids = part.name, part.keywords, part.central


def part_of(state: JamState, theme: str) -> ProposedPart | None:
    """The part of an accepted proposal that a new theme was made from."""
    for proposal in state.theme_proposals.values():
        if proposal.status is ProposalStatus.ACCEPTED:
            for part in proposal.draft.parts:
                if part.theme == theme:
                    return part
    return None


def told(state: JamState) -> None:
    """Those who decide about themes are told that the proposals changed."""
    state.changes.note(changes.PROPOSALS, state.id, state.seq)


HANDLERS: marking.Handlers = {
    events.ThemeChangeProposed: proposed,
    events.ThemeProposalAccepted: accepted,
    events.ThemeProposalDeclined: declined,
    events.ThemePolicySet: policy_set,
}
