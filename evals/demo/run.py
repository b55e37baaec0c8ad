"""One run of the demo against a running Muse whose Telegram account speaks to the simulator."""

from __future__ import annotations

import time

import aiohttp
from rich.console import Console

from evals.demo.desk import Desk
from evals.demo.fan import DemoFan
from evals.demo.screen import show_chat, show_verdicts
from evals.demo.story import play
from evals.demo.verdicts import Verdicts
from evals.simulators.telegram import Bot, TelegramSimulator


async def run_demo(telegram: TelegramSimulator, bot: Bot, url: str, token: str, console: Console) -> Verdicts:
    """Play the story to its end, print it and return the verdicts; `url` and `token` open the gateway's API."""
    verdicts, began_at = Verdicts(), time.monotonic()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15.0)) as http:
        desk = Desk(http, url, token)
        mia, jonas, ada = fans = [DemoFan(telegram.add_user(name), bot, desk, verdicts) for name in ("Mia", "Jonas", "Ada")]
        with console.status("Mia, Jonas and Ada are writing to Luna …"):
            await play(mia, jonas, ada, verdicts)
    seconds = time.monotonic() - began_at
    for fan in fans:
        show_chat(console, fan, began_at)
    show_verdicts(console, verdicts, fans, seconds)
    return verdicts
