"""Webchat's adapter. There is no wire out: the row in the database is the message, and the page reads it there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from core.errors import BadInput, Unauthorised
from core.inbound import AnyInbound, Fetched, InboundMessage, InboundPurchase, MediaRef, Sender, WebhookRequest
from core.nouns import Account
from core.outbound import Part, Sent, TextPart
from core.platform_policy import PlatformPolicy
from gateway.platforms.commands import read_command
from gateway.platforms.foreign import clean, decode
from gateway.platforms.pieces import split_text
from gateway.platforms.webchat.wire import PageEvent


class WebchatPlatform:
    """The chat page. A chat is the fan's handle: one fan, one conversation with an influencer.

    Under the name `preview` it is where operators try personas out: the same wire, without a page.
    """

    policy = PlatformPolicy(text_limit=4000, priced_media="USD")

    def __init__(self, name: str = "webchat") -> None:
        """Be the platform of this name."""
        self.name = name

    def verify(self, account: Account, request: WebhookRequest) -> None:
        """Keep the webhook door shut: the page comes through its own route, with a cookie. Raises `Unauthorised`."""
        raise Unauthorised(f"{self.name} takes no webhooks.")

    def parse(self, account: Account, raw: bytes) -> Sequence[AnyInbound]:
        """Turn what the page sent into one event. Raises `BadInput`, also for an unlock outside the sandbox."""
        page = decode(raw, PageEvent)
        at, key, handle = _utc(page.at), str(page.key), clean(page.handle)
        sender = Sender(
            handle=handle,
            display_name=clean(page.display_name) if page.display_name else None,
            language=clean(page.language) if page.language else None,
        )
        if page.unlock is not None:
            if not account.sandbox:
                raise BadInput("Only an account marked sandbox unlocks without payment.")
            payload = clean(page.unlock)
            return [
                InboundPurchase(event_key=key, at=at, sender=sender, conversation_key=handle, payload=payload, sandbox=True)
            ]
        text = clean(page.text or "")
        command = read_command(text)
        return [
            InboundMessage(
                event_key=key,
                at=at,
                sender=sender,
                conversation_key=handle,
                message_key=key,
                kind="command" if command else "text",
                text=command or text,
            )
        ]

    def split(self, part: Part) -> list[Part]:
        """Cut text into messages of 4000 characters; a pack and pictures stay whole."""
        if not isinstance(part, TextPart):
            return [part]
        return [TextPart(piece) for piece in split_text(part.text, self.policy.text_limit, self.policy.text_unit)]

    async def send(self, account: Account, chat: str, part: Part, key: str) -> Sent:
        """Say that it is sent: it is, with the row. Raises `BadInput` for text that should have been split first."""
        if isinstance(part, TextPart) and not (part.text.strip() and len(part.text) <= self.policy.text_limit):
            raise BadInput(f"A message holds 1 to {self.policy.text_limit} characters; split it first.")
        return Sent((key,))

    def may_repeat(self, account: Account) -> bool:
        """Say yes: the row is the message."""
        return True

    def reply_window(self, chat: str) -> float | None:
        """Return none: the page stays open."""
        return None

    async def typing(self, account: Account, chat: str) -> None:
        """Do nothing: the page learns of it from live events."""

    async def download(self, account: Account, media: MediaRef, limit: int) -> Fetched:
        """Refuse: the page takes no files. Raises `BadInput`."""
        raise BadInput("The chat page takes no files.")

    async def close(self) -> None:
        """Do nothing: nothing is open."""


def _utc(at: datetime) -> datetime:
    """Read a moment without zone as UTC. Raises `BadInput` at the ends of the calendar."""
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise BadInput("The time is outside the calendar.") from None
