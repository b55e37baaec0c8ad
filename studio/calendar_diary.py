"""What an influencer itself may put on its calendar, checked before it is staged: words alone, at one of its own places."""

from __future__ import annotations

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
from storage.posts import NewPost
from studio.calendar import Publishers, check_post, check_time
from studio.calendar_effects import MOST_PROPOSALS
from studio.calendar_times import instant_of, read_local

FAR = timedelta(days=366)
LONGEST = 1000
"""Characters of a caption that an influencer writes."""


class Entry(Struct, frozen=True):
    """What may be staged: the effect, where it goes in words, and whether it is a plan or waits for an operator."""

    effect: SchedulePost
    place: str
    when: str
    planned: bool


class Diary:
    """Finds the place and the time of a post, and refuses what could not go out."""

    def __init__(self, house: House, publishers: Publishers, clock: Clock) -> None:
        """Look into these stores; `publishers` are the platforms by name."""
        self._house, self._publishers, self._clock = house, publishers, clock

    async def enter(self, turn: TurnInput, caption: str, at: str, platform: str) -> Entry:
        """Return what may be staged for this turn; `at` is the influencer's local time. Raises `BadInput` with why not."""
        words = caption.replace("\x00", "").strip()
        if not words or len(words) > LONGEST:
            raise BadInput(f"A caption has 1 to {LONGEST} characters.")
        planned = turn.account.platform == PREVIEW
        async with self._house.app.unit(turn.lease.agency_id) as unit:
            places = await posts.list_places(unit, turn.conversation.influencer_id)
            waiting = 0 if planned else await posts.count_proposals(unit, turn.conversation.id)
            place = self._choose(places, platform)
            account = await load_account(unit, place.id)
        if waiting >= MOST_PROPOSALS:
            raise BadInput("Enough of your proposals wait for the team already; make no other now.")
        local, now = read_local(at), self._clock.now()
        post = self._draft(turn, account.id, words, local, place)
        check_time(post.planned_at, now)
        if post.planned_at > now + FAR:
            raise BadInput("That is more than a year ahead; give a nearer time.")
        check_post(self._publishers, account, post, ())
        effect = SchedulePost(post.id, account.id, post.target, words, local, place.zone, post.language)
        where = f"{place.platform}" + (f" ({post.target})" if post.target else "")
        return Entry(effect, where, f"{local:%Y-%m-%d %H:%M} {place.zone}", planned)

    def _choose(self, places: list[posts.Place], platform: str) -> posts.Place:
        """Return the first place that posts can go to, on this platform if one is named. Raises `BadInput`."""
        able = [place for place in places if self._takes(place)]
        chosen = next((place for place in able if place.platform == platform or not platform), None)
        if chosen is None:
            there = ", ".join(sorted({place.platform for place in able})) or "none as yet"
            raise BadInput(f"Nothing of yours is published {'there' if platform else 'anywhere'}; places are: {there}.")
        return chosen

    def _takes(self, place: posts.Place) -> bool:
        platform = self._publishers.get(place.platform)
        return isinstance(platform, Publisher) and (not platform.publishing.target_hint or bool(place.target))

    @staticmethod
    def _draft(turn: TurnInput, account_id: UUID, words: str, local: datetime, place: posts.Place) -> NewPost:
        languages = turn.influencer.persona.get("languages") or ["en"]
        post_id = new_id()
        return NewPost(
            id=post_id,
            influencer_id=turn.conversation.influencer_id,
            account_id=account_id,
            group_id=post_id,
            state="proposed",
            local_at=local,
            zone=place.zone,
            planned_at=instant_of(local, place.zone),
            target=place.target or "",
            caption=words,
            language=str(languages[0])[:2],
            made_by="agent",
            conversation_id=turn.conversation.id,
        )
