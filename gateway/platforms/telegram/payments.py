"""Stars: what Telegram says of payments, the invoice that sells a pack, and which charge a purchase was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

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
"""So many pages of Star transactions are read back from the time of a payment."""

LATE_S = 300.0
"""How far Telegram's clock and ours may be apart."""


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


async def find_charge(client: BotClient, account: Account, handle: str, payload: str, paid_at: datetime) -> str:
    """Return the charge of a purchase that came without one, by the bot's Star transactions. Raises `NotFound`, `TryLater`.

    Telegram lists them oldest first (Bot API, getStarTransactions): the page of `paid_at` is found by halves, and from it on
    the list is read back, since we hear of a payment after it was made.
    """
    pages = _Pages(client, account)
    last = await _first_page(pages, paid_at.timestamp() + LATE_S)
    for number in range(last, max(-1, last - PAGES), -1):
        for one in await pages.read(number):
            source = one.source
            named = source and payload in (source.paid_media_payload, source.invoice_payload)
            if source and named and source.user and str(source.user.id) == handle:
                return one.id
    raise NotFound("Telegram's list of Star payments does not have this one.")


class _Pages:
    """The bot's Star transactions by pages, each asked for once."""

    def __init__(self, client: BotClient, account: Account) -> None:
        self._client, self._account = client, account
        self._read: dict[int, tuple[wire.StarTransaction, ...]] = {}

    async def read(self, number: int) -> tuple[wire.StarTransaction, ...]:
        if number not in self._read:
            body = {"offset": number * PAGE, "limit": PAGE}
            found = await self._client.ask(self._account, "getStarTransactions", body, wire.StarTransactions)
            self._read[number] = found.transactions
        return self._read[number]


async def _first_page(pages: _Pages, until: float) -> int:
    """Return the first page that is the list's last, or ends later than `until`, in Unix seconds."""
    before, here = -1, 0
    while not _reaches(await pages.read(here), until):
        before, here = here, 2 * here + 1
    while here - before > 1:
        middle = (before + here) // 2
        if _reaches(await pages.read(middle), until):
            here = middle
        else:
            before = middle
    return here


def _reaches(page: Sequence[wire.StarTransaction], until: float) -> bool:
    return len(page) < PAGE or page[-1].date > until
