"""What an influencer puts on its own calendar: in an operator's trial of it a plan, in a fan's chat a proposal and no more."""

from __future__ import annotations

from core.errors import BadInput, EffectRefused, Refused
from core.turns import SchedulePost
from storage import posts
from storage.accounts import PREVIEW
from storage.effects import EffectContext
from storage.post_pictures import require_choices
from storage.posts import NewPost
from storage.unit import Unit
from studio.calendar_times import instant_of

MOST_PROPOSALS = 3
"""So many proposals of one chat wait for an operator at once: nobody floods the calendar from there."""


async def apply_schedule_post(unit: Unit, context: EffectContext, effect: SchedulePost) -> None:
    """Make `SchedulePost` true: only a trial by an operator plans, whatever the effect says. Raises `EffectRefused`."""
    chat, group_id = context.conversation, effect.group_id or effect.post_id
    own = context.account.platform == PREVIEW
    if all(place.id != effect.account_id for place in await posts.list_places(unit, chat.influencer_id)):
        raise EffectRefused("That account is not connected any more; nothing was put on the calendar.")
    if not own and await posts.count_proposals(unit, chat.id, group_id) >= MOST_PROPOSALS:
        raise EffectRefused("Enough of your proposals wait for the team already; make no other now.")
    try:
        planned_at = instant_of(effect.local_at, effect.zone)
        await require_choices(unit, chat.influencer_id, effect.asset_ids)
    except (BadInput, Refused) as error:
        raise EffectRefused(str(error)) from None
    post = NewPost(
        id=effect.post_id,
        influencer_id=chat.influencer_id,
        account_id=effect.account_id,
        group_id=group_id,
        state="planned" if own else "proposed",
        local_at=effect.local_at,
        zone=effect.zone,
        planned_at=planned_at,
        target=effect.target,
        caption=effect.caption,
        language=effect.language,
        made_by_ai=bool(effect.asset_ids),
        asset_ids=effect.asset_ids,
        made_by="agent",
        conversation_id=None if own else chat.id,
    )
    await posts.add_post(unit, post)
