"""`muse policy region`: whose rule pack holds for the agency, or where a fan lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import BadInput

if TYPE_CHECKING:
    from core.settings import Settings

UNKNOWN = "unknown"


async def choose(given: Settings, pack: str | None, fan: str | None) -> int:
    """Set what is named, and say what holds. Raises `BadInput` for an unknown pack, `NotFound` for an unknown fan."""
    from agents.policy.regions import load_packs
    from cli.accounts.owned import agency_of
    from cli.stack.connection import connect
    from storage.fans import resolve_fan
    from storage.house import open_house
    from storage.policy_counts import load_region, set_region

    if pack and pack.lower() not in {*load_packs(), UNKNOWN}:
        raise BadInput(f"There is no rule pack {pack}; there are: {', '.join(load_packs())}, or {UNKNOWN}.")
    settings = connect(given)
    async with open_house(settings, "policy", connections=2) as house:
        agency = await agency_of(house, settings)
        async with house.app.unit(agency) as unit:
            fan_id = await resolve_fan(unit, fan) if fan else None
            if pack:
                await set_region(unit, None if pack.lower() == UNKNOWN else pack.lower(), fan_id)
            holds = await load_region(unit, fan_id)
    print(f"{fan or 'The agency'}: {holds or 'unknown; the agency’s and the account’s rules hold'}")
    return 0
