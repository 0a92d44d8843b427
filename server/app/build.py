"""Builds a whole server from its settings."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

import schema
from schema.context import Services
from schema.direct import DirectFields
from server.access.addresses import Proxies, read_networks
from server.access.claim_rules import read_rules
from server.access.company import CompanySignIn
from server.access.cookies import Cookies
from server.access.limiter import Limiter
from server.access.magic_link import MagicLinks
from server.access.mailer import Mailer
from server.access.openid import Client, Provider
from server.access.passkeys import Passkeys
from server.access.sessions import Sessions
from server.access.tokens import Tokens
from server.api.documents import Documents
from server.api.execution import Engine
from server.api.explorer import GraphiQLFiles
from server.api.http import GraphQLHTTP
from server.api.limits import DocumentLimits, HttpLimits
from server.app.account import Accounts
from server.app.clock import SteadyClock
from server.app.doorkeeping import Doorkeeper, RestrictionClock
from server.app.drafts import VaultDrafts
from server.app.entrance import Entrance
from server.app.exchange import Exchange
from server.app.feeds import Feeds
from server.app.gate import AppGate
from server.app.gathering import Gathering
from server.app.hook_parts import hook_parts
from server.app.invitations import InvitationLinks
from server.app.inviting_parts import inviting_parts
from server.app.measuring import Measuring
from server.app.own_parts import erasing_of, own_routes, snapshot_beside, taken_back_of
from server.app.phases import PhaseClock
from server.app.readiness import Readiness
from server.app.seen import SeenCounter
from server.app.sharing import Sharing
from server.app.supervising import Supervisor, Work
from server.app.trusted import NAME as TRUSTED_NAME
from server.app.trusted import TrustedDocuments
from server.digests.service import Digests
from server.directory import Directory
from server.here import Origin
from server.jam.events import Event, MemberJoined
from server.jam.state import JamState
from server.jam_store import JamStore
from server.journal.port import Journal
from server.live.hub import Hub
from server.live.limits import LiveLimits
from server.live.presence import Presence
from server.markdown import render
from server.metrics.lag import watch_the_loop
from server.minors import MinorAccounts
from server.opinions.service import OpinionService
from server.reach import ReachMeter
from server.roster import Roster
from server.search.service import SearchService
from server.settings import Settings
from server.stores import open_stores
from server.themes.columns import MapColumns
from server.themes.namer import NamerSettings
from server.themes.service import ThemeService, ThemeSettings
from server.vault.port import Vault
from server.visits import Visits
from server.web.auth import AuthRoutes, Ways
from server.web.company import BACK, CompanyRoutes
from server.web.entering import Entering
from server.web.export import Export
from server.web.mail_end import MailEndRoute
from server.web.page import Page
from server.web.passkeys import PasskeyRoutes
from server.web.security import SecurityHeaders, security_headers
from server.web.terms_export import TermsExport

log = structlog.get_logger()
FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
VITE_PORT = 5173
SNAPSHOT_EVERY_S = 60.0
SWEEP_EVERY_S = 3_600.0


def wall_clock() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Server:
    """A built server: its ASGI application, and the parts that commands and tests need."""

    app: ASGIApp
    store: JamStore
    vault: Vault
    journal: Journal
    links: MagicLinks
    themes: ThemeService
    directory: Directory
    hub: Hub
    settings: Settings


@asynccontextmanager
async def build(settings: Settings, clock: Callable[[], int] | None = None) -> AsyncGenerator[Server, None]:
    """A running server, all but its socket. At the end everything waiting is answered, and the stores are closed."""
    clock = clock or SteadyClock()
    async with AsyncExitStack() as stack:
        journal, vault = await stack.enter_async_context(open_stores(settings))
        store = await JamStore.open(journal, clock, follow=True)
        stack.push_async_callback(store.close)
        builder = _Builder(settings, clock, journal, vault, store)
        await builder.load()
        stack.push_async_callback(builder.themes.stop)
        stack.push_async_callback(builder.links.settled)
        stack.push_async_callback(builder.hooks.outgoing.close)
        stack.push_async_callback(builder.erasing.settled)
        stack.push_async_callback(builder.visits.close)
        stack.push_async_callback(builder.exchange.close)
        stack.push_async_callback(builder.seen.flush)
        await stack.enter_async_context(builder.supervisor.running(builder.work()))
        yield builder.server()


class _Builder:
    def __init__(self, settings: Settings, clock: Callable[[], int], journal: Journal, vault: Vault, store: JamStore) -> None:
        self.settings, self.clock, self.journal, self.vault, self.store = settings, clock, journal, vault, store
        self.hosts = allowed_hosts(settings)
        self.directory = Directory(vault, store)
        self.erasing = erasing_of(settings, store, vault)
        self.roster = Roster(self.directory)
        self.search = SearchService()
        self.themes = ThemeService(store, theme_settings(settings), self.search.alike)
        self.opinions = OpinionService(
            store,
            self.themes.beside,
            clock,
            changed=lambda jam_id: self.hub.nudge(jam_id),
            every_s=60 * settings.opinion_minutes,
            is_on=settings.theme_workers > 0,
        )
        self.limiter = Limiter(settings)
        self.sessions = Sessions(vault, clock, settings.session_days, settings.session_max_days, Cookies.of(settings.url))
        self.tokens = Tokens(vault, clock, self._token_ended)
        mailer = Mailer(settings)
        self.links = MagicLinks(vault, store, mailer, settings, clock)
        self.digests = Digests(vault, store, mailer, settings.url, clock)
        self.hooks = hook_parts(vault, store, clock, settings.webhooks_private)
        self.inviting = inviting_parts(vault, store, self.directory, mailer, settings.url, clock)
        self.minors = MinorAccounts(store, vault, self.links, self.erasing, self.directory.load, clock)
        self.passkeys = Passkeys(vault, settings.url, clock)
        self.seen = SeenCounter(store)
        self.feeds = Feeds(store, clock)
        self.measuring = Measuring(store, self.themes, settings)
        self.exchange = Exchange(vault, clock)
        self.gathering = Gathering(store.get, self._presence, lambda jam_id: self.hub.nudge(jam_id))
        self.exchange.share("here", self.gathering.tell, self.gathering.hear)
        self.exchange.share("latency", self.measuring.latency.tell, self.measuring.latency.hear)
        self.visits = Visits(vault, lambda jam_id: self.feeds.get(jam_id).seq, clock)
        self.documents = self._documents()
        self.gate = AppGate(self.sessions, store, self.feeds, self._services(), clock)
        self.engine = Engine(self.documents.schema, DirectFields(), own=self.documents.own)
        self.trusted = TrustedDocuments(
            FRONTEND / "dist" / TRUSTED_NAME, self.documents, self.engine, settings.trusted_documents_only
        )
        self.hub = Hub(
            self.documents, self.gate, self.hosts, self._live_limits(), engine=self.engine, presence=self.gathering.presence
        )
        self.supervisor = Supervisor()
        self.measuring.hub = self.hub
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

    def _live_limits(self) -> LiveLimits:
        return LiveLimits(
            tick_seconds=self.settings.tick_ms / 1000,
            connections_per_address=self.settings.connections_per_address,
            subscriptions_per_person=self.settings.subscriptions_per_person,
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
            invitations=InvitationLinks(self.settings.url),
            inviting=self.inviting.service,
            minors=self.minors,
            latency=self.measuring.latency,
            webhooks=self.hooks.service,
            mail_wishes=self.digests,
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
        for state in self.store.all():
            await self.directory.load_all([member.person for member in state.members])
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

    def work(self) -> list[Work]:
        """All that goes on in the background."""
        return [
            Work("live updates", self.hub.run, is_vital=True),
            Work("ended sessions", self.hub.watch_sessions, is_vital=True),
            Work("invitation mails", self.inviting.outbox.run),
            Work("themes", self.themes.run),
            Work("opinions", self.opinions.run),
            Work("what was seen", self.seen.run),
            Work("changed names", self.directory.run),
            Work("names to be found by", self.directory.sort_in),
            Work("words to be found by", lambda: self.search.load(self.store.all())),
            Work("erasures", self.erasing.run),
            Work("visits", self.visits.run),
            Work("what other workers have", self.exchange.run),
            Work("minors", self.minors.run),
            Work("trusted documents", self.trusted.run),
            Work("the lag of the loop", lambda: watch_the_loop(self.measuring.meters.lag)),
            Work("ends of restrictions", RestrictionClock(self.store, self.clock).run),
            Work("phases", PhaseClock(self.store, self.clock, self.hub.nudge).run),
            *(self._housekeeping() if self.settings.worker == 0 else ()),
        ]

    def _housekeeping(self) -> list[Work]:
        """What one worker of a machine does for all of them."""
        return [
            Work("texts taken back", taken_back_of(self.settings, self.store).run),
            Work("webhooks", self.hooks.outgoing.run),
            Work("digests", self.digests.run),
            Work("snapshots", lambda: _every(SNAPSHOT_EVERY_S, self._save_snapshots)),
            Work("sweeping", lambda: _every(SWEEP_EVERY_S, self._sweep)),
        ]

    async def _save_snapshots(self) -> None:
        """By a process of its own, which folds what this one has in memory: votes do not wait for it."""
        for state in self.store.due_for_snapshot():
            await snapshot_beside(self.settings, state)

    async def _sweep(self) -> None:
        await self.vault.sweep(self.clock())
        await self.exchange.sweep()

    def server(self) -> Server:
        return Server(
            app=self._app(),
            store=self.store,
            vault=self.vault,
            journal=self.journal,
            links=self.links,
            themes=self.themes,
            directory=self.directory,
            hub=self.hub,
            settings=self.settings,
        )

    def _ways(self) -> Ways:
        company = (self.settings.oidc_label or "Company account") if self.settings.oidc_issuer else None
        return Ways(company, self.passkeys.are_possible)

    def _company_routes(self, entering: Entering) -> list[Route]:
        settings = self.settings
        if not settings.oidc_issuer or settings.oidc_client_secret is None:
            return []
        secret, back = settings.oidc_client_secret.get_secret_value(), settings.url + BACK
        provider = Provider(Client(settings.oidc_issuer, settings.oidc_client_id, secret, back, settings.oidc_scopes))
        company = CompanySignIn(self.vault, self.store, provider, read_rules(settings.oidc_rules), self.clock)
        return CompanyRoutes(company, entering, self.limiter).routes()

    def _proxies(self) -> Proxies:
        return Proxies(read_networks(self.settings.trusted_proxies))

    def _explorer(self) -> list[Route]:
        if not self.settings.development:
            return []
        return [Route("/graphiql/{name}", GraphiQLFiles(FRONTEND / "node_modules").serve)]

    def _app(self) -> ASGIApp:
        tls = self.settings.url.startswith("https:")
        sharing = Sharing(self.documents, self.store, self.hub.tick, self.clock)
        limits = HttpLimits(allowed_hosts=self.hosts, development=self.settings.development)
        every, meter = security_headers(tls), self.measuring.meters.requests
        graphql = GraphQLHTTP(self.documents, self.gate, sharing, limits, self.engine, every, meter)
        entering = Entering(self.sessions, self.hub, self.directory, self.settings)
        auth = AuthRoutes(self.links, entering, self.limiter, self.hosts, self._ways())
        routes = [
            WebSocketRoute("/graphql", self.hub.endpoint),
            *auth.routes(),
            *self._company_routes(entering),
            *PasskeyRoutes(self.passkeys, entering, self.limiter, self.vault, self.hosts).routes(),
            Route("/export/{slug}/terms.csv", TermsExport(self.store, self.sessions, self.directory, self.clock).serve),
            *own_routes(self, self.hosts, Cookies.of(self.settings.url)),
            *MailEndRoute(self.digests.end).routes(),
            *self.inviting.routes(entering, self.limiter, self.vault, self.store, self.sessions, self.hosts, self.clock),
            Route("/export/{slug}.{format}", Export(self.store, self.sessions, self.directory, self.clock).serve),
            self.measuring.route(self.hub, graphql),
            Route("/healthz", self.supervisor.health),
            Route("/readyz", Readiness(self.journal, self.supervisor.failing).serve),
            *self._explorer(),
            Route("/{path:path}", Page(FRONTEND / "dist").serve),
        ]
        return Entrance("/graphql", graphql, SecurityHeaders(Starlette(routes=routes), tls), self._proxies())


def theme_settings(settings: Settings) -> ThemeSettings:
    return ThemeSettings(
        data=settings.data,
        workers=settings.theme_workers,
        regroup_after=settings.regroup_after,
        regroup_minutes=settings.regroup_minutes,
        dask=settings.dask,
        namer=namer_settings(settings),
    )


def namer_settings(settings: Settings) -> NamerSettings | None:
    """The company's own namer of themes; None where none is set."""
    if not settings.namer_url:
        return None
    key = "" if settings.namer_key is None else settings.namer_key.get_secret_value()
    return NamerSettings(settings.namer_url, settings.namer_model, key)


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """host[:port] of the pages that may act with a cookie: our own, on loopback by its other names too, and in development
    the page that Vite serves.
    """
    hosts = {urlsplit(settings.url).netloc.lower()}
    if settings.host in ("127.0.0.1", "localhost", "::1"):
        hosts |= {f"{name}:{settings.port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    if settings.development:
        hosts |= {f"{name}:{VITE_PORT}" for name in ("127.0.0.1", "localhost")}
    return frozenset(hosts)


async def _every(seconds: float, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await act()
        except Exception:
            log.exception("background work failed; it is tried again later", work=act.__qualname__)
