"""What goes out now, and what comes next: the claim of a post that is due, and the slots of plans that come again.

A post is read anew in its claim: what was edited, cancelled or deleted since it was planned, or since somebody was woken for
it, counts. After a time when nobody was there, what is too late is given up, of a series at most the newest slot goes out, and
late posts leave one place with some minutes between them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from core.errors import NotFound, Refused
from core.ids import new_id
from core.log import get_logger
from core.outbound import AssetRef
from storage import posts
from storage.assets import require_sharable
from storage.personas import may_speak
from storage.post_pictures import require_rated
from storage.post_series import Series, end_series, lock_series, move_series
from storage.posts import NewPost, Post
from storage.unit import Unit
from studio.calendar_rules import Rule, slot_of
from studio.calendar_times import instant_of

LATE_S = 120.0
"""From when on a post counts as late, and shares its place's pace with others that are."""

GAP_S = 300.0
"""Seconds between late posts at one place."""

MOST_SLOTS = 20_000
log = get_logger(__name__)


class Taken(Struct, frozen=True):
    """A post that this worker, and nobody else, publishes now; `token` is its claim's."""

    post: Post
    token: int
    items: tuple[AssetRef, ...]


async def take_post(
    unit: Unit, post_id: UUID, worker: str, now: datetime, adult_platforms: Collection[str] = ()
) -> Taken | None:
    """Claim a post if it is due, as it stands now; nothing when it waits, was taken, changed away or is given up.

    `adult_platforms`: those that allow what is rated adult.
    """
    await posts.fall_due(unit, post_id, now)
    try:
        post = await posts.lock_post(unit, post_id)
    except NotFound:
        return None  # deleted since somebody was woken for it
    if post.state != "pending":
        return None
    means = instant_of(post.local_at, post.zone)
    if means > now and means - post.planned_at > timedelta(minutes=1):  # its zone has other rules now than when it was planned
        await posts.retime(unit, post_id, means)
        return None
    await posts.queue_up(unit, post.account_id)
    if post.series_id is not None:
        await advance_series(unit, post.series_id, now)
    items = await posts.load_assets(unit, post.influencer_id, post.asset_ids)
    if why := await _why_not(unit, post, items, now, post.platform in adult_platforms):
        await posts.give_up(unit, post_id, *why)
        return None
    if await posts.waits_s(unit, post_id) > 0 or await _paced(unit, post, now):
        return None
    token = await posts.claim_post(unit, post_id, worker)
    return None if token is None else Taken(await posts.load_post(unit, post_id), token, items)


async def advance_series(unit: Unit, series_id: UUID, now: datetime) -> UUID | None:
    """Put the next post of a series on the calendar when its newest one's time has come; return its id.

    Of the slots that passed while nobody was there, the newest is still made if it may go out so late; the others are counted.
    """
    series = await lock_series(unit, series_id)
    if series is None or not series.active or series.next_at > now:
        return None
    try:
        rule = msgspec.convert(series.rule, Rule)
    except msgspec.ValidationError as error:
        raise Refused(f"The rule of a series cannot be read: {error}.") from None
    found = _next_slot(series, rule, now)
    if found is None:
        await end_series(unit, series_id)
        return None
    slot, local = found
    planned_at = instant_of(local, series.zone)
    post = NewPost(
        id=new_id(),
        influencer_id=series.influencer_id,
        account_id=series.account_id,
        group_id=series.id,
        series_id=series.id,
        slot=slot,
        state="planned",
        local_at=local,
        zone=series.zone,
        planned_at=planned_at,
        late_s=series.late_s,
        target=series.target,
        caption=series.caption,
        language=series.language,
        made_by_ai=series.made_by_ai,
        asset_ids=series.asset_ids,
        made_by=series.made_by,
    )
    await posts.add_post(unit, post)
    await move_series(unit, series_id, slot, planned_at, slot - series.slot - 1)
    return post.id


def _next_slot(series: Series, rule: Rule, now: datetime) -> tuple[int, datetime] | None:
    """Return the newest slot that is due and not too late, else the first to come; nothing when the plan has ended."""
    newest: tuple[int, datetime] | None = None
    for n in range(series.slot + 1, series.slot + 1 + MOST_SLOTS):
        local = slot_of(rule, series.anchor_at, n)
        if local is None:
            return newest
        at = instant_of(local, series.zone)
        if at > now:
            return newest or (n, local)
        if now - at <= timedelta(seconds=series.late_s):
            newest = (n, local)
    return newest


async def _why_not(
    unit: Unit, post: Post, items: tuple[AssetRef, ...], now: datetime, adult_ok: bool
) -> tuple[str, str] | None:
    """Return class and words of why a post that is due does not go out any more."""
    if post.series_id is not None and post.slot is not None and await posts.is_superseded(unit, post.series_id, post.slot, now):
        return "Missed", "Its time passed while nobody was there; a later one of the same plan is due."
    if now - post.planned_at > timedelta(seconds=post.late_s):
        last = f" The last try said: {post.error}" if post.error else ""
        return "Missed", f"Its time passed and it is too late for it now.{last}"
    if len(items) != len(post.asset_ids):
        return "NotFound", "A picture of this post is not in the vault any more."
    try:
        await require_sharable(unit, post.asset_ids)
        await require_rated(unit, post.asset_ids, adult_ok)
    except Refused as error:
        return "Refused", str(error)
    if not await may_speak(unit, post.influencer_id):
        return "Refused", "The influencer must not speak: nobody has stated its age."
    return None


async def _paced(unit: Unit, post: Post, now: datetime) -> bool:
    """Put a late post off while another of its place is just out; say whether it was."""
    if (now - post.planned_at).total_seconds() <= LATE_S:
        return False
    newest = await posts.newest_out(unit, post.account_id, post.target)
    wait_s = 0.0 if newest is None else GAP_S - (now - newest).total_seconds()
    if wait_s <= 0:
        return False
    await posts.put_off(unit, post.id, min(wait_s, GAP_S))
    log.info("late_post_paced", post=str(post.id), wait_s=round(wait_s))
    return True
