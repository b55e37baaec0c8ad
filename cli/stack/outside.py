"""Servers that somebody else runs: which settings name one, and whether it answers."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from cli.stack.probes import accepts_socket, accepts_tcp, answers_http, answers_ping
from core.errors import Unavailable
from core.settings import Settings


def outside_servers(settings: Settings) -> dict[str, str]:
    """Return the outside servers by the part they stand in for, with addresses that show no password."""
    given = {"postgres": settings.postgres_url, "valkey": settings.redis_url, "chroma": settings.chroma_url}
    return {name: place_of(url) for name, url in given.items() if url}


async def check_outside(settings: Settings) -> None:
    """Knock at each outside server. Raises `Unavailable`, naming the setting."""
    for name in outside_servers(settings):
        await check_server(name, settings)


async def check_server(name: str, settings: Settings) -> None:
    """Knock at one outside server (`postgres`, `valkey` or `chroma`). Raises `Unavailable`, naming the setting."""
    if name == "postgres" and not await _postgres_listens(settings.postgres_url):
        raise Unavailable(f"No Postgres answers at {place_of(settings.postgres_url)} (MUSE_POSTGRES_URL); is it running?")
    if name == "valkey" and not await answers_ping(settings.redis_url):
        raise Unavailable(
            f"No Redis answers PING at {place_of(settings.redis_url)} (MUSE_REDIS_URL); "
            "is it running, and is the password right?"
        )
    if name == "chroma" and not await answers_http(f"{settings.chroma_url.rstrip('/')}/api/v2/heartbeat"):
        raise Unavailable(f"No Chroma answers at {place_of(settings.chroma_url)} (MUSE_CHROMA_URL); is it running?")


def place_of(url: str) -> str:
    """Return where an address leads, without user, password and options."""
    parts = urlsplit(url)
    hosts = parse_qs(parts.query).get("host") or parse_qs(parts.query).get("path")
    return parts.netloc.rpartition("@")[2] or (hosts[0] if hosts else unquote(parts.path))


async def _postgres_listens(url: str) -> bool:
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    host = options.get("host", [parts.hostname or "localhost"])[0]
    port = parts.port or int(options.get("port", ["5432"])[0])
    return await accepts_socket(Path(host) / f".s.PGSQL.{port}") if host.startswith("/") else await accepts_tcp(host, port)
