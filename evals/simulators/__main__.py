"""Run one simulator by hand: `python -m evals.simulators telegram|ollama --port N`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import time

from evals.simulators.ollama import Model, OllamaSimulator
from evals.simulators.telegram import Limits, TelegramSimulator
from evals.simulators.telegram.terminal import converse

LONG_AGO = 1_700_000_000


def main() -> None:
    """Read the arguments and serve until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m evals.simulators", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    telegram = kinds.add_parser("telegram", help="a Bot API server with one bot, and you as its fan")
    telegram.add_argument("--port", type=int, default=8081)
    telegram.add_argument("--token", default="", help="the bot's token; without one it is made up and printed")
    telegram.add_argument("--no-limits", action="store_true", help="never answer 429 by itself")
    ollama = kinds.add_parser("ollama", help="a model server that answers by simple rules")
    ollama.add_argument("--port", type=int, default=11434)
    ollama.add_argument("--model", action="append", help="a model that is there (may be given again); default llama3.2")
    ollama.add_argument("--delay", type=float, default=0.0, help="seconds before every answer")
    ollama.add_argument("--token-delay", type=float, default=0.02, help="seconds between two tokens")
    asyncio.run(_serve(parser.parse_args()))


async def _serve(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await (_telegram if arguments.kind == "telegram" else _ollama)(arguments, stop)
    except OSError as error:
        raise SystemExit(f"Port {arguments.port} cannot be used: {error.strerror}.") from None


async def _telegram(arguments: argparse.Namespace, stop: asyncio.Event) -> None:
    limits = None if arguments.no_limits else Limits()
    seconds = int(time.time()) - LONG_AGO  # numbers never seen by the Muse that was talked to in an earlier run
    async with TelegramSimulator(arguments.port, limits, used_ids=seconds) as simulator:
        bot, fan = simulator.add_bot(token=arguments.token), simulator.add_user()
        print(f"Telegram Bot API at {simulator.base_url}, bot token {bot.token}", flush=True)
        talk = asyncio.create_task(converse(bot, fan))
        await stop.wait()
        talk.cancel()
        await asyncio.gather(talk, return_exceptions=True)


async def _ollama(arguments: argparse.Namespace, stop: asyncio.Event) -> None:
    models = [Model(name) for name in arguments.model or ["llama3.2"]]
    pace = {"delay_s": arguments.delay, "token_s": arguments.token_delay}
    async with OllamaSimulator(arguments.port, models=models, **pace) as simulator:
        print(f"Ollama at {simulator.base_url} with {', '.join(simulator.shelf.models)}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    main()
