"""Telegram's adapter: verify, parse, split, send, typing, download, poll; checkouts, refunds, how the webhook stands."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from aiohttp import FormData
from msgspec import Raw
from msgspec.structs import replace

from core.clock import Clock
from core.errors import BadInput, Misconfigured, MuseError, Refused, Unauthorised, Unavailable, Unreachable
from core.inbound import AnyInbound, Fetched, InboundOther, MediaRef, WebhookRequest
from core.log import get_logger
from core.nouns import Account
from core.outbound import FilesPart, PackPart, Part, PicturePart, Publication, Sent, TextPart
from core.platform_policy import PlatformPolicy, Rate
from core.platforms import PushState
from core.ports import Blobs
from gateway.platforms.acceptance import accept
from gateway.platforms.foreign import decode, moment
from gateway.platforms.pieces import measure, split_text
from gateway.platforms.telegram import payments, posts, wire
from gateway.platforms.telegram.chats import BUSINESS_PREFIX, NUMBER, WINDOW_S, Where, read_chat
from gateway.platforms.telegram.client import CALL_S, AlreadyRefunded, BotClient, Conflict
from gateway.platforms.telegram.events import read_update
from gateway.platforms.telegram.packs import (
    CAPTION_LIMIT,
    ITEMS,
    MOST_STARS,
    caption_of,
    one_picture,
    open_pictures,
    paid_media,
)

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
POLL_S = 25
POLL_RETRY_S = 5.0
CHECKOUT_S = 5.0
"""How long an answer to a checkout may take: Telegram itself waits for ten seconds only, and a second try needs some."""

log = get_logger(__name__)


class TelegramPlatform:
    """Telegram bots. Accounts carry the secrets `token` and `webhook_secret`.

    A chat is a private chat's id, or `biz:<connection>:<id>` where the bot speaks in somebody's name.
    """

    name = "telegram"
    policy = PlatformPolicy(
        text_limit=4096,
        text_unit="utf16",
        priced_media="XTR",
        typing_seconds=5.0,
        rates=(Rate("chat", 1, 1.0, burst=8), Rate("account", 29, 1.0, burst=25)),
        sells_by=(payments.PAID_MEDIA, payments.INVOICE),
        connections=True,
        most_price=MOST_STARS,
        most_pictures=max(ITEMS),
    )
    publishing = posts.PUBLISHING

    def __init__(self, api_url: str, blobs: Blobs, clock: Clock, *, call_s: float = CALL_S, poll_s: int = POLL_S) -> None:
        self.client = BotClient(api_url, call_s)
        self._poll_s = poll_s
        self._blobs = blobs
        self._clock = clock

    def verify(self, account: Account, request: WebhookRequest) -> None:
        """Compare the secret header in constant time. Raises `Unauthorised`, also when no secret is set up."""
        expected = account.secrets.get("webhook_secret", "").encode()
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not expected or not hmac.compare_digest(expected, given):
            raise Unauthorised("The request does not carry this account's secret.")

    def parse(self, account: Account, raw: bytes) -> Sequence[AnyInbound]:
        """Turn one update into its event. Raises `BadInput` when it is no update."""
        return [read_update(raw, self._clock.now(), account)]

    def split(self, part: Part) -> list[Part]:
        """Cut text into messages of 4096 UTF-16 units; words too long for a caption go before it, pictures in tens."""
        if isinstance(part, TextPart):
            return [*self._pieces(part.text)]
        if isinstance(part, FilesPart):
            most = ITEMS[-1]
            tens = [part.items[start : start + most] for start in range(0, len(part.items), most)]
            return [replace(part, items=items) for items in tens]
        if measure(caption_of(part) if isinstance(part, PackPart) else part.caption, "utf16") <= CAPTION_LIMIT:
            return [part]
        return [*self._pieces(part.caption), replace(part, caption="")]

    async def send(self, account: Account, chat: str, part: Part, key: str) -> Sent:
        """Send one piece; Telegram takes no idempotency key. `BadInput` refuses what should have been split first."""
        where = read_chat(chat)
        if isinstance(part, TextPart):
            return await self._act(account, "sendMessage", self._message(where, part))
        if isinstance(part, FilesPart):
            return await self._act(account, *await open_pictures(where, part, self._blobs))
        if isinstance(part, PicturePart):
            return await self._act(account, "sendPhoto", await one_picture(where, part, self._blobs))
        if payments.sells_by_invoice(account, where):
            return await self._act(account, "sendInvoice", payments.invoice(where, part))
        return await self._act(account, "sendPaidMedia", await paid_media(where, part, self._blobs))

    def check_post(self, account: Account, post: Publication) -> None:
        """Hold a post to what Telegram takes. Raises `BadInput` with what to change."""
        posts.check(post)

    async def publish(self, account: Account, post: Publication, key: str) -> Sent:
        """Publish into a broadcast chat; Telegram takes no idempotency key, and shows a bot no list of what it posted."""
        try:
            return await self._act(account, *await posts.call_of(post, self._blobs))
        except Unreachable as error:
            raise Refused(f"The bot may not post in {post.target}; make it an administrator there. ({error})") from None

    def may_repeat(self, account: Account) -> bool:
        """Say no: Telegram takes no idempotency key."""
        return False

    def reply_window(self, chat: str) -> float | None:
        """Return a day for a connection's chat, and none for a private chat with the bot, which stays open."""
        return WINDOW_S if chat.startswith(BUSINESS_PREFIX) else None

    async def typing(self, account: Account, chat: str) -> None:
        """Show the typing sign for five seconds or until the next message; failing, do without."""
        try:
            async with asyncio.timeout(self.policy.typing_seconds):  # later it would be of no use
                await self.client.ask(account, "sendChatAction", {**read_chat(chat).fields(), "action": "typing"}, bool)
        except (MuseError, TimeoutError) as error:
            log.debug("no typing sign", account=str(account.id), reason=str(error))

    async def download(self, account: Account, media: MediaRef, limit: int) -> Fetched:
        """Fetch a fan's file and hold its first bytes to what it was sent as. Raises `Refused` and below, `TryLater`."""
        if (media.bytes or 0) > limit:
            raise BadInput(f"The file is larger than {limit} bytes.")
        file = await self.client.ask(account, "getFile", {"file_id": media.file_id}, wire.File)
        if file.file_path is None or (file.file_size or 0) > limit:
            raise BadInput(f"Telegram does not hand the file out, or it is larger than {limit} bytes.")
        data = await self.client.fetch(account, file.file_path, limit)
        return Fetched(data, accept(data, media.kind, media.mime))

    async def poll(self, account: Account, cursor: str | None) -> tuple[list[tuple[bytes, Sequence[AnyInbound]]], str | None]:
        """Wait up to `poll_s` seconds for updates from `cursor` on, which also confirms those before it.

        Without any there is no cursor any more: nothing is left to confirm, and after a week of silence Telegram numbers
        anew, when an old cursor would confirm what nobody has seen.

        Raises `Misconfigured` while a webhook is set, `Unavailable` while another program polls, `CredentialExpired`.
        """
        body: dict[str, object] = {"timeout": self._poll_s, "allowed_updates": wire.ALLOWED_UPDATES}
        if cursor and NUMBER.fullmatch(cursor):
            body["offset"] = int(cursor)
        try:
            updates = await self.client.ask(account, "getUpdates", body, list[Raw], wait_s=self._poll_s)
        except Conflict as conflict:
            await self._explain(account)
            raise Unavailable(str(conflict), retry_after=POLL_RETRY_S) from None
        bodies = [bytes(update) for update in updates]
        return [(raw, self._polled(account, raw)) for raw in bodies], _after(bodies) or (cursor if bodies else None)

    async def answer_checkout(self, account: Account, query_key: str, error: str | None) -> None:
        """Answer a pre-checkout query. Raises `Refused` and below when it is too late, `TryLater`, `CredentialExpired`."""
        answer: dict[str, object] = {"pre_checkout_query_id": query_key, "ok": error is None}
        if error is not None:
            answer["error_message"] = error
        try:
            async with asyncio.timeout(CHECKOUT_S):
                await self.client.ask(account, "answerPreCheckoutQuery", answer, bool)
        except TimeoutError:
            raise Unavailable("Telegram did not take the answer to a payment in time.") from None

    async def refund(self, account: Account, handle: str, charge: str | None, payload: str, paid_at: datetime) -> None:
        """Give Stars back; those that were given back already count. Raises `Refused`, `TryLater`, `CredentialExpired`."""
        charge = charge or await payments.find_charge(self.client, account, handle, payload, paid_at)
        body = {"user_id": read_chat(handle).chat_id, "telegram_payment_charge_id": charge}
        with suppress(AlreadyRefunded):
            await self.client.ask(account, "refundStarPayment", body, bool)

    async def push_state(self, account: Account) -> PushState:
        """Return how Telegram stands with our webhook. Raises `CredentialExpired`, `TryLater`."""
        info = await self.client.ask(account, "getWebhookInfo", {}, wire.WebhookInfo)
        return PushState(info.url, info.pending_update_count, info.last_error_message, moment(info.last_error_date))

    async def close(self) -> None:
        """Close connections."""
        await self.client.close()

    def _pieces(self, text: str) -> list[TextPart]:
        return [TextPart(piece) for piece in split_text(text, self.policy.text_limit, self.policy.text_unit)]

    async def _act(self, account: Account, method: str, body: Mapping[str, object] | FormData) -> Sent:
        """Make a call that shows something to the fan, and return the ids of what it made: one, or one for each picture."""
        if method == "sendMediaGroup":
            shown = await self.client.act(account, method, body, list[wire.MessageId])
        else:
            shown = [await self.client.act(account, method, body, wire.MessageId)]
        return Sent(tuple(str(message.message_id) for message in shown))

    def _message(self, where: Where, part: TextPart) -> dict[str, object]:
        length = measure(part.text, self.policy.text_unit)
        if not part.text.strip() or length > self.policy.text_limit:
            raise BadInput(f"A message holds 1 to {self.policy.text_limit} UTF-16 units, not {length}; split it first.")
        return {**where.fields(), "text": part.text, "link_preview_options": {"is_disabled": True}}

    def _polled(self, account: Account, raw: bytes) -> Sequence[AnyInbound]:
        """Read one polled update; an unreadable one is kept under its digest, so that it stops nobody behind it."""
        try:
            return self.parse(account, raw)
        except BadInput:
            key = hashlib.sha256(raw).hexdigest()
            return [InboundOther(event_key=key, at=self._clock.now(), kind="unreadable", readable=False)]

    async def _explain(self, account: Account) -> None:
        """Ask why polling is refused. Raises `Misconfigured` when a webhook is the reason."""
        info = await self.client.ask(account, "getWebhookInfo", {}, wire.WebhookInfo)
        if info.url:
            raise Misconfigured(f"The bot of {account.platform}/{account.key} has a webhook; remove it before polling.")


def _after(bodies: Sequence[bytes]) -> str | None:
    """Return the offset that confirms these updates; None when not one of them has an id."""
    ids = []
    for raw in bodies:
        with suppress(BadInput):
            ids.append(decode(raw, wire.UpdateId).update_id)
    return str(max(ids) + 1) if ids else None
