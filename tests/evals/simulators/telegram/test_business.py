"""Business connections: chats in somebody's name, and everything that closes them."""

import pytest

from evals.simulators.telegram import Bot, Connection, TelegramSimulator, TelegramUser


@pytest.fixture
def lena(telegram: TelegramSimulator) -> TelegramUser:
    return telegram.add_user("Lena")


@pytest.fixture
def link(lena: TelegramUser, luna: Bot) -> Connection:
    return lena.connect(luna)


async def updates(api) -> list[dict]:
    return (await api("getUpdates"))[1]["result"]


async def say(api, link: Connection, fan: TelegramUser, text: str = "Hello", method: str = "sendMessage", **more: object):
    return await api(method, business_connection_id=link.id, chat_id=fan.id, text=text, **more)


async def test_a_connection_is_told_and_can_be_asked_for(api, luna, lena, link):
    told = (await updates(api))[0]["business_connection"]
    assert (told["id"], told["user"]["id"], told["is_enabled"]) == (link.id, lena.id, True)
    assert told["rights"] == {"can_reply": True}
    assert (await api("getBusinessConnection", business_connection_id=link.id))[1]["result"] == told
    assert (await api("getBusinessConnection", business_connection_id="x"))[0] == 400
    assert (await api("getMe"))[1]["result"]["can_connect_to_business"] is True


async def test_everybody_in_a_chat_is_heard(api, luna, mia, lena, link):
    asked = link.fan_writes(mia.person, "hi")
    answer = link.owner_writes(mia.person, "hello")
    link.owner_writes(mia.person, "I'm away", by_itself=True)
    link.edit(mia.person, asked, "hi there")
    link.delete(mia.person, [asked, answer])
    kinds = [next(kind for kind in update if kind != "update_id") for update in await updates(api)]
    assert kinds[-5:] == ["business_message"] * 3 + ["edited_business_message", "deleted_business_messages"]
    fan, owner, away, edited, deleted = [
        next(body for kind, body in update.items() if kind != "update_id") for update in (await updates(api))[-5:]
    ]
    assert (fan["from"]["id"], fan["chat"]["id"], fan["business_connection_id"]) == (mia.id, mia.id, link.id)
    assert (owner["from"]["id"], owner["chat"]["id"], "is_from_offline" in owner) == (lena.id, mia.id, False)
    assert away["is_from_offline"] is True
    assert (edited["text"], edited["message_id"]) == ("hi there", asked.message_id)
    assert deleted["message_ids"] == [asked.message_id, answer.message_id]


async def test_the_bot_writes_in_the_owners_name(api, luna, mia, lena, link):
    link.fan_writes(mia.person, "hi")
    message = (await say(api, link, mia))[1]["result"]
    assert (message["from"]["id"], message["sender_business_bot"]["id"]) == (lena.id, luna.profile.id)
    [shown] = link.chat(mia.person).messages()
    assert shown.text == "Hello"
    assert mia.chat(luna).messages() == []
    link.echo(shown, mia.person)
    assert (await updates(api))[-1]["business_message"] == message


async def test_what_closes_a_chat(api, telegram, luna, mia, lena, link):
    async def refusal(fan: TelegramUser = mia) -> str:
        status, body = await say(api, link, fan)
        assert status == 400
        return body["description"].removeprefix("Bad Request: ")

    assert await refusal() == "BUSINESS_PEER_INVALID"  # the fan never wrote
    link.fan_writes(mia.person, "hi")
    link.chat(mia.person).let_pass(86_401)
    assert await refusal() == "BUSINESS_PEER_USAGE_MISSING"
    link.fan_writes(mia.person, "hi")
    link.change(can_reply=False)
    assert await refusal() == "BUSINESS_PEER_INVALID"
    link.change(enabled=False)
    assert await refusal() == "BUSINESS_CONNECTION_INVALID"
    assert await refusal(lena) == "messages must not be sent to self"
    assert (await api("sendMessage", business_connection_id="x", chat_id=mia.id, text="x"))[1]["description"].endswith(
        "not found"
    )
    assert link.fan_writes(mia.person, "anybody?").update_id is None, "who is not connected hears nothing"
    link.change(enabled=True, can_reply=True)
    assert (await say(api, link, mia))[0] == 200


async def test_an_invoice_goes_to_the_bots_own_chat(api, luna, mia, link):
    link.fan_writes(mia.person, "hi")
    prices = [{"label": "Pack", "amount": 30}]
    bill = {"title": "Pack", "description": "Beach", "payload": "p1", "currency": "XTR", "prices": prices}
    await say(api, link, mia, method="sendInvoice", **bill)
    assert len(mia.chat(luna).messages(kind="invoice")) == 1
    assert link.chat(mia.person).messages() == []
