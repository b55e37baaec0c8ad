"""Draws the sample pictures: quiet landscapes and still lifes from a scene's words, the same bytes for the same words.

Nobody is in them. Each layer is a few shapes with soft edges: sky, light, far things, near things, grain.
"""

from __future__ import annotations

import colorsys
import io
import math
import random

from msgspec import Struct
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from core.outbound import AssetRef

WIDTH, HEIGHT = 1080, 1350
HALF = (WIDTH // 2, HEIGHT // 2)


class Picture(Struct, frozen=True):
    """A drawn picture as JPEG."""

    data: bytes
    width: int
    height: int
    mime: str = "image/jpeg"


class Stored(Struct, frozen=True):
    """A picture that was put among the files."""

    asset: AssetRef
    sha256: bytes
    size: int


class Palette(Struct, frozen=True):
    """The colours of one picture: sky above and below, land, light."""

    high: tuple[int, int, int]
    low: tuple[int, int, int]
    land: tuple[int, int, int]
    light: tuple[int, int, int]


# Words of a scene → hour of the day as (sky above, sky below, land, light) in hue, lightness, saturation.
HOURS = {
    "night": ((0.65, 0.10, 0.55), (0.70, 0.30, 0.45), (0.66, 0.06, 0.40), (0.12, 0.88, 0.60)),
    "dusk": ((0.72, 0.28, 0.45), (0.05, 0.68, 0.70), (0.75, 0.16, 0.35), (0.09, 0.80, 0.85)),
    "dawn": ((0.58, 0.55, 0.50), (0.08, 0.82, 0.75), (0.60, 0.28, 0.30), (0.12, 0.90, 0.80)),
    "day": ((0.57, 0.60, 0.60), (0.55, 0.88, 0.55), (0.35, 0.30, 0.30), (0.14, 0.96, 0.70)),
    "warm": ((0.05, 0.16, 0.45), (0.07, 0.42, 0.65), (0.04, 0.12, 0.45), (0.09, 0.72, 0.90)),
}
WORDS = {
    "night": ("night", "star", "moon", "dark", "midnight", "telescope"),
    "dusk": ("dusk", "sunset", "evening", "last light", "low sun", "violet", "foam", "beach"),
    "dawn": ("dawn", "morning", "sunrise", "first light", "mist"),
    "warm": ("kiln", "glow", "fire", "candle", "kitchen", "lamp", "oven", "stove", "copper", "bread"),
}
SCENES = {
    "sea": ("sea", "beach", "wave", "sand", "foam", "ocean", "swim", "water", "lake"),
    "mountain": ("mountain", "hut", "peak", "ridge", "snow", "valley", "alp", "summit", "rope", "trail", "pass", "glacier"),
    "roof": ("roof", "city", "window", "lisbon", "street", "tower", "balcony"),
}


def draw_scene(scene: str, accent: str, seed: str) -> Picture:
    """Draw a scene from its words; `accent` tints it, `seed` decides the rest."""
    chance = random.Random(seed)  # noqa: S311 — a picture, not a secret
    palette = _palette(scene.lower(), accent, chance)
    image = _sky(palette)
    if palette is not None and _is(scene, WORDS["night"]):
        _stars(image, chance)
    _orb(image, palette, chance)
    kind = next((name for name, words in SCENES.items() if _is(scene, words)), "still")
    {"sea": _sea, "mountain": _mountains, "roof": _roofs, "still": _still_life}[kind](image, palette, chance)
    return _encode(_grain(image, chance))


def draw_avatar(name: str, accent: str) -> Picture:
    """Draw an influencer's emblem: a moon over hills in their colour."""
    chance = random.Random(name)  # noqa: S311 — a picture, not a secret
    palette = _palette("dusk", accent, chance)
    image = _sky(palette)
    _orb(image, palette, chance)
    _mountains(image, palette, chance)
    square = image.crop((0, 135, WIDTH, 135 + WIDTH)).resize((512, 512), Image.Resampling.LANCZOS)
    return _encode(square)


def blur(picture: Picture) -> Picture:
    """Make the preview of a locked picture: small and so blurred that nothing of it can be won back."""
    small = Image.open(io.BytesIO(picture.data)).resize((24, 30), Image.Resampling.BOX)
    return _encode(small.resize((360, 450), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(14)))


def _is(scene: str, words: tuple[str, ...]) -> bool:
    return any(word in scene.lower() for word in words)


def _palette(scene: str, accent: str, chance: random.Random) -> Palette:
    hour = next((name for name, words in WORDS.items() if _is(scene, words)), "day")
    tint = colorsys.rgb_to_hls(*(int(accent[i : i + 2], 16) / 255 for i in (1, 3, 5)))[0]
    high, low, land, light = (_shade(*hls, tint, chance) for hls in HOURS[hour])
    return Palette(high, low, land, light)


def _shade(hue: float, lightness: float, saturation: float, tint: float, chance: random.Random) -> tuple[int, int, int]:
    turned = hue + ((tint - hue + 0.5) % 1 - 0.5) * 0.12 + chance.uniform(-0.02, 0.02)
    red, green, blue = colorsys.hls_to_rgb(turned % 1, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _mix(one: tuple[int, int, int], other: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _sky(palette: Palette) -> Image.Image:
    column = Image.new("RGB", (1, HEIGHT))
    for y in range(HEIGHT):
        column.putpixel((0, y), _mix(palette.high, palette.low, min(1.0, (y / HEIGHT / 0.68) ** 1.3)))
    return column.resize((WIDTH, HEIGHT))


def _stars(image: Image.Image, chance: random.Random) -> None:
    draw = ImageDraw.Draw(image, "RGBA")
    for _ in range(420):
        x, y, size = chance.uniform(0, WIDTH), chance.uniform(0, HEIGHT * 0.62) ** 1.0, chance.choice((1, 1, 1, 1.6, 2.4))
        draw.ellipse((x - size, y - size, x + size, y + size), fill=(255, 250, 235, chance.randint(70, 230)))


def _orb(image: Image.Image, palette: Palette, chance: random.Random) -> None:
    x, y, radius = chance.uniform(0.2, 0.8) * WIDTH, chance.uniform(0.16, 0.40) * HEIGHT, chance.uniform(46, 92)
    glow = Image.new("RGB", image.size)
    ImageDraw.Draw(glow).ellipse(
        (x - radius * 3, y - radius * 3, x + radius * 3, y + radius * 3), fill=_mix((0, 0, 0), palette.light, 0.4)
    )
    image.paste(ImageChops.screen(image, glow.filter(ImageFilter.GaussianBlur(radius * 1.4))))
    disc = Image.new("L", image.size)
    ImageDraw.Draw(disc).ellipse((x - radius, y - radius, x + radius, y + radius), fill=235)
    image.paste(Image.new("RGB", image.size, palette.light), mask=disc.filter(ImageFilter.GaussianBlur(2)))


def _sea(image: Image.Image, palette: Palette, chance: random.Random) -> None:
    horizon = round(HEIGHT * chance.uniform(0.52, 0.6))
    mirrored = image.crop((0, horizon - (HEIGHT - horizon), WIDTH, horizon)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    water = Image.blend(mirrored, Image.new("RGB", mirrored.size, _mix(palette.high, palette.land, 0.5)), 0.45)
    image.paste(water.filter(ImageFilter.GaussianBlur(5)), (0, horizon))
    draw = ImageDraw.Draw(image, "RGBA")
    for step in range(46):
        y = horizon + 6 + (HEIGHT * 0.8 - horizon) * (step / 46) ** 1.7
        for _ in range(5):
            x, length = chance.uniform(-100, WIDTH), chance.uniform(30, 60 + step * 7)
            draw.line(
                (x, y, x + length, y + chance.uniform(-1, 1)),
                fill=(*palette.light, chance.randint(14, 70)),
                width=1 + step // 16,
            )
    shore = _ridge(chance, HEIGHT * 0.86, 16, 3)
    _fill(image, shore, _mix(palette.land, palette.light, 0.28), 4)
    _fill(image, [(x, y + 26) for x, y in shore], _mix(palette.land, palette.light, 0.16), 8)


def _mountains(image: Image.Image, palette: Palette, chance: random.Random) -> None:
    for layer in range(5):
        share = layer / 4
        ridge = _ridge(chance, HEIGHT * (0.5 + 0.11 * layer), 150 - 22 * layer, 5)
        _fill(image, ridge, _mix(_mix(palette.low, palette.land, 0.35), palette.land, share), 2.5 - share * 2)


def _roofs(image: Image.Image, palette: Palette, chance: random.Random) -> None:
    draw = ImageDraw.Draw(image, "RGBA")
    for layer in range(3):
        colour = _mix(_mix(palette.low, palette.land, 0.5), palette.land, layer / 2)
        x = -40.0
        while x < WIDTH:
            width, top = chance.uniform(70, 190), HEIGHT * (0.6 + 0.12 * layer) + chance.uniform(-70, 60)
            draw.polygon(
                [(x, HEIGHT), (x, top), (x + width / 2, top - chance.uniform(8, 46)), (x + width, top), (x + width, HEIGHT)],
                fill=colour,
            )
            for _ in range(chance.randint(0, 4)):
                wx, wy = x + chance.uniform(14, width - 26), top + chance.uniform(26, 150)
                draw.rectangle((wx, wy, wx + 12, wy + 18), fill=(*palette.light, chance.randint(90, 220)))
            x += width - 3


def _still_life(image: Image.Image, palette: Palette, chance: random.Random) -> None:
    table = HEIGHT * 0.72
    _fill(image, [(0, table), (WIDTH, table + chance.uniform(-14, 14))], _mix(palette.land, palette.low, 0.18), 3)
    for number in range(chance.randint(3, 4)):
        middle = WIDTH * (0.2 + 0.6 * number / 3) + chance.uniform(-30, 30)
        _bowl(
            image,
            middle,
            table + chance.uniform(60, 150),
            chance,
            _mix(palette.land, palette.light, chance.uniform(0.15, 0.6)),
            palette,
        )


def _bowl(
    image: Image.Image, x: float, base: float, chance: random.Random, colour: tuple[int, int, int], palette: Palette
) -> None:
    height, width, belly = chance.uniform(150, 330), chance.uniform(90, 150), chance.uniform(0.2, 0.9)
    side = [(math.sin(math.pi * (0.18 + 0.7 * t) ** (0.6 + belly)) * width, t * height) for t in (n / 24 for n in range(25))]
    outline = [(x + dx, base - dy) for dx, dy in side] + [(x - dx, base - dy) for dx, dy in reversed(side)]
    shadow = Image.new("L", image.size)
    ImageDraw.Draw(shadow).ellipse((x - width * 1.3, base - 22, x + width * 1.5, base + 30), fill=130)
    image.paste(
        Image.new("RGB", image.size, _mix(palette.land, (0, 0, 0), 0.5)), mask=shadow.filter(ImageFilter.GaussianBlur(16))
    )
    body = Image.new("L", image.size)
    ImageDraw.Draw(body).polygon(outline, fill=255)
    body = body.filter(ImageFilter.GaussianBlur(1.2))
    glaze = Image.new("RGB", image.size, colour)
    speckle = ImageDraw.Draw(glaze, "RGBA")
    for _ in range(90):
        sx, sy, size = x + chance.uniform(-width, width), base - chance.uniform(0, height), chance.uniform(0.8, 3)
        speckle.ellipse((sx - size, sy - size, sx + size, sy + size), fill=(*palette.light, chance.randint(40, 150)))
    shade = Image.linear_gradient("L").rotate(90).resize((round(width * 2.4), HEIGHT))
    dark = Image.new("L", image.size)
    dark.paste(shade.point(lambda v: round(v * 0.55)), (round(x - width * 1.2), 0))
    glaze.paste(_mix(colour, (0, 0, 0), 0.75), mask=dark)
    image.paste(glaze, mask=body)
    rim = side[-1][0]
    ImageDraw.Draw(image, "RGBA").ellipse(
        (x - rim, base - height - rim * 0.16, x + rim, base - height + rim * 0.16), fill=_mix(colour, (0, 0, 0), 0.45)
    )


def _ridge(chance: random.Random, level: float, rough: float, octaves: int) -> list[tuple[float, float]]:
    waves = [(rough / 2**n, chance.uniform(0.7, 1.6) * 2**n, chance.uniform(0, 7)) for n in range(octaves)]
    return [(x, level - sum(a * math.sin(f * x / WIDTH * 4 + p) for a, f, p in waves)) for x in range(0, WIDTH + 8, 8)]


def _fill(image: Image.Image, top: list[tuple[float, float]], colour: tuple[int, int, int], soft: float) -> None:
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).polygon([*top, (WIDTH, HEIGHT), (0, HEIGHT)], fill=255)
    image.paste(Image.new("RGB", image.size, colour), mask=mask.filter(ImageFilter.GaussianBlur(soft)))


def _grain(image: Image.Image, chance: random.Random) -> Image.Image:
    noise = Image.frombytes("L", HALF, chance.randbytes(HALF[0] * HALF[1])).resize(image.size)
    return Image.blend(image, Image.merge("RGB", (noise, noise, noise)), 0.03)


def _encode(image: Image.Image) -> Picture:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return Picture(out.getvalue(), image.width, image.height)
