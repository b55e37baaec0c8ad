"""In which languages influencers speak and fans write, as far as the rows tell."""

from __future__ import annotations

from msgspec import Struct

from storage.queries import Queries
from storage.unit import Unit

LANGUAGES = Queries("languages")


class Spoken(Struct, frozen=True):
    """A language that an influencer's persona speaks, as a code such as "de"."""

    influencer: str
    language: str


class _Heard(Struct, frozen=True):
    text: str


async def list_spoken(unit: Unit) -> list[Spoken]:
    """Return the languages of the agency's personas with an active account."""
    return await LANGUAGES["spoken"].all(unit, Spoken)


async def list_heard(unit: Unit, shortest: int, limit: int) -> list[str]:
    """Return the newest texts of the agency's fans that have at least so many characters."""
    return [row.text for row in await LANGUAGES["heard"].all(unit, _Heard, shortest, limit)]
