"""A scripted conversation on a scratch stack: without a person, without the outside world, checked to the end."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

HELP = "Play three fans against a scratch stack with a simulated Telegram, show their chats and check them."
INFLUENCER = "luna"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare `--keep-logs`."""
    parser.add_argument("--keep-logs", metavar="FOLDER", help="copy the scratch stack's logs there before it goes")


def run(arguments: Namespace) -> int:
    """Play; exit code 1 when anything is off. Raises `MuseError` when the stack does not start."""
    from cli.scratch.interrupt import run_to_end
    from cli.terminal import open_console

    return run_to_end(_play(open_console(), arguments.keep_logs))


async def _play(console: Console, keep_logs: str | None) -> int:
    import shutil

    from cli.scratch.stack import scratch_stack
    from cli.scratch.telegram import connect_bot
    from cli.stack.progress import Progress
    from evals.demo.run import run_demo
    from evals.simulators.telegram import TelegramSimulator

    console.print("Starting a scratch stack: real Postgres, Valkey, Chroma, gateway and worker; a simulated Telegram.")
    progress = Progress(console)
    async with (
        TelegramSimulator() as telegram,
        scratch_stack(progress.show, telegram_api_url=telegram.base_url) as scratch,
    ):
        progress.close()
        bot = telegram.add_bot("Luna")
        await connect_bot(scratch.settings, scratch.url, bot.token, INFLUENCER)
        try:
            verdicts = await run_demo(telegram, bot, scratch.url, scratch.token, console)
        finally:
            if keep_logs:
                shutil.copytree(scratch.logs, keep_logs, dirs_exist_ok=True)
    return 0 if verdicts.all_passed else 1
