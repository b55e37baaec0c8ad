"""`muse policy counts`: what a yearly report asks for."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from core.settings import Settings

COLUMNS = ("month", "rule", "pack", "times")


async def show(given: Settings, year: int, form: str) -> int:
    """Print how often each rule fired. Raises `Unavailable`, `Misconfigured`."""
    from cli.accounts.owned import agency_of
    from cli.stack.connection import connect
    from cli.terminal import open_console
    from storage.house import open_house
    from storage.policy_counts import list_counts

    settings = connect(given)
    async with open_house(settings, "policy", connections=2) as house:
        agency = await agency_of(house, settings)
        async with house.app.unit(agency) as unit:
            counted = await list_counts(unit, year)
    if form == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(counted)).decode() + "\n")
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(COLUMNS)
        writer.writerows([row.month.strftime("%Y-%m"), row.rule, row.pack, row.times] for row in counted)
    else:
        from rich.table import Table

        console = open_console()
        table = Table(*COLUMNS, box=None)
        for row in counted:
            table.add_row(row.month.strftime("%Y-%m"), row.rule, row.pack, str(row.times))
        console.print(table if counted else f"No rule fired in {year}.")
        referrals = sum(row.times for row in counted if row.rule == "crisis")
        console.print(f"Crisis referrals in {year}: {referrals} turns", style="bold")
    return 0
