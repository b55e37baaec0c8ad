"""The calendar as people use it: plan, change, approve, cancel, publish now, and say what became of a post in doubt.

Every function works inside one unit of work and raises `NotFound`, and `Refused` or `BadInput` with what to do instead. Who
calls them wakes the publisher afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from core.errors import BadInput, Refused
from core.ids import new_id
from core.nouns import Account
from core.outbound import AssetRef
from core.platforms import Platform, Publisher
from storage import assets, gallery, posts
from storage.accounts import find_influencer, list_accounts
from storage.post_pictures import require_rated
from storage.post_series import Series, add_series, end_series
from storage.posts import OPEN, NewPost, Post
from storage.unit import Unit
from studio.calendar_rules import read_rule, slot_of
from studio.calendar_times import instant_of, local_of, read_local
from studio.calendar_words import publication_of

PAST_S = 120.0
"""How long ago a time may lie that is planned for: whoever says "now" means it."""

Publishers = Mapping[str, Platform]
Caption = Annotated[str, Meta(max_length=8000)]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2}$")]


class PlaceWish(Struct, frozen=True, forbid_unknown_fields=True):
    """One place: an account such as `telegram/luna`, where on it (none: its own default), and a caption only for there."""

    account: str
    target: Annotated[str, Meta(max_length=256)] | None = None
    caption: Caption | None = None


class PostWish(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is to be published. `at` is a local time in `zone` (none: the persona's); `repeat` a rule such as `mon,thu`.

    `made_by_ai` of none: whatever has pictures counts as made by AI. `late_s`: so late it may still go out, in seconds.
    `album`: the pictures that are in it just now, behind those of `asset_ids`.
    """

    influencer: str
    places: Annotated[tuple[PlaceWish, ...], Meta(min_length=1, max_length=20)]
    at: str
    caption: Caption = ""
    zone: str | None = None
    language: Language = "en"
    made_by_ai: bool | None = None
    asset_ids: Annotated[tuple[UUID, ...], Meta(max_length=20)] = ()
    album: Annotated[str, Meta(max_length=80)] | None = None
    repeat: str | None = None
    late_s: Annotated[int, Meta(ge=60, le=7 * 86_400)] = 21_600


class PostChange(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is changed of a post that has not left yet; none: as it was."""

    at: str | None = None
    zone: str | None = None
    caption: Caption | None = None
    target: Annotated[str, Meta(max_length=256)] | None = None
    language: Language | None = None
    made_by_ai: bool | None = None
    asset_ids: Annotated[tuple[UUID, ...], Meta(max_length=20)] | None = None


async def plan(unit: Unit, publishers: Publishers, wish: PostWish, now: datetime, by: str) -> list[Post]:
    """Put a post on the calendar, once for each place, and return what stands there now."""
    influencer = await find_influencer(unit, wish.influencer)
    accounts = {f"{a.platform}/{a.key}": a for a in await list_accounts(unit) if a.influencer_id == influencer.id}
    defaults = {place.id: place.target for place in await posts.list_places(unit, influencer.id)}
    group = new_id()
    planned: list[Post] = []
    chosen = await _with_album(unit, influencer.id, wish)
    items = await _pictures(unit, influencer.id, chosen)
    ai = await assets.any_made_by_ai(unit, chosen)  # then a post says so, whatever was asked
    for place in wish.places:
        account = accounts.get(place.account)
        if account is None:
            raise BadInput(f"{influencer.name} has no account {place.account!r}; there are {', '.join(accounts) or 'none'}.")
        target = (defaults.get(account.id) or "") if place.target is None else place.target
        if any((one.account_id, one.target) == (account.id, target) for one in planned):
            raise BadInput(f"The place {place.account}:{target} is named twice; a post goes to each place once.")
        local, zone = read_local(wish.at), wish.zone or account.zone
        post = NewPost(
            id=new_id(),
            influencer_id=influencer.id,
            account_id=account.id,
            group_id=group,
            state="planned",
            local_at=local,
            zone=zone,
            planned_at=instant_of(local, zone),
            target=target,
            caption=wish.caption if place.caption is None else place.caption,
            language=wish.language,
            made_by_ai=ai or (bool(items) if wish.made_by_ai is None else wish.made_by_ai),
            asset_ids=chosen,
            late_s=wish.late_s,
            made_by=by,
        )
        post = await _begin_series(unit, post, wish.repeat) if wish.repeat else post
        check_time(post.planned_at, now)
        check_post(publishers, account, post, items)
        await require_rated(unit, post.asset_ids, publishers[account.platform].policy.adult_ok)
        await posts.add_post(unit, post)
        planned.append(await posts.load_post(unit, post.id))
    return planned


async def edit(unit: Unit, publishers: Publishers, post_id: UUID, change: PostChange, now: datetime) -> Post:
    """Change a post that has not left yet. One that is just leaving, or is out, is refused."""
    post = await _open(unit, post_id)
    given = {
        name: value
        for name in ("caption", "target", "language", "made_by_ai", "asset_ids")
        if (value := getattr(change, name)) is not None
    }
    changed = replace(post, **given)
    changed = replace(changed, made_by_ai=changed.made_by_ai or await assets.any_made_by_ai(unit, changed.asset_ids))
    if change.at is not None or change.zone is not None:
        local = post.local_at if change.at is None else read_local(change.at)
        zone = change.zone or post.zone
        state = "proposed" if post.state == "proposed" else "planned"
        changed = replace(changed, local_at=local, zone=zone, planned_at=instant_of(local, zone), state=state)
        check_time(changed.planned_at, now)
    await _check_standing(unit, publishers, changed)
    await posts.write_post(unit, changed)
    return await posts.load_post(unit, post_id)


async def approve(unit: Unit, publishers: Publishers, post_id: UUID, at: str | None, now: datetime, by: str) -> Post:
    """Let a proposal go out, at its time or another; from then on it is this operator's, and names no chat."""
    post = await _open(unit, post_id)
    if post.state != "proposed":
        raise Refused(f"The post is {post.state}; only a proposal waits for a yes.")
    local = post.local_at if at is None else read_local(at)
    changed = replace(
        post,
        state="planned",
        local_at=local,
        planned_at=instant_of(local, post.zone),
        approved_by=by,
        conversation_id=None,
    )
    check_time(changed.planned_at, now, "Its time is over; approve it for another one (--at).")
    await _check_standing(unit, publishers, changed)
    await posts.write_post(unit, changed)
    return await posts.load_post(unit, post_id)


async def cancel(unit: Unit, post_id: UUID, by: str, *, series: bool = False) -> Post:
    """Take a post off the calendar, and with `series` all that its plan was still to bring."""
    post = await posts.lock_post(unit, post_id)
    if series:
        if post.series_id is None:
            raise Refused("The post comes but once; there is no series to end.")
        await end_series(unit, post.series_id)
        await posts.cancel_series_posts(unit, post.series_id, by)
        return await posts.load_post(unit, post_id)
    _check_open(post)
    await posts.write_post(unit, replace(post, state="cancelled", approved_by=by))
    return await posts.load_post(unit, post_id)


async def publish_now(unit: Unit, publishers: Publishers, post_id: UUID, now: datetime, by: str) -> Post:
    """Let a post go out at once: one that waits, was proposed, or surely did not go out."""
    post = await posts.lock_post(unit, post_id)
    if post.state != "failed":
        _check_open(post)
    changed = replace(
        post,
        state="planned",
        local_at=local_of(now, post.zone),
        planned_at=now,
        approved_by=by,
        conversation_id=None,
    )
    await _check_standing(unit, publishers, changed)
    await posts.write_post(unit, changed)
    return await posts.load_post(unit, post_id)


async def settle(unit: Unit, publishers: Publishers, post_id: UUID, outcome: str, now: datetime, by: str) -> Post:
    """Say what became of a post in doubt: `published`, `failed`, or `again` to let it go out once more."""
    post = await posts.lock_post(unit, post_id)
    if outcome == "again":
        if post.state not in ("unknown", "failed"):
            raise Refused(f"The post is {post.state}; only one in doubt, or one that failed, goes out again.")
        if post.state == "unknown":
            await posts.resolve_post(unit, post_id, "failed", by, now, ("Person", "a person saw that it did not go out"))
        return await publish_now(unit, publishers, post_id, now, by)
    if outcome not in ("published", "failed"):
        raise BadInput(f"{outcome!r} is not published, failed or again.")
    if post.state not in ("unknown", "failed"):
        raise Refused(f"The post is {post.state}; only one in doubt, or one that failed, is settled by a person.")
    error = None if outcome == "published" else ("Person", "a person saw that it did not go out")
    await posts.resolve_post(unit, post_id, outcome, by, now, error)
    return await posts.load_post(unit, post_id)


def check_time(planned_at: datetime, now: datetime, words: str = "That time is over; give one to come.") -> None:
    """Refuse a time that is over. Raises `BadInput`."""
    if planned_at < now - timedelta(seconds=PAST_S):
        raise BadInput(words)


def check_post(publishers: Publishers, account: Account, post: NewPost, items: Sequence[AssetRef]) -> None:
    """Hold a post to what its platform takes. Raises `BadInput` where nothing can be published there, or not this."""
    platform = publishers.get(account.platform)
    if not isinstance(platform, Publisher):
        able = ", ".join(sorted(name for name, one in publishers.items() if isinstance(one, Publisher)))
        raise BadInput(f"Nothing can be published on {account.platform} from here; posts go out on {able}.")
    platform.check_post(account, publication_of(post, tuple(items), platform.publishing))


async def _check_standing(unit: Unit, publishers: Publishers, post: Post) -> None:
    account = next((a for a in await list_accounts(unit) if a.id == post.account_id), None)
    if account is None:
        raise Refused("The account of this post is not connected any more.")
    check_post(publishers, account, post, await _pictures(unit, post.influencer_id, post.asset_ids))
    await require_rated(unit, post.asset_ids, publishers[account.platform].policy.adult_ok)


async def _with_album(unit: Unit, influencer_id: UUID, wish: PostWish) -> tuple[UUID, ...]:
    """Return a post's pictures with those of its album, each once. Raises `NotFound`, `BadInput` for an empty album."""
    if wish.album is None:
        return wish.asset_ids
    inside = await gallery.album_assets(unit, await gallery.find_album(unit, influencer_id, wish.album))
    if not inside:
        raise BadInput(f"There is no picture in the album {wish.album!r}; put some in with: muse image album add")
    return tuple(dict.fromkeys((*wish.asset_ids, *inside)))


async def _pictures(unit: Unit, influencer_id: UUID, asset_ids: Sequence[UUID]) -> tuple[AssetRef, ...]:
    items = await posts.load_assets(unit, influencer_id, asset_ids)
    if len(items) != len(asset_ids):
        raise BadInput("A picture of this post is not in the influencer's vault.")
    await assets.require_sharable(unit, asset_ids)
    return items


async def _begin_series(unit: Unit, post: NewPost, words: str) -> NewPost:
    """Make the plan behind a post and return the post as its slot 0."""
    rule = read_rule(words)
    first = slot_of(rule, post.local_at, 0)
    if first is None:
        raise BadInput("The plan ends before it begins.")
    series = Series(
        id=new_id(),
        influencer_id=post.influencer_id,
        account_id=post.account_id,
        rule=msgspec.to_builtins(rule),
        anchor_at=post.local_at,
        zone=post.zone,
        target=post.target,
        caption=post.caption,
        language=post.language,
        made_by_ai=post.made_by_ai,
        asset_ids=post.asset_ids,
        late_s=post.late_s,
        next_at=instant_of(first, post.zone),
        made_by=post.made_by,
    )
    await add_series(unit, series)
    return replace(post, series_id=series.id, slot=0, local_at=first, planned_at=series.next_at)


async def _open(unit: Unit, post_id: UUID) -> Post:
    post = await posts.lock_post(unit, post_id)
    _check_open(post)
    return post


def _check_open(post: Post) -> None:
    if post.state == "publishing":
        raise Refused("The post is leaving at this moment; look again in a minute.")
    if post.state not in OPEN:
        raise Refused(f"The post is {post.state}; it cannot be changed any more.")
