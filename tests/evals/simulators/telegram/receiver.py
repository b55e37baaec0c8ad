"""A webhook of a bot that takes what comes, or refuses it as often as it is told."""

import asyncio
from collections import deque

from aiohttp import web

from evals.simulators.serving import LoopbackServer


class Receiver:
    """Keeps the updates it took in order, with the headers of the last one."""

    def __init__(self) -> None:
        self.updates: list[dict] = []
        self.headers: dict[str, str] = {}
        self.statuses: deque[int] = deque()  # the next answers; 200 when empty
        self.pause_s = 0.0
        self.open_now = self.open_most = 0
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self._server = LoopbackServer(app)

    async def __aenter__(self) -> "Receiver":
        await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop()

    @property
    def url(self) -> str:
        return f"{self._server.base_url}/hook"

    async def _take(self, request: web.Request) -> web.Response:
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        update = await request.json()
        await asyncio.sleep(self.pause_s)
        self.open_now -= 1
        self.headers = dict(request.headers)
        status = self.statuses.popleft() if self.statuses else 200
        if status == 200:
            self.updates.append(update)
        return web.Response(status=status)
