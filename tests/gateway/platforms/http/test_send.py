"""What became of a send, over real sockets: the app's answer, its absence, and what the fan saw."""

from __future__ import annotations

import asyncio
import socket
import traceback
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from core.errors import (
    BadInput,
    CredentialExpired,
    MuseError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
    Unreachable,
)
from core.ids import new_id
from core.money import Money
from core.nouns import Account
from core.outbound import AssetRef, PackPart, Sent, TextPart
from core.platforms import Tailor, splitter
from evals.simulators.http import AppFan, AppKeys, HttpAppSimulator
from evals.simulators.http.signing import proven
from gateway.platforms.http.adapter import HttpPlatform
from gateway.platforms.http.rotation import OUTBOUND_PRIVATE, OUTBOUND_SECRET, rotate
from gateway.platforms.http.signatures import public_half
from tests.gateway.platforms.http.conftest import app_keys, with_options

PICTURE = AssetRef(UUID(int=7), "packs/1.jpg", "image/jpeg", 1080, 1350)
PREVIEW = AssetRef(UUID(int=8), "packs/0.jpg", "image/jpeg", 64, 80)
PACK = PackPart(UUID(int=5), UUID(int=6), "The sea", "For you", Money(799, "USD"), "offer:6", PREVIEW, (PICTURE,))


async def test_a_text_arrives_signed_by_every_key(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan
) -> None:
    key = str(new_id())
    sent = await http.send(luna, mia.chat.key, TextPart("Good evening 🌊"), key)
    (entry,) = mia.chat.messages()
    assert (entry.kind, entry.text, entry.key) == ("text", "Good evening 🌊", key)
    assert sent == Sent((entry.id,))
    (call,) = app.calls
    assert call.proven == ("v1:0", "v1a:1")
    body = msgspec.json.decode(call.body)
    assert (body["type"], body["data"]) == ("message.send", {"conversation": mia.chat.key, "text": "Good evening 🌊"})
    assert call.headers["Content-Type"] == "application/json"


async def test_a_repeat_has_the_same_id_and_body_and_is_shown_once(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan
) -> None:
    assert http.may_repeat(luna)
    key = str(new_id())
    first = await http.send(luna, mia.chat.key, TextPart("Once"), key)
    await asyncio.sleep(0.01)
    assert await http.send(luna, mia.chat.key, TextPart("Once"), key) == first
    assert [entry.text for entry in mia.chat.messages()] == ["Once"]
    assert [call.webhook_id for call in app.calls] == [key, key]
    assert app.calls[0].body == app.calls[1].body
    assert app.calls[1].repeated


async def test_a_pack_names_its_pictures_and_price(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan
) -> None:
    await http.send(luna, mia.chat.key, PACK, "k1")
    (entry,) = mia.chat.messages(kind="pack")
    assert entry.pack == {
        "offer": str(UUID(int=6)),
        "payload": "offer:6",
        "title": "The sea",
        "caption": "For you",
        "price": {"amount": 799, "unit": "USD"},
        "preview": {"file": str(UUID(int=8)), "mime": "image/jpeg", "width": 64, "height": 80},
        "items": [{"file": str(UUID(int=7)), "mime": "image/jpeg", "width": 1080, "height": 1350}],
    }


async def test_while_keys_are_rotated_the_app_may_know_either(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan
) -> None:
    rotated = replace(luna, secrets=rotate(luna.secrets))
    new = app_keys(rotated.secrets)
    for keys in (app.keys, new):
        app.connect(app.feed.address, keys)
        await http.send(rotated, mia.chat.key, TextPart("Hello"), str(new_id()))
        assert app.calls[-1].proven == ("v1:0", "v1a:1")
    assert set(new.accepts).isdisjoint(app_keys(luna.secrets).accepts)


async def test_an_account_without_a_pair_signs_with_its_secret_only(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan
) -> None:
    for name, fits in ((OUTBOUND_SECRET, ("v1:0",)), (OUTBOUND_PRIVATE, ("v1a:1",))):
        await http.send(replace(luna, secrets={name: luna.secrets[name]}), mia.chat.key, TextPart("Hi"), f"only-{name}")
        assert app.calls[-1].proven == fits


async def test_an_app_with_other_keys_refuses_and_the_operator_learns_why(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan
) -> None:
    app.connect(app.feed.address, AppKeys(accepts=["whsec_" + "A" * 32, public_half(rotate(luna.secrets)[OUTBOUND_PRIVATE])]))
    with pytest.raises(CredentialExpired, match="401"):
        await http.send(luna, mia.chat.key, TextPart("Hi"), "k1")
    assert mia.chat.messages() == []
    assert proven(app.keys.accepts, app.calls[0].headers, app.calls[0].body) == ()


@pytest.mark.parametrize(
    ("status", "more", "error", "words"),
    [
        (429, {"retry_after": "7"}, RateLimited, "slow down"),
        (429, {}, RateLimited, "slow down"),
        (503, {"retry_after": "30"}, RateLimited, "later"),
        (503, {}, OutcomeUnknown, "503"),
        (500, {}, OutcomeUnknown, "500"),
        (502, {}, OutcomeUnknown, "502"),
        (504, {"retry_after": "5"}, OutcomeUnknown, "504"),
        (408, {}, Unavailable, "408"),
        (410, {}, BadInput, "wants nothing more"),
        (400, {}, BadInput, "400"),
        (404, {"body": b'{"error": "conversation"}'}, BadInput, "404"),
        (422, {"body": b"\xff not JSON"}, BadInput, "422"),
        (403, {"body": b'{"error": "unreachable"}'}, Unreachable, "cannot be written to"),
        (403, {"body": b"<html>blocked by the fire wall</html>"}, BadInput, "403"),
        (301, {}, BadInput, "redirects"),
    ],
)
async def test_each_answer_has_its_place_in_the_tree(
    http: HttpPlatform,
    app: HttpAppSimulator,
    luna: Account,
    mia: AppFan,
    status: int,
    more: dict[str, Any],
    error: type[MuseError],
    words: str,
) -> None:
    app.faults.refuse("message.send", status, **more)
    with pytest.raises(error, match=words) as raised:
        await http.send(luna, mia.chat.key, TextPart("Hi"), "k1")
    assert type(raised.value) is error
    if isinstance(raised.value, RateLimited):
        assert raised.value.retry_after == (float(more["retry_after"]) if more else None)
    assert app.base_url not in "".join(traceback.format_exception(raised.value))
    assert mia.chat.messages() == []
    assert len(app.calls) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0.0), ("999999999", 86_400.0), ("soon", None), ("-5", None), ("Tue, 01 Sep 2020 12:00:00 GMT", 0.0)],
)
async def test_odd_waits_are_bounded(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, header: str, seconds: float | None
) -> None:
    app.faults.refuse("message.send", 429, retry_after=header)
    with pytest.raises(RateLimited) as raised:
        await http.send(luna, "c", TextPart("Hi"), "k1")
    assert raised.value.retry_after == seconds


async def test_a_wait_may_be_a_date(http: HttpPlatform, app: HttpAppSimulator, luna: Account) -> None:
    later = datetime.fromtimestamp(datetime.now(UTC).timestamp() + 3600, UTC)
    app.faults.refuse("message.send", 503, retry_after=format_datetime(later, usegmt=True))
    with pytest.raises(RateLimited) as raised:
        await http.send(luna, "c", TextPart("Hi"), "k1")
    assert raised.value.retry_after is not None
    assert 3000 < raised.value.retry_after <= 3600


async def test_a_redirect_is_not_followed(http: HttpPlatform, app: HttpAppSimulator, luna: Account) -> None:
    app.faults.redirect("message.send", f"{app.base_url}/muse")
    with pytest.raises(BadInput, match="redirects"):
        await http.send(luna, "c", TextPart("Hi"), "k1")
    assert len(app.calls) == 1


async def test_success_is_a_status_whatever_stands_in_the_answer(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan
) -> None:
    for body in (b"<html>fine</html>", b"", b'{"id": null}', b'{"id": ""}', b"[1]", b"\xff" * 100_000):
        app.faults.garbage("message.send", body)
        key = str(new_id())
        assert await http.send(luna, mia.chat.key, TextPart("Hi"), key) == Sent((key,))
    app.faults.garbage("message.send", b'{"id": 42, "more": []}')
    assert await http.send(luna, mia.chat.key, TextPart("Hi"), "k2") == Sent(("42",))


@pytest.mark.parametrize(("fault", "seen"), [("drop_before", 0), ("drop_after", 1), ("stall", 0), ("late", 1)])
async def test_what_nobody_can_know_is_unknown(
    hasty: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan, fault: str, seen: int
) -> None:
    getattr(app.faults, fault)("message.send", *((30.0,) if fault in ("stall", "late") else ()))
    with pytest.raises(OutcomeUnknown) as raised:
        await hasty.send(luna, mia.chat.key, TextPart("Hi"), "k1")
    assert app.base_url not in "".join(traceback.format_exception(raised.value))
    assert len(mia.chat.messages()) == seen
    await hasty.send(luna, mia.chat.key, TextPart("Hi"), "k1")  # what may be repeated is repeated under its key
    assert len(mia.chat.messages()) == 1


async def test_what_did_not_leave_is_surely_not_sent(http: HttpPlatform, luna: Account) -> None:
    with socket.socket() as nobody:  # bound and not listening: connections are refused
        nobody.bind(("127.0.0.1", 0))
        away = with_options(luna, url=f"http://127.0.0.1:{nobody.getsockname()[1]}/muse?token=hush")
        with pytest.raises(Unavailable) as raised:
            await http.send(away, "c", TextPart("Hi"), "k1")
    assert "hush" not in "".join(traceback.format_exception(raised.value)) + repr(raised.value.__context__)


async def test_a_fan_who_blocked_is_unreachable(http: HttpPlatform, luna: Account, mia: AppFan) -> None:
    mia.block()
    with pytest.raises(Unreachable):
        await http.send(luna, mia.chat.key, TextPart("Hi"), "k1")


@pytest.mark.parametrize(
    "options",
    [
        {"url": ""},
        {"url": "http://app.example/muse"},
        {"url": "ftp://app.example/muse"},
        {"url": "https://user:pass@app.example/muse"},
        {"url": "//app.example"},
        {"url": "https://app.example:99999/"},
        {"url": 5},
    ],
)
async def test_an_account_without_a_usable_address_sends_nothing(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, options: dict[str, Any]
) -> None:
    with pytest.raises(CredentialExpired):
        await http.send(with_options(luna, **options), "c", TextPart("Hi"), "k1")
    assert app.calls == []


@pytest.mark.parametrize("secrets", [{}, {OUTBOUND_SECRET: "short"}, {OUTBOUND_PRIVATE: "whpk_x"}])
async def test_an_account_without_a_usable_key_sends_nothing(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, secrets: dict[str, str]
) -> None:
    with pytest.raises(CredentialExpired):
        await http.send(replace(luna, secrets=secrets), "c", TextPart("Hi"), "k1")
    assert app.calls == []


async def test_what_should_have_been_cut_is_refused(http: HttpPlatform, luna: Account) -> None:
    for part in (TextPart(""), TextPart(" \n"), TextPart("x" * 4001), TextPart("\ud800"), replace(PACK, caption="x" * 4001)):
        with pytest.raises(BadInput):
            await http.send(luna, "c", part, "k1")
    with pytest.raises(BadInput):
        await http.send(luna, "c", TextPart("Hi"), "with.stop")


def test_an_account_may_have_a_shorter_limit(http: HttpPlatform, luna: Account) -> None:
    assert isinstance(http, Tailor)
    short = with_options(luna, text_limit=100)
    text = TextPart("word " * 100)
    assert len(http.split(text)) == len(splitter(http, luna)(text)) == 1
    pieces = splitter(http, short)(text)
    assert len(pieces) == 5
    assert all(isinstance(piece, TextPart) and len(piece.text) <= 100 for piece in pieces)
    words, pack = splitter(http, short)(replace(PACK, caption="x" * 101))[-2:]
    assert (isinstance(words, TextPart), isinstance(pack, PackPart) and pack.caption) == (True, "")
    assert splitter(http, with_options(luna, text_limit="many"))(text) == [TextPart(text.text.strip())]


def test_an_app_that_looks_at_no_ids_gets_no_repeats(http: HttpPlatform, luna: Account) -> None:
    assert not http.may_repeat(with_options(luna, dedupes=False))
    assert not http.may_repeat(with_options(luna, dedupes="perhaps"))


async def test_typing_is_told_to_who_wants_to_know_and_never_raises(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan
) -> None:
    await http.typing(luna, mia.chat.key)
    assert app.calls == []
    for status in (200, 500, 401):
        if status != 200:
            app.faults.refuse("typing.started", status)
        await http.typing(with_options(luna, typing=True), mia.chat.key)
    assert len(mia.chat.messages(kind="typing")) == 1
    await http.typing(with_options(luna, typing=True, url=""), mia.chat.key)


async def test_what_was_sent_can_be_listed_by_its_key(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan
) -> None:
    since = datetime.now(UTC)
    assert await http.list_sent(luna, mia.chat.key, since) is None
    app.faults.drop_after("message.send")
    with pytest.raises(OutcomeUnknown):
        await http.send(luna, mia.chat.key, TextPart("Did you get this?"), "k1")
    lists = with_options(luna, list_url=f"{app.list_url}?shop=a%20b")
    items = await http.list_sent(lists, mia.chat.key, since)
    assert items is not None
    (item,) = items
    assert (item.key, item.text, item.platform_id) == ("k1", "Did you get this?", mia.chat.messages()[0].id)
    assert item.at >= since
    (call,) = app.calls_of("list")
    assert call.proven == ("v1:0", "v1a:1")
    assert call.body.startswith(b"shop=a+b&conversation=")
    assert await http.list_sent(lists, "nobody", since) == []
    assert await http.list_sent(lists, mia.chat.key, datetime.fromtimestamp(since.timestamp() + 60, UTC)) == []


@pytest.mark.parametrize(
    ("status", "error"), [(500, Unavailable), (429, RateLimited), (404, Refused), (410, Refused), (302, Refused)]
)
async def test_a_list_that_is_not_given_says_so(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, status: int, error: type[MuseError]
) -> None:
    app.faults.refuse("list", status)
    with pytest.raises(error):
        await http.list_sent(with_options(luna, list_url=app.list_url), "c", datetime.now(UTC))


@pytest.mark.parametrize("body", [b"<html>", b'{"items": [{"id": 1}]}', b" " * 2_000_000])
async def test_a_list_that_cannot_be_read_is_refused(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, body: bytes
) -> None:
    app.faults.garbage("list", body)
    with pytest.raises(BadInput):
        await http.list_sent(with_options(luna, list_url=app.list_url), "c", datetime.now(UTC))
