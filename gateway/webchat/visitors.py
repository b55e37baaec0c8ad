"""Who stands at the page's door: the account that the address names, the fan whom the cookie proves, and their chat."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import FromPath

from core.errors import NotFound, Refused, Unauthorised
from core.nouns import Account, Conversation
from gateway.doorway import Doorway
from gateway.webchat.session import FanSessions
from storage.conversations import conversation_of
from storage.fans import find_fan
from storage.unit import Unit

PLATFORM = "webchat"


async def provide_account(doorway: NamedDependency[Doorway], account_key: FromPath[str]) -> Account:
    """Return the webchat account of the address. Raises `NotFound`."""
    try:
        return await doorway.book.find(PLATFORM, account_key)
    except Refused:
        raise NotFound("There is nobody here.") from None


async def provide_handle(
    request: Request[Any, Any, Any],
    doorway: NamedDependency[Doorway],
    sessions: NamedDependency[FanSessions],
    account: NamedDependency[Account],
) -> str:
    """Return the fan's handle that the cookie proves. Raises `Unauthorised`, also for a fan who was forgotten."""
    handle = sessions.read(account, request.cookies)
    async with doorway.house.app.unit(account.agency_id) as unit:
        if await find_fan(unit, PLATFORM, handle) is None:
            raise Unauthorised("Please open the chat anew.")
    return handle


async def is_known(request: Request[Any, Any, Any], sessions: FanSessions, account: Account, unit: Unit) -> bool:
    """Whether the cookie proves a fan whom we have: they confirmed to be an adult, and were not forgotten."""
    try:
        handle = sessions.read(account, request.cookies)
    except Refused:
        return False
    return await find_fan(unit, PLATFORM, handle) is not None


async def conversation_with(doorway: Doorway, account: Account, handle: str) -> Conversation:
    """Return the chat of a fan with this account. Raises `NotFound` before their first word."""
    async with doorway.house.app.unit(account.agency_id) as unit:
        found = await conversation_of(unit, account.id, handle)
    if found is None:
        raise NotFound("There is no such thing here.")
    return found
