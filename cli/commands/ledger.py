"""Looks whether the ledger holds what it promises."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from cli.settings import read_settings

if TYPE_CHECKING:
    from core.settings import Settings
    from storage.ledger import Violation

HELP = "Check the invariants of the ledger in a live database; exit code 1 when one is broken."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the action."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    check = actions.add_parser("check", help="look for messages, turns and deliveries that cannot be")
    check.add_argument("-n", "--limit", type=int, default=20, help="how many rows of each kind are named (20)")
    check.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(arguments: Namespace) -> int:
    """Check every agency and print what does not hold. Raises `Unavailable`, `Misconfigured`."""
    from cli.stack.connection import connect

    return show(asyncio.run(_check(connect(read_settings()), max(1, arguments.limit))), as_json=arguments.json)


def show(found: list[Violation], *, as_json: bool) -> int:
    """Print violations and return the exit code."""
    import msgspec

    from cli.terminal import open_console
    from storage.ledger import INVARIANTS

    if as_json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
        return 1 if found else 0
    console = open_console()
    for violation in found:
        console.print(f"{violation.invariant}: {violation.sentence} ({violation.total})", soft_wrap=True)
        for row in violation.rows:
            where = f"conversation {row.conversation_id}  " if row.conversation_id else ""
            console.print(f"  {row.id}  {where}{row.detail}", soft_wrap=True)
    every = len(INVARIANTS) + 1
    console.print(f"{every - len({violation.invariant for violation in found})} of {every} invariants hold.")
    return 1 if found else 0


async def _check(settings: Settings, limit: int) -> list[Violation]:
    from storage.database import open_database
    from storage.ledger import check_ledger

    app = await open_database(settings.postgres_app_url, largest=2, prefix="muse ledger")
    try:
        sweeping = await open_database(settings.postgres_sweep_url, largest=1, prefix="muse ledger")
        try:
            return await check_ledger(app, sweeping, limit)
        finally:
            await sweeping.close()
    finally:
        await app.close()
