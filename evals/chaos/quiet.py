"""Looking at a run from outside: what every fan got, and whether anything is still open."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress

import msgspec

from evals.chaos.matching import Shown
from evals.chaos.stage import Stage
from evals.chaos.steps import GONE, SQL
from evals.chaos.town import Town
from evals.chaos.trade_audit import Offered, Trades
from evals.simulators.telegram import Entry
from storage.roles import connect

LOOK_S = 0.25
CALM_LOOKS = 4
REDUCED = re.compile(r"\S.* → \S.*")


def words_of(entry: Entry) -> str:
    """Return an entry's words as the ledger has them: a pack's price before and under a promo is put below by the platform."""
    head, _, last = entry.text.rpartition("\n\n")
    return head if entry.kind == "paid_media" and REDUCED.fullmatch(last) else entry.text


def everything_shown(town: Town) -> list[Shown]:
    """Return everything that bots said to fans, in the order of each chat."""
    return [
        Shown(account, str(person), str(entry.message_id), words_of(entry), entry.at)
        for account, bot in town.bots.items()
        for person, chat in bot.chats.items()
        for entry in chat.transcript
        if entry.sender == "bot" and entry.kind not in ("typing", "refund")
    ]


def everything_traded(town: Town) -> Trades:
    """Return what platform and provider saw of sales, pictures and posts."""
    return Trades(
        bought=town.till.bought,
        offered=[
            Offered(account, str(person), entry.payload, entry.price or 0)
            for account, bot in town.bots.items()
            for person, chat in bot.chats.items()
            for entry in chat.messages(kind="paid_media")
        ],
        refunded=[charge.payload for bot in town.bots.values() for charge in bot.charges.values() if charge.refunded],
        painted=[
            msgspec.json.encode(one.input, order="sorted").decode()
            for one in (town.replicate.charged if town.replicate else [])
        ],
        posts=[entry.text for entry in (town.broadcast.messages() if town.broadcast else [])],
        shown=everything_shown(town),
    )


async def rest(town: Town, stage: Stage, patience_s: float) -> bool:
    """Wait until nothing is open: no update on its way, no message waiting for the agent, no delivery; false: in vain."""
    deadline, calm = time.monotonic() + patience_s, 0
    while time.monotonic() < deadline:
        with suppress(*GONE):
            calm = calm + 1 if await _open_work(town, stage) == 0 else 0
        if calm >= CALM_LOOKS:
            return True
        await asyncio.sleep(LOOK_S)
    return False


async def _open_work(town: Town, stage: Stage) -> int:
    connection = await connect(stage.admin_dsn)
    try:
        [row] = await connection.fetch(SQL["open_work"].sql)
        missing = max(0, len(town.said) - int(row["heard"]))
        trade = int(row["pictures"]) + int(row["posts"]) + int(row["refunds"]) + int(row["handovers"])
        return int(row["messages"]) + int(row["deliveries"]) + trade + town.undelivered + missing
    finally:
        await connection.close()
