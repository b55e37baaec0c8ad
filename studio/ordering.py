"""Ordering a picture: what a wish becomes, whether it may be made, and the commit that makes the order true.

No weights are touched here: the turn's worker and the gateway order, a media worker paints.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from core.errors import EffectRefused, Misconfigured, Refused
from core.ids import new_id
from core.log import get_logger
from core.nouns import Influencer, TurnInput
from core.pictures import Judgement, Moderator, PictureRequest, PictureWish
from core.ports import Embedder
from core.settings import Settings
from core.turns import GenerateImage
from storage import image_jobs, restraint
from storage.effects import EffectContext, EffectHandler
from storage.house import House
from storage.image_jobs import FAN, Order, Purse
from storage.pictures import PictureRow, count_open, count_today, load_picture
from storage.unit import Unit
from studio.batches import vary_wishes
from studio.moderation import open_moderator, worst_of
from studio.painters.config import PainterConfig
from studio.painters.readiness import Readiness
from studio.prompts import compose
from studio.references import is_guided
from studio.styles import Painting, load_style, look_of, painting_of
from studio.wishes import without_names

MOST_OPEN = 2
"""Pictures that may be made for one fan at once, where nothing else is said."""

log = get_logger(__name__)

NONE_HERE = "No pictures are made here: MUSE_IMAGE_MODEL is empty. Set it to a model and start Muse again."


class Prepared(Struct, frozen=True, kw_only=True):
    """What a wish became: `wish` with what was chosen for it, so that it paints the same again, and how it was judged."""

    wish: PictureWish
    request: PictureRequest
    cost: int
    adult_ok: bool
    judged: Judgement

    @property
    def refused(self) -> bool:
        """Whether no picture is made of it."""
        return self.judged.verdict == "refuse"

    @property
    def review(self) -> str | None:
        """Why a person must look before anything is painted, if one must."""
        return ", ".join(self.judged.reasons) or "the prompt" if self.judged.verdict == "hold" else None


class _Tried(Exception):
    """The reservation went through, and is taken back with its transaction."""


class PictureDesk:
    """Takes wishes. Without a model it takes none, and says so."""

    def __init__(
        self,
        house: House,
        painting: Painting,
        purse: Purse,
        moderator: Moderator | None = None,
        *,
        wishes: Moderator | None = None,
        ready: Callable[[PictureRequest], None] | None = None,
        cost: int = 1,
        most: int = MOST_OPEN,
    ) -> None:
        """Order as `painting` says for `cost` credits each, at most `most` at once for one fan.

        `moderator` judges prompts, `wishes` the words of wishes (none: the same one does). `ready` raises `Misconfigured` for a
        request that could not be painted here; it may look at files, and is called in a thread.
        """
        self._house = house
        self._purse = purse
        self._moderator = moderator
        self._wishes = wishes or moderator
        self._ready = ready
        self.painting = painting
        self.cost = cost
        self.most = most

    @property
    def ready(self) -> bool:
        """Whether pictures are made here at all."""
        return bool(self.painting.model)

    async def prepare(
        self, influencer: Influencer, wish: PictureWish, *, adult_ok: bool, from_fan: bool, stays: bool = False
    ) -> Prepared:
        """Return what the model would be asked, and how that is judged; nothing is booked.

        `from_fan`: the wish is in a fan's words; `stays`: they leave for nobody outside. Raises `BadInput` with a kind sentence
        for what no picture is made of,
        `Refused` while nobody has stated the age, `Misconfigured` without a model, or without what a face, a LoRA or the
        scheduler needs.
        """
        async with self._house.app.unit(influencer.agency_id) as unit:
            style = await load_style(unit, influencer, self.painting, from_fan=from_fan, stays=stays)
        made = compose(look_of(influencer), wish, style)
        await self.check_ready(made.request)
        chosen = replace(wish, scene=made.scene or None, outfit=made.outfit or None, seed=made.request.seed)
        judged = await self._judge(without_names(wish.text, style.names), made.request.prompt, adult_ok)
        return Prepared(wish=chosen, request=made.request, cost=self.cost, adult_ok=adult_ok, judged=judged)

    async def check_ready(self, request: PictureRequest) -> None:
        """Raise `Misconfigured`, with what to do about it, for a request that could not be painted here."""
        if self._ready is None or not (is_guided(request) or request.scheduler):
            return
        try:
            await asyncio.to_thread(self._ready, request)
        except Misconfigured as error:
            log.warning("no_pictures_like_this", detail=str(error))
            raise

    async def prepare_set(
        self, influencer: Influencer, count: int, seed: int, *, categories: Sequence[str] = (), text: str = ""
    ) -> list[Prepared]:
        """Return a varied set of an operator's wishes, prepared. Raises as `prepare`, and `Refused` when one is refused."""
        async with self._house.app.unit(influencer.agency_id) as unit:
            style = await load_style(unit, influencer, self.painting, from_fan=False)
        wishes = vary_wishes(look_of(influencer), style, count, seed, categories=categories, text=text)
        made = [await self.prepare(influencer, wish, adult_ok=False, from_fan=False) for wish in wishes]
        refused = next((one for one in made if one.refused), None)
        if refused is not None:
            raise Refused(f"Such pictures are not made: {', '.join(refused.judged.reasons)}.")
        return made

    async def order(
        self, influencer: Influencer, made: Sequence[Prepared], *, source: str, priority: int, by: str
    ) -> list[PictureRow]:
        """Order what was prepared for an operator: all of it or none. Raises `Refused` without credits for all."""
        orders = [
            Order(
                id=new_id(),
                influencer_id=influencer.id,
                source=source,
                wish=one.wish,
                request=one.request,
                cost=one.cost,
                priority=priority,
                ordered_by=by,
                review=one.review,
            )
            for one in made
        ]
        async with self._house.app.unit(influencer.agency_id) as unit:
            for order in orders:
                await image_jobs.add(unit, self._purse, order)
            rows = [await load_picture(unit, order.id) for order in orders]
        await self._house.jobs.paint_pictures(influencer.agency_id, orders[0].id)
        return rows

    async def _judge(self, words: str, prompt: str, adult_ok: bool) -> Judgement:
        """Judge what was wished for, and what became of it; without a moderator the picture itself is looked at by a person."""
        if self._moderator is None or self._wishes is None:
            return Judgement("pass", (), "nobody")
        found = [await self._moderator.judge_prompt(prompt, adult_ok)]
        found += [await self._wishes.judge_prompt(words, adult_ok)] if words.strip() else []
        return worst_of("+".join(dict.fromkeys(one.judge for one in found)), *found)

    async def why_full(self, turn: TurnInput) -> str | None:
        """Return why no other picture may be made for the fan of a turn now, as a sentence for a model; none: it may."""
        async with self._house.app.unit(turn.lease.agency_id) as unit:
            return await why_full(unit, [turn.fan.id, *turn.fan.also], self.most)

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


async def why_full(unit: Unit, fans: Sequence[UUID], most: int) -> str | None:
    """Return why no other picture may be made for a person now: `most` are on their way, or a day's were made."""
    if await count_open(unit, fans) >= most:
        return (
            "A picture for this fan is being made already, or waits for a person to look at it; it comes by itself."
            " Nothing else was begun. Say so kindly: they may ask again once it is here."
        )
    if await count_today(unit, fans) >= (await restraint.load_caps(unit)).pictures_a_day:
        return "The fan has had as many pictures made as a day has. No other one is made until tomorrow; say so kindly."
    return None


def order_handler(purse: Purse, most: int = MOST_OPEN) -> EffectHandler:
    """Return what makes `GenerateImage` true: the order's row and its credits, in the turn's own transaction."""

    async def apply_generate_image(unit: Unit, context: EffectContext, effect: GenerateImage) -> None:
        chat = context.conversation
        await image_jobs.lock_person(unit, chat.fan_id)
        if await restraint.load_bar(unit, chat.fan_id):
            raise EffectRefused("Nothing is made for this fan any more.")
        if full := await why_full(unit, await restraint.fans_of(unit, chat.fan_id), most):
            raise EffectRefused(full)
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


def open_desk(settings: Settings, house: House, purse: Purse, embedder: Embedder | None = None) -> PictureDesk:
    """Open the desk that the settings describe; with an embedder wishes are judged by what they mean as well.

    A prompt is judged by its words alone: it is the studio's own speech, which means nearly what many wishes mean.
    """
    return PictureDesk(
        house,
        painting_of(settings, settings.image_model),
        purse,
        open_moderator(settings),
        wishes=open_moderator(settings, embedder),
        ready=Readiness(PainterConfig.from_settings(settings)).check,
        cost=settings.image_cost,
        most=settings.image_open,
    )
