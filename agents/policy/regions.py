"""Which rule pack a turn runs under: what the law of a region asks of AI notices, as data in `packs/`.

An account may be set to a region, else its agency's holds; the fan's region, where somebody recorded it, joins in. Of what
several ask, the strictest counts. A region that nobody named, that there is no pack for, or whose law is not yet in force, is
answered with the strictest of all: nothing is guessed weaker.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from msgspec import Struct, convert

FOLDER = Path(__file__).with_name("packs")
STRICTEST = "strictest"


class RulePack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a region's law asks for. `since`: the day from which it holds; `notice` and `again` are keys of the house's texts.

    `again_h`: hours of a talk that goes on after which the notice is shown again (none: never), `minors_again_h` the same for a
    known minor; `talk_ends_h`: so long a silence ends a talk, and `daily` shows it once a day when a new one begins.
    `protocol`: a crisis protocol must be public; `report`: yearly counts are asked for. `duties` say it in words.
    """

    code: str
    title: str
    place: str
    since: date
    references: tuple[str, ...]
    at_first: bool
    when_asked: bool
    again_h: float | None = None
    minors_again_h: float | None = None
    talk_ends_h: float
    daily: bool
    protocol: bool
    report: bool
    notice: str
    again: str
    duties: tuple[str, ...]


@cache
def load_packs() -> dict[str, RulePack]:
    """Read all packs by their code, which is the file's name."""
    files = sorted(FOLDER.glob("*.toml"))
    return {
        path.stem: convert({"code": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))}, RulePack) for path in files
    }


def choose_pack(regions: Sequence[str], today: date) -> RulePack:
    """Return the pack for the regions that were named; of several, their strictest terms."""
    packs = load_packs()
    wanted = [region.strip().lower() for region in regions if region.strip()]
    known = [packs[region] if region in packs and packs[region].since <= today else packs[STRICTEST] for region in wanted]
    if not known or any(pack.code == STRICTEST for pack in known):
        return packs[STRICTEST]
    return _join(tuple(dict.fromkeys(pack.code for pack in known)))


@cache
def _join(codes: tuple[str, ...]) -> RulePack:
    packs = [load_packs()[code] for code in codes]
    if len(packs) == 1:
        return packs[0]
    return RulePack(
        code="+".join(sorted(codes)),
        title=" and ".join(pack.title for pack in packs),
        place=" and ".join(pack.place for pack in packs),
        since=max(pack.since for pack in packs),
        references=tuple(reference for pack in packs for reference in pack.references),
        at_first=any(pack.at_first for pack in packs),
        when_asked=any(pack.when_asked for pack in packs),
        again_h=_soonest(pack.again_h for pack in packs),
        minors_again_h=_soonest(pack.minors_again_h for pack in packs),
        talk_ends_h=max(pack.talk_ends_h for pack in packs),
        daily=any(pack.daily for pack in packs),
        protocol=any(pack.protocol for pack in packs),
        report=any(pack.report for pack in packs),
        notice=packs[0].notice,
        again=packs[0].again,
        duties=tuple(duty for pack in packs for duty in pack.duties),
    )


def _soonest(hours: Iterable[float | None]) -> float | None:
    return min((hour for hour in hours if hour is not None), default=None)
