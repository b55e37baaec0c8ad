"""A worker's engine with a scripted thinker and the real Telegram adapter, talking to the simulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest
from msgspec import structs

from core.clock import SystemClock
from core.nouns import Account, TurnInput
from core.outbound import TextPart
from core.settings import Settings
from core.turns import HandToOperator, OfferPack, Outcome, Send, Trace
from evals.simulators.telegram import Bot, TelegramSimulator, TelegramUser
from gateway.platforms.registry import open_platforms
from memory.embedders import Embedders
from memory.tiers import open_tier
from shop.offers import apply_offer_pack
from storage.accounts import find_account, put_account
from storage.conversations import pause
from storage.house import House
from storage.turns import Reader
from tests.conftest import Agency
from tests.storage.world import make_account
from workers.dispatcher import Dispatcher
from workers.engine import Engine
from workers.figures import Figures
from workers.outbox import Outbox

SOON_S, LOOKS = 0.05, 10

Answer = Callable[[TurnInput], Awaitable[Outcome]]


class ScriptedThinker:
    """Answers as a test says; by default it repeats the burst."""

    def __init__(self) -> None:
        self.turns: list[TurnInput] = []
        self.refusals: list[Sequence[str]] = []
        self.answer: Answer = echo

    async def think(self, turn: TurnInput, refusals: Sequence[str] = ()) -> Outcome:
        """Think as scripted."""
        self.turns.append(turn)
        self.refusals.append(refusals)
        return await self.answer(turn)


async def echo(turn: TurnInput) -> Outcome:
    """Repeat what was said."""
    return Outcome(Send((TextPart(" + ".join(m.text for m in turn.burst)),)), Trace("echo"))


class NoMeaning:
    """Holds nothing: these tests are not about memory."""

    name, dimensions = "none", 1

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Give every text the same vector."""
        return [[1.0] for _ in texts]


class Crew:
    """The engine, and the fan at the other end."""

    def __init__(
        self,
        engine: Engine,
        thinker: ScriptedThinker,
        simulator: TelegramSimulator,
        bot: Bot,
        fan: TelegramUser,
        account: Account,
    ):
        self.engine, self.thinker, self.simulator, self.bot, self.fan, self.account = (
            engine,
            thinker,
            simulator,
            bot,
            fan,
            account,
        )
        self.ctx = {"engine": engine}

    async def think(self) -> int:
        """Think all turns that may be thought, as the dispatcher would; return how many it took."""
        taken = len(self.thinker.turns)
        dispatcher = Dispatcher(self.engine)
        beating = asyncio.create_task(dispatcher.beat())
        locked = 0  # looks in a row that found a chat due and locked, by a heartbeat that was cancelled for one
        while (wait_s := await dispatcher.look()) < SOON_S or dispatcher.busy:
            locked = 0 if dispatcher.busy else locked + 1
            if locked > LOOKS:
                break
            await (dispatcher.settled() if dispatcher.busy else asyncio.sleep(wait_s))
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
        return len(self.thinker.turns) - taken

    def restart(self, name: str, settling_s: float = 4.0) -> Outbox:
        """Go on with the outbox of another worker."""
        old = self.engine
        outbox = Outbox(name, old.house, old.clock, old.platforms, old.figures, settling_s=settling_s)
        self.engine = structs.replace(old, name=name, outbox=outbox)
        self.ctx = {"engine": self.engine}
        return outbox

    def said(self) -> list[str]:
        """What the fan has read, in order."""
        return [entry.text for entry in self.fan.chat(self.bot).messages("bot")]


@pytest.fixture
async def crew(house: House, agency: Agency, settings: Settings) -> AsyncIterator[Crew]:
    """One worker for one fan of Luna."""
    async with TelegramSimulator(limits=None) as simulator:
        bot = simulator.add_bot("Luna")
        fan = simulator.add_user("Mia")
        fan.start(bot)
        account = await make_account(house, agency.id)
        async with house.app.unit(agency.id) as unit:
            secrets = {"token": bot.token, "webhook_secret": "hush"}
            await put_account(unit, house.seal, structs.replace(account, secrets=secrets))
        account = await find_account(house.app, house.seal, "telegram", "luna")
        fast = structs.replace(settings, telegram_api_url=simulator.base_url, lease_s=2.0, turn_attempts=2)
        clock, thinker, meaning = SystemClock(), ScriptedThinker(), NoMeaning()
        platforms = open_platforms(fast, house.blobs, clock)
        handlers, figures = {OfferPack: apply_offer_pack, HandToOperator: pause}, Figures()
        outbox = Outbox("w1", house, clock, platforms, figures)
        engine = Engine(
            "w1",
            fast,
            clock,
            house,
            platforms,
            thinker,
            meaning,
            Embedders(house.app, meaning, "none"),
            open_tier("facts", "exact", ""),
            open_tier("episodes", "exact", ""),
            handlers,
            figures,
            Reader(house.seal),
            outbox,
        )
        made = Crew(engine, thinker, simulator, bot, fan, account)
        yield made
        await made.engine.outbox.close()
        await outbox.close()
        for platform in platforms.values():
            await platform.close()
        await asyncio.sleep(0)
