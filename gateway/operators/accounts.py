"""Accounts and how freely their agents speak: never more freely than the platform allows."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from core.errors import BadInput, Refused
from core.nouns import Account
from core.platform_policy import effective_autonomy
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from storage import accounts
from storage.accounts import Operator
from storage.unit import Unit

Autonomy = Literal["auto", "risk", "approve", "off"]
Quiet = Annotated[float, Meta(ge=0, le=3600)]
Owners = Annotated[list[Annotated[str, Meta(pattern=r"^[0-9]{1,19}$")]], Meta(max_length=100)]
Region = Annotated[str, Meta(pattern=r"^[a-z][a-z-]{1,31}$")]
OPTIONS = ("sell_by", "business_owners", "rates", "region")


class AccountView(Struct, frozen=True):
    """An account. `autonomy` is what was set, `ceiling` the most that its platform allows, `in_force` the stricter of both.

    auto: replies go out; risk: those with a risk wait for a person; approve: all wait; off: the agent says nothing.
    `quiet_s` is its own quiet time in seconds; none: the platform's, or the house's. `sell_by` is how packs are sold where
    the platform has several ways; `business_owners` are who alone may let the account speak in their chats, empty: anybody.
    `rates`: `kept`, or `off` for a server without limits of its own; a platform's "slow down" is obeyed in either case.
    `region`: whose rule pack holds here, none: the agency's. `business_authorised`: owners of connected chats who have
    authorised models outside this house, each with who recorded it and when.
    """

    id: UUID
    platform: str
    key: str
    influencer: str
    inbound: str
    sandbox: bool
    autonomy: str
    ceiling: str
    in_force: str
    quiet_s: float | None
    sell_by: str | None
    business_owners: list[str]
    rates: str
    region: str | None
    business_authorised: dict[str, dict[str, str]]


class AccountChange(Struct, frozen=True):
    """What to set; what is left out stays. A `quiet_s` of null takes the account's own quiet time away.

    `region`: whose rule pack holds here (null: the agency's). `authorise` and `revoke`: owners of connected chats who have (no
    more) authorised that a model outside this house reads what is said there; who recorded it, and when, is kept.
    """

    autonomy: Autonomy | UnsetType = UNSET
    sandbox: bool | UnsetType = UNSET
    quiet_s: Quiet | UnsetType | None = UNSET
    sell_by: str | UnsetType = UNSET
    business_owners: Owners | UnsetType = UNSET
    rates: Literal["kept", "off"] | UnsetType = UNSET
    region: Region | UnsetType | None = UNSET
    authorise: Owners | UnsetType = UNSET
    revoke: Owners | UnsetType = UNSET


@get("/accounts", summary="List accounts and how freely their agents speak")
async def list_accounts(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator]) -> list[AccountView]:
    """Return the agency's accounts, without secrets."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return [await _view(doorway, unit, account) for account in await accounts.list_accounts(unit)]


@post("/accounts/{account_id:uuid}", status_code=HTTP_200_OK, summary="Set how an account behaves")
async def change_account(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    account_id: FromPath[UUID],
    data: JSONBody[AccountChange],
) -> AccountView:
    """Change an account; the next turn goes by it. More autonomy than the platform allows answers 409."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        account = await accounts.load_account(unit, account_id)
        wanted = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
        options = {name: wanted.pop(name) for name in OPTIONS if name in wanted}
        given, taken = wanted.pop("authorise", []), wanted.pop("revoke", [])
        _check_options(doorway, account, {**options, **({"business_owners": []} if given or taken else {})})
        if given or taken:
            record = {"by": operator.name, "at": doorway.clock.now().isoformat(timespec="seconds")}
            known = {**(account.options.get("business_authorised") or {}), **dict.fromkeys(given, record)}
            options["business_authorised"] = {owner: kept for owner, kept in known.items() if owner not in taken}
        changed = structs.replace(account, **wanted, options={**account.options, **options})
        if data.autonomy is not UNSET:
            _check_ceiling(doorway, changed)
        await accounts.change_account(unit, changed)
        if "business_owners" in options:
            before, named = account.options.get("business_owners") or [], changed.options["business_owners"]
            await accounts.admit_owners(unit, account.id, before, named)
        return await _view(doorway, unit, changed)


def _check_ceiling(doorway: Doorway, account: Account) -> None:
    ceiling = doorway.platforms[account.platform].policy.autonomy_ceiling
    if effective_autonomy(account.autonomy, ceiling) != account.autonomy:
        raise Refused(f"{account.platform} allows no more autonomy than {ceiling!r}; {account.autonomy!r} is more.")


def _check_options(doorway: Doorway, account: Account, options: dict[str, object]) -> None:
    policy = doorway.platforms[account.platform].policy
    ways = policy.sells_by
    if "business_owners" in options and not policy.connections:
        raise BadInput(f"Nobody can let {account.platform} speak in their own chats.")
    if "sell_by" in options and options["sell_by"] not in ways:
        raise BadInput(f"{account.platform} sells {_listed(ways)}, not by {options['sell_by']!r}.")


def _listed(ways: tuple[str, ...]) -> str:
    return f"by {' or '.join(ways)}" if ways else "in one way only"


async def _view(doorway: Doorway, unit: Unit, account: Account) -> AccountView:
    policy = doorway.platforms[account.platform].policy
    ceiling = policy.autonomy_ceiling
    return AccountView(
        id=account.id,
        platform=account.platform,
        key=account.key,
        influencer=(await accounts.load_influencer(unit, account.influencer_id)).slug,
        inbound=account.inbound,
        sandbox=account.sandbox,
        autonomy=account.autonomy,
        ceiling=ceiling,
        in_force=effective_autonomy(account.autonomy, ceiling),
        quiet_s=account.quiet_s,
        sell_by=account.options.get("sell_by") or next(iter(policy.sells_by), None),
        business_owners=account.options.get("business_owners") or [],
        rates=account.options.get("rates") or "kept",
        region=account.options.get("region"),
        business_authorised=account.options.get("business_authorised") or {},
    )


router = Router(
    "/api",
    route_handlers=[list_accounts, change_account],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Accounts"],
    security=[{"operator": []}],
)
