"""An aiohttp application on a loopback port."""

from __future__ import annotations

from aiohttp import web


class LoopbackServer:
    """Serves one application on 127.0.0.1; port 0 takes a free one."""

    def __init__(self, app: web.Application, port: int = 0, stop_with_client: bool = False) -> None:
        # `stop_with_client`: a handler is cancelled when its client hangs up, as servers that generate do.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=stop_with_client, shutdown_timeout=0.05)
        self._wanted = port
        self.port = port

    async def start(self) -> None:
        """Listen. Raises `OSError` when the port is taken."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._wanted, backlog=2048)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close every connection, those of waiting handlers too."""
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """Return the address without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"


def hang_up(request: web.Request) -> web.Response:
    """Break the connection without an answer; the returned response goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
