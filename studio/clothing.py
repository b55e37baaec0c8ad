"""What is worn: what the wish itself says, else what goes with the place, the weather or the occasion it speaks of.

Words stand in `clothing.toml`. Clothes are chosen among those that fit by the seed, alike on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from core.nouns import Look
from studio.categories import Category
from studio.spelling import plain, says

AS_WISHED = "decent clothes"
"""What is worn where a wish names clothes of its own: somebody in a picture is dressed, whatever was said."""

Pick = Callable[[Sequence[str]], str]


class _Occasion(Struct, frozen=True, forbid_unknown_fields=True):
    words: tuple[str, ...]
    fits: tuple[str, ...]
    wrong: tuple[str, ...] = msgspec.field(name="not")
    instead: tuple[str, ...] = ()


class _Clothing(Struct, frozen=True, forbid_unknown_fields=True):
    clothes: tuple[str, ...]
    kinds: tuple[str, ...]
    occasions: Mapping[str, _Occasion]


def choose_clothes(look: Look, category: Category, text: str, scene: str, pick: Pick) -> str:
    """Return what is worn; empty where the wish names clothes that are not in the wardrobe. `pick` takes one by the seed.

    `scene` is where the picture is: it speaks where the wish does not.
    """
    read = plain(text)
    if _has(read, _words().clothes):
        return _named(read, look.wardrobe)
    occasion = _occasion_of(read)
    if occasion is None and category.fits_outfit:
        fitting = _fitting(look.wardrobe, category.fits_outfit)
        return pick(fitting or category.outfits or ("everyday clothes",))
    occasion = occasion or _occasion_of(plain(scene))
    if occasion is None:
        return pick(look.wardrobe or category.outfits or ("everyday clothes",))
    right = [one for one in look.wardrobe if _has(plain(one), occasion.fits) and not _has(plain(one), occasion.wrong)]
    return pick(right or occasion.instead)


def _named(read: str, wardrobe: Sequence[str]) -> str:
    """Return the entry of the wardrobe that a wish means: it has the garment, and every colour and stuff that was said."""
    garments, kinds = _said(read, _words().clothes), _said(read, _words().kinds)
    meant = [one for one in wardrobe if all(says(plain(one), word) for word in kinds) and _has(plain(one), garments)]
    return max(meant, key=lambda one: len(set(plain(one).split()) & set(read.split())), default="")


def _occasion_of(read: str) -> _Occasion | None:
    """Return the occasion that most words speak for, the first of those that are alike."""
    counts = [(len(_said(read, one.words)), one) for one in _words().occasions.values()]
    most, best = max(counts, key=lambda counted: counted[0])
    return best if most else None


def _fitting(entries: Sequence[str], fits: Sequence[str]) -> tuple[str, ...]:
    return tuple(entry for entry in entries if any(says(plain(entry), f"{plain(word).strip()}*") for word in fits))


def _said(read: str, sought: Sequence[str]) -> list[str]:
    return [word for word in map(_plain, sought) if says(read, word)]


def _has(read: str, sought: Sequence[str]) -> bool:
    return any(says(read, _plain(word)) for word in sought)


def _plain(word: str) -> str:
    """Return a word of the file as texts are compared; the star for its longer forms stays."""
    return plain(word).strip() + "*" * word.endswith("*")


@cache
def _words() -> _Clothing:
    return msgspec.toml.decode(Path(__file__).with_name("clothing.toml").read_bytes(), type=_Clothing)
