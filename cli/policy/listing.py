"""`muse policy list`: what every rule is for, and which rule packs there are."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import msgspec


def show(*, as_json: bool) -> int:
    """Print rules and packs."""
    from agents.policy.regions import load_packs
    from agents.policy.rules import INBOUND, REPLY
    from cli.terminal import open_console

    rules = [
        {
            "name": rule.name,
            "looks_at": looks_at,
            "folder": rule.judge.__module__.split(".")[-2],
            "purpose": _purpose(rule.judge),
        }
        for looks_at, some in (("what comes in", INBOUND), ("replies", REPLY))
        for rule in some
    ]
    packs = list(load_packs().values())
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode({"rules": rules, "packs": packs})).decode() + "\n")
        return 0
    from rich.table import Table

    console = open_console()
    table = Table("rule", "looks at", "folder", "what it is for", box=None)
    for rule in rules:
        table.add_row(rule["name"], rule["looks_at"], rule["folder"], rule["purpose"])
    console.print(table)
    today = datetime.now(UTC).date()
    table = Table("rule pack", "law", "in force", "notice again after", "known minors", box=None)
    for pack in packs:
        since = f"since {pack.since}" if pack.since <= today else f"from {pack.since}; until then the strictest"
        minors = _hours(pack.minors_again_h)
        table.add_row(pack.code, pack.title, since, _hours(pack.again_h), minors)
    console.print(table)
    return 0


def _hours(hours: float | None) -> str:
    return "not asked for" if hours is None else f"{hours:g} h"


def _purpose(judge: object) -> str:
    module = sys.modules[judge.__module__]
    return " ".join((module.__doc__ or "").split("\n\n")[0].split())
