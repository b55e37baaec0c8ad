"""Stars: what Telegram says of payments, the invoice that sells a pack, and which charge a purchase was."""

from __future__ import annotations

from core.errors import NotFound
from core.inbound import AnyInbound, InboundCheckout, InboundPurchase, InboundRefund, Sender
from core.money import Money
from core.nouns import Account
from core.outbound import PackPart
from gateway.platforms.foreign import clean, moment
from gateway.platforms.telegram import wire
from gateway.platforms.telegram.chats import Where
from gateway.platforms.telegram.client import BotClient
from gateway.platforms.telegram.messages import Reading, read_sender, sender_of
from gateway.platforms.telegram.packs import caption_of, check

INVOICE = "invoice"
PAID_MEDIA = "paid_media"
TITLE = 32
ABOUT = 255
START = "pack"
"""With a start parameter, a forwarded invoice shows a link to the bot instead of a button to pay."""

PAGE = 100
PAGES = 50


def read_service(reading: Reading, message: wire.Message) -> AnyInbound | None:
    """Read a message that tells of a payment made or given back; none for any other."""
    chat, at = str(message.chat.id), moment(message.date) or reading.now
    if message.chat.type != "private":
        return None
    if paid := message.successful_payment:
        return InboundPurchase(
            event_key=reading.key,
            at=at,
            sender=sender_of(message),
            conversation_key=chat,
            payload=clean(paid.invoice_payload),
            paid=_taken(paid),
            charge_key=clean(paid.telegram_payment_charge_id),
            sandbox=reading.account.sandbox,
            hand_over=True,  # an invoice shows nothing of what it sells
        )
    if back := message.refunded_payment:
        return InboundRefund(
            event_key=reading.key,
            at=at,
            sender=Sender(chat),  # the chat's user, whoever the service message is from
            conversation_key=chat,
            charge_key=clean(back.telegram_payment_charge_id),
            payload=clean(back.invoice_payload),
        )
    return None


def _taken(paid: wire.Payment) -> Money | None:
    return None if paid.total_amount is None or paid.currency is None else Money(paid.total_amount, clean(paid.currency))


def read_paid_media(reading: Reading, bought: wire.PaidMediaPurchase) -> InboundPurchase:
    """Read an unlock. Telegram names no chat: a private one has its user's id, and the ledger knows where it was offered.

    Nor does it say what was paid: that is what the message asked.
    """
    return InboundPurchase(
        event_key=reading.key,
        at=reading.now,
        sender=read_sender(bought.sender),
        conversation_key=str(bought.sender.id),
        payload=clean(bought.paid_media_payload),
        sandbox=reading.account.sandbox,
    )


def read_checkout(reading: Reading, asked: wire.PreCheckout) -> InboundCheckout:
    """Read the question whether a payment may go on."""
    return InboundCheckout(
        event_key=reading.key,
        at=reading.now,
        sender=read_sender(asked.sender),
        conversation_key=str(asked.sender.id),
        query_key=clean(asked.id),
        payload=clean(asked.invoice_payload),
        amount=asked.total_amount,
        unit=clean(asked.currency),
    )


def sells_by_invoice(account: Account, where: Where) -> bool:
    """Say whether a pack is sold by invoice here; in a connection's chats Telegram takes paid media only."""
    return account.options.get("sell_by") == INVOICE and where.connection is None


def invoice(where: Where, part: PackPart) -> dict[str, object]:
    """Build the body of sendInvoice. Its picture would have to be fetched from a public address, so it has none."""
    check(part)
    title = shorten(part.title, TITLE)
    return {
        **where.fields(),
        "title": title,
        "description": shorten(caption_of(part), ABOUT) or title,
        "payload": part.payload,
        "provider_token": "",
        "currency": part.price.unit,
        "prices": [{"label": title, "amount": part.price.amount}],
        "start_parameter": START,
    }


def shorten(text: str, limit: int) -> str:
    """Cut a text to so many characters, at a word's end where there is one."""
    words = " ".join(text.split())
    if len(words) <= limit:
        return words
    head = words[: limit - 1]
    return f"{head.rpartition(' ')[0] or head}…"


async def find_charge(client: BotClient, account: Account, handle: str, payload: str) -> str:
    """Return the charge of a purchase that came without one, by the bot's Star transactions. Raises `NotFound`, `TryLater`."""
    for page in range(PAGES):
        body = {"offset": page * PAGE, "limit": PAGE}
        found = (await client.ask(account, "getStarTransactions", body, wire.StarTransactions)).transactions
        for one in found:
            source = one.source
            named = source and payload in (source.paid_media_payload, source.invoice_payload)
            if source and named and source.user and str(source.user.id) == handle:
                return one.id
        if len(found) < PAGE:
            break
    raise NotFound("Telegram's list of Star payments does not have this one.")
