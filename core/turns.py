"""What a turn ends in: a verdict, and the effects that tools staged. Nothing of it is true before the ledger commits it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from msgspec import Struct

from core.money import Money
from core.outbound import Part
from core.pictures import PictureRequest, PictureWish
from core.recall import RecalledEpisode, RecalledFact


class PromoUse(Struct, frozen=True):
    """A promo that a price rests on, and the code that the fan named for it."""

    promo_id: UUID
    code_id: UUID | None = None


class OfferPack(Struct, frozen=True, tag_field="effect", tag="offer_pack"):
    """Offer a pack at a price that stood when it was staged; checked again in the commit.

    `more`: further packs that come with it for the same price. `list_price`: what all of them cost without a promo, where the
    `price` rests on `promos`; each names its promo and the code that it came with. `asked`: the fan asked for content in their
    own words, in this very burst.
    """

    offer_id: UUID
    pack_id: UUID
    price: Money
    payload: str
    more: tuple[UUID, ...] = ()
    list_price: Money | None = None
    promos: tuple[PromoUse, ...] = ()
    asked: bool = False


class RememberFact(Struct, frozen=True, tag_field="effect", tag="remember_fact"):
    """Keep one thing learned of the fan. `text` is one sentence about "the fan"; importance and confidence lie in 0..1.

    `standing`: a preference or an instruction that holds in every talk. `made_by`: `rules`, or the analyst's model.
    `ends`: words of a known fact which this one ends ("The fan has no dog." ends one with "dog"); such a fact is kept only if
    it ends something.
    """

    fact_id: UUID
    kind: str
    subject: str
    text: str
    source_message_ids: tuple[UUID, ...]
    importance: float
    confidence: float
    standing: bool = False
    made_by: str = "rules"
    ends: str = ""


class NoteDisclosure(Struct, frozen=True, tag_field="effect", tag="note_disclosure"):
    """Write into the disclosure ledger which AI notice this turn shows.

    `region`: the rule pack it is shown under; `occasion`: first, again (after a while) or asked; `key`: which of the house's
    texts it is.
    """

    wording: str
    region: str
    occasion: str = "first"
    key: str = "notice"


class HandToOperator(Struct, frozen=True, tag_field="effect", tag="hand_to_operator"):
    """Pause the agent in this conversation until a person hands it back."""

    reason: str


class AskOperator(Struct, frozen=True, tag_field="effect", tag="ask_operator"):
    """Put the conversation into the inbox for a person to look at; the agent goes on talking."""

    reason: str


class FlagMinor(Struct, frozen=True, tag_field="effect", tag="flag_minor"):
    """The fan said to be under age: nothing is sold or said to them by the agent until an operator finds otherwise."""


class RestSales(Struct, frozen=True, tag_field="effect", tag="rest_sales"):
    """Nothing is offered to the fan for a while.

    `cause`: `no` (the fan wants no offers), `care` (they told of something that makes selling wrong; which is not kept), or
    `case` (a complaint, or money that is to be given back).
    """

    cause: Literal["no", "care", "case"]


class LimitSpend(Struct, frozen=True, tag_field="effect", tag="limit_spend"):
    """The fan says what may be sold to them at most; a lower limit holds at once, a higher one after some days.

    `amounts` in minor units, one for each unit that is meant; none at all: they want no limit any more.
    """

    amounts: tuple[Money, ...]
    period: Literal["day", "week", "month"] = "month"


class OptOut(Struct, frozen=True, tag_field="effect", tag="opt_out"):
    """The fan asked for no more messages (or, with `out` false, for messages again)."""

    out: bool


class OfferLink(Struct, frozen=True, tag_field="effect", tag="offer_link"):
    """Keep a code that proves, sent in another chat within minutes, that both chats are the same person's."""

    code: str


class RedeemLink(Struct, frozen=True, tag_field="effect", tag="redeem_link"):
    """Link this chat's fan with the one who asked for the code, who hears `notice` in their chat."""

    code_id: UUID
    notice: str


class CountLinkTry(Struct, frozen=True, tag_field="effect", tag="count_link_try"):
    """A code that was sent here is worth nothing; a few of them and no more are looked at for a while."""


class EndLinks(Struct, frozen=True, tag_field="effect", tag="end_links"):
    """The fan of this chat is linked with nobody any more."""


class GenerateImage(Struct, frozen=True, tag_field="effect", tag="generate_image"):
    """Order a picture that comes later in the same chat; its credits are reserved in the commit.

    `request` is what the wish became; `review`: why a person must look at the prompt before anything is painted.
    """

    job_id: UUID
    wish: PictureWish
    cost: int
    request: PictureRequest
    adult_ok: bool = False
    review: str | None = None


class SchedulePost(Struct, frozen=True, tag_field="effect", tag="schedule_post"):
    """Put a post on the influencer's calendar: as a proposal that waits for an operator, unless the chat is an operator's own.

    `local_at` is a local time in `zone`, without one of its own. `group_id`: posts of one group are one post at several places
    (none: it goes to this one alone). `asset_ids`: its pictures, in their order.
    """

    post_id: UUID
    account_id: UUID
    target: str
    caption: str
    local_at: datetime
    zone: str
    language: str = "en"
    group_id: UUID | None = None
    asset_ids: tuple[UUID, ...] = ()


# Effects that belong to the reply's own words: they are true only of a reply that goes out.
DEFERRED = (OfferPack, GenerateImage, SchedulePost)

Effect: TypeAlias = (
    OfferPack
    | RememberFact
    | NoteDisclosure
    | HandToOperator
    | AskOperator
    | FlagMinor
    | RestSales
    | LimitSpend
    | OptOut
    | OfferLink
    | RedeemLink
    | CountLinkTry
    | EndLinks
    | GenerateImage
    | SchedulePost
)


class Send(Struct, frozen=True, tag_field="verdict", tag="send"):
    """The reply may go out."""

    parts: tuple[Part, ...]


class Hold(Struct, frozen=True, tag_field="verdict", tag="hold"):
    """A person must decide. `parts` is the draft, if there is one.

    `notice` goes to the fan at once (help in a crisis); `waiting` may go out meanwhile, once a day at most.
    """

    reason: str
    parts: tuple[Part, ...] = ()
    waiting: str | None = None
    notice: str | None = None


class Refuse(Struct, frozen=True, tag_field="verdict", tag="refuse"):
    """No reply is due (an opted-out fan, a message taken back)."""

    reason: str


Verdict: TypeAlias = Send | Hold | Refuse


class ToolCall(Struct, frozen=True):
    """One tool call of a turn, for the turn record: arguments and answer as the model saw them."""

    name: str
    arguments: dict[str, object]
    answer: str
    ms: float


class Trace(Struct, frozen=True):
    """The inside of one turn, kept with it. Times in milliseconds; `brain` is the model that spoke, or `reflex`.

    `recalled` facts and `episodes` say by which way each was found; `marks` are those of `Recalled`.
    `intents`: what the burst was read to want, in its order; they become the conversation's tags.
    `rules`: the policy rules that found something, under the rule pack `pack`; they are counted by month.
    """

    brain: str
    recalled: tuple[RecalledFact, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    timings: dict[str, float] = {}
    notes: tuple[str, ...] = ()
    prompt_tokens: int = 0
    reply_tokens: int = 0
    episodes: tuple[RecalledEpisode, ...] = ()
    profile: tuple[RecalledFact, ...] = ()
    marks: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    pack: str = ""


class Outcome(Struct, frozen=True):
    """What one thinking gave back to the ledger."""

    verdict: Verdict
    trace: Trace
    effects: tuple[Effect, ...] = ()
