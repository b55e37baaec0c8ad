"""Updates reach the webhook by real POSTs: signed, in order within a chat, again after a failure."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.evals.simulators.telegram.receiver import Receiver


@pytest.fixture
async def hook() -> AsyncIterator[Receiver]:
    async with Receiver() as running:
        yield running


async def test_updates_arrive_signed_and_numbered(api, luna, mia, hook):
    status, body = await api("setWebhook", url=hook.url, secret_token="s3-cret_")
    assert (status, body["description"]) == (200, "Webhook was set")
    sent = mia.send_text(luna, "hi")
    push = await luna.feed.acknowledged(sent.update_id)
    assert hook.headers["X-Telegram-Bot-Api-Secret-Token"] == "s3-cret_"
    assert [update["message"]["text"] for update in hook.updates] == ["/start", "hi"]  # the earlier one was waiting
    assert hook.updates[0]["update_id"] + 1 == hook.updates[1]["update_id"] == sent.update_id
    assert push.ended_at >= push.at > 0
    assert luna.feed.pending == {}


async def test_a_refused_update_comes_again_and_holds_back_the_next_of_its_chat(api, telegram, luna, mia, hook):
    hook.statuses.extend([500, 503])
    await api("setWebhook", url=hook.url, drop_pending_updates=True)
    other = telegram.add_user("Zoe")
    mia.send_text(luna, "one")
    mia.send_text(luna, "two")
    other.start(luna)
    await luna.feed.drained()
    texts = [update["message"]["text"] for update in hook.updates]
    assert texts.index("one") < texts.index("two")
    assert sorted(texts) == ["/start", "one", "two"]
    assert sorted(push.status for push in luna.feed.pushes) == [200, 200, 200, 500, 503]
    info = (await api("getWebhookInfo"))[1]["result"]
    assert info["last_error_message"].startswith("Wrong response from the webhook: 50")
    assert info["pending_update_count"] == 0


async def test_an_update_is_given_up_after_the_last_attempt(api, luna, mia, hook):
    hook.statuses.extend([404] * 4)
    await api("setWebhook", url=hook.url, drop_pending_updates=True)
    lost = mia.send_text(luna, "lost")
    await luna.feed.drained()
    assert [(push.update_id, push.attempt) for push in luna.feed.pushes] == [(lost.update_id, n) for n in (1, 2, 3, 4)]
    assert hook.updates == []
    with pytest.raises(TimeoutError, match="was not acknowledged"):
        await luna.feed.acknowledged(lost.update_id, 0.01)


async def test_a_webhook_that_is_slow_or_away_is_tried_again(api, luna, mia, hook):
    await api("setWebhook", url="http://127.0.0.1:9/hook", drop_pending_updates=True)
    mia.send_text(luna, "anybody?")
    await luna.feed.wait_for_pushes(1)
    assert luna.feed.pushes[0].error == "Connection refused"
    hook.pause_s = 1.0
    await api("setWebhook", url=hook.url)
    await luna.feed.wait_for_pushes(2)
    hook.pause_s = 0.0
    await luna.feed.drained()
    assert [update["message"]["text"] for update in hook.updates] == ["anybody?"]
    assert any(push.error == "Read timeout expired" for push in luna.feed.pushes)


async def test_the_same_update_can_be_delivered_again(api, luna, mia, hook):
    await api("setWebhook", url=hook.url, drop_pending_updates=True)
    sent = mia.send_text(luna, "once")
    await luna.feed.acknowledged(sent.update_id)
    pushes = await luna.feed.redeliver(sent.update_id, times=2)
    assert [push.taken for push in pushes] == [True, True]
    assert [update["update_id"] for update in hook.updates] == [sent.update_id] * 3


async def test_chats_are_delivered_side_by_side_up_to_max_connections(api, telegram, luna, hook):
    hook.pause_s = 0.05
    await api("setWebhook", url=hook.url, max_connections=3)
    for n in range(8):
        telegram.add_user(f"Fan{n}").start(luna)
    await luna.feed.drained()
    assert hook.open_most == 3
    assert len(hook.updates) == 8


async def test_an_odd_update_goes_out_as_it_is(api, luna, hook):
    await api("setWebhook", url=hook.url)
    update_id = luna.feed.push_raw({"guest_message": {"anything": [1, None]}})
    await luna.feed.acknowledged(update_id)
    assert hook.updates == [{"update_id": update_id, "guest_message": {"anything": [1, None]}}]


async def test_only_the_kinds_asked_for_are_made(api, luna, mia, hook):
    await api("setWebhook", url=hook.url, allowed_updates=["my_chat_member"], drop_pending_updates=True)
    assert mia.send_text(luna, "not wanted").update_id is None
    await luna.feed.acknowledged(mia.block(luna))
    assert [list(update)[1] for update in hook.updates] == ["my_chat_member"]
    assert (await api("getWebhookInfo"))[1]["result"]["allowed_updates"] == ["my_chat_member"]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "ftp://127.0.0.1/x"}, "An HTTPS URL must be provided"),
        ({"url": "http://127.0.0.1/x", "secret_token": "sp ace"}, "unallowed characters"),
        ({"url": "http://127.0.0.1/x", "secret_token": "a" * 257}, "secret token is too long"),
        ({"url": "http://127.0.0.1/x", "allowed_updates": {"no": "list"}}, "can't parse allowed updates"),
    ],
)
async def test_a_wrong_webhook_is_refused(api, luna, params, words):
    status, body = await api("setWebhook", **params)
    assert status == body["error_code"] == 400
    assert words in body["description"]
    assert luna.feed.webhook is None


async def test_without_a_webhook_updates_wait(api, luna, mia, hook):
    await api("setWebhook", url=hook.url, drop_pending_updates=True)
    assert (await api("deleteWebhook"))[1]["description"] == "Webhook was deleted"
    assert (await api("deleteWebhook"))[1]["description"] == "Webhook is already deleted"
    mia.send_text(luna, "kept")
    await asyncio.sleep(0.05)
    assert hook.updates == []
    assert (await api("getWebhookInfo"))[1]["result"] == {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": 1,
    }


async def test_an_update_that_is_held_back_is_overtaken(luna, mia, api, hook):
    await api("setWebhook", url=hook.url, drop_pending_updates=True)
    luna.feed.hold_back(0.2)
    late, early = mia.send_text(luna, "first"), mia.send_text(luna, "second")
    await luna.feed.drained()
    assert [push.update_id for push in luna.feed.pushes] == [early.update_id, late.update_id]


async def test_somebody_may_watch_what_a_bot_does(telegram, luna, mia, api):
    seen = []

    async def watch(call):
        seen.append((call.method, call.performed, len(mia.chat(luna).messages())))

    telegram.watch = watch
    await api("sendMessage", chat_id=mia.id, text="hi")
    assert seen == [("sendMessage", False, 0), ("sendMessage", True, 1)]
