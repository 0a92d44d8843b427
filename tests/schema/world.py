"""A jam behind the API: a real fold with submission in memory; everything else is answered from dicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from inspect import isawaitable
from typing import Any

from graphql import DocumentNode, ExecutionResult, execute, parse, validate

from schema import schema
from schema.context import Context, Services
from server.here import Origin
from server.jam import commands as c
from server.jam import ids
from server.jam.apply import apply_all
from server.jam.decide import decide
from server.jam.people import Relation, Role, VisibilityClass
from server.jam.phases import Phase
from server.jam.rejections import Conflict, TooMany
from server.jam.state import JamState
from server.jam.theme_proposals import Draft, ProposalKind, ProposedPart
from server.live.delta import changes_after
from server.live.ports import Changes
from server.metrics.latency import Latency
from server.metrics.meters import Meters
from server.metrics.vitals import Vitals
from server.metrics.watch import Watch
from server.reach import ReachMeter
from server.roster import Roster
from server.themes.briefings import Briefings
from server.themes.columns import MapColumns
from tests.jam.world import World, newest, plain, theme_item
from tests.schema.inviting import inviting
from tests.schema.services import (
    Absences,
    Account,
    Drafts,
    Finder,
    Invitations,
    MailWishes,
    MinorAccounts,
    People,
    PushWishes,
    Readings,
    Webhooks,
)

CORE = schema._schema


@dataclass(frozen=True)
class Person:
    """A caller."""

    person_id: str
    session_id: str = "session"
    scopes: frozenset[str] | None = None


class Api(World):
    """The jam of `tests.jam.world`, asked through the schema. More jams stand beside it in `states`."""

    def __init__(self, phase: Phase = Phase.IDEATION) -> None:
        super().__init__(phase)
        self.states = [self.state]
        self.people = People()
        self.drafts = Drafts()
        self.account = Account()
        self.finder = Finder(self)
        self.readings = Readings()
        self.invitations = Invitations()
        self.inviting, self.mail_book = inviting(self)
        self.latency = Latency(Meters(), lambda jam: None, lambda jam: None, lambda: self.now / 1_000)
        self.views_counted: list[tuple[str, str, tuple[str, ...]]] = []
        self.asked_for: list[tuple[str, str]] = []
        self.too_often: set[str] = set()
        self.origins = {Origin("IL", Relation.EMPLOYEE): 4, Origin("DE", Relation.FAMILY): 1}
        self.absences = Absences()
        self.minor_accounts = MinorAccounts(self)
        self.watch = Watch("w1", self._vitals)
        self.services = Services(
            jams=self, people=self.people, drafts=self.drafts, account=self.account, roster=Roster(self.people), search=self.finder, themes=self.finder,
            opinions=self.readings, maps=MapColumns(lambda: self.now / 1000), reach=ReachMeter(self.people.country, lambda: self.now / 1000),
            briefings=Briefings(self.people.country, lambda: self.now / 1000),
            invitations=self.invitations, minors=self.minor_accounts, inviting=self.inviting, latency=self.latency, operations=self.watch, webhooks=Webhooks(), mail_wishes=MailWishes(), pushes=PushWishes(), submit=self._submit, create_jam=self._create,
            count_seen=self._count_seen, allow=self._allow, here=lambda jam: 3, origins=lambda jam: self.origins,
            absences=self.absences, clock=lambda: self.now, markdown=lambda text: f"<p>{text}</p>", settings={},
        )  # fmt: skip

    async def _vitals(self) -> Vitals:
        """Of a worker of which nothing is measured."""
        return Vitals(0, "1.2.3", self.now, self.now, {}, {})

    # ---------------------------------------------------------------------------------------------------------- services
    def get(self, jam_id: str) -> JamState | None:
        return next((state for state in self.states if state.id == jam_id), None)

    def by_slug(self, slug: str) -> JamState | None:
        return next((state for state in self.states if state.slug == slug), None)

    def all(self) -> Sequence[JamState]:
        return self.states

    async def _submit(self, jam_id: str, command: c.Command) -> int:
        state = self.get(jam_id)
        assert state is not None
        return self._carry_out(state, command)

    def _carry_out(self, state: JamState, command: c.Command) -> int:
        key = ids.command_key(command.actor, command.id)
        if not state.remembers(key):
            apply_all(state, key, decide(state, command, self.now))
        return state.seq

    async def _create(self, command: c.Command) -> int:
        assert isinstance(command, c.CreateJam)
        there = self.by_slug(command.slug)
        if there is not None and there.id != command.jam:
            raise Conflict("Another jam has this address.")
        state = there or JamState()
        seq = self._carry_out(state, command)
        if there is None:
            self.states.append(state)
        return seq

    def _count_seen(self, jam_id: str, person: str, idea_ids: Sequence[str]) -> None:
        self.views_counted.append((jam_id, person, tuple(idea_ids)))

    def _allow(self, person: str, action: str) -> None:
        self.asked_for.append((person, action))
        if action in self.too_often:
            raise TooMany("Please wait.", 3.5)

    # ------------------------------------------------------------------------------------------------------------ asking
    def context(self, person: str | None) -> Context:
        return Context(self.services, Person(person) if person is not None else None)

    def of_class(self, role: Role, relation: Relation) -> Context:
        return Context(self.services, visibility=VisibilityClass(role, relation), jam_id=self.state.id)

    async def answer(self, context: Context, document: str, root: Any = None, **variables: Any) -> ExecutionResult:
        result = execute(CORE, prepared(document), root_value=root, context_value=context, variable_values=variables)
        return await result if isawaitable(result) else result

    async def ask(self, person: str | None, document: str, **variables: Any) -> Any:
        """The data of an answer that has no errors."""
        return data(await self.answer(self.context(person), document, jam=self.state.id, **variables))

    async def ask_as(self, context: Context, document: str, **variables: Any) -> Any:
        return data(await self.answer(context, document, jam=self.state.id, **variables))

    async def code(self, person: str | None, document: str, **variables: Any) -> str:
        """The code of the one error of an answer."""
        result = await self.answer(self.context(person), document, jam=self.state.id, **variables)
        assert result.errors is not None
        assert len(result.errors) == 1, result.errors
        return str((result.errors[0].extensions or {}).get("code", result.errors[0]))

    async def act(self, person: str | None, mutation: str, answer: str = "", **given: Any) -> Any:
        """The result of a mutation; with an id of its own where none is given."""
        self.count += 1
        input_type = CORE.mutation_type.fields[mutation].args["input"].type  # type: ignore[union-attr]
        document = f"mutation Act($input: {input_type}) {{ {mutation}(input: $input) {{ __typename {REJECTED} {answer} }} }}"
        given = {"commandId": f"command-{self.count}"} | given
        if "commandId" not in input_type.of_type.fields:
            del given["commandId"]
        return data(await self.answer(self.context(person), document, input=given))[mutation]

    async def hear(self, context: Context, selection: str, after: int) -> Any:
        """The payload of a subscription for everything after a number."""
        return await self.told(context, selection, changes_after(self.state, after))

    async def told(self, context: Context, selection: str, changes: Changes) -> Any:
        field = selection.split("{")[0].strip()
        document = f'subscription {{ {field}(jamId: "j1", afterSeq: 0) {selection[selection.index("{") :]} }}'
        return data(await self.answer(context, document, root=changes))[field]

    def facts(self) -> Any:
        """All that there is, to be compared."""
        return [plain(state) for state in self.states], len(self.views_counted), dict(self.drafts.kept), dict(self.people.views)

    # -------------------------------------------------------------------------------------------------------------- forms
    def themed(self, *themed: str, theme: str = "h1", proposals: tuple[Draft, ...] = ()) -> None:
        """One theme with these ideas, the first of them its medoid."""
        item = theme_item(theme, None) | {"medoids": themed[:3]}
        placed = tuple((idea, theme, None, 0.25, 0.75) for idea in themed)
        fields = {"model": "m", "granularity": "medium", "reason": "because", "themes": (item,), "placements": placed}
        self.do(c.RecordGrouping, ids.SYSTEM, **fields | newest(self.state) | {"report": FIGURES, "proposals": proposals})


def split_of(theme: str, *ideas: str) -> Draft:
    """A proposal to make a theme of its own of some of the ideas of a theme."""
    parts = (
        ProposedPart(theme, f"Name of {theme}", ("left",), ideas, (), 1, 0.6, 0.4, 0.8),
        ProposedPart("h9", "Apart", ("moved",), ideas, ideas, len(ideas), 0.7, 0.5, 0.9),
    )
    return Draft(ProposalKind.SPLIT, (theme,), parts, (0.4, 0.65), (0.3, 0.45), 0.85)


LEVEL = {"code": "BEST", "tried": 5, "least": 6, "most": 14, "stability": 0.7, "silhouette": 0.2}
FIGURES: dict[str, Any] = {
    "board": LEVEL, "parts": LEVEL, "themes": 1, "subthemes": 2, "cohesion": 0.5, "separation": 0.3, "languages": 2, "mixed": 0.5,
    "proposals": 1, "stayed": 0.98, "shift": 0.01, "added": 1, "gone": 0,
}  # fmt: skip
"""What a run says of itself, as `server.themes.counting` makes it."""

REJECTED = """
  ... on Rejection { code message }
  ... on InvalidInput { field }
  ... on NotFound { id }
  ... on NotAllowed { action }
  ... on PhaseClosed { action phase closedAt opensAt }
  ... on TermsNotAccepted { jamId version }
  ... on Locked { id }
  ... on TooMany { retryAfterSeconds }
  ... on Unavailable { retryAfterSeconds }
"""


@cache
def prepared(document: str) -> DocumentNode:
    """The parsed document, which must be valid but for unused variables."""
    node = parse(document)
    errors = [error for error in validate(CORE, node) if "is never used" not in error.message]
    assert not errors, errors
    return node


def data(result: ExecutionResult) -> Any:
    assert result.errors is None, [(error.message, error.original_error) for error in result.errors or ()]
    return result.data
