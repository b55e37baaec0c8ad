"""Long polling and the hand-over between polling and webhook."""

import asyncio
import json

import pytest
from aiohttp import web

from core.clock import Clock
from core.errors import BadInput, CredentialExpired, Misconfigured, Unavailable
from core.inbound import InboundMessage, InboundOther
from core.nouns import Account
from core.platforms import PushState
from core.ports import Blobs
from evals.simulators.telegram import Bot, TelegramSimulator, TelegramUser
from gateway.platforms.telegram import setup
from gateway.platforms.telegram.adapter import TelegramPlatform


async def test_updates_come_once_and_are_confirmed_by_the_next_poll(
    telegram: TelegramPlatform, luna: Account, mia: TelegramUser, bot: Bot
) -> None:
    mia.send_text(bot, "one")
    mia.send_text(bot, "two 🌊")
    updates, cursor = await telegram.poll(luna, None)
    texts = [event.text for _raw, events in updates for event in events if isinstance(event, InboundMessage)]
    assert texts == ["/start", "one", "two 🌊"]
    assert all(telegram.parse(luna, raw) == events for raw, events in updates)
    again, _ = await telegram.poll(luna, None)
    assert again == updates
    third = asyncio.create_task(telegram.poll(luna, cursor))
    mia.send_text(bot, "three")
    later, after = await third
    assert [events[0].text for _raw, events in later] == ["three"]
    assert int(after) == int(cursor) + 1


async def test_a_quiet_poll_forgets_its_cursor(
    simulator: TelegramSimulator, blobs: Blobs, clock: Clock, luna: Account, mia: TelegramUser
) -> None:
    telegram = TelegramPlatform(simulator.base_url, blobs, clock, poll_s=0)
    updates, cursor = await telegram.poll(luna, None)
    assert len(updates) == 1
    assert await telegram.poll(luna, cursor) == ([], None), "all is confirmed"
    assert await telegram.poll(luna, None) == ([], None)
    await telegram.close()


async def test_updates_that_are_numbered_anew_after_a_silence_are_not_passed_over(
    simulator: TelegramSimulator, blobs: Blobs, clock: Clock, luna: Account, mia: TelegramUser, bot: Bot
) -> None:
    """After a week without updates Telegram picks the next number at random; an old offset would confirm it unseen."""
    telegram = TelegramPlatform(simulator.base_url, blobs, clock, poll_s=0)
    _updates, cursor = await telegram.poll(luna, None)
    _updates, cursor = await telegram.poll(luna, cursor)
    bot.feed.number_from(5)
    mia.send_text(bot, "it has been a while")
    updates, _cursor = await telegram.poll(luna, cursor)
    assert [events[0].text for _raw, events in updates] == ["it has been a while"]
    await telegram.close()


async def test_an_unreadable_update_does_not_stop_those_behind_it(answering, luna: Account) -> None:
    updates = [{"message": "no id"}, {"update_id": 5, "message": 3}, {"update_id": 7, "hologram": {}}]
    adapter = await answering(lambda: web.json_response({"ok": True, "result": updates}))
    found, cursor = await adapter.poll(luna, "1")
    kinds = [(event.kind, event.readable) for _raw, events in found for event in events if isinstance(event, InboundOther)]
    assert kinds == [("unreadable", False), ("message", False), ("hologram", True)]
    assert (cursor, json.loads(found[2][0])) == ("8", updates[2])


async def test_of_two_pollers_one_is_told_and_the_other_goes_on(
    telegram: TelegramPlatform, luna: Account, mia: TelegramUser, bot: Bot
) -> None:
    _updates, cursor = await telegram.poll(luna, None)
    polls = [asyncio.create_task(telegram.poll(luna, cursor)) for _ in range(2)]
    (told,), (going,) = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
    with pytest.raises(Unavailable, match="Another program") as raised:
        told.result()
    assert raised.value.retry_after == 5
    mia.send_text(bot, "still there?")
    updates, _cursor = await going
    assert [events[0].text for _raw, events in updates] == ["still there?"]


async def test_polling_beside_a_webhook_is_a_persons_mistake(telegram: TelegramPlatform, luna: Account) -> None:
    await setup.set_webhook(telegram, luna, "https://muse.example/webhooks/telegram/luna")
    with pytest.raises(Misconfigured, match="has a webhook"):
        await telegram.poll(luna, None)
    await setup.delete_webhook(telegram, luna)
    assert await telegram.push_state(luna) == PushState("", 0, None, None)


async def test_setting_a_webhook_passes_the_secret_and_the_kinds(
    telegram: TelegramPlatform, luna: Account, simulator: TelegramSimulator
) -> None:
    await setup.set_webhook(telegram, luna, "https://muse.example/webhooks/telegram/luna")
    (call,) = simulator.calls_of("setWebhook")
    assert call.params.text("secret_token") == "s3cret"
    assert "purchased_paid_media" in (call.params.json("allowed_updates") or [])
    assert (await telegram.push_state(luna)).url == "https://muse.example/webhooks/telegram/luna"


async def test_a_webhook_without_secret_is_not_set(
    telegram: TelegramPlatform, bot: Bot, simulator: TelegramSimulator, make_account
) -> None:
    with pytest.raises(Misconfigured):
        await setup.set_webhook(telegram, make_account("telegram", token=bot.token), "https://muse.example/x")
    assert simulator.calls == []


async def test_an_address_that_telegram_does_not_take_is_bad_input(telegram: TelegramPlatform, luna: Account) -> None:
    with pytest.raises(BadInput):
        await setup.set_webhook(telegram, luna, "ftp://muse.example/x")


async def test_a_token_proves_itself(telegram: TelegramPlatform, luna: Account, bot: Bot, make_account) -> None:
    assert await setup.identify(telegram, luna) == bot.profile.username
    with pytest.raises(CredentialExpired):
        await setup.identify(telegram, make_account("telegram", token="1:no"))
