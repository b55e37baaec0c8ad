"""Texts, edits, deletions, actions; who may be written to; the errors in Telegram's own words."""

import aiohttp
import pytest


async def test_get_me(api, luna):
    status, body = await api("getMe")
    assert status == 200
    assert body["result"]["is_bot"] is True
    assert body["result"]["username"] == "luna_bot"


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_a_method_takes_every_kind_of_body_in_any_case(telegram, luna, mia, session, way):
    url = f"{telegram.base_url}/bot{luna.token}/SENDmessage"
    params = {"chat_id": str(mia.id), "text": f"by {way} ☕"}
    form = aiohttp.FormData(params, default_to_multipart=True)
    given = {"query": {"params": params}, "form": {"data": params}, "json": {"json": params}, "multipart": {"data": form}}
    async with session.request("GET" if way == "query" else "POST", url, **given[way]) as response:
        body = await response.json()
    assert body["result"]["text"] == f"by {way} ☕"
    assert body["result"]["chat"] == {"id": mia.id, "first_name": "Mia", "username": "mia", "type": "private"}
    assert [str(entry) for entry in mia.chat(luna).messages()] == [f"by {way} ☕"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Bad Request: message text is empty"),
        (" \n ", "Bad Request: text must be non-empty"),
        ("a" * 4097, "Bad Request: message is too long"),
        ("😀" * 2049, "Bad Request: message is too long"),
    ],
)
async def test_a_text_of_the_wrong_length(api, luna, mia, text, words):
    assert await api("sendMessage", chat_id=mia.id, text=text) == (
        400,
        {"ok": False, "error_code": 400, "description": words},
    )
    assert mia.chat(luna).messages() == []


async def test_the_longest_text_passes(api, luna, mia):
    assert (await api("sendMessage", chat_id=mia.id, text="😀" * 2048))[0] == 200


async def test_html_is_read_and_does_not_count(api, mia):
    text = "<b>" + "a" * 4090 + "</b> &lt;3"
    _, body = await api("sendMessage", chat_id=mia.id, text=text, parse_mode="HTML")
    assert body["result"]["text"].endswith("a <3")
    assert body["result"]["entities"] == [{"type": "bold", "offset": 0, "length": 4090}]
    for wrong in ("<blink>x</blink>", "<b>x", "x</b>"):
        status, body = await api("sendMessage", chat_id=mia.id, text=wrong, parse_mode="HTML")
        assert (status, body["description"][:33]) == (400, "Bad Request: can't parse entities")
    assert (await api("sendMessage", chat_id=mia.id, text="*x*", parse_mode="MarkdownV2"))[0] == 400


async def test_who_can_be_written_to(api, telegram, luna, mia):
    stranger = telegram.add_user("Zoe")
    foreign = await api("sendMessage", chat_id=mia.id, text="x", business_connection_id="b1")
    assert foreign[1]["description"] == "Bad Request: business connection not found"
    assert (await api("sendMessage", text="x"))[1]["description"] == "Bad Request: chat_id is empty"
    assert (await api("sendMessage", chat_id=1, text="x"))[1]["description"] == "Bad Request: chat not found"
    assert (await api("sendMessage", chat_id="@nobody", text="x"))[1]["description"] == "Bad Request: chat not found"
    status, body = await api("sendMessage", chat_id=stranger.id, text="x")
    assert (status, body["description"]) == (403, "Forbidden: bot can't initiate conversation with a user")
    mia.block(luna)
    status, body = await api("sendMessage", chat_id=mia.id, text="x")
    assert (status, body["description"]) == (403, "Forbidden: bot was blocked by the user")
    mia.unblock(luna)
    assert (await api("sendMessage", chat_id=mia.id, text="x"))[0] == 200
    mia.person.active = False
    assert (await api("sendMessage", chat_id=mia.id, text="x"))[1]["description"] == "Forbidden: user is deactivated"


async def test_bots_do_not_share_chats_or_tokens(api, telegram, luna, mia, session):
    nova = telegram.add_bot("Nova")
    assert (await api("sendMessage", bot=nova, chat_id=mia.id, text="x"))[0] == 403
    mia.start(nova)
    await api("sendMessage", bot=nova, chat_id=mia.id, text="I am Nova")
    assert mia.chat(luna).messages() == []
    assert str(mia.chat(nova)) == "Mia: /start\nNova: I am Nova"
    async with session.post(f"{telegram.base_url}/bot1:wrong/getMe") as response:
        assert response.status == 401
        assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_unknown_methods_and_paths(api, telegram, session):
    assert (await api("sendHugs"))[1]["description"] == "Not Found: method not found"
    async with session.get(f"{telegram.base_url}/elsewhere") as response:
        assert response.status == 404
    json_type = {"Content-Type": "application/json"}
    for body in (b"{", b"[]", b"\xff"):
        async with session.post(f"{telegram.base_url}/bot1/getMe", data=body, headers=json_type) as response:
            assert (await response.json())["description"].startswith("Bad Request: can't parse request")
    async with session.post(
        f"{telegram.base_url}/bot1/getMe", data=b"--", headers={"Content-Type": "multipart/form-data"}
    ) as r:
        assert (await r.json())["description"].startswith("Bad Request: can't parse request")


async def test_editing(api, luna, mia, picture):
    sent = (await api("sendMessage", chat_id=mia.id, text="helo"))[1]["result"]
    body = (await api("editMessageText", chat_id=mia.id, message_id=sent["message_id"], text="hello"))[1]
    assert body["result"]["text"] == "hello"
    assert body["result"]["edit_date"] >= sent["date"]
    [entry] = mia.chat(luna).messages()
    assert str(await mia.chat(luna).wait_for_edit(entry)) == "hello (edited)"
    own = mia.send_text(luna, "mine")
    await api("sendPhoto", chat_id=mia.id, photo=luna.files.keep_photo(picture).file_id)
    [photo] = mia.chat(luna).messages(kind="photo")
    for message_id, words in [
        (sent["message_id"], "message is not modified"),
        (own.message_id, "message can't be edited"),
        (999, "message to edit not found"),
        (photo.message_id, "there is no text in the message to edit"),
    ]:
        status, body = await api("editMessageText", chat_id=mia.id, message_id=message_id, text="hello")
        assert (status, words in body["description"]) == (400, True)


async def test_deleting(api, luna, mia):
    sent = (await api("sendMessage", chat_id=mia.id, text="oops"))[1]["result"]
    params = {"chat_id": mia.id, "message_id": sent["message_id"]}
    assert await api("deleteMessage", **params) == (200, {"ok": True, "result": True})
    assert mia.chat(luna).messages() == []
    assert (await api("deleteMessage", **params))[1]["description"] == "Bad Request: message to delete not found"


async def test_replies_and_buttons(api, luna, mia):
    asked = mia.send_text(luna, "which?")
    buttons = {"inline_keyboard": [[{"text": "This", "callback_data": "this"}]]}
    _, body = await api(
        "sendMessage", chat_id=mia.id, text="?", reply_markup=buttons, reply_parameters={"message_id": asked.message_id}
    )
    assert body["result"]["reply_to_message"]["text"] == "which?"
    assert body["result"]["reply_markup"] == buttons
    _, body = await api("sendMessage", chat_id=mia.id, text="?", reply_parameters={"message_id": 999})
    assert body["description"] == "Bad Request: message to be replied not found"
    lenient = {"message_id": 999, "allow_sending_without_reply": True}
    assert (await api("sendMessage", chat_id=mia.id, text="?", reply_parameters=lenient))[0] == 200
    assert (await api("sendMessage", chat_id=mia.id, text="?", reply_markup="[]"))[0] == 400


async def test_typing_is_seen_with_its_time(api, luna, mia):
    assert (await api("sendChatAction", chat_id=mia.id, action="typing"))[1]["result"] is True
    [shown] = await mia.chat(luna).wait_for(1, kind="typing")
    assert (shown.text, shown.at > 0, mia.chat(luna).messages()) == ("typing", True, [])
    assert (await api("sendChatAction", chat_id=mia.id, action="dancing"))[0] == 400


async def test_waiting_in_vain_tells_what_the_chat_shows(api, luna, mia):
    with pytest.raises(TimeoutError, match=r"No 1 message\(s\) of bot within 0.01 s. The chat shows:\nMia: /start"):
        await mia.chat(luna).wait_for(1, 0.01)
