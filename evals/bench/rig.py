"""What a bench is given: a running stack whose platform and model are simulated, and a hand on its processes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import aiohttp
from msgspec import Struct

from core.errors import Unavailable
from core.nouns import Account
from core.settings import Settings
from evals.simulators.ollama import ChatRequest, OllamaSimulator, say
from evals.simulators.ollama.answers import Answer
from evals.simulators.telegram import Bot, TelegramSimulator

ANSWER = "That sounds lovely, tell me more."


class Rig(Struct, frozen=True):
    """A scratch stack with one connected bot. `account` is the bot's, secrets open; `token` opens the operators' API.

    `processes` returns the pids of the moment by part name; `second_worker` runs one more worker while its context is open;
    `admin_dsn` is the scratch Postgres's superuser.
    """

    telegram: TelegramSimulator
    bot: Bot
    ollama: OllamaSimulator
    settings: Settings
    url: str
    token: str
    account: Account
    processes: Callable[[], dict[str, int]]
    second_worker: Callable[[], AbstractAsyncContextManager[int]]
    admin_dsn: str

    async def get(self, http: aiohttp.ClientSession, path: str) -> bytes:
        """Read something of the operators' API. Raises `Unavailable` for any answer but 200."""
        headers = {"authorization": f"Bearer {self.token}"}
        async with http.get(f"{self.url}{path}", headers=headers) as answer:
            body = await answer.read()
            if answer.status != 200:
                raise Unavailable(f"{path} answered {answer.status}.")
            return body

    @property
    def agency_id(self) -> UUID:
        """Return the agency that everything here belongs to."""
        return self.account.agency_id


def instant(_request: ChatRequest) -> Answer:
    """Answer at once, one short sentence: a model that costs nothing."""
    return say(ANSWER)


def after(seconds: float) -> Callable[[ChatRequest], Answer]:
    """Return a model that takes its time over one short sentence."""
    return lambda _request: say(ANSWER, delay_s=seconds)
