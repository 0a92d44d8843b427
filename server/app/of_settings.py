"""What single parts take from the settings."""

from urllib.parse import urlsplit

from server.live.limits import LiveLimits
from server.settings import Settings
from server.themes.namer import NamerSettings
from server.themes.service import ThemeSettings

VITE_PORT = 5173


def theme_settings(settings: Settings) -> ThemeSettings:
    """How themes are found, and by how many processes."""
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


def live_limits(settings: Settings) -> LiveLimits:
    """What one connection, person and address may take of the live transport."""
    return LiveLimits(
        tick_seconds=settings.tick_ms / 1000,
        connections_per_address=settings.connections_per_address,
        subscriptions_per_person=settings.subscriptions_per_person,
    )
