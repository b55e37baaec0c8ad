"""Whose accounts they are: the agency of this machine's operator, its influencers, and the keys in addresses."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from core.errors import BadInput, Misconfigured, NotFound, Refused, Unauthorised
from core.ids import new_id
from core.nouns import Account, Influencer
from core.settings import Settings
from gateway.push_watch import PushWatch
from storage.accounts import (
    PREVIEW,
    find_account,
    find_influencer,
    find_operator,
    list_accounts,
    load_influencer,
    put_account,
    set_poll_cursor,
)
from storage.house import House

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class Listed(Struct, frozen=True):
    """An account with its influencer's short name, and how its platform stands with us, where that can be asked."""

    account: Account
    influencer: str
    standing: str = ""


async def agency_of(house: House, settings: Settings) -> UUID:
    """Return the agency of this machine's operator. Raises `Misconfigured`, `Unauthorised`."""
    try:
        token = (Path(settings.data_dir) / "secrets" / "operator.token").read_text().strip()
    except OSError:
        raise Misconfigured("There is no operator token in the data folder; run `muse up` once, which makes it.") from None
    return (await find_operator(house.app, token)).agency_id


async def list_connected(house: House, agency_id: UUID, watch: PushWatch | None = None) -> list[Listed]:
    """Return the agency's accounts; with a watch, each with how its platform stands."""
    async with house.app.unit(agency_id) as unit:
        accounts = [account for account in await list_accounts(unit) if account.platform != PREVIEW]
        slugs = {a.id: (await load_influencer(unit, a.influencer_id)).slug for a in accounts}
    said = {} if watch is None else await watch.look(agency_id)
    details = {name: one.detail for name, one in said.items()}
    return [Listed(a, slugs[a.id], details.get(f"{a.platform}/{a.key}", "")) for a in accounts]


async def influencer_of(house: House, agency_id: UUID, slug: str) -> Influencer:
    """Return an influencer of an agency. Raises `NotFound`, naming those that there are."""
    async with house.app.unit(agency_id) as unit:
        try:
            return await find_influencer(unit, slug)
        except NotFound:
            known = {(await load_influencer(unit, a.influencer_id)).slug for a in await list_accounts(unit)}
            raise NotFound(f"There is no influencer {slug!r}; there are: {', '.join(sorted(known)) or 'none'}.") from None


async def account_at(house: House, influencer: Influencer, platform: str, key: str) -> Account:
    """Return the influencer's account at an address, with its secrets open, or a new one that is not stored yet.

    Raises `BadInput` for a key that cannot stand in an address, `Refused` for one that is somebody else's.
    """
    if not KEY.fullmatch(key):
        raise BadInput(f"{key!r} is no key; use small letters, digits, - and _.")
    try:
        known = await find_account(house.app, house.seal, platform, key)
    except Unauthorised:
        autonomy = str(influencer.persona.get("autonomy", "auto"))
        return Account(new_id(), influencer.agency_id, influencer.id, platform, key, "webhook", False, autonomy)
    if (known.agency_id, known.influencer_id) != (influencer.agency_id, influencer.id):
        raise Refused(f"The key {key!r} belongs to another influencer's {platform} account; choose one with --key.")
    return known


async def own_account(house: House, agency_id: UUID, platform: str, key: str) -> Account:
    """Return a connected account of the agency, with its secrets open. Raises `NotFound`."""
    try:
        account = await find_account(house.app, house.seal, platform, key)
    except Unauthorised:
        account = None
    if account is None or account.agency_id != agency_id:
        raise NotFound(f"There is no account '{platform}/{key}'; type: muse account list")
    return account


async def store(house: House, account: Account) -> None:
    """Write an account, its secrets sealed."""
    async with house.app.unit(account.agency_id) as unit:
        account_id = await put_account(unit, house.seal, account)
        if account.inbound == "polling":  # an old cursor may belong to another bot, or to numbers of long ago
            await set_poll_cursor(unit, account_id, None)
