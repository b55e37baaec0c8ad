"""Whether the embedder that is set knows the languages that personas speak and fans write in."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

from cli.doctor.agencies import open_units
from cli.doctor.finding import Finding, good, missing
from core.errors import MuseError
from core.settings import Settings

NAME = "languages"
HOME = "en"
PROPOSED = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"
"""Fifty languages in 384 dimensions, without words that must stand before a text."""

SHARE = 0.1
"""Share of fans' messages in other languages from which on it is worth a model of half a gigabyte."""

LOOKED_AT, LEAST, SHORTEST = 500, 20, 16


def languages(settings: Settings) -> Iterator[Finding]:
    """Look at the personas and the newest messages of the running stack, where the embedder knows English alone."""
    if settings.embedder != "bundled":
        yield good(NAME, f"as {settings.embedder} knows them")
        return
    try:
        spoken, heard = asyncio.run(_ask(settings))
    except MuseError:
        yield good(NAME, "the bundled embedder knows English; what fans write in is looked at while Muse runs")
        return
    yield judge(spoken, heard)


def judge(spoken: dict[str, set[str]], heard: list[str]) -> Finding:
    """Say whether English is enough: `spoken` are the languages of each persona, `heard` the newest messages of fans."""
    from memory.languages import find_language

    found = Counter(language for text in heard if (language := find_language(text)))
    foreign = {language: count for language, count in found.items() if language != HOME}
    share = sum(foreign.values()) / found.total() if found.total() >= LEAST else 0.0
    others = {slug: sorted(codes - {HOME}) for slug, codes in sorted(spoken.items()) if codes - {HOME}}
    says = [f"{slug} speaks {', '.join(codes)}" for slug, codes in others.items()]
    if share >= SHARE:
        most = ", ".join(language for language, _ in Counter(foreign).most_common(3))
        says.append(f"{share:.0%} of the newest messages are in other languages ({most})")
    if not says:
        return good(NAME, "English, which the bundled embedder knows")
    return missing(
        NAME,
        f"{'; '.join(says)}, and the bundled embedder knows English alone: memory finds less there",
        f"MUSE_EMBEDDER={PROPOSED} in .env, then make down up; vectors are made anew meanwhile",
    )


async def _ask(settings: Settings) -> tuple[dict[str, set[str]], list[str]]:
    from storage.languages import list_heard, list_spoken

    spoken: dict[str, set[str]] = {}
    heard: list[str] = []
    async with open_units(settings) as units:
        async for unit in units:
            for one in await list_spoken(unit):
                spoken.setdefault(one.influencer, set()).add(one.language.partition("-")[0].lower())
            heard += await list_heard(unit, SHORTEST, LOOKED_AT)
    return spoken, heard
