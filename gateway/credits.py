"""The top-up webhook: a shop outside tells, signed, that an agency bought credits."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Raw, Struct

from core.errors import BadInput, Misconfigured, Unauthorised
from core.log import get_logger
from gateway.doorway import Doorway
from gateway.platforms.foreign import clean, decode
from gateway.platforms.http import signatures
from storage import credits
from storage.credits import MOST

TOP_UPS = "/credits/{agency}/top-ups"
TOPPED_UP = "credits.topped_up"
log = get_logger(__name__)


class TopUp(Struct, frozen=True):
    """What was bought; `note` stands in the ledger."""

    amount: Annotated[int, Meta(ge=1, le=MOST)]
    note: Annotated[str, Meta(max_length=500)] = ""


class ShopEvent(Struct, frozen=True):
    """An event of a shop."""

    type: str
    data: Raw = Raw(b"{}")


@post("/credits/{agency:str}/top-ups", status_code=HTTP_200_OK, tags=["Credits"], summary="Book credits that were bought")
async def top_up(request: Request[Any, Any, Any], doorway: NamedDependency[Doorway], agency: FromPath[str]) -> dict[str, bool]:
    """Verify a shop's webhook over its raw bytes and book it once by its id.

    Unknown agency, no key and wrong signature all answer 401. Types that are not ours are let pass, unbooked.
    """
    raw = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    shop = await credits.find_shop(doorway.house.app, doorway.house.seal, agency)
    try:
        if shop is None:
            raise Unauthorised("There is no such agency.")
        agency_id, keys = shop
        webhook_id = signatures.verify(keys, headers, raw, doorway.clock.now())
    except (Unauthorised, Misconfigured) as error:
        log.info("top_up_refused", reason=str(error))
        raise Unauthorised("Unknown agency or wrong signature.") from None
    event = decode(raw, ShopEvent)
    if event.type != TOPPED_UP:
        return {"ok": True, "booked": False}
    try:
        bought = msgspec.json.decode(event.data, type=TopUp)
    except (msgspec.MsgspecError, UnicodeError):
        raise BadInput(f"A {TOPPED_UP} holds an amount of 1 to {MOST} credits, and a note of 500 characters.") from None
    async with doorway.house.app.unit(agency_id) as unit:
        booked = await credits.top_up(unit, bought.amount, webhook_id, clean(bought.note))
    log.info("credits_topped_up", amount=bought.amount, booked=booked)
    return {"ok": True, "booked": booked}
