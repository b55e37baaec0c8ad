"""Sending against the simulator: what arrives, and what each way of failing is called."""

import asyncio
import socket
import traceback
from uuid import UUID

import pytest
from aiohttp import web

from core.clock import Clock
from core.errors import BadInput, CredentialExpired, MuseError, OutcomeUnknown, RateLimited, Unavailable, Unreachable
from core.inbound import InboundPurchase
from core.money import Money
from core.nouns import Account
from core.outbound import AssetRef, PackPart, TextPart
from core.ports import Blobs
from evals.simulators.telegram import Bot, TelegramSimulator, TelegramUser
from gateway.platforms.telegram.adapter import TelegramPlatform

HELLO = TextPart("Hello *Mia*, see https://example.org_x <b>")


def pack(**changes: object) -> PackPart:
    asset = AssetRef(asset_id=UUID(int=7), blob_key="packs/beach/1.jpg", mime="image/jpeg", width=320, height=240)
    fields: dict[str, object] = {
        "pack_id": UUID(int=5),
        "offer_id": UUID(int=6),
        "title": "Beach day",
        "caption": "Sun, sand and me",
        "price": Money(250, "XTR"),
        "payload": "offer:6",
        "preview": None,
        "items": (asset, asset),
    }
    return PackPart(**(fields | changes))


async def test_a_text_arrives_as_it_is_without_link_preview(
    telegram: TelegramPlatform, luna: Account, chat: str, simulator: TelegramSimulator, mia: TelegramUser, bot: Bot
) -> None:
    sent = await telegram.send(luna, chat, HELLO, "k1")
    (shown,) = mia.chat(bot).messages()
    assert (shown.text, sent.platform_ids) == (HELLO.text, (str(shown.message_id),))
    (call,) = simulator.calls_of("sendMessage")
    assert call.params.json("link_preview_options") == {"is_disabled": True}
    assert not call.params.given("parse_mode")


async def test_a_long_text_goes_out_in_pieces_that_telegram_takes(
    telegram: TelegramPlatform, luna: Account, chat: str, mia: TelegramUser, bot: Bot
) -> None:
    text = " ".join(f"word{number} 🌊" for number in range(1500))
    for piece in telegram.split(TextPart(text)):
        await telegram.send(luna, chat, piece, "k")
    shown = mia.chat(bot).messages()
    assert len(shown) > 2
    assert " ".join(entry.text for entry in shown) == text


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4097, "🌊" * 2049, "half \ud83d pair"])
async def test_what_was_not_split_is_refused_before_it_leaves(
    telegram: TelegramPlatform, luna: Account, chat: str, simulator: TelegramSimulator, text: str
) -> None:
    with pytest.raises(BadInput):
        await telegram.send(luna, chat, TextPart(text), "k")
    assert simulator.calls == []


@pytest.mark.parametrize("chat_key", ["@public_group", "", "12a", "１２"])
async def test_only_numbered_chats_are_written_to(
    telegram: TelegramPlatform, luna: Account, simulator: TelegramSimulator, chat_key: str
) -> None:
    with pytest.raises(BadInput):
        await telegram.send(luna, chat_key, HELLO, "k")
    assert simulator.calls == []


async def test_a_pack_is_sold_end_to_end(
    telegram: TelegramPlatform, luna: Account, chat: str, mia: TelegramUser, bot: Bot, blobs: Blobs, picture: bytes
) -> None:
    await blobs.put("packs/beach/1.jpg", picture, "image/jpeg")
    await telegram.poll(luna, None)
    sent = await telegram.send(luna, chat, pack(), "k1")
    (offer,) = mia.chat(bot).messages(kind="paid_media")
    assert sent.platform_ids == (str(offer.message_id),)
    assert (offer.price, offer.text, offer.locked, len(offer.files)) == (250, "Sun, sand and me", True, 2)
    assert offer.files[0].data == picture
    mia.buy(bot, offer)
    updates, _cursor = await telegram.poll(luna, None)
    bought = updates[-1][1][0]
    assert isinstance(bought, InboundPurchase)
    assert (bought.conversation_key, bought.payload) == (chat, "offer:6")
    assert len(mia.chat(bot).messages()) == 1


async def test_a_large_picture_travels_without_blocking(
    telegram: TelegramPlatform, luna: Account, chat: str, mia: TelegramUser, bot: Bot, blobs: Blobs, picture: bytes
) -> None:
    large = picture + b"\0" * 3_000_000
    await blobs.put("packs/beach/1.jpg", large, "image/jpeg")
    await telegram.send(luna, chat, pack(items=pack().items[:1]), "k1")
    (offer,) = mia.chat(bot).messages(kind="paid_media")
    assert offer.files[0].data == large


@pytest.mark.parametrize(
    "changes",
    [
        {"price": Money(999, "USD")},
        {"price": Money(0, "XTR")},
        {"price": Money(25_001, "XTR")},
        {"items": ()},
        {"items": pack().items * 6},
        {"payload": ""},
        {"payload": "ü" * 65},
        {"caption": "x" * 1025},
    ],
)
async def test_a_pack_outside_the_limits_is_refused_before_it_leaves(
    telegram: TelegramPlatform,
    luna: Account,
    chat: str,
    simulator: TelegramSimulator,
    blobs: Blobs,
    picture: bytes,
    changes: dict[str, object],
) -> None:
    await blobs.put("packs/beach/1.jpg", picture, "image/jpeg")
    with pytest.raises(BadInput):
        await telegram.send(luna, chat, pack(**changes), "k")
    assert simulator.calls == []


@pytest.mark.parametrize("data", [b"%PDF-1.7 ...", b"\xff\xd8\xff" + b"\0" * 10_000_000])
async def test_a_pack_holds_pictures_that_telegram_takes(
    telegram: TelegramPlatform, luna: Account, chat: str, simulator: TelegramSimulator, blobs: Blobs, data: bytes
) -> None:
    await blobs.put("packs/beach/1.jpg", data, "image/jpeg")
    with pytest.raises(BadInput):
        await telegram.send(luna, chat, pack(), "k")
    assert simulator.calls == []


async def test_a_caption_too_long_for_a_pack_goes_before_it(telegram: TelegramPlatform) -> None:
    *texts, last = telegram.split(pack(caption="y" * 1025))
    assert texts == [TextPart("y" * 1025)]
    assert last == pack(caption="")


async def test_a_blocked_bot_cannot_reach_the_fan(
    telegram: TelegramPlatform, luna: Account, chat: str, mia: TelegramUser, bot: Bot
) -> None:
    mia.block(bot)
    with pytest.raises(Unreachable, match="blocked by the user"):
        await telegram.send(luna, chat, HELLO, "k")


async def test_nobody_is_written_to_who_never_started(
    telegram: TelegramPlatform, luna: Account, simulator: TelegramSimulator
) -> None:
    stranger = simulator.add_user("Tom")
    with pytest.raises(Unreachable):
        await telegram.send(luna, str(stranger.id), HELLO, "k")
    with pytest.raises(Unreachable, match="chat not found"):
        await telegram.send(luna, "42", HELLO, "k")


async def test_slowing_down_is_told_in_seconds(
    telegram: TelegramPlatform, luna: Account, chat: str, simulator: TelegramSimulator
) -> None:
    simulator.faults.rate_limit("sendMessage", retry_after=7)
    with pytest.raises(RateLimited) as raised:
        await telegram.send(luna, chat, HELLO, "k")
    assert raised.value.retry_after == 7


async def test_an_unknown_token_must_be_renewed(
    telegram: TelegramPlatform, chat: str, simulator: TelegramSimulator, make_account
) -> None:
    with pytest.raises(CredentialExpired):
        await telegram.send(make_account("telegram", token="7009:wrong"), chat, HELLO, "k")
    assert len(simulator.calls) == 1


@pytest.mark.parametrize("secrets", [{}, {"token": ""}, {"token": "7001:abc/../../x"}])
async def test_what_cannot_be_a_token_is_not_tried(
    telegram: TelegramPlatform, chat: str, simulator: TelegramSimulator, make_account, secrets: dict[str, str]
) -> None:
    with pytest.raises(CredentialExpired):
        await telegram.send(make_account("telegram", **secrets), chat, HELLO, "k")
    assert simulator.calls == []


async def test_a_broken_line_after_the_work_is_an_unknown_outcome(
    telegram: TelegramPlatform, luna: Account, chat: str, simulator: TelegramSimulator, mia: TelegramUser, bot: Bot
) -> None:
    simulator.faults.drop_after("sendMessage")
    with pytest.raises(OutcomeUnknown):
        await telegram.send(luna, chat, HELLO, "k")
    assert len(mia.chat(bot).messages()) == 1
    assert len(simulator.calls_of("sendMessage")) == 1


@pytest.mark.parametrize("status", [500, 502])
async def test_a_server_error_is_no_proof_that_nothing_was_sent(
    telegram: TelegramPlatform, luna: Account, chat: str, simulator: TelegramSimulator, status: int
) -> None:
    simulator.faults.error("sendMessage", status)
    with pytest.raises(OutcomeUnknown):
        await telegram.send(luna, chat, HELLO, "k")


async def test_a_late_answer_is_an_unknown_outcome(
    blobs: Blobs, clock: Clock, luna: Account, chat: str, simulator: TelegramSimulator
) -> None:
    adapter = TelegramPlatform(simulator.base_url, blobs, clock, call_s=0.2)
    simulator.faults.late("sendMessage", seconds=1.0)
    with pytest.raises(OutcomeUnknown):
        await adapter.send(luna, chat, HELLO, "k")
    await adapter.close()


async def test_a_refused_connection_is_surely_not_sent(blobs: Blobs, clock: Clock, luna: Account, chat: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        adapter = TelegramPlatform(f"http://127.0.0.1:{closed.getsockname()[1]}", blobs, clock)
        with pytest.raises(Unavailable):
            await adapter.send(luna, chat, HELLO, "k")
        await adapter.close()


async def test_a_connection_that_never_gets_ready_is_surely_not_sent(
    blobs: Blobs, clock: Clock, luna: Account, chat: str
) -> None:
    silent = await asyncio.start_server(lambda _reader, _writer: asyncio.sleep(2), "127.0.0.1", 0)
    address = f"https://127.0.0.1:{silent.sockets[0].getsockname()[1]}"  # TLS that nobody answers
    adapter = TelegramPlatform(address, blobs, clock, call_s=0.3)
    with pytest.raises(Unavailable):
        await adapter.send(luna, chat, HELLO, "k")
    await adapter.close()
    silent.close()


@pytest.mark.parametrize(
    "response",
    [
        {"text": "<html>hello</html>", "content_type": "text/html"},
        {"text": '{"ok": true, "result": {}}'},
        {"text": "[]"},
        {"status": 302, "headers": {"location": "http://127.0.0.1:9/elsewhere"}},
        {"status": 500, "text": '{"ok": false, "error_code": 500, "description": "Internal Server Error: restart"}'},
    ],
)
async def test_an_answer_that_says_nothing_leaves_the_outcome_unknown(
    answering, luna: Account, response: dict[str, object]
) -> None:
    adapter = await answering(lambda: web.Response(**response))
    with pytest.raises(OutcomeUnknown):
        await adapter.send(luna, "42", HELLO, "k")


@pytest.mark.parametrize(
    ("status", "description", "error"),
    [
        (400, "Bad Request: PEER_ID_INVALID", Unreachable),
        (400, "Bad Request: message text is empty", BadInput),
        (403, "Forbidden: user is deactivated", Unreachable),
        (404, "Not Found", CredentialExpired),
        (413, "Request Entity Too Large", BadInput),
        (429, "Too Many Requests", RateLimited),
    ],
)
async def test_refusals_are_told_by_their_code(
    answering, luna: Account, status: int, description: str, error: type[MuseError]
) -> None:
    answer = {"ok": False, "error_code": status, "description": description}
    adapter = await answering(lambda: web.json_response(answer, status=status))
    with pytest.raises(error) as raised:
        await adapter.send(luna, "42", HELLO, "k")
    assert type(raised.value) is error


async def test_the_token_is_in_no_error(
    blobs: Blobs, clock: Clock, simulator: TelegramSimulator, luna: Account, chat: str
) -> None:
    simulator.faults.drop_before("sendMessage")
    simulator.faults.error("sendMessage", 502)
    addresses = [simulator.base_url, simulator.base_url, "http://127.0.0.1:1", "http://[::bad", "ftp://127.0.0.1:1", ""]
    for address in addresses:
        adapter = TelegramPlatform(address, blobs, clock)
        with pytest.raises(MuseError) as raised:
            await adapter.send(luna, chat, HELLO, "k")
        await adapter.close()
        told = "".join(traceback.format_exception(raised.value)) + repr(raised.value.__context__)
        assert luna.secrets["token"] not in told
        assert raised.value.__context__ is None


async def test_the_typing_sign_is_shown(
    telegram: TelegramPlatform, luna: Account, chat: str, mia: TelegramUser, bot: Bot
) -> None:
    await telegram.typing(luna, chat)
    assert [entry.text for entry in mia.chat(bot).messages(kind="typing")] == ["typing"]


async def test_the_typing_sign_never_raises(
    telegram: TelegramPlatform, luna: Account, chat: str, simulator: TelegramSimulator, mia: TelegramUser, bot: Bot
) -> None:
    simulator.faults.drop_before("sendChatAction")
    await telegram.typing(luna, chat)
    mia.block(bot)
    await telegram.typing(luna, chat)
    await telegram.typing(luna, "@nobody")
    assert len(simulator.calls_of("sendChatAction")) == 2
    assert mia.chat(bot).messages(kind="typing") == []
