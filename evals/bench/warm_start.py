"""How long a fan waits after `muse up` in a folder that was used before: for the page, and for the first answer."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol
from uuid import uuid4

import aiohttp

from core.errors import Unavailable
from evals.bench.figures import Budget, Figure, compare, median

ROUNDS = 3
LOOK_S = 0.05
PATIENCE_S = 120.0
PAGE_BUDGET, REPLY_BUDGET = Budget("ours", most=5.0), Budget("ours", most=15.0)


class Household(Protocol):
    """A stack in a data folder, started and stopped by its own commands."""

    url: str

    async def up(self) -> None:
        """Begin the start; return at once."""
        ...

    async def down(self) -> None:
        """Stop everything and wait for it."""
        ...


async def measure_warm_start(household: Household, slug: str, rounds: int = ROUNDS) -> list[Figure]:
    """Start a folder that was started before, several times; return seconds to the chat page and to the first reply."""
    pages, replies = [], []
    for _ in range(rounds):
        began = time.monotonic()
        await household.up()
        try:
            async with aiohttp.ClientSession(household.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
                await _until_page(http, slug)
                pages.append(time.monotonic() - began)
                await _first_reply(http, slug)
                replies.append(time.monotonic() - began)
        finally:
            await household.down()
    note = f"median of {rounds}, from the command to the answer, quiet time 0"
    return [
        compare("warm start to the chat page", median(pages), "s", budget=PAGE_BUDGET, note=note),
        compare("warm start to the first reply", median(replies), "s", budget=REPLY_BUDGET),
    ]


async def _until_page(http: aiohttp.ClientSession, slug: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            async with http.get(f"/chat/{slug}") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(LOOK_S)
    raise Unavailable(f"The chat page did not answer within {PATIENCE_S:g} s.")


async def _first_reply(http: aiohttp.ClientSession, slug: str) -> None:
    """Enter, write, and wait until an answer stands in the thread."""
    await _post(http, f"/chat/{slug}/session", {"adult": True})
    await _post(http, f"/chat/{slug}/messages", {"key": str(uuid4()), "text": "Hey, are you there?"})
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        async with http.get(f"/chat/{slug}/thread") as answer:
            items = (await answer.json())["items"]
        if any(item["from"] == "influencer" and item["state"] == "sent" for item in items):
            return
        await asyncio.sleep(LOOK_S)
    raise Unavailable(f"There was no reply within {PATIENCE_S:g} s.")


async def _post(http: aiohttp.ClientSession, path: str, body: dict[str, object]) -> None:
    async with http.post(path, json=body) as answer:
        if answer.status >= 400:
            raise Unavailable(f"{path} answered {answer.status}.")
