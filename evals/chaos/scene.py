"""What an incident is played with: a newcomer among the fans, and hands on every part of a running stack."""

from __future__ import annotations

import asyncio
from itertools import count
from secrets import token_urlsafe

from msgspec import Struct
from msgspec.structs import replace

from evals.chaos.desk import Desk
from evals.chaos.ledger import Heard, Ledger, Sending, read_ledger
from evals.chaos.matching import Shown
from evals.chaos.plan import Strike, marker
from evals.chaos.quiet import everything_shown, rest
from evals.chaos.stage import Stage
from evals.chaos.steps import Steps
from evals.chaos.strikes import Striker
from evals.chaos.town import Said, Town
from evals.simulators.telegram import TelegramUser
from storage.accounts import put_operator
from storage.house import open_house
from storage.sweep import agencies_with_accounts

PATIENCE_S = 60.0
FIRST = 5_000  # their marks are nobody else's


class Newcomer(Struct, frozen=True):
    """A fan who writes to one account."""

    account: str
    user: TelegramUser
    number: int


class Scene:
    """One stack for incidents that are played one after the other."""

    def __init__(self, town: Town, stage: Stage) -> None:
        """Play on this stage."""
        self.town, self.stage = town, stage
        self.steps = Steps(stage.admin_dsn, town.gate)
        self.striker = Striker(stage, self.steps)
        self.desk = Desk(stage)
        self._numbers, self._marks = count(FIRST), count()

    def newcomer(self, account: str = "luna") -> Newcomer:
        """Let a new fan open a chat."""
        user = self.town.telegram.add_user("Newcomer")
        user.chat(self.town.bots[account]).opened = True
        return Newcomer(account, user, next(self._numbers))

    def say(self, fan: Newcomer, words: str = "how was the sea today") -> tuple[str, Said]:
        """Let a fan write a message; return its mark and what was sent."""
        mark = marker(fan.number, next(self._marks) % 100_000, 0)
        return mark, self.town.send(fan.account, fan.user, f"{words} {mark}")

    async def strike(self, kind: str, target: str, step: str, fan: Newcomer, words: str = "tell me of the harbour") -> str:
        """Let a fan write, strike where the message comes by, and return its mark once everything is at rest."""
        striking = asyncio.create_task(self.striker.strike(Strike(kind, target, step)))
        await asyncio.sleep(0.2)  # the step is held by now
        mark, _ = self.say(fan, words)
        hit = await striking
        await self.rest()
        return mark if hit else ""

    async def rest(self) -> None:
        """Wait until everybody is back and nothing is open. Raises `TimeoutError`."""
        await self.striker.thawed()
        await self.striker.wait_back()
        if not await rest(self.town, self.stage, PATIENCE_S):
            raise TimeoutError("The stack does not come to rest.")

    def got(self, fan: Newcomer, mark: str = "") -> list[Shown]:
        """Return what a fan got, or only what speaks of a mark."""
        chat = str(fan.user.id)
        return [s for s in everything_shown(self.town) if (s.account, s.chat) == (fan.account, chat) and mark in s.text]

    async def ledger_of(self, fan: Newcomer) -> tuple[list[Heard], list[Sending]]:
        """Return a fan's messages and deliveries as the ledger has them."""
        ledger: Ledger = await read_ledger(self.stage.admin_dsn)
        ids = {c.id for c in ledger.chats if (c.account, c.chat) == (fan.account, str(fan.user.id))}
        return [m for m in ledger.heard if m.conversation_id in ids], [d for d in ledger.deliveries if d.conversation_id in ids]

    async def stranger(self) -> Desk:
        """Return the desk of another operator of the same agency."""
        token = token_urlsafe(24)
        async with open_house(self.stage.settings, "scene", connections=2) as house:
            [agency_id] = await agencies_with_accounts(house.sweep)
            async with house.app.unit(agency_id) as unit:
                await put_operator(unit, "stranger", token)
        return Desk(replace(self.stage, token=token))

    async def conversation_of(self, fan: Newcomer) -> str:
        """Return the id of a fan's conversation."""
        ledger = await read_ledger(self.stage.admin_dsn)
        return next(str(c.id) for c in ledger.chats if (c.account, c.chat) == (fan.account, str(fan.user.id)))
