"""Connecting an influencer with somebody's own app: its address is checked, keys are made, sealed, and shown once."""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from cli.accounts.owned import account_at, influencer_of, own_account, store
from cli.stack.connection import operator_door
from core.errors import BadInput, Refused
from core.nouns import Account
from core.settings import Settings
from gateway.platforms.http.addresses import read_address
from gateway.platforms.http.rotation import (
    INBOUND_PUBLIC,
    INBOUND_SECRET,
    OUTBOUND_PRIVATE,
    OUTBOUND_SECRET,
    add_public_key,
    fresh_keys,
    rotate,
    under_way,
)
from gateway.platforms.http.signatures import public_half
from gateway.platforms.http.wire import Options
from storage.accounts import drop_secret
from storage.house import House
from storage.packs import copy_prices

PLATFORM = "http"
PRICED_LIKE = "webchat"  # a pack without a price for apps costs there what it costs on the chat page


class AppWanted(Struct, frozen=True):
    """What to connect. `public_key` is the app's own (`whpk_…`), if it signs with a pair; `options` as they are stored."""

    influencer: str
    key: str
    options: Options
    public_key: str | None = None


class AppConnected(Struct, frozen=True):
    """An account with keys that the app must be told once; none of them are shown again. `path` is where it posts to."""

    key: str
    path: str
    inbound_secret: str
    outbound_secret: str
    outbound_public_key: str
    app_public_key: str | None

    def __repr__(self) -> str:
        """Name it without its keys."""
        return f"AppConnected({self.key})"


async def connect_http(house: House, agency_id: UUID, wanted: AppWanted) -> AppConnected | None:
    """Connect an app, or set a connected one right; none when it was connected already and keeps its keys.

    Raises `NotFound` (no such influencer), `Refused` (the key is somebody else's), `Misconfigured` (address or public key).
    """
    for address in (wanted.options.url, *filter(None, [wanted.options.list_url])):
        read_address(address)
    if any("/" in host or ":" in host or not host for host in wanted.options.media_hosts):
        raise BadInput("A host of files is a bare name, such as files.app.example.")
    influencer = await influencer_of(house, agency_id, wanted.influencer)
    known = await account_at(house, influencer, PLATFORM, wanted.key)
    keys = add_public_key(known.secrets, wanted.public_key) if known.secrets else fresh_keys(wanted.public_key)
    account = replace(known, inbound="webhook", options=msgspec.to_builtins(wanted.options), secrets=keys)
    await store(house, account)
    async with house.app.unit(agency_id) as unit:
        await copy_prices(unit, influencer.id, PRICED_LIKE, PLATFORM)
    return None if known.secrets else _show(account)


async def rotate_http(house: House, agency_id: UUID, key: str, public_key: str | None = None) -> AppConnected:
    """Give an account new keys beside its old ones. Raises `NotFound`, `Refused` while a rotation runs, `Misconfigured`."""
    account = await own_account(house, agency_id, PLATFORM, key)
    rotated = replace(account, secrets=rotate(account.secrets, public_key))
    await store(house, rotated)
    return _show(rotated)


async def finish_rotation(house: House, agency_id: UUID, key: str) -> None:
    """Forget an account's old keys. Raises `NotFound`, `Refused` when none are left."""
    account = await own_account(house, agency_id, PLATFORM, key)
    old = under_way(account.secrets)
    if not old:
        raise Refused(f"No rotation of http/{key} is under way.")
    async with house.app.unit(agency_id) as unit:
        for name in old:
            await drop_secret(unit, account.id, name)


def _show(account: Account) -> AppConnected:
    return AppConnected(
        key=account.key,
        path=f"/webhooks/{PLATFORM}/{account.key}",
        inbound_secret=account.secrets[INBOUND_SECRET],
        outbound_secret=account.secrets[OUTBOUND_SECRET],
        outbound_public_key=public_half(account.secrets[OUTBOUND_PRIVATE]),
        app_public_key=account.secrets.get(INBOUND_PUBLIC),
    )


def show_keys(connected: AppConnected, settings: Settings) -> None:
    """Print what the app must be told. This is the only place that ever shows it."""
    address = settings.public_url.rstrip("/") or operator_door(settings)[0]
    print(f"  the app posts to        {address}{connected.path}")
    print(f"  and signs with          {connected.inbound_secret}")
    if connected.app_public_key:
        print(f"  or with the pair of     {connected.app_public_key}")
    print(f"  Muse signs with (v1)    {connected.outbound_secret}")
    print(f"  and the pair of (v1a)   {connected.outbound_public_key}")
    print("Keep them now: they are not shown again.")
