"""Stars and buttons: invoices, their queries, refunds, the balance."""

from __future__ import annotations

from evals.simulators.telegram.bots import Bot, Charge
from evals.simulators.telegram.errors import bad_request
from evals.simulators.telegram.methods.messages import read_extras, show
from evals.simulators.telegram.nouns import Entry, Json
from evals.simulators.telegram.params import Params


async def send_invoice(bot: Bot, params: Params) -> object:
    """Send an invoice in Stars: exactly one price, no provider token, a payload of 1 to 128 bytes.

    It goes to the bot's own chat: invoices know no business connection, and Telegram passes over parameters it does not know.
    """
    chat = bot.reach(Params({name: value for name, value in params.values.items() if name != "business_connection_id"}))
    title, about, payload = params.text("title"), params.text("description"), params.text("payload")
    if not 1 <= len(title) <= 32:
        raise bad_request("invalid title specified")
    if not 1 <= len(about) <= 255:
        raise bad_request("invalid description specified")
    if not 1 <= len(payload.encode()) <= 128:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    if params.text("currency") != "XTR":
        raise bad_request("CURRENCY_INVALID")  # digital goods are sold for Stars only
    if params.text("provider_token"):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    prices = params.objects("prices")
    if len(prices) != 1:
        raise bad_request("STARS_INVOICE_INVALID")
    stars = prices[0].get("amount")
    if not isinstance(stars, int) or not 1 <= stars <= 100_000:
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    extras = read_extras(chat, params)
    bot.limiter.take(chat.person.id)
    entry = Entry("invoice", "bot", 0.0, text=title, price=stars, locked=True, payload=payload)
    invoice = {"title": title, "description": about, "start_parameter": "", "currency": "XTR", "total_amount": stars}
    return show(bot, chat, extras, entry, {"invoice": invoice})


async def answer_pre_checkout_query(bot: Bot, params: Params) -> object:
    """Agree to a payment, or say why not."""
    if not params.boolean("ok") and not params.text("error_message"):
        raise bad_request("error message is empty")
    bot.answer(params.text("pre_checkout_query_id"), params)
    return True


async def answer_callback_query(bot: Bot, params: Params) -> object:
    """Answer a pressed button."""
    if len(params.text("text")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    bot.answer(params.text("callback_query_id"), params)
    return True


async def refund_star_payment(bot: Bot, params: Params) -> object:
    """Give Stars back; the chat shows it, and the bot gets the service message that says so."""
    charge = bot.charges.get(params.text("telegram_payment_charge_id"))
    if charge is None or charge.user_id != params.integer("user_id"):
        raise bad_request("CHARGE_ID_INVALID")
    if charge.refunded:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    charge.refunded = True
    bot.stars -= charge.stars
    chat = bot.chat(bot.people[charge.user_id])
    told = {
        "currency": "XTR",
        "total_amount": charge.stars,
        "invoice_payload": charge.payload,
        "telegram_payment_charge_id": charge.id,
    }
    entry = Entry("refund", "bot", 0.0, price=charge.stars, payload=charge.payload)
    message = show(bot, chat, ({}, None), entry, {"refunded_payment": told})
    entry.update_id = bot.feed.push("message", message, chat.person.id)
    return True


async def get_star_transactions(bot: Bot, params: Params) -> object:
    """Return the movements of Stars in order, those given back a second time as paid out."""
    offset, limit = params.integer("offset"), params.integer("limit", 100)
    if not 1 <= limit <= 100:
        raise bad_request("LIMIT_INVALID")
    movements = [movement for charge in bot.charges.values() for movement in _movements(bot, charge)]
    return {"transactions": movements[offset : offset + limit]}


def _movements(bot: Bot, charge: Charge) -> list[Json]:
    partner: Json = {
        "type": "user",
        "transaction_type": f"{charge.kind}_payment",
        "user": bot.people[charge.user_id].as_user(),
        f"{charge.kind}_payload": charge.payload,
    }
    paid: Json = {"id": charge.id, "amount": charge.stars, "date": charge.date}
    return [{**paid, "source": partner}, *([{**paid, "receiver": partner}] if charge.refunded else [])]


async def get_my_star_balance(bot: Bot, _params: Params) -> object:
    """Return the Stars that the bot has earned and not given back."""
    return {"amount": bot.stars}
