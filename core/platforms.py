"""The ports of platforms: what every adapter does (`Platform`), and one Protocol for each thing that some can do besides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Protocol, runtime_checkable

from msgspec import Struct

from core.inbound import AnyInbound, Fetched, MediaRef, WebhookRequest
from core.nouns import Account
from core.outbound import Part, Publication, Sent
from core.platform_policy import PlatformPolicy, PublishPolicy


class Platform(Protocol):
    """A platform's adapter. It knows the wire and nothing else: no database, no agent."""

    name: str
    policy: PlatformPolicy

    def verify(self, account: Account, request: WebhookRequest) -> None:
        """Check the request over its raw bytes. Raises `Unauthorised`."""
        ...

    def parse(self, account: Account, raw: bytes) -> Sequence[AnyInbound]:
        """Turn one body into events; unknown kinds become `InboundOther`. Raises `BadInput` if it cannot be read at all."""
        ...

    def split(self, part: Part) -> list[Part]:
        """Cut a part into pieces that fit one send each, by the platform's own unit; the ledger makes a delivery of each."""
        ...

    async def send(self, account: Account, chat: str, part: Part, key: str) -> Sent:
        """Send one part to a chat; `key` is stable over repeats, for platforms that take an idempotency key.

        Raises `RateLimited`, `Unavailable` (surely not sent), `Refused` and below, `CredentialExpired`, or
        `OutcomeUnknown` when bytes left and no answer came.
        """
        ...

    def may_repeat(self, account: Account) -> bool:
        """Whether a send may be repeated under the same key without the fan seeing it twice."""
        ...

    def reply_window(self, chat: str) -> float | None:
        """Return for how many seconds after the fan's last message this chat may be written to; none: for ever."""
        ...

    async def typing(self, account: Account, chat: str) -> None:
        """Show the typing sign, where there is one; never raises for a platform's refusal."""
        ...

    async def download(self, account: Account, media: MediaRef, limit: int) -> Fetched:
        """Fetch a fan's file from the platform's own host, at most `limit` bytes; sniff it. Raises `Refused`, `TryLater`."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class Poller(Protocol):
    """A platform whose events can be fetched instead of pushed."""

    async def poll(self, account: Account, cursor: str | None) -> tuple[list[tuple[bytes, Sequence[AnyInbound]]], str | None]:
        """Wait for events after `cursor`: pairs of raw body and its events, and the cursor to confirm them with.

        Raises `Misconfigured` (a webhook is set), `Unavailable`, `RateLimited`, `CredentialExpired`.
        """
        ...


@runtime_checkable
class Framer(Protocol):
    """A platform that names its events in headers only: without them a body could not be read again, nor told from a repeat."""

    def frame(self, request: WebhookRequest) -> bytes:
        """Return what is kept and parsed of a verified request: its body, with what matters of its headers before it."""
        ...


@runtime_checkable
class Tailor(Protocol):
    """A platform whose accounts have limits of their own."""

    def split_for(self, account: Account, part: Part) -> list[Part]:
        """Cut a part as `Platform.split` does, by this account's limits."""
        ...


class Cut(Protocol):
    """How parts are cut for one account."""

    def __call__(self, part: Part) -> list[Part]:
        """Cut a part into pieces that fit one send each."""
        ...


def splitter(platform: Platform, account: Account) -> Cut:
    """Return how parts are cut for an account."""
    return partial(platform.split_for, account) if isinstance(platform, Tailor) else platform.split


class SentItem(Struct, frozen=True):
    """One thing that stands in a chat as sent by us; `key` is the one that it was sent with, where the platform keeps it."""

    platform_id: str
    at: datetime
    text: str = ""
    key: str | None = None


@runtime_checkable
class Lister(Protocol):
    """A platform that can tell what was sent: an `unknown` delivery can be reconciled with it."""

    async def list_sent(self, account: Account, chat: str, since: datetime) -> list[SentItem] | None:
        """Return what we sent to a chat since a moment; none where this account cannot tell. Raises `TryLater`, `Refused`."""
        ...


@runtime_checkable
class Publisher(Protocol):
    """A platform on which posts are published in public."""

    publishing: PublishPolicy

    def check_post(self, account: Account, post: Publication) -> None:
        """Hold a post to what the platform takes, before it is planned. Raises `BadInput` with what to change."""
        ...

    async def publish(self, account: Account, post: Publication, key: str) -> Sent:
        """Publish; `key` is stable over repeats, for platforms that take an idempotency key. Raises as `Platform.send`."""
        ...


@runtime_checkable
class PostLister(Protocol):
    """A platform that can tell what was published: a post in doubt can be reconciled with it."""

    async def list_posts(self, account: Account, target: str, since: datetime) -> list[SentItem] | None:
        """Return what we published there since a moment; none where this account cannot tell. Raises `TryLater`, `Refused`."""
        ...


@runtime_checkable
class Checkouts(Protocol):
    """A platform that asks whether a payment may go on, and waits a few seconds for the answer."""

    async def answer_checkout(self, account: Account, query_key: str, error: str | None) -> None:
        """Let a payment go on, or say to the fan why not. Raises `TryLater`, and `Refused` when the answer came too late."""
        ...


@runtime_checkable
class Refunder(Protocol):
    """A platform that gives a fan's payment back when we ask for it."""

    async def refund(self, account: Account, handle: str, charge: str | None, payload: str, paid_at: datetime) -> None:
        """Give back what the fan of this handle paid for an offer; what was given back already counts as done.

        `charge` is none where the purchase came without one; then the platform is asked for it by `payload` and by `paid_at`,
        when we heard of it.
        Raises `Refused`, `TryLater`, `CredentialExpired`; each of them may be tried again.
        """
        ...


class PushState(Struct, frozen=True):
    """How a platform stands with our webhook: `url` is empty without one, `waiting` counts events not yet taken."""

    url: str
    waiting: int
    last_error: str | None = None
    last_error_at: datetime | None = None


@runtime_checkable
class Pushing(Protocol):
    """A platform that says how it stands with our webhook."""

    async def push_state(self, account: Account) -> PushState:
        """Ask it. Raises `CredentialExpired`, `TryLater`."""
        ...
