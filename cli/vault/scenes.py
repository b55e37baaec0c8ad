"""From words to a picture: the first subject that a scene's words name is painted, at the time of day that they name."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

from PIL import Image, ImageFilter

from cli.vault import garden, indoors, mountains, nature, neon, shores
from cli.vault.canvas import Canvas, Picture, encode, mix

TIMES = {
    "night": ("night", "moon", "star", "midnight", "milky"),
    "dusk": ("dusk", "evening", "sunset", "last light", "low sun", "violet"),
    "dawn": ("dawn", "sunrise", "first light", "morning", "pink"),
    "winter": ("snow", "winter", "rime", "frost"),
}


def draw_scene(words: str, seed: str) -> Picture:
    """Paint what a scene's words say; words that name nothing known become hills under a sky."""
    canvas = Canvas(zlib.crc32(f"{seed}:{words}".encode()))
    words = words.lower()
    time = next((name for name, marks in TIMES.items() if any(mark in words for mark in marks)), "day")
    next((paint for mark, paint in SUBJECTS if mark in words), mountains.hills)(canvas, words, time)
    return canvas.finish()


def draw_avatar(name: str, accent: str, words: str) -> Picture:
    """Paint what stands for an influencer, 512 pixels square, in their colour: a sign, a bottle, mountains or the sea."""
    c = Canvas(zlib.crc32(name.encode()), (512, 512))
    if "neon" in words:
        c.wash([(0, "#150f1e"), (1, "#0b0810")])
        neon.tube(c, neon.ring(0.5, 0.5, 0.33), accent, 0.02)
        neon.tube(c, neon.heart(0.5, 0.5, 0.17), neon.AMBER, 0.016)
    elif "perfume" in words:
        c.wash([(0, mix(accent, "#ffffff", 0.55)), (1, mix(accent, "#1c2a1c", 0.35))])
        c.glow(0.5, 0.35, 0.4, "#fff4cf", 0.4)
        garden.bottle(c, 0.5, 0.86, 0.36, accent, 1.9)
    elif "mountain" in words:
        c.wash([(0, mix(accent, "#2b1a2a", 0.5)), (0.5, mix(accent, "#ffb27a", 0.45)), (1, "#ffe1b5")])
        nature.sun(c, 0.66, 0.36, 0.085)
        nature.ridge(c, 0.5, 0.24, "#8a5560", "#c98a78", towers=True, first=2.5, snow=0.07)
        nature.ridge(c, 0.76, 0.10, "#5a3038", "#3a1c24", first=1.5)
        nature.ridge(c, 0.93, 0.07, "#2a1419", "#180a0e", first=1.2)
    else:
        sky, water = mix(accent, "#0a0c28", 0.78), mix(accent, "#1a1a50", 0.5)
        c.wash([(0, sky), (0.6, mix(accent, "#1a1540", 0.42)), (1, mix(accent, "#ffb9a0", 0.55))])
        nature.stars(c, 130, 0.7)
        nature.moon(c, 0.60, 0.33, 0.17)
        nature.sea(c, 0.72, water, "#0b0d2a", light="#fff0d0", light_x=0.6)
        nature.ridge(c, 0.73, 0.03, "#17143c", "#17143c", first=1.5, depth=0.03)
        nature.sea(c, 0.76, water, "#0b0d2a", light="#fff0d0", light_x=0.6)
    return c.finish(grain=2, vignette=0.15)


def blur(picture: Picture) -> Picture:
    """Make the preview of a locked picture: its colours, from which nothing can be won back."""
    tiny = Image.open(io.BytesIO(picture.data)).resize(
        (24, max(1, round(24 * picture.height / picture.width))), Image.Resampling.BOX
    )
    wide = tiny.resize((540, round(540 * picture.height / picture.width)), Image.Resampling.BICUBIC)
    return encode(wide.filter(ImageFilter.GaussianBlur(24)))


def _indoors(paint: Callable[[Canvas], None]) -> Callable[[Canvas, str, str], None]:
    return lambda c, _words, _time: paint(c)


def _morning(c: Canvas, words: str, _time: str) -> None:
    indoors.morning(c, words)


def _kitchen(c: Canvas, words: str, _time: str) -> None:
    indoors.kitchen(c, words)


_PAINTERS: dict[Callable[[Canvas, str, str], None], tuple[str, ...]] = {
    neon.street: ("wet street",),
    neon.bench: ("glass tubes",),
    neon.wall: ("neon",),
    garden.greenhouse: ("glasshouse",),
    garden.lavender: ("lavender",),
    garden.organ: ("paper strips",),
    garden.basket: ("basket of",),
    garden.bottles: ("bottles",),
    mountains.cross: ("summit cross",),
    mountains.snow_ridge: ("snow ridge",),
    mountains.chimney: ("chimney",),
    mountains.bench: ("bench",),
    mountains.hut: ("hut",),
    mountains.valley: ("fog",),
    mountains.goat: ("goat",),
    mountains.rope: ("rope",),
    mountains.soup: ("soup",),
    _indoors(indoors.kiln): ("kiln",),
    _indoors(indoors.wheel): ("wheel",),
    _indoors(indoors.brushes): ("brushes",),
    _indoors(indoors.bowls): ("row of bowls",),
    _indoors(indoors.night_window): ("studio window",),
    shores.city: ("terrace", "telescope", "bridge", "glasses"),
    shores.beach: ("beach", "footprint", "straw hat", "star above", "foam", "sea wall"),
    _morning: ("cat", "toast", "moka", "mug"),
    _kitchen: ("dumpling", "pans", "flour", "loaves", "knives"),
}
SUBJECTS = tuple((mark, paint) for paint, marks in _PAINTERS.items() for mark in marks)
"""What is painted, by the first of these that stands in the words."""
