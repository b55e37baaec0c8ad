"""What every platform's adapter promises, held to each in the registry and to a small fake of our own.

The fake shows that the contract asks for nothing that only Telegram could do.
"""

from __future__ import annotations

import json
import random
import socket
import traceback
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import core.errors
from core.errors import BadInput, MuseError, NotFound, Unauthorised
from core.inbound import AnyInbound, Fetched, InboundMessage, InboundPurchase, MediaRef, Sender, WebhookRequest
from core.money import Money
from core.nouns import Account
from core.outbound import AssetRef, FilesPart, PackPart, Part, Sent, TextPart
from core.platform_policy import PlatformPolicy
from core.platforms import Checkouts, Platform, Pushing, Refunder
from core.settings import Settings
from gateway.platforms.foreign import clean
from gateway.platforms.pieces import WIDTHS, measure, split_text
from gateway.platforms.registry import open_platforms

FIXTURES = Path(__file__).parents[1] / "gateway" / "platforms"
TELEGRAM, HTTP = FIXTURES / "telegram" / "fixtures", FIXTURES / "http" / "fixtures"
PAGE = {"key": "0198c0de-0000-7000-8000-000000000001", "text": "Hi", "handle": "fan-7", "at": "2026-09-01T12:00:00Z"}
BODIES = {
    "telegram": [file.read_bytes() for file in sorted(TELEGRAM.glob("*.json"))],
    "webchat": [json.dumps(PAGE).encode(), json.dumps(PAGE | {"unlock": "offer:6"}).encode()],
    "preview": [json.dumps(PAGE).encode(), json.dumps(PAGE | {"unlock": "offer:6"}).encode()],
    "http": [b"webhook-id: evt_1\n\n" + file.read_bytes() for file in sorted(HTTP.glob("*.json"))],
    "parrot": [b"fan-7 hello there"],
}
HOSTILE = st.sampled_from([None, "", 0, -1, 2**63, 1e308, [], {}, True, "\x00", "\ud800", "x" * 5000, [[[]]], {"id": "x"}])


class Parrot:
    """A platform whose whole wire is one line: a handle, a space, a text of at most 20 bytes out."""

    name = "parrot"
    policy = PlatformPolicy(text_limit=20, text_unit="bytes")

    def verify(self, account: Account, request: WebhookRequest) -> None:
        if request.headers.get("x-parrot") != account.secrets.get("webhook_secret", object()):
            raise Unauthorised("The parrot does not know you.")

    def parse(self, account: Account, raw: bytes) -> Sequence[AnyInbound]:
        try:
            handle, _, text = clean(raw.decode()).partition(" ")
        except UnicodeDecodeError:
            raise BadInput("The parrot reads UTF-8.") from None
        at, sender = datetime(2026, 9, 1, tzinfo=UTC), Sender(handle)
        return [
            InboundMessage(
                event_key=f"line:{raw.hex()}", at=at, sender=sender, conversation_key=handle, message_key="1", text=text
            )
        ]

    def split(self, part: Part) -> list[Part]:
        return [TextPart(piece) for piece in split_text(part.text, 20, "bytes")] if isinstance(part, TextPart) else [part]

    async def send(self, account: Account, chat: str, part: Part, key: str) -> Sent:
        if not isinstance(part, TextPart) or not part.text.strip() or measure(part.text, "bytes") > 20:
            raise BadInput("The parrot says short things only.")
        return Sent((key,))

    def may_repeat(self, account: Account) -> bool:
        return False

    def reply_window(self, chat: str) -> float | None:
        return None

    async def typing(self, account: Account, chat: str) -> None: ...

    async def download(self, account: Account, media: MediaRef, limit: int) -> Fetched:
        raise BadInput("The parrot carries no files.")

    async def close(self) -> None: ...


class Noon:
    """A clock that stands, for events without a date of their own."""

    def now(self) -> datetime:
        return datetime(2026, 9, 1, 12, tzinfo=UTC)


class NoBlobs:
    """A blob store with nothing in it."""

    async def put(self, key: str, data: bytes, mime: str) -> None: ...

    async def get(self, key: str) -> bytes:
        raise NotFound("There is no such file.")

    async def delete(self, key: str) -> None: ...


def everyone(dead: str) -> dict[str, Platform]:
    opened = open_platforms(Settings(telegram_api_url=dead), NoBlobs(), Noon())
    return {**opened, "parrot": Parrot()}


NAMES = tuple(everyone("http://127.0.0.1:9"))


@pytest.fixture
async def platform(request: pytest.FixtureRequest) -> AsyncIterator[Platform]:
    with socket.socket() as nobody:  # bound and not listening: connections are refused
        nobody.bind(("127.0.0.1", 0))
        adapters = everyone(f"http://127.0.0.1:{nobody.getsockname()[1]}")
        yield adapters[request.param]
        for adapter in adapters.values():
            await adapter.close()


each = pytest.mark.parametrize("platform", NAMES, indirect=True)
patiently = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def account_of(platform: Platform, **secrets: str) -> Account:
    return Account(
        id=UUID(int=1),
        agency_id=UUID(int=2),
        influencer_id=UUID(int=3),
        platform=platform.name,
        key="luna",
        inbound="webhook",
        sandbox=True,
        autonomy="auto",
        secrets=secrets,
    )


def read(platform: Platform, raw: bytes) -> Sequence[AnyInbound]:
    """Parse, let `BadInput` pass as the one allowed refusal, and hold what comes out to what a database can keep."""
    try:
        events = platform.parse(account_of(platform), raw)
    except BadInput:
        return []
    for event in events:
        assert isinstance(event, get_args(AnyInbound))
        assert event.event_key
        assert event.at.utcoffset() is not None
        kept = msgspec.json.encode(event)  # refuses half surrogates
        assert b"\\u0000" not in kept
        assert type(event) is type(msgspec.json.decode(kept, type=AnyInbound))
    return events


def test_the_registry_names_each_adapter_by_its_own_name() -> None:
    assert NAMES == ("telegram", "webchat", "preview", "http", "parrot")
    assert all(adapter.name == name for name, adapter in everyone("http://127.0.0.1:9").items())


@each
def test_policies_are_counted_in_known_units(platform: Platform) -> None:
    assert platform.policy.text_unit in WIDTHS
    assert platform.policy.text_limit > 0
    assert platform.policy.autonomy_ceiling in ("auto", "approve", "risk", "off")


@each
@pytest.mark.parametrize("secrets", [{}, {"webhook_secret": ""}, {"webhook_secret": "s3cret"}])
@pytest.mark.parametrize("headers", [{}, {"x-telegram-bot-api-secret-token": "wrong"}, {"authorization": "Bearer s3cret"}])
def test_strangers_are_turned_away(platform: Platform, secrets: dict[str, str], headers: dict[str, str]) -> None:
    request = WebhookRequest(raw=BODIES[platform.name][0], headers=headers, query={"secret": "s3cret"})
    with pytest.raises(Unauthorised):
        platform.verify(account_of(platform, **secrets), request)


@each
def test_good_bodies_are_read_the_same_way_each_time(platform: Platform) -> None:
    for raw in BODIES[platform.name]:
        assert len(read(platform, raw)) == 1
        first, again = (platform.parse(account_of(platform), raw) for _ in range(2))
        assert first == again
        assert "" not in [event.event_key for event in first]


@each
@patiently
@given(raw=st.binary(max_size=300))
def test_any_bytes_are_events_or_bad_input(platform: Platform, raw: bytes) -> None:
    assert isinstance(read(platform, raw), Sequence)


@each
@patiently
@given(seed=st.integers(0, 2**32), data=st.data())
def test_damaged_bodies_are_events_or_bad_input(platform: Platform, seed: int, data: st.DataObject) -> None:
    dice = random.Random(seed)
    raw = bytearray(data.draw(st.sampled_from(BODIES[platform.name])))
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(raw))
        raw[at : at + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
    assert isinstance(read(platform, bytes(raw)), Sequence)


@pytest.mark.parametrize("platform", ["telegram", "webchat", "preview", "http"], indirect=True)
@patiently
@given(data=st.data())
def test_well_formed_nonsense_is_events_or_bad_input(platform: Platform, data: st.DataObject) -> None:
    head, found, text = data.draw(st.sampled_from(BODIES[platform.name])).rpartition(b"\n\n")
    body = json.loads(text)
    holder, name = data.draw(st.sampled_from(list(places(body))))
    if data.draw(st.booleans()):
        del holder[name]
    else:
        holder[name] = data.draw(HOSTILE)
    assert isinstance(read(platform, head + found + json.dumps(body).encode()), Sequence)


def places(value: object) -> list[tuple[dict[str, object], str]]:
    """List every field of a JSON document, at any depth."""
    if isinstance(value, list):
        return [place for item in value for place in places(item)]
    if not isinstance(value, dict):
        return []
    return [(value, name) for name in value] + [place for item in value.values() for place in places(item)]


@each
@patiently
@given(text=st.text(max_size=200).map(lambda text: text * 60))
def test_pieces_lose_only_white_space_and_fit(platform: Platform, text: str) -> None:
    pieces = platform.split(TextPart(text))
    assert all(isinstance(piece, TextPart) and piece.text.strip() for piece in pieces)
    whole = "".join(piece.text for piece in pieces if isinstance(piece, TextPart))
    assert "".join(whole.split()) == "".join(text.split())
    limit, unit = platform.policy.text_limit, platform.policy.text_unit
    assert all(measure(piece.text, unit) <= limit for piece in pieces if isinstance(piece, TextPart))
    assert [again for piece in pieces for again in platform.split(piece)] == pieces


def pack(caption: str) -> PackPart:
    item = AssetRef(asset_id=UUID(int=7), blob_key="packs/lost.jpg", mime="image/jpeg", width=10, height=10)
    return PackPart(
        pack_id=UUID(int=5),
        offer_id=UUID(int=6),
        title="Beach",
        caption=caption,
        price=Money(250, "XTR"),
        payload="offer:6",
        preview=None,
        items=(item,),
    )


def files() -> FilesPart:
    return FilesPart(UUID(int=8), "Beach", pack("").items)


@each
@pytest.mark.parametrize("caption", ["", "Sun and sand", "words " * 2000])
def test_a_pack_stays_one_and_its_words_are_kept(platform: Platform, caption: str) -> None:
    pieces = platform.split(pack(caption))
    offers = [piece for piece in pieces if isinstance(piece, PackPart)]
    assert [offer.payload for offer in offers] == ["offer:6"]
    assert pieces[-1] is offers[0] or len(pieces) == 1
    said = " ".join(piece.text if isinstance(piece, TextPart) else piece.caption for piece in pieces)
    assert said.split() == caption.split()


@each
@pytest.mark.parametrize("count", [1, 10, 23])
def test_bought_pictures_are_cut_without_losing_one(platform: Platform, count: int) -> None:
    items = tuple(msgspec.structs.replace(pack("").items[0], asset_id=UUID(int=100 + n)) for n in range(count))
    pieces = platform.split(FilesPart(UUID(int=8), "Beach", items))
    assert all(isinstance(piece, FilesPart) and (piece.purchase_id, piece.title) == (UUID(int=8), "Beach") for piece in pieces)
    assert tuple(item for piece in pieces if isinstance(piece, FilesPart) for item in piece.items) == items
    assert [again for piece in pieces for again in platform.split(piece)] == pieces


@each
@pytest.mark.parametrize("chat", ["501001", "biz:conn1:501001"])
def test_reply_windows_are_for_ever_or_some_time(platform: Platform, chat: str) -> None:
    window = platform.reply_window(chat)
    assert window is None or window > 0


@each
def test_rates_are_counted_by_known_things(platform: Platform) -> None:
    assert all(rate.scope in ("chat", "account", "platform") and rate.calls > 0 for rate in platform.policy.rates)


TOKEN = "7001:very-secret"  # of a bot that does not exist


@each
@pytest.mark.parametrize(
    "part", [TextPart("Hello"), TextPart(""), TextPart("x" * 5000), TextPart("\ud800"), pack("Sun"), files()]
)
@pytest.mark.parametrize("secrets", [{}, {"token": TOKEN}])
@pytest.mark.parametrize("chat", ["501001", "", "@group", "../x"])
async def test_sending_into_the_void_fails_in_our_own_words(
    platform: Platform, part: Part, secrets: dict[str, str], chat: str
) -> None:
    sent, error = None, None
    try:
        sent = await platform.send(account_of(platform, **secrets), chat, part, "delivery-1")
    except MuseError as raised:
        error = raised
    assert (sent is None) != (error is None)
    assert sent is None or sent.platform_ids
    assert error is None or (type(error).__module__ == core.errors.__name__ and str(error).endswith("."))
    assert TOKEN not in "".join(traceback.format_exception(error)) + repr(error and error.__context__)


@each
async def test_text_that_should_have_been_split_is_refused(platform: Platform) -> None:
    with pytest.raises(BadInput):
        await platform.send(account_of(platform, token=TOKEN), "501001", TextPart("x " * 5000), "k")


@each
async def test_the_typing_sign_never_raises(platform: Platform) -> None:
    for secrets in ({}, {"token": TOKEN}):
        for chat in ("501001", "", "@group"):
            await platform.typing(account_of(platform, **secrets), chat)
    await platform.close()
    await platform.close()


@each
@pytest.mark.parametrize("kind", ["photo", "hologram"])
async def test_a_download_that_fails_fails_in_our_own_words(platform: Platform, kind: str) -> None:
    with pytest.raises(MuseError) as raised:
        await platform.download(account_of(platform, token=TOKEN), MediaRef(kind, "file-1"), 1000)
    assert type(raised.value).__module__ == core.errors.__name__
    assert TOKEN not in str(raised.value)


@each
@pytest.mark.parametrize("secrets", [{}, {"token": TOKEN}])
async def test_what_only_some_platforms_do_fails_in_our_own_words(platform: Platform, secrets: dict[str, str]) -> None:
    account = account_of(platform, **secrets)
    asks = []
    if isinstance(platform, Checkouts):
        asks += [platform.answer_checkout(account, "q1", None), platform.answer_checkout(account, "q1", "Sorry.")]
    if isinstance(platform, Refunder):
        asks += [platform.refund(account, "501001", charge, "offer:6", datetime.now(UTC)) for charge in ("c1", None)]
    if isinstance(platform, Pushing):
        asks.append(platform.push_state(account))
    for ask in asks:
        with pytest.raises(MuseError) as raised:
            await ask
        assert type(raised.value).__module__ == core.errors.__name__
        assert TOKEN not in str(raised.value)


def test_a_purchase_names_its_offer() -> None:
    bought = [
        event
        for name, adapter in everyone("http://127.0.0.1:9").items()
        for raw in BODIES[name]
        for event in adapter.parse(account_of(adapter), raw)
        if isinstance(event, InboundPurchase)
    ]
    assert {event.payload for event in bought} >= {"offer:6", "offer:2", "offer:0198c0de-0000-7000-8000-000000000001"}
