"""Ordering a picture: what a wish becomes, whether it may be made, and the commit that makes the order true.

No weights are touched here: the turn's worker and the gateway order, a media worker paints.
"""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec import Struct

from core.errors import BadInput, EffectRefused, Refused
from core.ids import new_id
from core.nouns import Influencer, Look, TurnInput
from core.pictures import Judgement, Moderator, PictureRequest, PictureWish
from core.turns import GenerateImage
from storage import image_jobs
from storage.effects import EffectContext, EffectHandler
from storage.house import House
from storage.image_jobs import FAN, Order, Purse
from storage.pictures import count_open
from storage.unit import Unit
from studio.prompts import PictureStyle, build_request

MOST_OPEN = 2
"""Pictures that may be made for one fan at once, where nothing else is said."""


class _Seen(Struct, frozen=True):
    """What a persona's document says of how it looks."""

    age: int | None = None
    look: Look = Look()


class _Tried(Exception):
    """The reservation went through, and is taken back with its transaction."""


class PictureDesk:
    """Takes wishes. Without a model it takes none, and says so."""

    def __init__(
        self,
        house: House,
        model: str,
        purse: Purse,
        moderator: Moderator | None = None,
        *,
        cost: int = 1,
        most: int = MOST_OPEN,
    ) -> None:
        """Order with `model` (empty: none) for `cost` credits each, at most `most` at once for one fan."""
        self._house = house
        self._purse = purse
        self._moderator = moderator
        self.model = model
        self.cost = cost
        self.most = most

    @property
    def ready(self) -> bool:
        """Whether pictures are made here at all."""
        return bool(self.model)

    def write(self, influencer: Influencer, wish: PictureWish) -> PictureRequest:
        """Return what the model is asked. Raises `BadInput` with a kind sentence for what no picture is made of."""
        try:
            seen = msgspec.convert(influencer.persona, _Seen)
        except msgspec.ValidationError as error:
            raise BadInput(f"The look of {influencer.name} cannot be read: {error}.") from None
        if seen.age is None:
            raise BadInput(f"{influencer.name} has no age, so there are no pictures of them; state one in the persona.")
        return build_request(seen.look, wish, PictureStyle(model=self.model, age=seen.age, names=(influencer.name,)))

    async def judge(self, request: PictureRequest, adult_ok: bool) -> Judgement:
        """Judge a prompt; without a moderator the picture itself is looked at by a person."""
        if self._moderator is None:
            return Judgement("pass", (), "nobody")
        return await self._moderator.judge_prompt(request.prompt, adult_ok)

    async def has_room(self, turn: TurnInput) -> bool:
        """Say whether another picture may be made for the fan of a turn now."""
        async with self._house.app.unit(turn.lease.agency_id) as unit:
            return await count_open(unit, [turn.fan.id, *turn.fan.also]) < self.most

    async def check_credits(self, agency_id: UUID, influencer_id: UUID) -> None:
        """See whether a picture could be paid for now; nothing is booked. Raises `Refused`."""
        if self.cost == 0:
            return
        try:
            async with self._house.app.unit(agency_id) as unit:
                await self._purse.reserve(unit, influencer_id, self.cost, new_id())
                raise _Tried
        except _Tried:
            return


def order_handler(purse: Purse, most: int = MOST_OPEN) -> EffectHandler:
    """Return what makes `GenerateImage` true: the order's row and its credits, in the turn's own transaction."""

    async def apply_generate_image(unit: Unit, context: EffectContext, effect: GenerateImage) -> None:
        chat = context.conversation
        if await count_open(unit, [chat.fan_id]) >= most:
            raise EffectRefused("As many pictures as may be are being made for this fan already; no other one was begun.")
        order = Order(
            id=effect.job_id,
            influencer_id=chat.influencer_id,
            source="chat",
            wish=effect.wish,
            request=effect.request,
            cost=effect.cost,
            priority=FAN,
            adult_ok=effect.adult_ok,
            conversation_id=chat.id,
            turn_id=context.turn_id,
            fan_id=chat.fan_id,
            review=effect.review,
        )
        try:
            await image_jobs.add(unit, purse, order)
        except Refused as error:
            raise EffectRefused(f"No picture can be made: {error}") from None

    return apply_generate_image
