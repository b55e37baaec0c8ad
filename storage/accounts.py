"""Accounts, influencers and operators: who a request is for, and who speaks there."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from core.errors import Refused, Unauthorised
from core.ids import new_id
from core.nouns import Account, Influencer
from storage.database import Database
from storage.personas import Making, keep_version, may_speak, use_version
from storage.queries import Queries
from storage.seal import Seal
from storage.unit import Unit

ACCOUNTS = Queries("accounts")
OPERATORS = Queries("operators")
PREVIEW = "preview"
"""The platform on which operators try personas out; whoever must not speak may be looked at there."""


class Address(Struct, frozen=True):
    """Where an account lives."""

    agency_id: UUID
    account_id: UUID


class Operator(Struct, frozen=True):
    """A person of an agency, by the token it showed."""

    agency_id: UUID
    operator_id: UUID
    name: str


class _Sealed(Struct, frozen=True):
    name: str
    sealed: bytes


async def put_agency(database: Database, slug: str, name: str) -> UUID:
    """Make an agency, or find the one of that short name; return its id."""
    async with database.unit() as unit:
        return UUID(str(await ACCOUNTS["put_agency"].value(unit, new_id(), slug, name)))


async def load_account(unit: Unit, account_id: UUID) -> Account:
    """Return an account without its secrets. Raises `NotFound`."""
    return await ACCOUNTS["load"].one(unit, Account, account_id)


async def open_account(unit: Unit, seal: Seal, account_id: UUID) -> Account:
    """Return an account with its secrets open. Raises `NotFound`."""
    account = await load_account(unit, account_id)
    sealed = await ACCOUNTS["secrets"].all(unit, _Sealed, account_id)
    return structs.replace(account, secrets={s.name: seal.open(account_id, s.name, s.sealed) for s in sealed})


async def find_account(database: Database, seal: Seal, platform: str, key: str) -> Account:
    """Return the account that an address names. Raises `Unauthorised` for an unknown one, so that all doors look alike."""
    async with database.unit() as unit:
        address = await ACCOUNTS["find"].first(unit, Address, platform, key)
    if address is None:
        raise Unauthorised("Unknown account or wrong signature.")
    async with database.unit(address.agency_id) as unit:
        return await open_account(unit, seal, address.account_id)


async def list_accounts(unit: Unit) -> list[Account]:
    """Return the agency's active accounts, without secrets."""
    return await ACCOUNTS["list"].all(unit, Account)


async def put_account(unit: Unit, seal: Seal, account: Account) -> UUID:
    """Make an account or set it right, with its secrets sealed; return its id.

    Raises `Refused` for an influencer whose age nobody has stated: it must not speak.
    """
    if not await may_speak(unit, account.influencer_id) and account.platform != PREVIEW:
        raise Refused(
            "Nobody has stated this influencer's age yet, so that it must not speak; type: muse persona age NAME YEARS"
        )
    found = await ACCOUNTS["put"].value(
        unit,
        account.id,
        account.influencer_id,
        account.platform,
        account.key,
        account.inbound,
        account.sandbox,
        account.autonomy,
        account.options,
    )
    account_id = UUID(str(found))
    for name, secret in account.secrets.items():
        await ACCOUNTS["put_secret"].run(unit, account_id, name, seal.close(account_id, name, secret))
    return account_id


async def drop_secret(unit: Unit, account_id: UUID, name: str) -> None:
    """Forget a secret of an account; an unknown one is ignored."""
    await ACCOUNTS["drop_secret"].run(unit, account_id, name)


async def change_account(unit: Unit, account: Account) -> None:
    """Write autonomy, sandbox, quiet time and options of an account as they stand in it."""
    await ACCOUNTS["change"].run(unit, account.id, account.autonomy, account.sandbox, account.quiet_s, account.options)


async def admit_owners(unit: Unit, account_id: UUID, before: Sequence[str], now: Sequence[str]) -> None:
    """Hold connected chats to who may let an account speak in theirs (none named: anybody), where that changes.

    A connection that has ended meanwhile is opened, too; the platform refuses what is sent through it.
    """
    await ACCOUNTS["admit"].run(unit, account_id, list(before), list(now))


async def load_influencer(unit: Unit, influencer_id: UUID) -> Influencer:
    """Return who speaks, with the persona version in force. Raises `NotFound`."""
    return await ACCOUNTS["influencer"].one(unit, Influencer, influencer_id)


async def find_influencer(unit: Unit, slug: str) -> Influencer:
    """Return an influencer by its short name. Raises `NotFound`."""
    return await ACCOUNTS["influencer_by_slug"].one(unit, Influencer, slug)


async def put_influencer(
    unit: Unit, slug: str, name: str, document: dict[str, Any], checksum: str, made_by: str = "operator", note: str = ""
) -> Influencer:
    """Make an influencer or find it, and let it speak by this persona; the same document makes no new version.

    Raises `Refused` for a persona without an age where the one in force has one.
    """
    influencer_id = await name_influencer(unit, slug, name)
    version_id, _ = await keep_version(unit, influencer_id, Making(document, checksum, made_by, note))
    await use_version(unit, influencer_id, version_id, made_by, note)
    return await load_influencer(unit, influencer_id)


async def name_influencer(unit: Unit, slug: str, name: str) -> UUID:
    """Make an influencer that has no persona yet, or find the one of that short name and call it so; return its id."""
    return UUID(str(await ACCOUNTS["put_influencer"].value(unit, new_id(), slug, name)))


async def poll_cursor(unit: Unit, account_id: UUID) -> str | None:
    """Return how far long polling has confirmed."""
    found = await ACCOUNTS["poll_cursor"].value(unit, account_id)
    return None if found is None else str(found)


async def set_poll_cursor(unit: Unit, account_id: UUID, cursor: str | None) -> None:
    """Remember how far long polling has confirmed."""
    await ACCOUNTS["set_poll_cursor"].run(unit, account_id, cursor)


async def find_operator(database: Database, token: str) -> Operator:
    """Return who holds a token. Raises `Unauthorised`."""
    async with database.unit() as unit:
        found = await OPERATORS["find"].first(unit, Operator, _hash(token))
    if found is None:
        raise Unauthorised("The operator token is missing or wrong.")
    return found


async def put_operator(unit: Unit, name: str, token: str) -> None:
    """Make an operator, or give an old one a new token; only the token's hash is kept."""
    await OPERATORS["put"].run(unit, new_id(), name, _hash(token))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
