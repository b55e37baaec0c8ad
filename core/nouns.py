"""The nouns that cross rooms, as rows are read. All ids are UUIDv7; all times aware, in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from msgspec import Meta, Struct, field

TimeOfDay: TypeAlias = Annotated[
    str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description='a time of day such as "23:30"')
]


class Pace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an influencer takes turns and writes, as its persona says. Times in seconds; none: the house's own.

    `overlap`, when the fan writes while a turn is thought past its quiet time: `collect` joins the next turn, `interrupt`
    thinks anew with everything, `enqueue` answers each message by itself, `ignore` answers nothing of it. `think_ahead`:
    think while the quiet time runs. `chars_per_s`: how fast a person would type it (none: parts leave at once);
    `message_chars`: about how long one of several short messages is (none: one); `quiet_hours`: no reply leaves between these
    two times of day ("23:30", "07:00") in the persona's own zone.
    """

    quiet_s: Annotated[float, Meta(ge=0, le=120)] | None = None
    quiet_max_s: Annotated[float, Meta(ge=0, le=600)] | None = None
    overlap: Literal["collect", "interrupt", "enqueue", "ignore"] = "collect"
    think_ahead: bool = True
    chars_per_s: Annotated[float, Meta(gt=0, le=1000)] | None = None
    pause_s: Annotated[float, Meta(ge=0, le=60)] = 0.0
    message_chars: Annotated[int, Meta(ge=20, le=4000)] | None = None
    quiet_hours: tuple[TimeOfDay, TimeOfDay] | None = None


class Look(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an influencer looks in pictures, as its persona says: words for the studio's prompts, never of a real person."""

    appearance: str = ""
    wardrobe: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()
    style: str = ""
    avoid: tuple[str, ...] = ()


class Account(Struct, frozen=True):
    """An influencer's presence on a platform. `key` names it in addresses: `/webhooks/{platform}/{key}`.

    `inbound` is webhook, polling or page; `autonomy` is auto, approve, risk or off; `secrets` are open only in memory;
    `pace` and the time zone `zone` are those of the persona which speaks here now.
    """

    id: UUID
    agency_id: UUID
    influencer_id: UUID
    platform: str
    key: str
    inbound: str
    sandbox: bool
    autonomy: str
    quiet_s: float | None = None
    options: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    pace: Pace = Pace()
    zone: str = "UTC"

    def __repr__(self) -> str:
        """Name the account without its secrets."""
        return f"Account({self.platform}/{self.key})"


class Influencer(Struct, frozen=True):
    """Who speaks. `persona` is the version's document as JSON; `personas.schema` decodes it."""

    id: UUID
    agency_id: UUID
    slug: str
    name: str
    persona_version_id: UUID
    persona_version: int
    persona: dict[str, Any]


class Fan(Struct, frozen=True):
    """A person who writes to us, with the identity this conversation runs under.

    `minor_signal_at`: they said to be under age, and no operator has found otherwise since. `also`: other fans that are the
    same person, by a confirmed link.
    """

    id: UUID
    identity_id: UUID
    handle: str
    display_name: str | None
    language: str | None
    reachable: bool
    adult_confirmed_at: datetime | None
    opted_out_at: datetime | None
    minor_signal_at: datetime | None = None
    also: tuple[UUID, ...] = ()


class Conversation(Struct, frozen=True):
    """One identity with one account. `owner` is agent, operator or paused; the epoch rises with each change of hands."""

    id: UUID
    agency_id: UUID
    account_id: UUID
    influencer_id: UUID
    fan_id: UUID
    platform_key: str
    owner: str
    owner_name: str | None
    owner_epoch: int
    disclosed_at: datetime | None
    waiting_sent_at: datetime | None


class Message(Struct, frozen=True):
    """One thing said. `author` is fan, agent, operator or system; `kind` is text, media, command, purchase, pack or notice.

    `meta` holds what the kind needs: media references of a media message, the offer of a pack. `persona_version`: the number of
    the version that said it, in a thread that is read for people.
    """

    id: UUID
    conversation_id: UUID
    direction: str
    author: str
    kind: str
    text: str
    sent_at: datetime
    meta: dict[str, Any] = field(default_factory=dict)
    platform_message_id: str | None = None
    delivery_state: str | None = None
    persona_version: int | None = None


class Pack(Struct, frozen=True):
    """What can be sold, with its price on one platform in minor units."""

    id: UUID
    influencer_id: UUID
    slug: str
    title: str
    description: str
    tags: tuple[str, ...]
    amount: int
    unit: str


class Lease(Struct, frozen=True):
    """The right to think one turn. The fencing token `fence` must still be the row's when the turn is committed."""

    agency_id: UUID
    conversation_id: UUID
    turn_id: UUID
    fence: int
    attempts: int


class Picture(Struct, frozen=True):
    """A picture that came with a fan's message, for a chat model that can look."""

    message_id: UUID
    data: bytes
    mime: str


class LinkTry(Struct, frozen=True):
    """A link code in a fan's message, looked up.

    `state`: good, unknown, late, own (of this very fan), linked (already) or barred (after too many tries).
    """

    message_id: UUID
    state: str
    code_id: UUID | None = None


FLURRY = 120
"""So many turns of one conversation within an hour are no person's talk."""


class TurnInput(Struct, frozen=True):
    """All that the ledger hands to a thinking: who, where, the unanswered `burst` and the `window` said before it.

    `last_error` is why the attempt before this one failed; `waiting_for_operator` is true while a case of this conversation
    waits for a person; `pictures` are those of the burst, where the chat model can look. `revision` is the conversation's when
    this was read; `flurry_s` is how many seconds ago the `FLURRY`-th latest turn was, if there were as many. `before` counts
    the conversation's messages that went before the window.
    `link_try` is what a link code in the burst is worth. `summary` tells what was said
    before the window; it is made of what fans wrote, and no order. `regions`: whose law the talk is under, as
    far as somebody said so: the account's or the agency's, and the fan's. `noticed_s`: how many seconds ago the AI
    notice was last shown. `only_local`: what is said here goes to no model of others: it is a chat of somebody who lets the
    account speak for them and has not authorised that.
    """

    lease: Lease
    account: Account
    influencer: Influencer
    fan: Fan
    conversation: Conversation
    burst: tuple[Message, ...]
    window: tuple[Message, ...]
    correlation_id: str
    last_error: str | None = None
    waiting_for_operator: bool = False
    pictures: tuple[Picture, ...] = ()
    revision: int = 0
    flurry_s: float | None = None
    before: int = 0
    link_try: LinkTry | None = None
    summary: str = ""
    regions: tuple[str, ...] = ()
    noticed_s: float | None = None
    only_local: bool = False
