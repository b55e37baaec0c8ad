"""Being a fan from the terminal: what you type is sent, what the bot shows is printed."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from pathlib import Path

from evals.simulators.telegram.bots import Bot
from evals.simulators.telegram.errors import ApiError
from evals.simulators.telegram.fans import TelegramUser

HELP = """Type /start to open the chat, then anything. Also:
  .photo FILE   send a picture          .buy       unlock the newest locked media
  .edit TEXT    change your last text   .pay       pay the newest invoice
  .react EMOJI  under the last answer   .block  .unblock
Ctrl-C ends the simulator."""
A_DAY_S = 86_400.0


async def converse(bot: Bot, fan: TelegramUser) -> None:
    """Read lines and act on them, and print the chat, until cancelled."""
    print(HELP, flush=True)
    watching = asyncio.create_task(_watch(bot, fan))
    try:
        if _somebody_types():
            reader = asyncio.StreamReader()
            await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
            async for line in reader:
                await _act(bot, fan, line.decode(errors="replace").strip())
        await watching  # no more input; the bot may still write
    finally:
        watching.cancel()


def _somebody_types() -> bool:
    """Say whether input is a terminal or a pipe: an event loop cannot wait for files and the null device."""
    mode = os.fstat(sys.stdin.fileno()).st_mode
    return sys.stdin.isatty() or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


async def _watch(bot: Bot, fan: TelegramUser) -> None:
    chat, shown = fan.chat(bot), 0
    while True:
        try:
            await chat.wait_for(1, A_DAY_S, since=shown)
        except TimeoutError:
            continue
        entries, shown = chat.transcript[shown:], len(chat.transcript)
        for entry in entries:
            if entry.sender == "bot" and entry.kind != "typing":
                print(f"{bot.profile.first_name}: {entry}", flush=True)


async def _act(bot: Bot, fan: TelegramUser, line: str) -> None:
    word, _, rest = line.partition(" ")
    try:
        match word:
            case "":
                pass
            case "/start":
                fan.start(bot, rest)
            case ".photo":
                fan.send_photo(bot, await asyncio.to_thread(Path(rest).read_bytes))
            case ".buy":
                locked = [entry for entry in fan.chat(bot).messages(kind="paid_media") if entry.locked]
                print("Nothing is locked." if not locked else f"Bought. Update {fan.buy(bot, locked[-1])}.", flush=True)
            case ".pay":
                bills = [entry for entry in fan.chat(bot).messages(kind="invoice") if entry.locked]
                paid = await fan.pay(bot, bills[-1]) if bills else None
                print("Paid." if paid else "Nothing was paid: no invoice, no answer in time, or the answer was no.", flush=True)
            case ".react":
                fan.react(bot, fan.chat(bot).messages()[-1], *rest.split())
            case ".edit":
                fan.edit(bot, fan.chat(bot).messages("user", "text")[-1], rest)
            case ".block":
                fan.block(bot)
            case ".unblock":
                fan.unblock(bot)
            case _:
                fan.send_text(bot, line)
    except (ValueError, OSError, IndexError, ApiError) as error:
        print(f"That did not work: {error}", flush=True)
