"""Stars and buttons: invoices, their queries, refunds, the balance."""

from __future__ import annotations

from evals.simulators.telegram.bots import Bot
from evals.simulators.telegram.errors import bad_request
from evals.simulators.telegram.methods.messages import read_extras, show
from evals.simulators.telegram.nouns import Entry
from evals.simulators.telegram.params import Params


async def send_invoice(bot: Bot, params: Params) -> object:
    """Send an invoice in Stars: exactly one price, no provider token, a payload of 1 to 128 bytes."""
    chat = bot.reach(params)
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
    """Give the Stars of an invoice back."""
    charge = bot.charges.get(params.text("telegram_payment_charge_id"))
    if charge is None or charge.user_id != params.integer("user_id"):
        raise bad_request("CHARGE_ID_INVALID")
    if charge.refunded:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    charge.refunded = True
    bot.stars -= charge.stars
    return True


async def get_my_star_balance(bot: Bot, _params: Params) -> object:
    """Return the Stars that the bot has earned and not given back."""
    return {"amount": bot.stars}
