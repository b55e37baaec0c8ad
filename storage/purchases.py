"""What was bought, and payments that are given back: an operator orders it, a worker asks the platform, a row says it is so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.errors import NotFound, Refused
from storage.queries import Queries
from storage.unit import Unit

PURCHASES = Queries("purchases")
CALL_S = 60.0
"""How long a refund is left to the worker that has claimed it; longer than any adapter waits for an answer."""


class PurchaseRow(Struct, frozen=True):
    """One purchase as a person sees it; `amount` in minor units.

    `refund_state`: none, waiting, done or refused (`refund_error` says why); `refund_reason`:
    why the house ordered it by itself; `handover_state`: waiting, leaving, done or
    withdrawn where the pictures are ours to send.
    """

    id: UUID
    purchased_at: datetime
    platform: str
    account: str
    fan: str
    title: str
    amount: int
    unit: str
    sandbox: bool
    conversation_id: UUID
    refunded_at: datetime | None
    refund_ordered_by: str | None
    refund_state: str | None
    refund_error: str | None
    handover_state: str | None
    refund_reason: str | None = None


class RefundOrder(Struct, frozen=True):
    """A payment that this worker, and nobody else, asks the platform to give back now."""

    purchase_id: UUID
    ordered_by: str
    attempts: int
    account_id: UUID
    charge_key: str | None
    sandbox: bool
    handle: str
    payload: str
    purchased_at: datetime
    conversation_id: UUID


async def list_purchases(unit: Unit, limit: int = 100) -> list[PurchaseRow]:
    """Return the agency's purchases, newest first."""
    return await PURCHASES["list"].all(unit, PurchaseRow, None, limit)


async def load_purchase(unit: Unit, purchase_id: UUID) -> PurchaseRow:
    """Return one purchase. Raises `NotFound`."""
    found = await PURCHASES["list"].first(unit, PurchaseRow, purchase_id, 1)
    if found is None:
        raise NotFound("There is no such purchase.")
    return found


async def is_kept(unit: Unit, offer_id: UUID) -> bool:
    """Say whether an offer was bought, and the payment neither was given back nor is to be."""
    return bool(await PURCHASES["kept"].value(unit, offer_id))


async def order_refund(unit: Unit, purchase_id: UUID, operator: str) -> PurchaseRow:
    """Have a payment given back. Raises `NotFound`, and `Refused` for one that was given back already."""
    row = await load_purchase(unit, purchase_id)
    if row.refunded_at is not None:
        raise Refused("The payment was given back already.")
    await PURCHASES["order_refund"].run(unit, purchase_id, operator)
    return await load_purchase(unit, purchase_id)


async def claim_refund(unit: Unit, purchase_id: UUID) -> RefundOrder | None:
    """Take a refund that waits; nothing when none does, or another worker has it."""
    return await PURCHASES["claim_refund"].first(unit, RefundOrder, purchase_id, CALL_S)


async def settle_refunded(unit: Unit, order: RefundOrder) -> None:
    """The fan has the money back; the pack is not theirs any more."""
    await PURCHASES["refunded"].run(unit, order.purchase_id, order.ordered_by)
    await PURCHASES["settle_refund"].run(unit, order.purchase_id, "done", None, 0.0)


async def settle_refund_refused(unit: Unit, order: RefundOrder, error: Exception) -> None:
    """The platform does not give it back; a person must look."""
    await PURCHASES["settle_refund"].run(unit, order.purchase_id, "refused", str(error), 0.0)


async def settle_refund_later(unit: Unit, order: RefundOrder, error: Exception, after_s: float) -> None:
    """It is asked again after some seconds: a refund may be repeated."""
    await PURCHASES["settle_refund"].run(unit, order.purchase_id, "waiting", str(error), after_s)
