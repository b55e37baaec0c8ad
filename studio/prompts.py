"""Prompts for pictures: from a persona's look, a category's template, the seed, and a wish that is fenced as data.

The words that keep a picture decent stand first, where no text encoder cuts them off, and are put there whatever the wish says.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence

from msgspec import Struct

from core.errors import BadInput
from core.nouns import Look
from core.pictures import Lora, PictureRequest, PictureWish
from studio.ages import ADULT
from studio.categories import Category, find_category
from studio.clothing import AS_WISHED, choose_clothes
from studio.speech import ALONE, FAULTS, NOBODY, SAFETY, SIZES, SizeClass, is_outside, size_class_of, speech_of
from studio.spelling import plain, says
from studio.wishes import READ, bare_wish, clean_wish

SUBJECT = re.compile(r"^(?P<who>woman|man|person|lady|gentleman) of (?P<age>\d{1,3})\b[, ]*", re.I)
TAG_WORDS = 58
"""Words of a prompt in tags; CLIP reads 77 tokens, and the rest would be lost."""
LATEST = 8
"""So many of the scenes and clothes drawn last are not drawn again, while there are others."""
SOMEWHERE = re.compile(
    r" (?:at|in|on|by|near|under|inside|outside|en|junto|cerca|no|na|em|au|aux|dans|sur|chez|am|im|beim|auf|al|alla|nel|nella"
    r"|sul|sulla) "
)
DULL = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "with",
        "and",
        "or",
        "at",
        "in",
        "on",
        "by",
        "to",
        "for",
        "from",
        "over",
        "under",
        "its",
        "one",
        "up",
        "his",
        "her",
        "rolled",
        "than",
        "her",
    ]
)


class PictureStyle(Struct, frozen=True, kw_only=True):
    """How an influencer's pictures are made: what settings, persona and recorded references say together.

    `loras` are of the persona, `house_loras` of nobody: they go into pictures without a person, too.
    `age` in years, 18 or more. `names` are the persona's own, `others` those of other influencers. `negative` adds to what is
    left out. `recent` are scenes and clothes drawn last, newest first. `wish_may_leave`: whether the words of a wish may go to
    an outside provider; else such a prompt is made without them. Steps, guidance and sizes of none are the family's own.
    """

    model: str
    age: int
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    steps: int | None = None
    guidance: float | None = None
    scheduler: str | None = None
    size_class: SizeClass | None = None
    loras: tuple[Lora, ...] = ()
    house_loras: tuple[Lora, ...] = ()
    face_key: str | None = None
    face_weight: float = 0.6
    negative: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    wish_may_leave: bool = True


class Composition(Struct, frozen=True, kw_only=True):
    """A request and what was chosen for it; empty where nothing was. `wish` are the words that came through."""

    request: PictureRequest
    category: str
    scene: str = ""
    outfit: str = ""
    wish: str = ""


def compose(look: Look, wish: PictureWish, style: PictureStyle) -> Composition:
    """Return what a model is asked, and what was chosen for it; the same look, wish and style with the same seed give the same.

    Raises `BadInput` with a kind sentence for what no picture is made of, and for an unknown category, scene or outfit.
    """
    who = _subject(look, style)
    category = find_category(wish.category)
    text = bare_wish(clean_wish(wish.text, style.names, style.others, look.avoid))
    seed = secrets.randbelow(2**32) if wish.seed is None else wish.seed
    scene = _choose_scene(look, category, wish, text, seed, style.recent) if wish.scene is None else _find(
        "scene", wish.scene, (*look.scenes, *category.scenes)
    )  # fmt: skip
    outfit = _choose_outfit(look, category, wish, text, scene, seed, style.recent) if category.person else ""
    worn = outfit or AS_WISHED if category.person else ""
    shown = "" if is_outside(style.model) and not style.wish_may_leave else text
    shot, light = _pick(category.shots, seed, "shot"), _pick(category.lights, seed, "light")
    parts = _Parts(who if category.person else "", category.title, shot, shown, worn, scene, light, look.style)
    prompt = _sentences(parts) if speech_of(style.model) == "sentences" else _tags(parts)
    width, height = SIZES[style.size_class or size_class_of(style.model)][wish.shape]
    request = PictureRequest(
        prompt=prompt,
        negative=", ".join(_left_out(look, category, style)),
        model=style.model,
        width=width,
        height=height,
        seed=seed % 2**32,
        steps=style.steps,
        guidance=style.guidance,
        scheduler=style.scheduler,
        loras=(*style.house_loras, *(style.loras if category.person else ())),
        face_key=style.face_key if category.person else None,
        face_weight=style.face_weight,
    )
    return Composition(request=request, category=wish.category, scene=scene, outfit=outfit, wish=text)


class _Parts(Struct, frozen=True):
    who: str
    title: str
    shot: str
    wish: str
    outfit: str
    scene: str
    light: str
    style: str


def _subject(look: Look, style: PictureStyle) -> str:
    """Return who is in the picture: an adult, with the age said, and then the looks. Raises `BadInput` for anybody younger."""
    found = SUBJECT.match(look.appearance)
    youngest = min(style.age, int(found["age"]) if found else style.age)
    if youngest < ADULT:
        raise BadInput(f"The persona is said to be {youngest}; nobody in pictures is younger than {ADULT}.")
    looks = look.appearance[found.end() :] if found else look.appearance
    return ", ".join(
        part for part in (f"adult {found['who'].lower() if found else 'person'}, {style.age} years old", looks) if part
    )


def _tags(parts: _Parts) -> str:
    """Return a prompt as tags, the needful first; what would not be read any more is left out whole."""
    first = [f"photo of an {parts.who}"] if parts.who else ["photo, no people"]
    worn = [f"wearing {parts.outfit}"] if parts.outfit else []
    prompt = first
    for part in (parts.wish, *worn, parts.shot, parts.scene, *parts.style.split(", "), parts.light):
        if part and len(" ".join([*prompt, part]).split()) <= TAG_WORDS:
            prompt = [*prompt, part]
    return ", ".join(prompt)


def _sentences(parts: _Parts) -> str:
    """Return a prompt as sentences."""
    if parts.who:
        told = [f"A photograph of an {parts.who}.", f"A {parts.shot}, dressed in {parts.outfit}."]
    else:
        told = [f"A photograph without any people: {parts.shot}."]
    told += [f"{_capital(parts.scene)}."] if parts.scene else []
    told += [f"It shows: {parts.wish.rstrip('.!?')}."] if parts.wish else []
    return " ".join([*told, f"{_capital(', '.join(part for part in (parts.light, parts.style) if part))}."])


def _left_out(look: Look, category: Category, style: PictureStyle) -> list[str]:
    who = ALONE if category.person else NOBODY
    return list(dict.fromkeys(part.strip() for part in (*SAFETY, *who, *FAULTS, *look.avoid, *style.negative) if part.strip()))


def _choose_scene(look: Look, category: Category, wish: PictureWish, text: str, seed: int, recent: Sequence[str]) -> str:
    """Return where: what the wish speaks of, nothing where it names a place of its own, else one that fits, by the seed."""
    meant = _closest(wish.text[:READ], look.scenes)
    if meant:
        return meant
    if text and SOMEWHERE.search(plain(text)):
        return ""
    return _pick(_fitting(look.scenes, category.fits) or category.scenes, seed, "scene", recent)


def _choose_outfit(
    look: Look, category: Category, wish: PictureWish, text: str, scene: str, seed: int, recent: Sequence[str]
) -> str:
    """Return what is worn; empty where the wish says so itself. Raises `BadInput` for clothes that there are not."""
    if wish.outfit is not None:
        return _find("outfit", wish.outfit, (*look.wardrobe, *category.outfits)) if wish.outfit else ""
    return choose_clothes(look, category, text, scene, lambda entries: _pick(entries, seed, "outfit", recent))


def _find(what: str, wanted: str, there: Sequence[str]) -> str:
    """Return the entry that is meant by itself or by its words. Raises `BadInput`, naming all."""
    if wanted in there:
        return wanted
    found = _closest(wanted, there)
    if not found:
        raise BadInput(f"There is no such {what}; there are: {'; '.join(there) or 'none'}.")
    return found


def _closest(text: str, entries: Sequence[str]) -> str:
    """Return the entry that shares most telling words with a text; nothing where none does."""
    read = plain(text)
    counts = {entry: sum(says(read, word) for word in set(plain(entry).split()) - DULL) for entry in entries}
    best = max(counts, key=lambda entry: counts[entry], default="")
    return best if best and counts[best] else ""


def _fitting(entries: Sequence[str], fits: Sequence[str]) -> tuple[str, ...]:
    return tuple(entry for entry in entries if not fits or any(says(plain(entry), f"{plain(word).strip()}*") for word in fits))


def _pick(entries: Sequence[str], seed: int, what: str, recent: Sequence[str] = ()) -> str:
    """Return one entry by the seed, alike on every machine; those drawn lately only when there is no other."""
    if not entries:
        return ""
    lately = [entry for entry in dict.fromkeys(recent) if entry in entries][:LATEST]
    fresh = [entry for entry in entries if entry not in lately]
    if not fresh:  # all were drawn lately: the one that was drawn longest ago
        return lately[-1]
    return min(fresh, key=lambda entry: hashlib.sha256(f"{seed} {what} {entry}".encode()).digest())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
