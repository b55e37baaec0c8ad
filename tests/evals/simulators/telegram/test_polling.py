"""getUpdates: confirmed by offset, waiting for the next, one poller at a time."""

import asyncio
import time

import pytest


async def test_updates_stay_until_they_are_confirmed(api, luna, mia):
    mia.send_text(luna, "hi")
    first = (await api("getUpdates"))[1]["result"]
    again = (await api("getUpdates"))[1]["result"]
    assert [update["message"]["text"] for update in first] == ["/start", "hi"]
    assert again == first
    rest = (await api("getUpdates", offset=first[0]["update_id"] + 1))[1]["result"]
    assert rest == first[1:]
    assert (await api("getUpdates", offset=first[1]["update_id"] + 1))[1]["result"] == []


async def test_limit_and_negative_offset(api, luna, mia):
    for n in range(4):
        mia.send_text(luna, str(n))
    assert len((await api("getUpdates", limit=2))[1]["result"]) == 2
    assert [update["message"]["text"] for update in (await api("getUpdates", offset=-1))[1]["result"]] == ["3"]


async def test_a_long_poll_wakes_when_something_happens(api, luna, mia):
    started = time.monotonic()
    poll = asyncio.create_task(api("getUpdates", offset=800_000_000, timeout=5))
    await asyncio.sleep(0.05)
    mia.send_text(luna, "awake?")
    _, body = await poll
    assert [update["message"]["text"] for update in body["result"]] == ["awake?"]
    assert time.monotonic() - started < 2


async def test_a_long_poll_ends_empty(api):
    assert await api("getUpdates", timeout=1) == (200, {"ok": True, "result": []})


async def test_a_second_poll_ends_the_first(api, luna, mia):
    first = asyncio.create_task(api("getUpdates", offset=800_000_000, timeout=5))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(api("getUpdates", timeout=5))
    status, body = await first
    assert (status, body["description"].split(";")[0]) == (409, "Conflict: terminated by other getUpdates request")
    mia.send_text(luna, "for the second")
    assert [update["message"]["text"] for update in (await second)[1]["result"]] == ["for the second"]


async def test_no_polling_beside_a_webhook(api):
    poll = asyncio.create_task(api("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    await api("setWebhook", url="http://127.0.0.1:9/hook")
    assert (await poll)[1]["description"] == "Conflict: terminated by setWebhook request"
    status, body = await api("getUpdates")
    assert status == 409
    assert body["description"].startswith("Conflict: can't use getUpdates method while webhook is active")


async def test_a_redelivered_update_comes_once_more_after_it_was_confirmed(api, luna, mia):
    sent = mia.send_text(luna, "once")
    await api("getUpdates", offset=sent.update_id + 1)
    assert await luna.feed.redeliver(sent.update_id) == []
    assert [u["update_id"] for u in (await api("getUpdates", offset=sent.update_id + 1))[1]["result"]] == [sent.update_id]
    assert (await api("getUpdates", offset=sent.update_id + 1))[1]["result"] == []


@pytest.mark.parametrize("kinds", ['["my_chat_member"]', ["my_chat_member"]])
async def test_allowed_updates_as_json_text_or_list(api, luna, mia, kinds):
    await api("getUpdates", offset=800_000_000, allowed_updates=kinds)
    assert mia.send_text(luna, "unwanted").update_id is None


async def test_what_is_given_out_again_confirms_nothing_that_was_never_given_out(api, luna, mia):
    first, *waiting, last = [mia.send_text(luna, f"number {n}").update_id for n in range(6)]
    await api("getUpdates", offset=first + 1, limit=1)
    await luna.feed.redeliver(first)
    await luna.feed.redeliver(last)
    _, body = await api("getUpdates", offset=first + 1, limit=4)
    assert [update["update_id"] for update in body["result"]] == [first, *waiting[:3]]
