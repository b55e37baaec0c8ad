"""Fetching what a fan sent."""

import pytest
from aiohttp import web

from core.errors import BadInput, MuseError, NotFound, Unavailable
from core.inbound import Fetched, InboundMessage, MediaRef
from core.nouns import Account
from evals.simulators.telegram import Bot, TelegramSimulator, TelegramUser
from gateway.platforms.telegram.adapter import TelegramPlatform

OGG = b"OggS\x00\x02" + b"\0" * 20 + b"OpusHead" + b"\0" * 50


async def received(telegram: TelegramPlatform, luna: Account) -> InboundMessage:
    updates, _cursor = await telegram.poll(luna, None)
    event = updates[-1][1][0]
    assert isinstance(event, InboundMessage)
    return event


async def test_a_photo_is_fetched_as_it_was_sent(
    telegram: TelegramPlatform, luna: Account, mia: TelegramUser, bot: Bot, picture: bytes
) -> None:
    mia.send_photo(bot, picture, "my balcony")
    message = await received(telegram, luna)
    assert await telegram.download(luna, message.media[0], 1_000_000) == Fetched(picture, "image/jpeg")


async def test_a_voice_is_fetched(telegram: TelegramPlatform, luna: Account, mia: TelegramUser, bot: Bot) -> None:
    mia.send_voice(bot, OGG)
    message = await received(telegram, luna)
    assert await telegram.download(luna, message.media[0], 1_000_000) == Fetched(OGG, "audio/ogg")


async def test_a_file_announced_too_large_is_not_asked_for(
    telegram: TelegramPlatform, luna: Account, simulator: TelegramSimulator
) -> None:
    with pytest.raises(BadInput, match="larger"):
        await telegram.download(luna, MediaRef("photo", "AgAC", bytes=1001), 1000)
    assert simulator.calls == []


async def test_a_file_that_getfile_calls_too_large_is_not_fetched(
    telegram: TelegramPlatform, luna: Account, mia: TelegramUser, bot: Bot, picture: bytes
) -> None:
    mia.send_photo(bot, picture)
    message = await received(telegram, luna)
    unannounced = MediaRef("photo", message.media[0].file_id)
    with pytest.raises(BadInput, match="larger"):
        await telegram.download(luna, unannounced, 100)


async def test_a_file_that_hides_its_size_is_stopped_on_the_way(answering, luna: Account) -> None:
    body = b'{"ok": true, "result": {"file_id": "f", "file_path": "photos/1.jpg"}}'
    adapter = await answering(lambda: web.Response(body=body, content_type="application/json"))
    with pytest.raises(BadInput, match="larger than 50 bytes"):
        await adapter.download(luna, MediaRef("photo", "f"), 50)


@pytest.mark.parametrize("path", ["../secrets", "/etc/passwd", "http://169.254.169.254/x", "photos/../../x"])
async def test_only_the_file_store_is_read(answering, luna: Account, path: str) -> None:
    answer = {"ok": True, "result": {"file_id": "f", "file_path": path}}
    adapter = await answering(lambda: web.json_response(answer))
    with pytest.raises(BadInput, match="outside"):
        await adapter.download(luna, MediaRef("photo", "f"), 5000)


async def test_bytes_that_are_something_else_are_refused(
    telegram: TelegramPlatform, luna: Account, mia: TelegramUser, bot: Bot
) -> None:
    mia.send_voice(bot, b"%PDF-1.7 not a voice at all")
    message = await received(telegram, luna)
    with pytest.raises(BadInput, match="application/pdf"):
        await telegram.download(luna, message.media[0], 1000)


async def test_an_unknown_file_is_refused(telegram: TelegramPlatform, luna: Account) -> None:
    with pytest.raises(BadInput, match="wrong file_id"):
        await telegram.download(luna, MediaRef("photo", "nothing"), 1000)


async def test_a_file_that_vanished_is_not_found(telegram: TelegramPlatform, luna: Account) -> None:
    with pytest.raises(NotFound):
        await telegram.client.fetch(luna, "photos/gone.jpg", 1000)


@pytest.mark.parametrize("status", [302, 500, 503])
async def test_a_server_in_trouble_may_be_asked_again(answering, luna: Account, status: int) -> None:
    adapter = await answering(lambda: web.Response(status=status, headers={"location": "http://127.0.0.1:1/"}))
    with pytest.raises(Unavailable):
        await adapter.client.fetch(luna, "photos/1.jpg", 1000)
    with pytest.raises(Unavailable) as raised:
        await adapter.download(luna, MediaRef("photo", "f"), 1000)
    assert isinstance(raised.value, MuseError)
