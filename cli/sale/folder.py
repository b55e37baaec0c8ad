"""A folder that becomes a pack: `pack.toml` with its words and prices, and the pictures beside it, by name."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
from msgspec import Struct

from core.errors import BadInput
from core.money import Money

WORDS = "pack.toml"
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


class PackFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `pack.toml` says. Prices by platform: `webchat = { amount = 499, unit = "USD" }`, in minor units."""

    title: str
    description: str
    slug: str = ""
    tags: tuple[str, ...] = ()
    rating: str = "sfw"
    prices: dict[str, Money] = {}


class PackFolder(Struct, frozen=True):
    """A folder as it was read."""

    words: PackFile
    slug: str
    pictures: tuple[Path, ...]


def read_folder(folder: Path) -> PackFolder:
    """Read a folder. Raises `BadInput`, naming the file and what is wrong with it."""
    path = folder / WORDS
    if not path.is_file():
        raise BadInput(f"{folder} has no {WORDS}; write one with title, description, tags and prices.")
    try:
        words = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), PackFile)
    except UnicodeDecodeError:
        raise BadInput(f"{path} is no UTF-8 text; save it as UTF-8.") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInput(f"{path}: {error}.") from None
    pictures = tuple(sorted(one for one in folder.iterdir() if one.suffix.lower() in ENDINGS and one.is_file()))
    if not pictures:
        raise BadInput(f"{folder} has no pictures; put JPEG, PNG or WebP files beside {WORDS}.")
    return PackFolder(words, words.slug or folder.resolve().name.lower(), pictures)


def read_price(given: str) -> tuple[str, Money]:
    """Read "webchat=499 USD" or "telegram=250 XTR", in minor units. Raises `BadInput`."""
    platform, _, rest = given.strip("\"'").partition("=")
    number, _, unit = rest.strip(" \"'").partition(" ")
    _check_whole(given, number, unit)
    if not platform or not number.isdecimal() or not unit.strip():
        raise BadInput(f"{given!r} is no price; write it as webchat='499 USD' (cents) or telegram='250 XTR' (Stars).")
    return platform.strip(), Money(int(number), unit.strip().upper())


def read_money(given: str, option: str) -> Money:
    """Read "499 USD" or "250 XTR", in minor units, as an option takes it. Raises `BadInput`, naming the option."""
    number, _, unit = given.strip(" \"'").partition(" ")
    _check_whole(given, number, unit)
    if not number.isdecimal() or not unit.strip():
        raise BadInput(f"{option}: {given!r} is no amount; write it as '499 USD' (cents) or '250 XTR' (Stars).")
    return Money(int(number), unit.strip().upper())


def _check_whole(given: str, number: str, unit: str) -> None:
    if unit.strip() and re.fullmatch(r"\d+[.,]\d+", number):
        raise BadInput(f"{given!r} is no price: it is told in whole minor units, 4.99 dollars as 499 USD.")
