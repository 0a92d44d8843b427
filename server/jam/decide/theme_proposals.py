"""What becomes of proposed changes of the themes, and who decides about them."""

from collections.abc import Iterable, Iterator

from server.jam import commands as c
from server.jam import events, ids
from server.jam.decide.asking import Decisions, authority, theme_for
from server.jam.entities import Theme
from server.jam.permissions import Action
from server.jam.rejections import Conflict, NotFound
from server.jam.state import JamState
from server.jam.texts import NAME, clean_text
from server.jam.theme_proposals import (
    MOST_PROPOSALS,
    Draft,
    ProposalKind,
    ProposalStatus,
    ProposedPart,
    ThemeProposal,
    is_declined,
    open_like,
)

_OUTDATED = "The themes have changed since this was proposed: the next regrouping looks at them anew."


def proposed(
    state: JamState, drafts: Iterable[Draft], run: str, themes: frozenset[str], now: int
) -> Iterator[events.ThemeChangeProposed]:
    """The proposals of a run whose board themes are `themes`: those that move most ideas first, without what people declined.
    One that says the same as an open one keeps its id and age."""
    known = (draft for draft in drafts if themes.issuperset(draft.themes) and not is_declined(state, draft))
    for draft in sorted(known, key=lambda draft: (-len(draft.moving), draft.themes))[:MOST_PROPOSALS]:
        same = open_like(state, draft)
        id = same.id if same is not None else ids.derive_id(ids.PROPOSAL, run, draft.kind.value, *draft.themes)
        since = same.since if same is not None else now
        yield events.ThemeChangeProposed(at=now, proposal=id, run=run, since=since, draft=draft)


def accept(state: JamState, command: c.AcceptThemeProposal, now: int) -> tuple[events.Event, ...]:
    """What was declined can be accepted after all, while its themes are there."""
    authority(state, command.actor, Action.EDIT_THEMES, now)
    proposal = _known(state, command.proposal)
    if proposal.status is ProposalStatus.ACCEPTED:
        return ()
    name = None if command.name is None else clean_text("name", command.name, NAME, 2)
    try:
        themes = [theme_for(state, id) for id in proposal.draft.themes]
    except NotFound as gone:
        raise Conflict(_OUTDATED) from gone
    acts = tuple(_ACTS[proposal.draft.kind](state, proposal.draft, themes, name, command.actor, now))
    if not acts:
        raise Conflict(_OUTDATED)
    return (events.ThemeProposalAccepted(at=now, proposal=proposal.id, by=command.actor), *acts)


def decline(state: JamState, command: c.DeclineThemeProposal, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.EDIT_THEMES, now)
    proposal = _known(state, command.proposal)
    if proposal.status is ProposalStatus.DECLINED:
        return ()
    if proposal.status is ProposalStatus.ACCEPTED:
        raise Conflict("This proposal was accepted: undo the change by hand, by merging or splitting the themes.")
    return (events.ThemeProposalDeclined(at=now, proposal=proposal.id, by=command.actor),)


def set_policy(state: JamState, command: c.SetThemePolicy, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.ORGANIZE, now)
    if state.theme_policy is command.policy:
        return ()
    return (events.ThemePolicySet(at=now, policy=command.policy, by=command.actor),)


def _known(state: JamState, id: str) -> ThemeProposal:
    proposal = state.theme_proposals.get(id)
    if proposal is None:
        raise NotFound("theme proposal", id)
    return proposal


# ------------------------------------------------------------------------------------------------- proposals as acts by hand
Acts = Iterator[events.Event]


def _merged(state: JamState, draft: Draft, themes: list[Theme], name: str | None, by: str, now: int) -> Acts:
    into, *others = themes
    if any(theme.parent is not None for theme in themes):
        return
    for theme in others:
        yield events.ThemesMerged(at=now, theme=theme.id, into=into.id, by=by)
    if name is not None and others and name not in (into.label, draft.parts[0].name):
        yield events.ThemeRenamed(at=now, theme=into.id, name=name, by=by)


def _split(state: JamState, draft: Draft, themes: list[Theme], name: str | None, by: str, now: int) -> Acts:
    """A theme of its own for each new part. Ideas that people moved meanwhile, or pinned where they are, stay there."""
    left = {theme.id: set(theme.ideas) for theme in themes}
    new = [part for part in draft.parts if part.theme is not None and part.ideas]
    for number, part in enumerate(new):
        moving = _still_moving(state, part, left)
        for theme in left.values():
            theme.difference_update(state.idea_numbers[id] for id in moving)
        if part.theme is None or part.theme in state.themes or not moving or not all(left.values()):
            raise Conflict(_OUTDATED)
        called = name if name is not None and number == 0 else part.name
        yield events.ThemeSplit(at=now, theme=themes[0].id, new_theme=part.theme, name=called, ideas=moving, by=by)


def _still_moving(state: JamState, part: ProposedPart, themes: dict[str, set[int]]) -> tuple[str, ...]:
    inside = frozenset().union(*themes.values())
    pins = state.theme_edits.pins
    return tuple(id for id in part.ideas if state.idea_numbers.get(id) in inside and id not in pins)


def _retired(state: JamState, draft: Draft, themes: list[Theme], name: str | None, by: str, now: int) -> Acts:
    """Each idea goes where the run found it to belong; one that came since then goes to none until the next run."""
    (theme,) = themes
    if theme.id in state.theme_edits.pins.values() or theme.id in state.theme_edits.splits or theme.given_name is not None:
        return
    homes = {id: part.theme for part in draft.parts for id in part.ideas}
    standing = {other.id for other in state.board_themes()} - {theme.id}
    moves = []
    for number in sorted(theme.ideas):
        idea = state.ideas[number].id
        home = homes.get(idea)
        fits = home in standing and home not in state.theme_edits.exclusions.get(idea, ())
        moves.append((idea, home if fits else None))
    yield events.ThemeRetired(at=now, theme=theme.id, moves=tuple(moves), by=by)


_ACTS = {
    ProposalKind.MERGE: _merged,
    ProposalKind.SPLIT: _split,
    ProposalKind.NEW: _split,
    ProposalKind.RETIRE: _retired,
}

DECISIONS: Decisions = {
    c.AcceptThemeProposal: accept,
    c.DeclineThemeProposal: decline,
    c.SetThemePolicy: set_policy,
}
