"""What a person does makes the updates that Telegram would make."""

import asyncio

import pytest

from evals.simulators.telegram import TelegramSimulator


async def updates(api) -> list[dict]:
    return (await api("getUpdates"))[1]["result"]


async def test_start_with_a_deep_link(api, telegram, luna):
    zoe = telegram.add_user("Zoe", language=None)
    zoe.start(luna, "promo42")
    message = (await updates(api))[0]["message"]
    assert message["text"] == "/start promo42"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"] == {"id": zoe.id, "is_bot": False, "first_name": "Zoe"}


async def test_a_later_simulator_goes_on_counting():
    async with TelegramSimulator(used_ids=1000) as later:
        sent = (fan := later.add_user()).start(bot := later.add_bot())
        assert (sent.message_id, sent.update_id) == (1001, 700_001_001)
        assert fan.chat(bot).find(1001) is sent


async def test_an_album_is_several_updates_of_one_group(api, luna, mia, picture):
    entries = mia.send_album(luna, [picture] * 3, "summer")
    messages = [update["message"] for update in (await updates(api))[1:]]
    assert [message.get("caption") for message in messages] == ["summer", None, None]
    assert {message["media_group_id"] for message in messages} == {entries[0].group}
    with pytest.raises(ValueError, match="2 to 10"):
        mia.send_album(luna, [picture])


async def test_voice_sticker_edit_and_reply(api, luna, mia):
    voice, sticker = mia.send_voice(luna, b"ogg", seconds=7), mia.send_sticker(luna, b"webp", "🐶")
    text = mia.send_text(luna, "teh dog", reply_to=sticker)
    mia.edit(luna, text, "the dog")
    *_, spoken, stuck, said, edited = await updates(api)
    assert spoken["message"]["voice"]["duration"] == 7
    assert spoken["message"]["message_id"] == voice.message_id
    assert stuck["message"]["sticker"]["emoji"] == "🐶"
    assert said["message"]["reply_to_message"]["message_id"] == sticker.message_id
    assert edited["edited_message"]["text"] == "the dog"
    assert edited["edited_message"]["message_id"] == said["message"]["message_id"]
    with pytest.raises(ValueError, match="of one's own"):
        mia.edit(luna, voice, "no text")


async def test_blocking_is_told(api, luna, mia):
    mia.block(luna)
    with pytest.raises(ValueError, match="has blocked the bot"):
        mia.send_text(luna, "hello?")
    with pytest.raises(ValueError, match="nothing to change"):
        mia.block(luna)
    mia.start(luna)  # "Restart" lets the bot in again
    changes = [update["my_chat_member"] for update in await updates(api) if "my_chat_member" in update]
    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked", "member"]
    assert changes[0]["old_chat_member"]["user"]["username"] == "luna_bot"


async def test_what_the_app_would_not_send(telegram, luna, mia):
    for text in ("", "  ", "a" * 4097):
        with pytest.raises(ValueError, match="texts of 1 to 4096"):
            mia.send_text(luna, text)
    with pytest.raises(ValueError, match="never started it"):
        telegram.add_user("Zoe").send_text(luna, "hi")


async def invoice(api, mia, **changes):
    prices = [{"label": "Pack", "amount": 30}]
    params = {"title": "Pack", "description": "Beach", "payload": "p1", "currency": "XTR", "prices": prices, **changes}
    return await api("sendInvoice", chat_id=mia.id, **params)


async def test_an_invoice_is_paid_and_refunded(api, luna, mia):
    assert (await invoice(api, mia))[1]["result"]["invoice"]["total_amount"] == 30
    paying = asyncio.create_task(mia.pay(luna, mia.chat(luna).messages(kind="invoice")[0]))
    await asyncio.sleep(0)
    query = (await updates(api))[-1]["pre_checkout_query"]
    assert (query["invoice_payload"], query["total_amount"], query["currency"]) == ("p1", 30, "XTR")
    assert (await api("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True))[1]["result"] is True
    paid = await paying
    charge = paid.message["successful_payment"]["telegram_payment_charge_id"]
    assert (await api("getMyStarBalance"))[1]["result"]["amount"] == 30
    assert (await api("refundStarPayment", user_id=mia.id, telegram_payment_charge_id=charge))[1]["result"] is True
    assert (await api("getMyStarBalance"))[1]["result"]["amount"] == 0
    again = await api("refundStarPayment", user_id=mia.id, telegram_payment_charge_id=charge)
    assert again[1]["description"] == "Bad Request: CHARGE_ALREADY_REFUNDED"
    assert (await api("refundStarPayment", user_id=1, telegram_payment_charge_id=charge))[0] == 400
    with pytest.raises(ValueError, match="nothing to pay"):
        await mia.pay(luna, mia.chat(luna).messages(kind="invoice")[0])


async def test_a_payment_that_the_bot_refuses_or_forgets(api, luna, mia):
    await invoice(api, mia)
    [bill] = mia.chat(luna).messages(kind="invoice")
    paying = asyncio.create_task(mia.pay(luna, bill))
    await asyncio.sleep(0)
    query = (await updates(api))[-1]["pre_checkout_query"]["id"]
    assert (await api("answerPreCheckoutQuery", pre_checkout_query_id=query, ok=False))[0] == 400
    await api("answerPreCheckoutQuery", pre_checkout_query_id=query, ok=False, error_message="Sold out")
    assert await paying is None
    assert await mia.pay(luna, bill, seconds=0.02) is None
    late = (await updates(api))[-1]["pre_checkout_query"]["id"]
    status, body = await api("answerPreCheckoutQuery", pre_checkout_query_id=late, ok=True)
    assert (status, body["description"][:29]) == (400, "Bad Request: query is too old")
    assert bill.locked


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"description": "d" * 256},
        {"payload": ""},
        {"currency": "EUR"},
        {"provider_token": "x"},
        {"prices": []},
        {"prices": [{"label": "a", "amount": 0}]},
    ],
)
async def test_wrong_invoices(api, luna, mia, changes):
    assert (await invoice(api, mia, **changes))[0] == 400
    assert mia.chat(luna).messages() == []


async def test_a_button_is_pressed_and_answered(api, luna, mia):
    await api("sendMessage", chat_id=mia.id, text="Pick", reply_markup={"inline_keyboard": [[{"text": "A"}]]})
    pressing = asyncio.create_task(mia.press(luna, mia.chat(luna).messages()[0], "a"))
    await asyncio.sleep(0)
    query = (await updates(api))[-1]["callback_query"]
    assert (query["data"], query["message"]["text"]) == ("a", "Pick")
    await api("answerCallbackQuery", callback_query_id=query["id"], text="Done")
    assert (await pressing).text("text") == "Done"
    assert (await api("answerCallbackQuery", callback_query_id=query["id"]))[0] == 400


async def test_a_refund_is_told_in_the_chat_and_to_the_bot(api, luna, mia):
    charge = luna.charge(mia.person, 30, "p1", "invoice")
    await api("refundStarPayment", user_id=mia.id, telegram_payment_charge_id=charge.id)
    told = (await updates(api))[-1]["message"]["refunded_payment"]
    assert (told["telegram_payment_charge_id"], told["invoice_payload"], told["total_amount"]) == (charge.id, "p1", 30)
    assert [entry.kind for entry in mia.chat(luna).messages()] == ["refund"]


async def test_star_transactions_are_listed_in_order_with_what_was_given_back(api, luna, mia):
    first, second = luna.charge(mia.person, 30, "p1", "invoice"), luna.charge(mia.person, 5, "p2", "paid_media")
    await api("refundStarPayment", user_id=mia.id, telegram_payment_charge_id=first.id)
    listed = (await api("getStarTransactions"))[1]["result"]["transactions"]
    assert [one["id"] for one in listed] == [first.id, first.id, second.id]
    assert ("source" in listed[0], "receiver" in listed[1]) == (True, True)
    assert listed[2]["source"]["paid_media_payload"] == "p2"
    assert (await api("getStarTransactions", offset=2, limit=1))[1]["result"]["transactions"] == listed[2:]
    assert (await api("getStarTransactions", limit=101))[0] == 400


async def test_reactions_are_told_to_a_bot_that_asked_for_them(api, luna, mia):
    hello = mia.send_text(luna, "hi")
    assert mia.react(luna, hello, "👍") is None, "not asked for"
    await api("getUpdates", allowed_updates=["message", "message_reaction"])
    mia.react(luna, hello, "🔥", "❤")
    change = (await updates(api))[-1]["message_reaction"]
    assert (change["message_id"], change["user"]["id"]) == (hello.message_id, mia.id)
    assert [one["emoji"] for one in change["old_reaction"]] == ["👍"]
    assert [one["emoji"] for one in change["new_reaction"]] == ["🔥", "❤"]
    hello.deleted = True
    with pytest.raises(ValueError, match="nothing to react"):
        mia.react(luna, hello)


async def test_numbers_begin_anew_after_a_silence(api, luna, mia):
    await api("getUpdates", offset=max(luna.feed.history) + 1)
    luna.feed.number_from(5)
    assert mia.send_text(luna, "back again").update_id == 5
    assert [update["update_id"] for update in await updates(api)] == [5]
