"""The parts of a server, and what each is told of the others."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import schema
from schema.context import Services
from schema.direct import DirectFields
from server.access.cookies import Cookies
from server.access.limiter import Limiter
from server.access.magic_link import MagicLinks
from server.access.mailer import Mailer
from server.access.passkeys import Passkeys
from server.access.sessions import Sessions
from server.access.tokens import Tokens
from server.api.documents import Documents
from server.api.execution import Engine
from server.api.limits import DocumentLimits
from server.app.account import Accounts
from server.app.doorkeeping import Doorkeeper
from server.app.drafts import VaultDrafts
from server.app.exchange import Exchange
from server.app.feeds import Feeds
from server.app.gate import AppGate
from server.app.gathering import Gathering
from server.app.hook_parts import hook_parts
from server.app.invitations import InvitationLinks
from server.app.inviting_parts import inviting_parts
from server.app.leasing_parts import Leasing
from server.app.measuring import Measuring
from server.app.of_settings import allowed_hosts, live_limits, theme_settings
from server.app.operations_parts import Parts as OperationsParts
from server.app.operations_parts import watch_of
from server.app.overload_parts import figures_of, overload_parts
from server.app.own_parts import erasing_of
from server.app.push_parts import push_parts
from server.app.seen import SeenCounter
from server.app.supervising import Supervisor
from server.app.traces_of_others import tell_of_traces
from server.app.trusted import NAME as TRUSTED_NAME
from server.app.trusted import TrustedDocuments
from server.digests.service import Digests
from server.directory import Directory
from server.here import Origin
from server.jam.events import Event, MemberJoined
from server.jam.phases import Phase
from server.jam.state import JamState
from server.jam_store import JamStore
from server.journal.port import Journal
from server.live.hub import Hub
from server.live.presence import Presence
from server.markdown import render
from server.minors import MinorAccounts
from server.opinions.service import OpinionService
from server.reach import ReachMeter
from server.roster import Roster
from server.search.service import SearchService
from server.settings import Settings
from server.themes.briefings import Briefings
from server.themes.columns import MapColumns
from server.themes.service import ThemeService
from server.tracing.opening import tracing_of
from server.vault.port import Vault
from server.visits import Visits

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"


class Parts:
    """Every part of a running server, made in the order in which they need each other."""

    def __init__(self, settings: Settings, clock: Callable[[], int], journal: Journal, vault: Vault, store: JamStore) -> None:
        self.settings, self.clock, self.journal, self.vault, self.store = settings, clock, journal, vault, store
        self.hosts = allowed_hosts(settings)
        self.directory = Directory(vault, store)
        self.erasing = erasing_of(settings, store, vault)
        self.roster = Roster(self.directory)
        self.search = SearchService()
        self.leasing = Leasing(vault, clock, settings.worker)
        self.themes = ThemeService(store, theme_settings(settings), self.search.alike, self.leasing.duties)
        self.opinions = OpinionService(
            store,
            self.themes.beside,
            clock,
            changed=lambda jam_id: self.hub.nudge(jam_id),
            every_s=60 * settings.opinion_minutes,
            is_on=settings.theme_workers > 0,
            duties=self.leasing.duties,
        )
        self.limiter = Limiter(settings, vault, clock)
        self.sessions = Sessions(vault, clock, settings.session_days, settings.session_max_days, Cookies.of(settings.url))
        self.tokens = Tokens(vault, clock, self._token_ended)
        mailer = Mailer(settings)
        self.links = MagicLinks(vault, store, mailer, settings, clock)
        self.digests = Digests(vault, store, mailer, settings.url, clock)
        self.hooks = hook_parts(vault, store, clock, settings.webhooks_private)
        self.pushes = push_parts(settings, vault, store, self.directory, clock)
        self.inviting = inviting_parts(vault, store, self.directory, mailer, settings.url, clock)
        self.minors = MinorAccounts(store, vault, self.links, self.erasing, self.directory.load, clock)
        self.passkeys = Passkeys(vault, settings.url, clock)
        self.seen = SeenCounter(store)
        self.overload = overload_parts(settings, store, vault, lambda: self.hub)
        self.feeds = Feeds(store, clock, self.overload.pacing, lambda jam_id: self.hub.tell_again(jam_id))
        self.measuring = Measuring(store, self.themes, settings, self.leasing)
        self.exchange = Exchange(vault, clock)
        self.operations = watch_of(cast("OperationsParts", self))
        self.gathering = Gathering(store.get, self._presence, lambda jam_id: self.hub.nudge(jam_id))
        self.exchange.share("here", self.gathering.tell, self.gathering.hear)
        self.exchange.share("latency", self.measuring.latency.tell, self.measuring.latency.hear)
        self.exchange.share("themes", self.themes.passing.tell_progress, self.themes.passing.hear_progress)
        self.exchange.share("regroup", self.themes.passing.tell_wishes, self.themes.passing.hear_wish)
        self.exchange.share("opinions", self.opinions.tell, self.opinions.hear)
        self.visits = Visits(vault, lambda jam_id: self.feeds.get(jam_id).seq, clock)
        self.documents = self._documents()
        self.gate = AppGate(self.sessions, store, self.feeds, self._services(), clock)
        self.engine = Engine(self.documents.schema, DirectFields(), own=self.documents.own)
        self.trusted = TrustedDocuments(
            FRONTEND / "dist" / TRUSTED_NAME, self.documents, self.engine, settings.trusted_documents_only
        )
        self.hub = Hub(
            self.documents,
            self.gate,
            self.hosts,
            live_limits(settings),
            engine=self.engine,
            presence=self.gathering.presence,
            pacing=self.overload.pacing,
            admission=self.overload.control,
        )
        self.tracing = tracing_of(settings)
        if self.tracing is not None:
            self.hub.trace(self.tracing)
            tell_of_traces(self.tracing, self.leasing)
            self.measuring.traces = self.tracing.counters
        self.supervisor = Supervisor()
        self.measuring.hub = self.hub
        self.measuring.collectors.append(figures_of(self))
        self.measuring.pushes = self.pushes.outgoing.counters
        self._pending: set[asyncio.Task[None]] = set()

    def _documents(self) -> Documents:
        limits = DocumentLimits(introspection=self.settings.development)
        return Documents(
            schema.schema._schema,
            limits,
            trusted_only=self.settings.trusted_documents_only,
            personal=schema.PERSONAL,
            instant=schema.INSTANT,
        )

    def _services(self) -> Services:
        return Services(
            jams=self.store,
            people=self.directory,
            drafts=VaultDrafts(self.vault, self.clock),
            roster=self.roster,
            account=Accounts(self.vault, self.sessions, self.tokens, lambda session: self.hub.end_session(session), self.clock),
            search=self.search,
            themes=self.themes,
            opinions=self.opinions,
            maps=MapColumns(),
            reach=ReachMeter(self.directory.country),
            briefings=Briefings(self.directory.country),
            invitations=InvitationLinks(self.settings.url),
            inviting=self.inviting.service,
            minors=self.minors,
            latency=self.measuring.latency,
            operations=self.operations,
            webhooks=self.hooks.service,
            mail_wishes=self.digests,
            pushes=self.pushes.service,
            submit=self.store.submit,
            create_jam=self.store.create,
            count_seen=self.seen.count,
            allow=self.limiter.allow,
            here=lambda jam_id: self.gathering.here(jam_id),
            origins=lambda jam_id: cast("Mapping[Origin, int]", self.gathering.origins(jam_id)),
            absences=self.visits,
            clock=self.clock,
            markdown=render,
            settings={"appeal": self.settings.appeal or self.settings.mail_from},
        )

    def _presence(self, jam_id: str) -> Presence:
        """Who is here in a jam: counted by where they are from, and remembered for when they come back."""

        def origin_of(person_id: str) -> Origin:
            state = self.store.get(jam_id)
            member = None if state is None else state.member(person_id)
            return Origin(self.directory.country(person_id), None if member is None else member.relation)

        return Presence(jam_id, origin_of, self.visits)

    async def load(self) -> None:
        """Names of all members, then the watchers that keep them and the words of all ideas up to date.

        By what words people and ideas are found is worked out while the server answers already.
        """
        self.trusted.load()
        await self.pushes.load()
        for state in self.store.all():
            await self.directory.load_all([member.person for member in state.members])
            if state.is_sound and state.phase(self.clock()) is not Phase.CLOSED:
                state.settle()
        await self.directory.load_all(list(self.store.organization.organizers))
        self.search.expect(self.store.all())
        self.store.watch(self.search.watch)
        self.store.watch(self._members_changed)
        self.store.watch(self.roster.watch)
        self.directory.watch(self.roster.person_changed)
        self.store.watch(Doorkeeper(self.sessions, lambda: self.hub, self._soon).watch)
        self.store.on_erasure(self.directory.forget)
        self.store.on_erasure(self.sessions.forget_all_of)
        self.store.on_erasure(self.hub.end_person)

    def _members_changed(self, state: JamState, applied: Sequence[Event]) -> None:
        """Who joined gets a name here."""
        joined = [event.person for event in applied if isinstance(event, MemberJoined)]
        if unknown := self.directory.missing(joined):
            self._soon(self.directory.load(unknown))

    def _token_ended(self, hashed: str) -> None:
        self.sessions.forget(hashed)
        self.hub.end_session(hashed)

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
