"""Publishing one post: claimed, called once, settled; and what is made of a post of which nobody knows whether it went out.

A post in doubt is published again only under a key that the platform knows; else the platform's own list may tell; else it is
`unknown` until a person has looked. A refusal is not believed either where the list says otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from core.errors import Misconfigured, MuseError, NotFound, OutcomeUnknown, RateLimited, Refused, TryLater
from core.log import get_logger
from core.nouns import Account
from core.outbound import AssetRef, Publication
from core.platforms import Platform, PostLister, Publisher, SentItem
from storage import posts
from storage.accounts import list_accounts, open_account
from storage.deliveries import STUCK_S
from storage.posts import Post, Settled
from storage.presence import LIVES_S, Roll
from studio.calendar_claims import take_post
from studio.calendar_words import publication_of
from workers.engine import Engine
from workers.results import ATTEMPTS, HOLD_S, as_unknown, pause

SKEW_S = 120.0
LOOKS = 3
REPEATS = 5
log = get_logger(__name__)


class Going(Struct, frozen=True):
    """A claimed post on its way: what goes out, from which account, on which platform."""

    post: Post
    token: int
    account: Account
    platform: Platform
    items: tuple[AssetRef, ...]

    @property
    def publication(self) -> Publication | None:
        """Return the post as it goes out; nothing where the platform publishes none."""
        if not isinstance(self.platform, Publisher):
            return None
        return publication_of(self.post, self.items, self.platform.publishing)


async def publish(engine: Engine, agency_id: UUID, post_id: UUID, settling_s: float = 4.0) -> None:
    """Publish a post that is due; judge one whose publishing hangs. Raises `Unavailable`; then the sweep comes by again.

    `settling_s`: how long a platform may take until what it took stands in its list.
    """
    async with engine.house.app.unit(agency_id) as unit:
        hanging = await posts.hanging(unit, post_id)
    if hanging is not None:
        await _judge(engine, agency_id, post_id, hanging, settling_s)
        return
    async with engine.house.app.unit(agency_id) as unit:
        taken = await take_post(unit, post_id, engine.outbox.claims_as, engine.clock.now(), _adult(engine))
    await engine.house.live.publish(agency_id, {"event": "post", "post": str(post_id)})
    if taken is None:
        return
    going = await _going(engine, agency_id, taken.post, taken.token, taken.items)
    settled = Settled("failed", error=Refused("The account of this post is not connected any more."))
    if going is not None:
        settled = await _call(engine, going, settling_s)
    await _settle(engine, agency_id, post_id, taken.token, settled)


def _adult(engine: Engine) -> frozenset[str]:
    return frozenset(name for name, platform in engine.platforms.items() if platform.policy.adult_ok)


async def _going(engine: Engine, agency_id: UUID, post: Post, token: int, items: tuple[AssetRef, ...]) -> Going | None:
    try:
        async with engine.house.app.unit(agency_id) as unit:
            if all(account.id != post.account_id for account in await list_accounts(unit)):
                return None
            account = await open_account(unit, engine.house.seal, post.account_id)
        return Going(post, token, account, engine.platforms[account.platform], items)
    except (NotFound, KeyError):
        return None


async def _call(engine: Engine, going: Going, settling_s: float) -> Settled:
    try:
        going = await _fit(engine, going)
    except (Misconfigured, TryLater) as error:  # nothing has left
        return Settled("pending", error=error, after_s=HOLD_S, counted=isinstance(error, TryLater))
    except MuseError as error:
        return Settled("failed", error=error)
    publication = going.publication
    if publication is None or not isinstance(going.platform, Publisher):
        return Settled("failed", error=Refused(f"Nothing can be published on {going.account.platform} from here."))
    try:
        going.platform.check_post(going.account, publication)
    except MuseError as error:
        return Settled("failed", error=error)
    try:
        sent = await going.platform.publish(going.account, publication, str(going.post.id))
    except Exception as error:
        return await _read_error(engine, going, error, settling_s)
    return Settled("published", sent.platform_ids)


async def _fit(engine: Engine, going: Going) -> Going:
    """Return a post with its pictures as the platform takes them."""
    if engine.fitting is None:
        return going
    items = await engine.fitting.fit(going.account.agency_id, going.items, going.account.platform)
    return replace(going, items=items)


async def _read_error(engine: Engine, going: Going, error: Exception, settling_s: float) -> Settled:
    """Return what an error means for a post; one that says no is not told before the platform's list was looked at."""
    if isinstance(error, RateLimited):
        return Settled("pending", error=error, after_s=error.retry_after or pause(going.post.failures), counted=False)
    if isinstance(error, TryLater):
        if going.post.failures + 1 >= ATTEMPTS:
            return Settled("failed", error=error)
        return Settled("pending", error=error, after_s=max(error.retry_after or 0.0, pause(going.post.failures + 1)))
    if isinstance(error, Misconfigured):
        return Settled("pending", error=error, after_s=HOLD_S, counted=False)
    if isinstance(error, Refused):
        found = await _look(engine, going, settling_s)
        return Settled("published", (found,)) if found else Settled("failed", error=error)
    return await _decide(engine, going, error, settling_s)


async def _decide(engine: Engine, going: Going, error: Exception, settling_s: float) -> Settled:
    """Say what is made of a post in doubt."""
    if going.platform.may_repeat(going.account) and (repeated := await _repeat(going, settling_s)):
        return Settled("published", repeated)
    found = await _look(engine, going, settling_s)
    return Settled("published", (found,)) if found else Settled("unknown", error=as_unknown(error))


async def _repeat(going: Going, settling_s: float) -> tuple[str, ...] | None:
    """Publish again under the same key, which the platform takes once; return its ids, or nothing when it is still in doubt."""
    publication = going.publication
    for n in range(REPEATS):
        await asyncio.sleep(settling_s * 2**n / 2)
        try:
            if publication is None or not isinstance(going.platform, Publisher):
                return None
            return (await going.platform.publish(going.account, publication, str(going.post.id))).platform_ids
        except (TryLater, OutcomeUnknown) as error:
            log.info("post_repeated", post=str(going.post.id), error=type(error).__name__)
        except MuseError:
            return None  # a no to the repeat says nothing of the first try
    return None


async def _look(engine: Engine, going: Going, settling_s: float) -> str | None:
    """Return the id under which the platform lists this very post, if it lists any."""
    if not isinstance(going.platform, PostLister):
        return None
    since = engine.clock.now() - timedelta(seconds=STUCK_S + SKEW_S)
    for look in range(LOOKS):
        if look:
            await asyncio.sleep(settling_s)
        try:
            items = await going.platform.list_posts(going.account, going.post.target, since)
        except TryLater as later:
            log.info("post_list_put_off", post=str(going.post.id), error=type(later).__name__)
            continue
        except MuseError:
            return None
        if items is None:
            return None
        if found := await _find(engine, going, items):
            return found
    return None


async def _find(engine: Engine, going: Going, items: Iterable[SentItem]) -> str | None:
    """Return the platform's id of this post: by its key, else by its words, if that id is not another post's."""
    listed = list(items)
    by_key = next((item.platform_id for item in listed if item.key == str(going.post.id)), None)
    words = going.publication.text.strip() if going.publication else ""
    if by_key is not None or not words:
        return by_key
    same = [item.platform_id for item in listed if item.key is None and item.text.strip() == words]
    async with engine.house.app.unit(going.account.agency_id) as unit:
        taken = await posts.known_ids(unit, going.account.id, same)
    return next((platform_id for platform_id in same if platform_id not in taken), None)


async def _judge(engine: Engine, agency_id: UUID, post_id: UUID, hanging: posts.Hanging, settling_s: float) -> None:
    """Decide about a claim whose worker is gone, or that has lasted longer than any call; any other is left alone."""
    name = (hanging.claimed_by or "").partition("#")[0]
    if hanging.age_s < STUCK_S and not (hanging.age_s >= LIVES_S and await _gone(engine, name)):
        return
    async with engine.house.app.unit(agency_id) as unit:
        post = await posts.load_post(unit, post_id)
        items = await posts.load_assets(unit, post.influencer_id, post.asset_ids)
    error = OutcomeUnknown("The worker died between the call and its answer.")
    going = await _going(engine, agency_id, post, hanging.attempts, items)
    settled = Settled("unknown", error=error) if going is None else await _decide(engine, going, error, settling_s)
    await _settle(engine, agency_id, post_id, hanging.attempts, settled)


async def _gone(engine: Engine, name: str) -> bool:
    """Say whether a worker shows no sign of life any more, at two looks some seconds apart."""
    roll = Roll(engine.house.redis, engine.name)
    if await roll.is_gone(name):
        return True
    await asyncio.sleep(LIVES_S / 2)
    return await roll.is_gone(name)


async def _settle(engine: Engine, agency_id: UUID, post_id: UUID, token: int, settled: Settled) -> None:
    async with engine.house.app.unit(agency_id) as unit:
        held = await posts.settle_post(unit, post_id, token, settled, engine.clock.now())
    reason = type(settled.error).__name__ if settled.error else ""
    log.info("post", post=str(post_id), outcome=settled.state, reason=reason, in_force=held)
    engine.figures.count(f"posts_{settled.state}")
    await engine.house.live.publish(agency_id, {"event": "post", "post": str(post_id), "state": settled.state})
    if settled.state == "pending":
        await engine.house.jobs.publish_post(agency_id, post_id, settled.after_s)
