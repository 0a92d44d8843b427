"""Brings together what is counted in many places: for Prometheus, and for those who look after a jam."""

from collections.abc import Iterator
from functools import partial

from prometheus_client.registry import Collector
from starlette.routing import Route

from server.api.http import GraphQLHTTP
from server.app.leasing_parts import Leasing
from server.jam_store import JamStore
from server.live.hub import Hub
from server.logs import standard_error
from server.metrics.collector import AudienceFigures, JamFigures, PushCounts, Sources, TraceCounters, registry_of
from server.metrics.endpoint import MetricsEndpoint
from server.metrics.fleet import QUESTION as METRICS
from server.metrics.fleet import Fleet
from server.metrics.latency import Latency
from server.metrics.meters import Meters, TickMeter
from server.settings import Settings
from server.themes.service import ThemeService


class Measuring:
    """What this worker measures. Live parts are known once they are built, by `hub`."""

    def __init__(self, store: JamStore, themes: ThemeService, settings: Settings, leasing: Leasing) -> None:
        self.meters = Meters()
        self.hub: Hub | None = None
        self.collectors: list[Collector] = []
        self.traces: TraceCounters | None = None
        self.pushes: PushCounts | None = None
        self.latency = Latency(self.meters, lambda jam_id: store.meters.get(jam_id), self._ticks_of, jams=lambda: store.meters)
        self._store = store
        self._themes = themes
        self._settings = settings
        self._leasing = leasing

    def route(self, hub: Hub, graphql: GraphQLHTTP) -> Route:
        """GET /metrics."""
        answering = graphql.answering
        sources = Sources(
            meters=self.meters,
            live=hub.counters,
            execution=hub.engine.counters,
            caches={"whole": answering.shared.counters, "pieces": answering.pieces.counters},
            cache_bytes=lambda: answering.shared.size + answering.pieces.size,
            audience=self._audience,
            commands=lambda: self._store.meters.values(),
            ticks=lambda: [stage.meter for stage in hub.stages.values()],
            jams=self._jams,
            traces=self.traces,
            pushes=self.pushes,
            log_failures=lambda: standard_error.failures,
        )
        token = self._settings.metrics_token
        is_proxied = bool(self._settings.public_url)
        others = partial(self._leasing.answers_of_others, METRICS)
        fleet = Fleet(registry_of(sources, self.collectors), self._settings.worker, others)
        self._leasing.peers.answer(METRICS, fleet.answer)
        endpoint = MetricsEndpoint(fleet, token.get_secret_value() if token else None, is_proxied)
        return Route("/metrics", endpoint.serve, methods=["GET"])

    def _ticks_of(self, jam_id: str) -> TickMeter | None:
        stage = None if self.hub is None else self.hub.stages.get(jam_id)
        return None if stage is None else stage.meter

    def _audience(self) -> AudienceFigures:
        stages = [] if self.hub is None else list(self.hub.stages.values())
        groups = [group for stage in stages for group in stage.groups.values()]
        return AudienceFigures(
            groups=len(groups),
            lagging=sum(len(group.lagging) for group in groups),
            solos=sum(len(stage.solos) for stage in stages),
        )

    def _jams(self) -> Iterator[JamFigures]:
        for state in self._store.all():
            here = 0 if self.hub is None else self.hub.here(state.id)
            waiting, backlog = self._store.waiting_of(state.id), self._themes.backlog_here(state.id)
            yield JamFigures(state.id, state.seq, waiting, backlog, here)
