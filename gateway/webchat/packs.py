"""Unlocking an offered pack: on sandbox accounts only, where no money moves."""

from __future__ import annotations

from uuid import UUID, uuid4

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED
from msgspec import Struct

from core.errors import EffectRefused, NotFound
from core.log import correlated
from core.nouns import Account
from gateway.doorway import Doorway
from gateway.webchat.limits import slow_looks
from gateway.webchat.visitors import conversation_with
from gateway.webchat.wording import PageWords
from shop.checkouts import check_unlock, check_unlocked
from shop.purchases import offer_payload


class Unlock(Struct, frozen=True):
    """Which offer to unlock."""

    offer_id: UUID


@post("/unlock", status_code=HTTP_202_ACCEPTED, summary="Unlock a pack without money, on sandbox accounts")
async def unlock(
    doorway: NamedDependency[Doorway],
    account: NamedDependency[Account],
    handle: NamedDependency[str],
    words: NamedDependency[PageWords],
    data: JSONBody[Unlock],
) -> dict[str, bool]:
    """Buy an offer in the sandbox: no money moves, and the row says so. Other accounts have no such door.

    An offer that does not stand any more answers 409 with a sentence for the fan; so does one that lost to another of the same
    pack while it was written, which the house gives back by itself.
    """
    if not account.sandbox:
        raise NotFound("Buying is not set up here.")
    await slow_looks(doorway, handle)
    try:
        return await _unlock(doorway, account, handle, data.offer_id)
    except EffectRefused as error:
        raise words.refuse(error) from None


async def _unlock(doorway: Doorway, account: Account, handle: str, offer_id: UUID) -> dict[str, bool]:
    conversation = await conversation_with(doorway, account, handle)
    async with doorway.house.app.unit(account.agency_id) as unit:
        payload = await offer_payload(unit, offer_id, conversation.fan_id)
        await check_unlock(unit, offer_id, doorway.platforms[account.platform].policy)
    body = {"key": offer_id, "unlock": payload, "handle": handle, "at": doorway.clock.now()}
    correlation_id = uuid4().hex
    with correlated(correlation_id):
        await doorway.take_in(account, msgspec.json.encode(body), correlation_id)
    await doorway.house.live.publish(conversation.id, {"event": "change"})
    async with doorway.house.app.unit(account.agency_id) as unit:
        await check_unlocked(unit, offer_id)
    return {"ok": True}
