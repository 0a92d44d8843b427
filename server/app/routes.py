"""The addresses of a server, and who answers them."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from server import request_number
from server.access.addresses import Proxies, read_networks
from server.access.claim_rules import read_rules
from server.access.company import CompanySignIn
from server.access.cookies import Cookies
from server.access.openid import Client, Provider
from server.api.explorer import GraphiQLFiles
from server.api.http import GraphQLHTTP
from server.api.limits import HttpLimits
from server.app.entrance import Entrance
from server.app.overload_parts import doors_of
from server.app.own_parts import own_routes
from server.app.parts import FRONTEND, Parts
from server.app.readiness import Readiness
from server.app.sharing import Sharing
from server.beside import beside
from server.tracing.requests import TracedGraphQL
from server.web.auth import AuthRoutes, Ways
from server.web.company import BACK, CompanyRoutes
from server.web.entering import Entering
from server.web.export import Export
from server.web.mail_end import MailEndRoute
from server.web.page import Page, content_policy
from server.web.passkeys import PasskeyRoutes
from server.web.security import SecurityHeaders, security_headers
from server.web.taking import LargeFiles
from server.web.terms_export import TermsExport

SIGNING_IN = ("/auth/link", "/auth/enter", "/auth/passkey/offer", "/auth/company")
"""What newcomers begin to sign in with: with too much to do they wait before it. Who has begun is let go on."""

HEAVY = ("/export/{slug}/terms.csv", "/export/{slug}.{format}", "/own/data")
"""Files that take long to make."""


def _exports(parts: Parts) -> list[Route]:
    large = LargeFiles(beside(parts.settings.data))
    terms = TermsExport(parts.store, parts.sessions, parts.directory, parts.clock, large)
    export = Export(parts.store, parts.sessions, parts.directory, parts.clock, large)
    return [Route("/export/{slug}/terms.csv", terms.serve), Route("/export/{slug}.{format}", export.serve)]


def _ways(parts: Parts) -> Ways:
    company = (parts.settings.oidc_label or "Company account") if parts.settings.oidc_issuer else None
    return Ways(company, parts.passkeys.are_possible)


def _company_routes(parts: Parts, entering: Entering) -> list[Route]:
    settings = parts.settings
    if not settings.oidc_issuer or settings.oidc_client_secret is None:
        return []
    secret, back = settings.oidc_client_secret.get_secret_value(), settings.url + BACK
    provider = Provider(Client(settings.oidc_issuer, settings.oidc_client_id, secret, back, settings.oidc_scopes))
    company = CompanySignIn(parts.vault, parts.store, provider, read_rules(settings.oidc_rules), parts.clock)
    return CompanyRoutes(company, entering, parts.limiter).routes()


def _proxies(parts: Parts) -> Proxies:
    return Proxies(read_networks(parts.settings.trusted_proxies))


def _explorer(parts: Parts) -> list[Route]:
    if not parts.settings.development:
        return []
    return [Route("/graphiql/{name}", GraphiQLFiles(FRONTEND / "node_modules").serve)]


def _traced(parts: Parts, graphql: GraphQLHTTP) -> GraphQLHTTP | TracedGraphQL:
    return graphql if parts.tracing is None else TracedGraphQL(graphql, parts.tracing)


async def _failed(request: Request, fault: Exception) -> Response:
    """A fault of ours outside of GraphQL: it is in the log under the number that is told."""
    number = request_number.current()
    told = f"Something failed on our side. If it lasts, tell us this number: {number}"
    return JSONResponse({"code": "INTERNAL", "message": told, "requestId": number}, 500, {"Cache-Control": "no-store"})


def app_of(parts: Parts) -> ASGIApp:
    """The ASGI application: the API on a path of its own, everything else by its route, all behind the same headers."""
    tls = parts.settings.url.startswith("https:")
    sharing = Sharing(parts.documents, parts.store, parts.hub.tick, parts.clock)
    limits = HttpLimits(allowed_hosts=parts.hosts, development=parts.settings.development)
    every, meter = security_headers(tls), parts.measuring.meters.requests
    graphql = GraphQLHTTP(parts.documents, parts.gate, sharing, limits, parts.engine, every, meter, parts.overload.control)
    entering = Entering(parts.sessions, parts.hub, parts.directory, parts.settings)
    auth = AuthRoutes(parts.links, entering, parts.limiter, parts.hosts, _ways(parts))
    passkeys = PasskeyRoutes(parts.passkeys, entering, parts.limiter, parts.vault, parts.hosts)
    own = own_routes(parts, parts.hosts, Cookies.of(parts.settings.url))
    doors = doors_of(parts, content_policy)
    routes = [
        *doors.signing_in([*auth.routes(), *_company_routes(parts, entering), *passkeys.routes()], SIGNING_IN),
        *doors.heavy([*_exports(parts), *own], HEAVY),
        *MailEndRoute(parts.digests.end).routes(),
        *parts.inviting.routes(entering, parts.limiter, parts.vault, parts.store, parts.sessions, parts.hosts, parts.clock),
        parts.measuring.route(parts.hub, graphql),
        Route("/healthz", parts.supervisor.health),
        Route("/readyz", Readiness(parts.journal, parts.supervisor.failing, lambda: parts.store.outgrown).serve),
        *_explorer(parts),
        Route("/{path:path}", doors.page(Page(FRONTEND / "dist").serve)),
    ]
    others = SecurityHeaders(Starlette(routes=routes, exception_handlers={500: _failed}), tls)
    doorway = parts.overload.doorway
    return Entrance("/graphql", _traced(parts, graphql), parts.hub.endpoint, others, _proxies(parts), doorway)
