"""What an influencer itself may put on its calendar, checked before it is staged: words and own pictures, at its own places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from core.clock import Clock
from core.errors import BadInput
from core.ids import new_id
from core.nouns import TurnInput
from core.platforms import Publisher
from core.turns import SchedulePost
from storage import posts
from storage.accounts import PREVIEW, load_account
from storage.house import House
from storage.post_pictures import Choice, list_choices
from storage.posts import NewPost, Place
from storage.unit import Unit
from studio.calendar import Publishers, check_post, check_time
from studio.calendar_effects import MOST_PROPOSALS
from studio.calendar_times import instant_of, read_local

FAR = timedelta(days=366)
LONGEST = 1000
"""Characters of a caption that an influencer writes."""

MOST_PLACES, MOST_PICTURES, NAMED = 5, 4, 4


class Wanted(Struct, frozen=True):
    """A picture as it is asked for: the telling English words of what it shows; none: whichever has its turn."""

    words: str


class Outline(Struct, frozen=True):
    """A post as an influencer thinks of it. `at` is its own local time; `captions`: where, and other words there, if any.

    Without any place it goes to the usual one.
    """

    caption: str
    at: str
    captions: tuple[tuple[str, str], ...] = ()
    pictures: tuple[Wanted, ...] = ()


class Entry(Struct, frozen=True):
    """What may be staged: an effect for each place, where they go and what they show in words, and whether it is planned.

    Not planned, it waits for an operator.
    """

    effects: tuple[SchedulePost, ...]
    place: str
    when: str
    planned: bool
    shows: tuple[str, ...] = ()


class Diary:
    """Finds the places, pictures and time of a post, and refuses what could not go out."""

    def __init__(self, house: House, publishers: Publishers, clock: Clock) -> None:
        """Look into these stores; `publishers` are the platforms by name."""
        self._house, self._publishers, self._clock = house, publishers, clock

    async def enter(self, turn: TurnInput, outline: Outline) -> Entry:
        """Return what may be staged for this turn: all of it, or nothing. Raises `BadInput` with why not."""
        if len(outline.captions) > MOST_PLACES or len(outline.pictures) > MOST_PICTURES:
            raise BadInput(f"A post goes to at most {MOST_PLACES} places, with at most {MOST_PICTURES} pictures.")
        planned = turn.account.platform == PREVIEW
        local, now = read_local(outline.at), self._clock.now()
        async with self._house.app.unit(turn.lease.agency_id) as unit:
            if not planned and await posts.count_proposals(unit, turn.conversation.id) >= MOST_PROPOSALS:
                raise BadInput("Enough of your proposals wait for the team already; make no other now.")
            known = await posts.list_places(unit, turn.conversation.influencer_id)
            found = [(self._choose(known, where), words) for where, words in outline.captions or (("", ""),)]
            chosen = [one for n, one in enumerate(found) if one[0] not in [place for place, _ in found[:n]]]
            items = await _choose_pictures(unit, turn.conversation.influencer_id, outline.pictures)
            accounts = [await load_account(unit, place.id) for place, _ in chosen]
        group, drafts = new_id(), []
        for account, (place, words) in zip(accounts, chosen, strict=True):
            post = _draft(turn, place, group, _tidy(words) or _tidy(outline.caption), local, items)
            check_time(post.planned_at, now)
            if post.planned_at > now + FAR:
                raise BadInput("That is more than a year ahead; give a nearer time.")
            check_post(self._publishers, account, post, items)
            drafts.append(post)
        where = " and ".join(place.platform + (f" ({place.target})" if place.target else "") for place, _ in chosen)
        when = f"{local:%Y-%m-%d %H:%M} {drafts[0].zone}"
        return Entry(tuple(_effect(post) for post in drafts), where, when, planned, tuple(one.shows for one in items))

    def _choose(self, places: Sequence[Place], platform: str) -> Place:
        """Return the first place that posts can go to, on this platform if one is named. Raises `BadInput`."""
        able = [place for place in places if self._takes(place)]
        chosen = next((place for place in able if place.platform == platform or not platform), None)
        if chosen is None:
            there = ", ".join(sorted({place.platform for place in able})) or "none as yet"
            raise BadInput(f"Nothing of yours is published {'there' if platform else 'anywhere'}; places are: {there}.")
        return chosen

    def _takes(self, place: Place) -> bool:
        platform = self._publishers.get(place.platform)
        return isinstance(platform, Publisher) and (not platform.publishing.target_hint or bool(place.target))


async def _choose_pictures(unit: Unit, influencer_id: UUID, wanted: Sequence[Wanted]) -> tuple[Choice, ...]:
    """Return the picture that fits each wish best, each once. Raises `BadInput`, naming some that there are."""
    chosen: dict[UUID, Choice] = {}
    for wish in wanted:
        listed = await list_choices(unit, influencer_id, wish.words)
        free = [one for one in listed if one.asset_id not in chosen]
        found = next((one for one in free if one.fits), None)
        if found is None:
            there = ", ".join(dict.fromkeys(repr(one.shows[:60]) for one in free[:NAMED]))
            instead = f"There are: {there}." if there else "There is none to post; post words alone."
            raise BadInput(f"No picture of yours that may be posted shows that ({wish.words or 'nothing else'}). {instead}")
        chosen[found.asset_id] = found
    return tuple(chosen.values())


def _tidy(words: str) -> str:
    tidy = words[: 4 * LONGEST].replace("\x00", "").encode(errors="ignore").decode().strip()
    if len(tidy) > LONGEST:
        raise BadInput(f"A caption has 1 to {LONGEST} characters.")
    return tidy


def _draft(turn: TurnInput, place: Place, group_id: UUID, words: str, local: datetime, items: Sequence[Choice]) -> NewPost:
    if not words:
        raise BadInput(f"A caption has 1 to {LONGEST} characters.")
    languages = turn.influencer.persona.get("languages") or ["en"]
    return NewPost(
        id=new_id(),
        influencer_id=turn.conversation.influencer_id,
        account_id=place.id,
        group_id=group_id,
        state="proposed",
        local_at=local,
        zone=place.zone,
        planned_at=instant_of(local, place.zone),
        target=place.target or "",
        caption=words,
        language=str(languages[0])[:2],
        made_by_ai=bool(items),
        asset_ids=tuple(one.asset_id for one in items),
        made_by="agent",
        conversation_id=turn.conversation.id,
    )


def _effect(post: NewPost) -> SchedulePost:
    return SchedulePost(
        post.id,
        post.account_id,
        post.target,
        post.caption,
        post.local_at,
        post.zone,
        post.language,
        post.group_id,
        post.asset_ids,
    )
