"""The adapter for people's own apps: verify, frame, parse, split, send, typing, download, list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace
from yarl import URL

from core.clock import Clock
from core.errors import BadInput, CredentialExpired, Misconfigured, MuseError, Unauthorised
from core.ids import new_id
from core.inbound import AnyInbound, Fetched, MediaRef, WebhookRequest
from core.log import get_logger
from core.money import Money
from core.nouns import Account
from core.outbound import AssetRef, FilesPart, Part, PicturePart, Publication, Sent, TextPart
from core.platform_policy import PlatformPolicy, PublishPolicy, Rate
from core.platforms import SentItem
from core.settings import is_loopback
from gateway.platforms.acceptance import accept
from gateway.platforms.foreign import clean, decode
from gateway.platforms.http import signatures, wire
from gateway.platforms.http.addresses import media_address, read_address
from gateway.platforms.http.client import CALL_S, AppClient
from gateway.platforms.http.events import read_events
from gateway.platforms.http.rotation import accepting, signing
from gateway.platforms.pieces import split_text

TEXT_LIMIT = 4000
log = get_logger(__name__)


class HttpPlatform:
    """Apps that speak Standard Webhooks. A chat is what the app calls a conversation; `wire.Options` tells how it behaves."""

    name = "http"
    policy = PlatformPolicy(
        text_limit=TEXT_LIMIT, priced_media="USD", typing_seconds=5.0, rates=(Rate("account", 10, 1.0, burst=20),)
    )

    publishing = PublishPolicy(text_limit=TEXT_LIMIT, caption_limit=TEXT_LIMIT, marks_ai=False)

    def __init__(self, clock: Clock, *, call_s: float = CALL_S) -> None:
        self._clock = clock
        self._client = AppClient(call_s)

    def verify(self, account: Account, request: WebhookRequest) -> None:
        """Hold the request to every key that the account accepts, and to the time. Raises `Unauthorised`."""
        try:
            signatures.verify(accepting(account.secrets), request.headers, request.raw, self._clock.now())
        except Misconfigured as error:
            log.error("inbound_key_unreadable", account=str(account.id), reason=str(error))
            raise Unauthorised("A key of this account cannot be read.") from None

    def frame(self, request: WebhookRequest) -> bytes:
        """Keep the webhook's id with its body: it is the event's key, and stands in a header only."""
        return wire.frame(request.headers[signatures.ID], request.raw)

    def parse(self, account: Account, raw: bytes) -> Sequence[AnyInbound]:
        """Turn a framed body into its event, or its batch of them. Raises `BadInput` when it is neither."""
        return read_events(raw, self._clock.now(), account.sandbox)

    def split(self, part: Part) -> list[Part]:
        """Cut text into messages of 4000 characters; words too long for a pack go before it."""
        return _split(part, TEXT_LIMIT)

    def split_for(self, account: Account, part: Part) -> list[Part]:
        """Cut as `split` does, by the account's own `text_limit`."""
        try:
            limit = wire.options_of(account).text_limit
        except CredentialExpired:  # the send will say so; a turn is not lost for it
            limit = TEXT_LIMIT
        return _split(part, limit)

    async def send(self, account: Account, chat: str, part: Part, key: str) -> Sent:
        """Post one piece, with `key` as the webhook's id: an app takes no id twice. `BadInput` refuses what is too long."""
        body = _event("message.send", _written(key) or self._clock.now(), {"conversation": chat, **_content(part)})
        headers = self._sign(account, key, body)
        answer = await self._client.push(_url(account), headers, body, self._clock.now())
        return Sent((key if answer.id is None else clean(str(answer.id)),))

    def check_post(self, account: Account, post: Publication) -> None:
        """Hold a post to what an app is sent. Raises `BadInput` with what to change."""
        if len(post.text) > TEXT_LIMIT:
            raise BadInput(f"A post for an app holds at most {TEXT_LIMIT} characters, not {len(post.text)}.")
        if len(post.items) > self.publishing.most_pictures:
            raise BadInput(f"A post for an app shows at most {self.publishing.most_pictures} pictures, not {len(post.items)}.")
        if not post.items and not post.text.strip():
            raise BadInput("A post needs words or pictures.")

    async def publish(self, account: Account, post: Publication, key: str) -> Sent:
        """Post `post.publish`, with `key` as the webhook's id: an app takes no id twice."""
        self.check_post(account, post)
        data: dict[str, object] = {"post": key, "target": post.target, "text": post.text, "language": post.language}
        data |= {"made_by_ai": post.made_by_ai, "items": [_picture(item) for item in post.items]}
        body = _event("post.publish", _written(key) or self._clock.now(), data)
        answer = await self._client.push(_url(account), self._sign(account, key, body), body, self._clock.now())
        return Sent((key if answer.id is None else clean(str(answer.id)),))

    def may_repeat(self, account: Account) -> bool:
        """Say yes, by the specification, unless the account says that its app does not look at webhook ids."""
        try:
            return wire.options_of(account).dedupes
        except CredentialExpired:
            return False

    def reply_window(self, chat: str) -> float | None:
        """Return none: an app may be written to at any time."""
        return None

    async def typing(self, account: Account, chat: str) -> None:
        """Tell an app that wants to know; failing, do without."""
        try:
            if wire.options_of(account).typing:
                now = self._clock.now()
                body = _event("typing.started", now, {"conversation": chat, "seconds": self.policy.typing_seconds})
                await self._client.push(_url(account), self._sign(account, str(new_id()), body), body, now)
        except MuseError as error:
            log.debug("no typing sign", account=str(account.id), reason=str(error))

    async def download(self, account: Account, media: MediaRef, limit: int) -> Fetched:
        """Fetch a fan's file from a host that the account names, and hold its bytes to what it was sent as.

        Raises `Refused` and below, `TryLater`, `CredentialExpired`.
        """
        if (media.bytes or 0) > limit:
            raise BadInput(f"The file is larger than {limit} bytes.")
        own = _url(account)
        url = media_address(media.file_id, wire.options_of(account).media_hosts, own)
        data = await self._client.fetch(url, limit, self._clock.now(), nearby=is_loopback(own.host or ""))
        return Fetched(data, accept(data, media.kind, media.mime))

    async def list_sent(self, account: Account, chat: str, since: datetime) -> list[SentItem] | None:
        """Ask the app what stands in a chat from our side. What is signed of a GET is its query string.

        Raises `TryLater`, `Refused`, `CredentialExpired`.
        """
        return await self._list(account, since, conversation=chat)

    async def list_posts(self, account: Account, target: str, since: datetime) -> list[SentItem] | None:
        """Ask the app which posts of ours it shows. Raises `TryLater`, `Refused`, `CredentialExpired`."""
        return await self._list(account, since, posts=target)

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()

    async def _list(self, account: Account, since: datetime, **which: str) -> list[SentItem] | None:
        address = wire.options_of(account).list_url
        if not address:
            return None
        url = _checked(account, address).update_query(**which, since=since.astimezone(UTC).isoformat())
        headers = self._sign(account, str(new_id()), url.raw_query_string.encode())
        listing = decode(await self._client.ask(url, headers, self._clock.now()), wire.Listing)
        return [SentItem(clean(str(one.id)), _utc(one.timestamp), clean(one.text), one.key) for one in listing.items]

    def _sign(self, account: Account, webhook_id: str, body: bytes) -> Mapping[str, str]:
        keys = signing(account.secrets)
        if not keys:
            raise CredentialExpired(f"The account http/{account.key} has no key to sign with; connect it anew.")
        try:
            return signatures.sign(keys, webhook_id, self._clock.now(), body)
        except Misconfigured as error:
            raise CredentialExpired(f"A key of the account http/{account.key} cannot be used: {error}") from None


def _split(part: Part, limit: int) -> list[Part]:
    if isinstance(part, TextPart):
        return [*_pieces(part.text, limit)]
    if isinstance(part, FilesPart):
        return [part]
    return [part] if len(part.caption) <= limit else [*_pieces(part.caption, limit), replace(part, caption="")]


def _pieces(text: str, limit: int) -> list[TextPart]:
    return [TextPart(piece) for piece in split_text(text, limit, "chars")]


def _content(part: Part) -> dict[str, object]:
    """Return a part as the app reads it. Raises `BadInput` for a text that should have been split first."""
    if isinstance(part, TextPart):
        if not part.text.strip() or len(part.text) > TEXT_LIMIT:
            raise BadInput(f"A message holds 1 to {TEXT_LIMIT} characters, not {len(part.text)}; split it first.")
        return {"text": part.text}
    if isinstance(part, FilesPart):
        return {"files": {"title": part.title, "items": [_picture(item) for item in part.items]}}
    if len(part.caption) > TEXT_LIMIT:
        raise BadInput(f"A caption holds at most {TEXT_LIMIT} characters; split it first.")
    if isinstance(part, PicturePart):
        made = {"job": part.job_id, "caption": part.caption, "alt": part.alt, "ai_generated": True, "item": _picture(part.item)}
        return {"picture": made}
    pack = {
        "offer": part.offer_id,
        "payload": part.payload,
        "title": part.title,
        "caption": part.caption,
        "price": _money(part.price),
        "preview": None if part.preview is None else _picture(part.preview),
        "items": [_picture(item) for item in part.items],
    }
    return {"pack": pack if part.old_price is None else {**pack, "old_price": _money(part.old_price)}}


def _money(price: Money) -> dict[str, object]:
    return {"amount": price.amount, "unit": price.unit}


def _picture(asset: AssetRef) -> dict[str, object]:
    """Name a picture; its bytes are read with `file.read`."""
    return {"file": asset.asset_id, "mime": asset.mime, "width": asset.width, "height": asset.height}


def _event(kind: str, at: datetime, data: dict[str, object]) -> bytes:
    try:
        return msgspec.json.encode({"type": kind, "timestamp": at, "data": data})
    except UnicodeEncodeError:
        raise BadInput("The text has half a character (a lone surrogate) in it.") from None


def _written(key: str) -> datetime | None:
    """Return when a delivery was made, which its UUIDv7 tells: a repeat has the same body as the first try."""
    try:
        made = UUID(key)
    except ValueError:
        return None
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC) if made.version == 7 else None


def _url(account: Account) -> URL:
    return _checked(account, wire.options_of(account).url)


def _checked(account: Account, address: str) -> URL:
    """Hold a stored address to what is called at all. Raises `CredentialExpired`: the account must be connected anew."""
    try:
        return read_address(address)
    except Misconfigured as error:
        raise CredentialExpired(f"The account http/{account.key} has no usable address: {error}") from None


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
