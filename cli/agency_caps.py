"""`muse agency caps`: how far selling goes, and where a fan stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.errors import BadInput

if TYPE_CHECKING:
    from core.settings import Settings

HOUSE = "house"


def read_changes(given: Sequence[str]) -> dict[str, Any]:
    """Read `offers_a_day=5` and `spend.EUR.month=20000`; `none` for no cap. Raises `BadInput`."""
    changes: dict[str, Any] = {}
    for one in given:
        name, equals, raw = one.partition("=")
        if not equals or not (raw.isdigit() or raw == "none"):
            raise BadInput(f"{one!r} is no cap; write for instance offers_a_day=5 or spend.EUR.month=20000 (in cents).")
        place = changes
        *path, last = name.split(".")
        for step in path:
            place = place.setdefault(step, {})
        place[last] = int(raw) if raw != "none" else None
    return changes


async def show_caps(given: Settings, changes: Sequence[str], fan: str | None) -> int:
    """Set what is named (`house`: all as the house has it), show what holds, and where a fan stands."""
    from msgspec import to_builtins

    from cli.accounts.owned import agency_of
    from cli.stack.connection import connect
    from storage import restraint
    from storage.fans import resolve_fan
    from storage.house import open_house

    settings = connect(given)
    async with open_house(settings, "agency", connections=2) as house:
        agency = await agency_of(house, settings)
        async with house.app.unit(agency) as unit:
            if list(changes) == [HOUSE]:
                await restraint.set_caps(unit, None)
            elif changes:
                merged = _merge(to_builtins(await restraint.load_caps(unit)), read_changes(changes))
                await restraint.set_caps(unit, merged)
            caps = await restraint.load_caps(unit)
            if fan:
                fans = await restraint.fans_of(unit, await resolve_fan(unit, fan))
                spent = {
                    money: await restraint.load_spent(unit, fans, money, None)
                    for money in await restraint.list_units(unit, fans)
                }
                limits = await restraint.list_own_limits(unit, fans)
    for name, value in to_builtins(caps).items():
        for line in _lines(name, value):
            print(line)
    if fan:
        for money, sums in spent.items():
            print(f"spent {money}: {sums.day} in a day, {sums.week} in a week, {sums.month} in a month")
        for limit in limits:
            later = f", from {limit.next_at:%Y-%m-%d} on {limit.next_amount or 'none'}" if limit.next_at else ""
            print(f"own limit {limit.unit}: {limit.amount} a {limit.period}{later}")
    return 0


def _merge(known: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(known)
    for key, value in changes.items():
        merged[key] = _merge(merged.get(key) or {}, value) if isinstance(value, dict) else value
    return merged


def _lines(name: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return [line for key, inner in value.items() for line in _lines(f"{name}.{key}", inner)]
    return [f"{name}={'none' if value is None else value}"]
