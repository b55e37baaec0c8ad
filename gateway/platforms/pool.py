"""One pool of connections per adapter, and what decides about repeating a call: whether bytes have left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp
from aiohttp.abc import AbstractResolver

CONNECT_S = 10.0
IDLE_S = 15.0
CONNECTIONS = 256


@dataclass
class Trail:
    """How far one request came. `left` turns true just before its first byte is written."""

    left: bool = False


class Pool:
    """A client session that is opened at its first use, inside the running loop."""

    def __init__(self, resolver: Callable[[], AbstractResolver] | None = None) -> None:
        """Find hosts by a resolver of one's own, if one is given: it is asked for names, not for addresses in numbers."""
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        """Return the open session. Requests pass a `Trail` as `trace_request_ctx` to learn whether bytes left."""
        if self._session is None or self._session.closed:
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_leaves)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=CONNECTIONS, keepalive_timeout=IDLE_S, resolver=self._resolver() if self._resolver else None
                ),
                timeout=aiohttp.ClientTimeout(total=60, connect=CONNECT_S, sock_connect=CONNECT_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[trace],
            )
        return self._session

    async def close(self) -> None:
        """Close the connections; a later use opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _leaves(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceRequestHeadersSentParams
) -> None:
    """Mark the trail. aiohttp calls this before it hands the headers to the socket, so a false `left` is certain."""
    if isinstance(context.trace_request_ctx, Trail):
        context.trace_request_ctx.left = True
