"""The ports: what one room needs of another, joined in the composition roots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol, runtime_checkable
from uuid import UUID

from msgspec import Struct

from core.inbound import AnyInbound, Fetched, MediaRef, WebhookRequest
from core.nouns import Account, Message, TurnInput
from core.outbound import Part, Publication, Sent
from core.turns import Asked, Outcome, Recalled, RememberFact

AUTONOMIES = ("auto", "risk", "approve", "off")  # each is stricter than the one before


class Rate(Struct, frozen=True):
    """A platform's limit: `calls` in `seconds`, at most `burst` at once, counted by `scope`: chat, account or platform."""

    scope: str
    calls: float
    seconds: float
    burst: int = 1


class PlatformPolicy(Struct, frozen=True, kw_only=True):
    """What a platform allows and how it counts. `text_limit` is in `text_unit` (chars, utf16 or bytes); times in seconds.

    `sells_by`: the ways in which a pack can be sold, where there are several; the first is the default.
    `connections`: an account may speak in somebody's own chats, when they let it. `least_price` and `most_price`: what may be
    asked for a pack, in minor units of `priced_media`; `most_pictures`: how many one may hold.
    """

    text_limit: int
    text_unit: str = "chars"
    autonomy_ceiling: str = "auto"
    adult_ok: bool = False
    priced_media: str | None = None
    typing_seconds: float | None = None
    quiet_seconds: float | None = None
    opt_out_words: tuple[str, ...] = ("stop", "unsubscribe")
    rates: tuple[Rate, ...] = ()
    sells_by: tuple[str, ...] = ()
    connections: bool = False
    least_price: int = 1
    most_price: int | None = None
    most_pictures: int | None = None


STRICTEST = PlatformPolicy(text_limit=4000)
"""What holds where nobody says which platform it is: nothing that a platform would have to allow."""


def effective_autonomy(account_autonomy: str, ceiling: str) -> str:
    """Return the autonomy in force: the account's, or the platform's ceiling where that is stricter."""
    return max(account_autonomy, ceiling, key=AUTONOMIES.index)


def quiet_time(account: Account, policy: PlatformPolicy, default_s: float) -> float:
    """Return the quiet time of an account in seconds: its own, else its persona's, its platform's, the house's."""
    if account.pace.overlap == "enqueue":
        return 0.0  # each message is answered by itself: there is no burst to wait for
    for seconds in (account.quiet_s, account.pace.quiet_s, policy.quiet_seconds):
        if seconds is not None:
            return seconds
    return default_s


def quiet_bound(account: Account, quiet_s: float, default_s: float) -> float:
    """Return how long a burst may put its answer off, seconds: the persona's bound or the house's, at least the quiet time."""
    chosen = account.pace.quiet_max_s
    return max(quiet_s, default_s if chosen is None else chosen)


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


class PublishPolicy(Struct, frozen=True, kw_only=True):
    """How a platform takes posts: `text_limit` without pictures and `caption_limit` with some, in the platform's text unit.

    `target_hint` says in words which places can be named (empty: an account has but one); `marks_ai`: what is made by AI is
    marked in the words, as the platform has no field for it.
    """

    text_limit: int
    caption_limit: int
    most_pictures: int = 10
    target_hint: str = ""
    marks_ai: bool = True


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

    async def refund(self, account: Account, handle: str, charge_key: str | None, payload: str) -> None:
        """Give back what the fan of this handle paid for an offer; what was given back already counts as done.

        `charge_key` is none where the purchase came without one; then the platform is asked for it by `payload`.
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


class Embedder(Protocol):
    """Text to unit vectors."""

    name: str
    dimensions: int

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector per text. Raises `Unavailable`."""
        ...


class IndexItem(Struct, frozen=True):
    """One vector with the ids it may be filtered by; never text."""

    id: UUID
    vector: list[float]
    scope: Mapping[str, str]


class IndexHit(Struct, frozen=True):
    """A found id; `similarity` is the cosine, in -1..1."""

    id: UUID
    similarity: float


class VectorIndex(Protocol):
    """Nearest neighbours within a scope. Rows in Postgres are the truth; an index may lag or be lost."""

    name: str

    async def upsert(self, items: Sequence[IndexItem]) -> None:
        """Write or replace items. Raises `Unavailable`."""
        ...

    async def query(self, vector: Sequence[float], scope: Mapping[str, str], k: int) -> list[IndexHit]:
        """Return at most `k` hits whose scope matches all of `scope`, best first. Raises `Unavailable`."""
        ...

    async def delete(self, ids: Sequence[UUID]) -> None:
        """Forget items; unknown ids are ignored. Raises `Unavailable`."""
        ...


class FactExtractor(Protocol):
    """Finds what is worth keeping in what a fan said."""

    async def extract(self, messages: Sequence[Message]) -> list[RememberFact]:
        """Return candidate facts, possibly none. Raises `Busy` when as many are asked already as may be."""
        ...


class Summariser(Protocol):
    """Tells in few words what was said."""

    name: str

    async def summarise(self, before: str, messages: Sequence[Message]) -> str:
        """Return a summary of `before` and what was said since; empty when there is nothing to tell.

        Raises `Busy` when one should come back later, `Unavailable` and its like when nobody can be asked, `BadInput` for an
        answer that makes no sense.
        """
        ...


class Recall(Protocol):
    """What an influencer knows of a fan that bears on a burst."""

    async def __call__(self, asked: Asked) -> Recalled:
        """Return profile, facts and episodes, best first; a way of finding that is away is marked. Raises `Unavailable`."""
        ...


class Thinker(Protocol):
    """Thinks one turn: a function from the ledger to effects."""

    async def think(self, turn: TurnInput, refusals: Sequence[str] = ()) -> Outcome:
        """Return verdict, effects and trace. `refusals` are effects that the last try of this turn staged in vain."""
        ...


class Blobs(Protocol):
    """Private files by key."""

    async def put(self, key: str, data: bytes, mime: str) -> None:
        """Store a file; the same key is replaced."""
        ...

    async def put_new(self, key: str, data: bytes, mime: str) -> bool:
        """Store a file unless the key has one; false when it has."""
        ...

    async def get(self, key: str) -> bytes:
        """Read a file. Raises `NotFound`."""
        ...

    async def delete(self, key: str) -> None:
        """Remove a file; an unknown key is ignored."""
        ...

    async def close(self) -> None:
        """Close connections, where there are any."""
        ...
