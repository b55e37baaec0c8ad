"""Categories of pictures: what each file of `templates/` says of shots, light, places and clothes.

A new category is a new file there, and no line of code. Its name is the file's.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from core.errors import BadInput
from studio.spelling import plain, says
from studio.wishes import bare_wish

FOLDER = Path(__file__).parent / "templates"
ARTICLES = frozenset(
    (
        *(
            "a",
            "an",
            "the",
            "your",
            "some",
            "one",
            "of",
            "just",
            "only",
            "der",
            "die",
            "das",
            "den",
            "ein",
            "eine",
            "einen",
            "dein",
        ),
        *(
            "deine",
            "deinen",
            "deinem",
            "deiner",
            "von",
            "el",
            "la",
            "los",
            "las",
            "un",
            "una",
            "tu",
            "tus",
            "de",
            "del",
            "le",
            "les",
            "une",
            "ta",
            "ton",
        ),
        *(
            "tes",
            "du",
            "des",
            "l",
            "d",
            "il",
            "lo",
            "i",
            "gli",
            "uno",
            "di",
            "della",
            "dei",
            "o",
            "os",
            "as",
            "um",
            "uma",
            "do",
            "da",
        ),
    )
)
Shape = Literal["portrait", "square", "landscape"]


class Category(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of picture. `words` are those of wishes that mean it.

    Of the look's scenes and clothes only those with a word of `fits` and `fits_outfit` are taken (none: all); `scenes` and
    `outfits` serve where the look has none that fits.
    """

    title: str
    shots: tuple[str, ...]
    lights: tuple[str, ...]
    words: tuple[str, ...]
    scenes: tuple[str, ...]
    outfits: tuple[str, ...] = ()
    shape: Shape = "portrait"
    person: bool = True
    fits: tuple[str, ...] = ()
    fits_outfit: tuple[str, ...] = ()


@cache
def load_categories() -> dict[str, Category]:
    """Read every category, by name, in the order of their names. Raises `ValueError` for a file that is none."""
    found: dict[str, Category] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            found[path.stem] = msgspec.convert(tomllib.loads(path.read_text()), Category)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise ValueError(f"studio/templates/{path.name}: {error}") from None
    return found


def find_category(name: str) -> Category:
    """Return a category. Raises `BadInput`, naming those that there are."""
    found = load_categories().get(name.strip().lower().replace(" ", "-").replace("_", "-"))
    if found is None:
        raise BadInput(f"There is no category {name!r} of pictures; there are: {', '.join(load_categories())}.")
    return found


def guess_category(text: str, default: str = "portrait") -> str:
    """Return the category that most words of a wish speak for, in any of six languages; the default where none does.

    One without a person only where a wish begins with its word ("the view from your window"): a picture of somebody with a cup
    is no picture of a cup.
    """
    read, begins = plain(text), _without_article(plain(bare_wish(text)))
    counts = {
        name: sum(says(read, plain(word)) for word in one.words)
        for name, one in load_categories().items()
        if one.person or any(begins.startswith(plain(word)) for word in one.words)
    }
    best = max(counts, key=lambda name: (counts[name], not load_categories()[name].person, name == default))
    return best if counts[best] else default


def _without_article(read: str) -> str:
    """Return plain text from its first word that is no article and no "of", behind a space."""
    words = read.split()
    return " " + " ".join(words[next((at for at, word in enumerate(words) if word not in ARTICLES), len(words)) :]) + " "
