"""Calls go wrong on request, and too many calls go wrong by themselves."""

import asyncio
import time

import aiohttp
import pytest

from evals.simulators.telegram import Limits


async def test_429_on_request(api, telegram, luna, mia):
    telegram.faults.rate_limit("sendMessage", retry_after=7, times=2)
    for _ in range(2):
        status, body = await api("sendMessage", chat_id=mia.id, text="x")
        assert (status, body["error_code"], body["parameters"]) == (429, 429, {"retry_after": 7})
        assert body["description"] == "Too Many Requests: retry after 7"
    assert (await api("sendMessage", chat_id=mia.id, text="x"))[0] == 200
    assert len(mia.chat(luna).messages()) == 1


async def test_server_errors(api, telegram, luna, mia, session):
    telegram.faults.error("sendMessage")
    telegram.faults.error("*", status=502)
    assert await api("sendMessage", chat_id=mia.id, text="x") == (
        500,
        {"ok": False, "error_code": 500, "description": "Internal Server Error"},
    )
    async with session.get(f"{telegram.base_url}/bot{luna.token}/getMe") as response:
        assert (response.status, response.content_type) == (502, "text/html")
    assert mia.chat(luna).messages() == []


async def test_a_late_answer_was_performed_at_once(api, telegram, luna, mia):
    telegram.faults.late("sendMessage", 0.2)
    started = time.monotonic()
    assert (await api("sendMessage", chat_id=mia.id, text="slow"))[0] == 200
    [entry] = mia.chat(luna).messages()
    assert time.monotonic() - started >= 0.2
    assert entry.at - started < 0.15


async def test_a_stalled_call_is_performed_for_a_caller_who_has_left(api, telegram, luna, mia):
    telegram.faults.stall("sendMessage", 0.15)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(api("sendMessage", chat_id=mia.id, text="ghost"), 0.05)
    assert mia.chat(luna).messages() == []
    assert [entry.text for entry in await mia.chat(luna).wait_for(1)] == ["ghost"]


async def test_a_dropped_connection_before_and_after(api, telegram, luna, mia):
    telegram.faults.drop_before("sendMessage")
    telegram.faults.drop_after("sendMessage")
    for text in ("never", "unknown to the caller"):
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await api("sendMessage", chat_id=mia.id, text=text)
    assert [entry.text for entry in mia.chat(luna).messages()] == ["unknown to the caller"]
    calls = await telegram.wait_for_calls("sendMessage", 2)
    assert [(call.fault, call.performed, call.status) for call in calls] == [("drop_before", False, 0), ("drop_after", True, 0)]
    telegram.faults.drop_before("sendMessage")
    telegram.faults.clear()
    assert (await api("sendMessage", chat_id=mia.id, text="fine"))[0] == 200


async def test_every_call_is_kept(api, telegram, luna, mia):
    await api("sendMessage", chat_id=mia.id, text="one")
    await api("sendMessage", chat_id=1, text="two")
    first, second = await telegram.wait_for_calls("sendMessage", 2)
    assert (first.params.text("text"), first.status, first.performed) == ("one", 200, True)
    assert (second.status, second.description, second.performed) == (400, "Bad Request: chat not found", False)
    assert first.at <= first.ended_at <= second.ended_at
    with pytest.raises(TimeoutError, match="2 of 3 calls of sendMessage"):
        await telegram.wait_for_calls("sendMessage", 3, 0.01)


class TestLimits:
    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(per_chat=2.0, chat_burst=2, overall=30.0, overall_burst=5)

    async def test_one_chat_is_slowed_down_and_others_are_not(self, api, telegram, luna, mia):
        zoe = telegram.add_user("Zoe")
        zoe.start(luna)
        statuses = [(await api("sendMessage", chat_id=mia.id, text=str(n)))[0] for n in range(3)]
        assert statuses == [200, 200, 429]
        assert (await api("sendMessage", chat_id=mia.id, text="x"))[1]["parameters"] == {"retry_after": 1}
        assert (await api("sendMessage", chat_id=zoe.id, text="x"))[0] == 200
        assert (await api("sendChatAction", chat_id=mia.id, action="typing"))[0] == 200  # actions are free
        assert len(mia.chat(luna).messages()) == 2

    async def test_all_chats_together_are_slowed_down(self, api, telegram, luna):
        fans = [telegram.add_user(f"Fan{n}") for n in range(8)]
        for fan in fans:
            fan.start(luna)
        statuses = [(await api("sendMessage", chat_id=fan.id, text="hi"))[0] for fan in fans]
        assert statuses[:5] == [200] * 5
        assert 429 in statuses[5:]

    async def test_an_album_counts_as_its_items(self, api, luna, mia, picture):
        ids = [luna.files.keep_photo(picture).file_id for _ in range(2)]
        media = [{"type": "photo", "media": file_id} for file_id in ids]
        assert (await api("sendMediaGroup", chat_id=mia.id, media=media))[0] == 200
        assert (await api("sendMessage", chat_id=mia.id, text="x"))[0] == 429
