"""What is fixed of a persona, put together once for each that speaks."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from agents.gates.claims.lexicon import load_lexicon
from agents.gates.gate import plain
from personas.schema import Persona

KINDS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "age": ("age",),
    "birthday": ("birthday",),
    "home": ("home",),
    "origin": ("origin", "origin_loose"),
    "trade": ("trade",),
    "pet": ("pet_name", "pet"),
    "family": ("kin_name", "kin_count", "only_child"),
    "partner": ("taken", "single"),
    "studies": ("studies",),
    "language": ("language", "not_language"),
}
"""Which patterns bear on which fixed fact."""

MOST_KNOWN = 256


class Known(Struct, frozen=True):
    """What is fixed of a persona: plain values by kind, the text of the facts they stand in, and its whole story."""

    values: dict[str, tuple[str, ...]]
    beside: dict[str, str]
    story: str
    countries: frozenset[str]
    kinds: frozenset[str]


_KNOWN: dict[int, tuple[Persona, Known]] = {}


def know(persona: Persona) -> Known:
    """Return what is fixed of a persona; it is put together once."""
    kept = _KNOWN.get(id(persona))
    if kept is not None and kept[0] is persona:
        return kept[1]
    if len(_KNOWN) >= MOST_KNOWN:
        _KNOWN.clear()
    known = _gather(persona)
    _KNOWN[id(persona)] = (persona, known)
    return known


def _gather(persona: Persona) -> Known:
    values: dict[str, list[str]] = {"name": [plain(persona.name)]}
    if persona.age is not None:
        values["age"] = [str(persona.age)]
    beside: dict[str, str] = {}
    for fact in persona.biography:
        for fixed in fact.fixed:
            values.setdefault(fixed.what, []).extend(plain(value) for value in fixed.values)
            beside[fixed.what] = f"{beside.get(fixed.what, '')} {plain(fact.text)}"
    zone = persona.time_zone.lower()
    countries = [words for words in load_lexicon()["country"].values() if zone in words]
    return Known(
        values={kind: tuple(texts) for kind, texts in values.items()},
        beside=beside,
        story=plain(" ".join([persona.tagline, persona.greeting, *(fact.text for fact in persona.biography)])),
        countries=frozenset(word for words in countries for word in words),
        kinds=frozenset(name for kind in values for name in KINDS[kind]),
    )
