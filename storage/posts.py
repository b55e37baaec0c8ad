"""The calendar's rows: what is published where and when, and what became of it. The rules of the calendar stand in `studio/`.

A post is claimed before the call and settled after it, like a delivery: `published`, `failed` and `unknown` are ends, and from
`unknown` only a person leads on. What is published is read in the claim, never carried by a wake-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.errors import NotFound
from core.outbound import AssetRef
from storage.queries import Queries
from storage.unit import Unit

POSTS = Queries("posts")
OPEN = ("proposed", "planned", "pending")
"""The states in which a post may still be changed."""

STATES = (*OPEN, "publishing", "published", "failed", "unknown", "cancelled")


class NewPost(Struct, frozen=True, kw_only=True):
    """A post to be; `planned_at` is the instant that `local_at` (no zone in it) means in `zone`. `late_s` in seconds."""

    id: UUID
    influencer_id: UUID
    account_id: UUID
    group_id: UUID
    state: str
    local_at: datetime
    zone: str
    planned_at: datetime
    made_by: str
    target: str = ""
    caption: str = ""
    language: str = "en"
    made_by_ai: bool = False
    asset_ids: tuple[UUID, ...] = ()
    late_s: int = 21_600
    series_id: UUID | None = None
    slot: int | None = None
    conversation_id: UUID | None = None


class Post(NewPost, frozen=True, kw_only=True):
    """A post as it stands; `rule` is that of its series. `attempts` is also the token of the claim in force."""

    influencer: str
    platform: str
    account: str
    attempts: int
    failures: int
    platform_ids: tuple[str, ...]
    error_class: str | None
    error: str | None
    published_at: datetime | None
    approved_by: str | None
    rule: dict[str, Any] | None


class Hanging(Struct, frozen=True):
    """A claim that nobody settled; `age_s` in seconds."""

    attempts: int
    claimed_by: str | None
    age_s: float


class Place(Struct, frozen=True):
    """An account of an influencer; `target` is where its posts go unless they say otherwise."""

    id: UUID
    platform: str
    key: str
    zone: str
    target: str | None


class Settled(Struct, frozen=True):
    """What became of a try: published, failed, unknown, or pending (again after `after_s` seconds, a failure if `counted`)."""

    state: str
    platform_ids: tuple[str, ...] = ()
    error: Exception | None = None
    after_s: float = 0.0
    counted: bool = True


class WaitingPosts(Struct, frozen=True):
    """How many posts wait for a person: in doubt, or proposed."""

    unknown: int
    proposed: int


class _Found(Struct, frozen=True):
    platform_id: str


async def add_post(unit: Unit, post: NewPost) -> bool:
    """Put a post on the calendar; false when this slot of its series stands there already."""
    added = await POSTS["add"].run(
        unit, post.id, post.influencer_id, post.account_id, post.group_id, post.series_id, post.slot, post.state, post.local_at,
        post.zone, post.planned_at, post.late_s, post.target, post.caption, post.language, post.made_by_ai,
        list(post.asset_ids), post.made_by, post.conversation_id,
    )  # fmt: skip
    return added > 0


async def list_posts(
    unit: Unit,
    influencer: str | None = None,
    states: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
) -> list[Post]:
    """Return posts in the order of their times; `influencer` is a short name, the times bound when they are planned for."""
    chosen = None if states is None else list(states)
    return await POSTS["list"].all(unit, Post, influencer, chosen, since, until, limit)


async def load_post(unit: Unit, post_id: UUID) -> Post:
    """Return one post. Raises `NotFound`."""
    return await POSTS["load"].one(unit, Post, post_id)


async def lock_post(unit: Unit, post_id: UUID) -> Post:
    """Return one post, held until the transaction ends. Raises `NotFound`."""
    if await POSTS["lock"].value(unit, post_id) is None:
        raise NotFound("There is no such post.")
    return await load_post(unit, post_id)


async def write_post(unit: Unit, post: Post) -> None:
    """Write an open post as it was changed: state, time, target, words, pictures, and whose it is."""
    await POSTS["edit"].run(
        unit, post.id, post.state, post.local_at, post.zone, post.planned_at, post.target, post.caption, post.language,
        post.made_by_ai, list(post.asset_ids), post.approved_by, post.conversation_id,
    )  # fmt: skip


async def fall_due(unit: Unit, post_id: UUID, now: datetime) -> None:
    """A planned post whose time has come waits to be published."""
    await POSTS["fall_due"].run(unit, post_id, now)


async def queue_up(unit: Unit, account_id: UUID) -> None:
    """Wait until nobody else claims a post of this account; held until the transaction ends."""
    await POSTS["queue_up"].run(unit, account_id)


async def waits_s(unit: Unit, post_id: UUID) -> float:
    """Return for how many seconds a failed try put this post off."""
    return float(await POSTS["waits"].value(unit, post_id) or 0.0)


async def newest_out(unit: Unit, account_id: UUID, target: str) -> datetime | None:
    """Return when the account last published there, or began to."""
    found: datetime | None = await POSTS["newest_out"].value(unit, account_id, target)
    return found


async def is_superseded(unit: Unit, series_id: UUID, slot: int, now: datetime) -> bool:
    """Whether a later post of the same series is due already."""
    return bool(await POSTS["superseded"].value(unit, series_id, slot, now))


async def claim_post(unit: Unit, post_id: UUID, worker: str) -> int | None:
    """Take a pending post for publishing and return the claim's token; nothing when it waits, or is not pending any more."""
    token = await POSTS["claim"].value(unit, post_id, worker)
    return None if token is None else int(token)


async def retime(unit: Unit, post_id: UUID, planned_at: datetime) -> None:
    """Its local time means a later instant than was thought; it waits for that."""
    await POSTS["retime"].run(unit, post_id, planned_at)


async def put_off(unit: Unit, post_id: UUID, after_s: float) -> None:
    """Look at a pending post again after some seconds."""
    await POSTS["put_off"].run(unit, post_id, after_s)


async def give_up(unit: Unit, post_id: UUID, error_class: str, error: str) -> None:
    """A post that never left: it is too late for it, or something of it is gone."""
    await POSTS["give_up"].run(unit, post_id, error_class, error)


async def settle_post(unit: Unit, post_id: UUID, attempt: int, settled: Settled, now: datetime) -> bool:
    """Say what became of the claim of this attempt; false when it is not in force any more. A `published` always counts."""
    error = settled.error
    touched = await POSTS["settle"].run(
        unit, post_id, attempt, settled.state, list(settled.platform_ids), None if error is None else type(error).__name__,
        None if error is None else str(error), settled.after_s, now, settled.counted,
    )  # fmt: skip
    return touched > 0


async def hanging(unit: Unit, post_id: UUID) -> Hanging | None:
    """Return the claim of a post that is being published, if it is."""
    return await POSTS["hanging"].first(unit, Hanging, post_id)


async def resolve_post(
    unit: Unit, post_id: UUID, state: str, by: str, now: datetime, error: tuple[str, str] | None = None
) -> None:
    """Write what a person says became of a post; `error` is its class and its words."""
    await POSTS["resolve"].run(unit, post_id, state, by, *(error or (None, None)), now)


async def known_ids(unit: Unit, account_id: UUID, platform_ids: Sequence[str]) -> set[str]:
    """Return those of a platform's ids that stand on posts of this account already."""
    return {row.platform_id for row in await POSTS["published_ids"].all(unit, _Found, account_id, list(platform_ids))}


async def count_proposals(unit: Unit, conversation_id: UUID, besides: UUID | None = None) -> int:
    """Return how many proposals from a chat wait for a person, each with all its places; `besides`: the group left out."""
    return int(await POSTS["proposals"].value(unit, conversation_id, besides) or 0)


async def count_waiting(unit: Unit) -> WaitingPosts:
    """Return how many posts of the agency wait for a person."""
    return await POSTS["waiting"].one(unit, WaitingPosts)


async def cancel_series_posts(unit: Unit, series_id: UUID, by: str) -> int:
    """Take what is still to come of a series off the calendar; return how many posts it was."""
    return await POSTS["cancel_series"].run(unit, series_id, by)


async def load_assets(unit: Unit, influencer_id: UUID, asset_ids: Sequence[UUID]) -> tuple[AssetRef, ...]:
    """Return pictures of an influencer in this order; those that are not there, or another's, are missing."""
    return tuple(await POSTS["assets"].all(unit, AssetRef, influencer_id, list(asset_ids)))


async def shown_asset(unit: Unit, account_id: UUID, post_id: UUID, asset_id: UUID) -> AssetRef:
    """Return a picture of a post that this account was given to publish. Raises `NotFound`."""
    return await POSTS["shown_asset"].one(unit, AssetRef, post_id, account_id, asset_id)


async def list_places(unit: Unit, influencer_id: UUID) -> list[Place]:
    """Return an influencer's accounts, with where their posts go by default."""
    return await POSTS["places"].all(unit, Place, influencer_id)


async def set_place(unit: Unit, account_id: UUID, target: str) -> None:
    """Set where posts of an account go when nobody says otherwise."""
    await POSTS["set_place"].run(unit, account_id, target)
