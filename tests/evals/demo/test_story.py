"""The demo must be able to fail: a bot that only echoes, forgets, sells twice and answers repeats is caught at each."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO, StringIO

import aiohttp
import pytest
from aiohttp import web
from PIL import Image
from rich.console import Console

from core.ids import new_id
from evals.demo import fan as demo_fan
from evals.demo.run import run_demo
from evals.demo.verdicts import Verdicts
from evals.simulators.serving import LoopbackServer
from evals.simulators.telegram import Bot, TelegramSimulator
from evals.simulators.telegram.webhook import Webhook


def picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (90, 120), "teal").save(drawn, "JPEG")
    return drawn.getvalue()


class BadMuse:
    """A gateway's doors with somebody behind them who does everything wrong that the demo looks for."""

    def __init__(self, telegram: TelegramSimulator, bot: Bot) -> None:
        self.telegram, self.bot, self.turns = telegram, bot, itertools.count()
        self.handles: set[str] = set()
        self.packs: dict[str, list[str]] = {}
        self.latest: dict[str, str] = {}
        app = web.Application()
        app.router.add_post("/webhook", self.take)
        app.router.add_get("/api/inbox", self.inbox)
        app.router.add_get("/api/conversations/{handle}", self.thread)
        app.router.add_get("/api/deliveries", self.deliveries)
        self.server = LoopbackServer(app)
        self.ids: dict[str, str] = {}

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        sender = update.get("message", update.get("purchased_paid_media"))["from"]["id"]
        handle, text = str(sender), update.get("message", {}).get("text", "")
        self.ids.setdefault(handle, str(new_id()))
        self.latest[handle] = str(new_id())
        async with aiohttp.ClientSession(f"{self.telegram.base_url}/bot{self.bot.token}/") as http:
            if "beach" in text:
                self.packs.setdefault(handle, []).append("the-same-pack")
                form = aiohttp.FormData({"chat_id": handle, "star_count": "100", "payload": "p"})
                form.add_field("media", '[{"type":"photo","media":"attach://one"}]')
                form.add_field("one", picture(), filename="one.jpg", content_type="image/jpeg")
                await http.post("sendPaidMedia", data=form)
            else:
                await http.post("sendMessage", json={"chat_id": sender, "text": f"You said: {text or 'nothing'}"})
        return web.json_response({"ok": True}, status=200)

    async def inbox(self, _request: web.Request) -> web.Response:
        rows = [
            {"id": row, "platform": "telegram", "handle": handle, "owner": "agent", "held": 0, "unanswered": 0}
            for handle, row in self.ids.items()
        ]
        return web.json_response(rows)

    async def thread(self, request: web.Request) -> web.Response:
        handle = next(h for h, row in self.ids.items() if row == request.match_info["handle"])
        packs = [
            {
                "direction": "out",
                "author": "agent",
                "kind": "pack",
                "text": "",
                "meta": {"pack_id": one},
                "delivery_state": "sent",
            }
            for one in self.packs.get(handle, [])
        ]
        turn = {"id": self.latest[handle], "verdict": "send", "brain": "bad", "trace": {}}
        return web.json_response({"messages": packs, "latest_turn": turn})

    async def deliveries(self, _request: web.Request) -> web.Response:
        return web.json_response([{"state": "unknown", "error": "the sender died"}])


@asynccontextmanager
async def bad_muse(telegram: TelegramSimulator, bot: Bot) -> AsyncIterator[str]:
    muse = BadMuse(telegram, bot)
    await muse.server.start()
    await bot.feed.set_webhook(Webhook(f"{muse.server.base_url}/webhook"), drop_pending=False)
    try:
        yield muse.server.base_url
    finally:
        await muse.server.stop()


async def test_everything_that_goes_wrong_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AFTERTHOUGHT_S", "REPEATS_WATCHED_S"):
        monkeypatch.setattr(demo_fan, name, 0.25)
    printed = StringIO()
    async with TelegramSimulator() as telegram:
        bot = telegram.add_bot("Luna")
        async with bad_muse(telegram, bot) as url:
            verdicts = await asyncio.wait_for(run_demo(telegram, bot, url, "token", Console(file=printed, width=120)), 60)
    failed = {check.expected for check in verdicts.checks if not check.passed}
    assert failed >= {
        "/start is greeted, with the AI notice",
        "the fact is remembered in a later turn",
        "four quick messages are one turn",
        "the reply comes after the last of them",
        "“are you real?” is answered honestly",
        "and answered once",
        "an owned pack is not sold again",
        "asking for others brings another pack",
        "a discount that stands is offered, the old price beside the new",
        "no delivery was lost or is in doubt",
    }
    assert not verdicts.all_passed
    assert "✗" in printed.getvalue()
    assert f"of {len(verdicts.checks)} as expected" in printed.getvalue()


def test_nothing_checked_is_nothing_passed() -> None:
    assert not Verdicts().all_passed
