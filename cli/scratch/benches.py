"""Gives each benchmark what it measures: a scratch stack, a connected bot, a data folder that was used before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from msgspec import Struct

from cli.scratch.household import open_household
from cli.scratch.memory_house import open_memory_rig
from cli.scratch.rig import INFLUENCER, MODEL, open_rig, rig_past
from cli.scratch.stack import scratch_stack
from cli.scratch.table_worker import with_table
from cli.scratch.telegram import connect_bot
from cli.settings import ROOT
from cli.stack.apps import app_parts
from cli.stack.child import Part
from cli.stack.connection import socket_folder
from cli.stack.postgres import admin_dsn
from core import log
from core.errors import MuseError
from core.settings import Settings
from evals.bench.acknowledgements import Door, measure_acknowledgements
from evals.bench.bursts import measure_bursts
from evals.bench.figures import Figure
from evals.bench.growth import measure_growth
from evals.bench.imports import measure_imports
from evals.bench.kills import measure_kills
from evals.bench.load import measure_load
from evals.bench.media import measure_media
from evals.bench.memory import measure_memory
from evals.bench.pictures import measure_pictures
from evals.bench.profile_turns import measure_steps
from evals.bench.rig import after
from evals.bench.rush import MODEL_S, WAITING, WAITING_MODEL_S, measure_rush, measure_waiting
from evals.bench.throughput import measure_throughput, measure_two_workers
from evals.bench.turns import measure_turns
from evals.bench.warm_start import measure_warm_start
from evals.simulators.ollama import OllamaSimulator
from evals.simulators.telegram import TelegramSimulator

LATER_S = 120.0  # a quiet time that no acknowledgement bench lives to see, so that no turn competes with it
CALLS_AT_ONCE, CALL_S = 8, 1.0  # a model so slow that it, and not this machine, is the limit
PATIENCE_S = 300.0
Say: TypeAlias = Callable[[str], None]


class Order(Struct, frozen=True):
    """How to run: who hears of the progress, where attached files go, whether a rough figure is enough."""

    say: Say
    folder: Path
    quick: bool = False

    def scaled(self, whole: int, quick: int) -> int:
        """Return how many of something to do."""
        return quick if self.quick else whole


Bench: TypeAlias = Callable[[Order], Awaitable[list[Figure]]]


async def bench_imports(order: Order) -> list[Figure]:
    """Import the gateway in fresh processes."""
    order.say("imports: gateway.app and a bare Litestar, in turns")
    return await measure_imports(ROOT)


async def bench_acknowledgements(order: Order) -> list[Figure]:
    """Load the webhook of a scratch stack."""
    order.say("acknowledgements: our webhook, a bare handler and one insert per request, in turns")
    async with (
        TelegramSimulator(limits=None) as telegram,
        scratch_stack(telegram_api_url=telegram.base_url, quiet_s=LATER_S, quiet_max_s=LATER_S, think_ahead=False) as scratch,
    ):
        bot = telegram.add_bot("Luna")
        account = await connect_bot(scratch.settings, scratch.url, bot.token, INFLUENCER)
        door = Door(f"{scratch.url}/webhooks/telegram/{account.key}", account.secrets["webhook_secret"])
        folder = scratch.stack.folder
        return await measure_acknowledgements(door, admin_dsn(folder, socket_folder(scratch.stack.state, folder)))


async def bench_turns(order: Order) -> list[Figure]:
    """Talk to a scratch stack whose brain is the reflex brain, then to one with a simulated Ollama that answers at once."""
    figures = []
    async with OllamaSimulator() as ollama:
        models: dict[str, dict[str, Any]] = {
            "reflex brain": {},
            "instant model": {"chat_model": f"ollama:{MODEL}", "ollama_url": ollama.base_url},
        }
        for brain, chosen in models.items():
            order.say(f"turns: one after the other, {brain}")
            async with (
                TelegramSimulator(limits=None) as telegram,
                scratch_stack(
                    telegram_api_url=telegram.base_url, quiet_s=0.0, quiet_max_s=0.0, loop_guard=False, **chosen
                ) as scratch,
            ):
                bot = telegram.add_bot("Luna")
                await connect_bot(scratch.settings, scratch.url, bot.token, INFLUENCER)
                samples = order.scaled(100, 25)
                figures += await measure_turns(telegram, bot, brain, ollama if chosen else None, samples)
    return figures


async def bench_load(order: Order) -> list[Figure]:
    """Write at fixed rates."""
    order.say("load: when turns begin; 10, 20 and 40 messages a second, ours and a bare handler")
    async with open_rig() as rig:
        return await measure_load(rig, order.scaled(2, 1), 8.0 if not order.quick else 4.0)


async def bench_throughput(order: Order) -> list[Figure]:
    """Write as fast as answers come, with one worker and with two; then with a model that is the limit."""
    rounds = order.scaled(3, 1)
    order.say("throughput: as fast as answers come, one worker and two; processor time by process")
    async with open_rig() as rig:
        figures = await measure_throughput(rig, rounds)
    order.say("throughput: two workers, the model the limit")
    async with open_rig(after(CALL_S), model_calls=CALLS_AT_ONCE) as rig:
        return figures + await measure_two_workers(rig, CALLS_AT_ONCE, CALL_S, rounds)


async def bench_steps(order: Order) -> list[Figure]:
    """Sample a busy worker."""
    order.say("steps: where a worker's processor time goes")
    async with open_rig() as rig:
        return await measure_steps(rig, order.folder)


async def bench_rush(order: Order) -> list[Figure]:
    """Let three hundred fans write at once, with the embedder and with a table in its place."""
    figures = []
    for table in (False, True):
        order.say(f"rush: 300 fans at once, {'a table for the embedder' if table else 'as it is'}")
        async with open_rig(after(MODEL_S), _table_apps if table else app_parts, turns=512, model_calls=512) as rig:
            figures += await measure_rush(rig, table=table, rounds=order.scaled(3, 1))
    return figures


async def bench_waiting(order: Order) -> list[Figure]:
    """Let two thousand turns wait in one worker, its limits raised to that."""
    fans = order.scaled(WAITING, WAITING // 4)
    order.say(f"waiting: {fans} turns in one worker, a {WAITING_MODEL_S:g} s model")
    async with open_rig(after(WAITING_MODEL_S), turns=fans, model_calls=fans, model_timeout_s=PATIENCE_S) as rig:
        return await measure_waiting(rig, fans)


async def bench_kills(order: Order) -> list[Figure]:
    """Kill the worker while it thinks and while it sends."""
    order.say("kills: kill -9 of the worker, thinking and sending; the cut-off send takes minutes to be given up")
    async with open_rig() as rig:
        return await measure_kills(rig, order.scaled(3, 1))


async def bench_bursts(order: Order) -> list[Figure]:
    """Write bursts with the house's own quiet time."""
    order.say("bursts: four messages in a row; one update three times")
    shipped = Settings()
    async with open_rig(after(MODEL_S), quiet_s=shipped.quiet_s, quiet_max_s=shipped.quiet_max_s) as rig:
        return await measure_bursts(rig)


async def bench_growth(order: Order) -> list[Figure]:
    """Measure over a thousand messages and over a million."""
    order.say("growth: starting")
    async with open_rig() as rig, rig_past(rig) as past:
        return await measure_growth(rig, past, order.say, order.scaled(1_000_000, 100_000))


async def bench_warm_start(order: Order) -> list[Figure]:
    """Start one data folder again and again."""
    order.say("warm start: up, first reply, down, several times, in a folder that was used before")
    async with open_household() as household:
        await household.up()
        await household.wait_up()
        await household.down()
        return await measure_warm_start(household, INFLUENCER, order.scaled(3, 1))


async def bench_memory(order: Order) -> list[Figure]:
    """Search ten thousand to a million memories."""
    largest = order.scaled(1_000_000, 100_000)
    async with open_memory_rig() as rig:
        return await measure_memory(rig, order.say, largest, order.scaled(1_000_000, 10_000))


async def bench_media(order: Order) -> list[Figure]:
    """Make pictures through the queue and without it."""
    log.configure("bench", "warning", show_text=False)
    async with open_memory_rig() as rig:
        return await measure_media(rig, rig.past.agency_id, order.say, order.scaled(80, 24), order.scaled(10_000, 1_000))


async def bench_pictures(order: Order) -> list[Figure]:
    """Paint with a tiny model, beside a raw diffusers loop."""
    order.say("pictures: our painter and a raw diffusers loop, in turns, on the processor")
    return await measure_pictures(order.quick)


BENCHES: dict[str, Bench] = {
    "imports": bench_imports,
    "acknowledgements": bench_acknowledgements,
    "turns": bench_turns,
    "load": bench_load,
    "throughput": bench_throughput,
    "steps": bench_steps,
    "rush": bench_rush,
    "waiting": bench_waiting,
    "kills": bench_kills,
    "bursts": bench_bursts,
    "growth": bench_growth,
    "warm-start": bench_warm_start,
    "memory": bench_memory,
    "media": bench_media,
    "pictures": bench_pictures,
}


async def run_benches(names: Sequence[str], order: Order) -> tuple[list[Figure], dict[str, str]]:
    """Run the named benches one after the other; return the figures, and of those that failed, why."""
    figures: list[Figure] = []
    failed: dict[str, str] = {}
    for name in names:
        try:
            figures += await BENCHES[name](order)
        except* (MuseError, TimeoutError) as errors:
            failed[name] = "; ".join(str(error) for error in _leaves(errors))
            order.say(f"{name}: failed: {failed[name]}")
    return figures, failed


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


def _table_apps(settings: Settings) -> list[Part]:
    return [with_table(part) if part.name == "worker" else part for part in app_parts(settings)]
