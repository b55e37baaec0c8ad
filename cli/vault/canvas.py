"""A sheet to paint on: soft gradients, glows and clean shapes, in units of the sheet's width (x 0..1, y 0..1.25)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1080, 1350
FINER = 3
QUALITY = 86

Colour: TypeAlias = str | tuple[float, float, float]
Point: TypeAlias = tuple[float, float]
Array: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"


def rgb(colour: Colour) -> Array:
    """Return a colour, given as `#rrggbb` or 0..255, as three floats."""
    if isinstance(colour, str):
        colour = (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
    return np.array(colour, dtype=np.float32)


def mix(one: Colour, other: Colour, share: float) -> tuple[float, float, float]:
    """Return a colour between two: `share` 0 is the first."""
    red, green, blue = (rgb(one) * (1 - share) + rgb(other) * share).tolist()
    return red, green, blue


class Picture(Struct, frozen=True):
    """A drawn picture as JPEG; sizes in pixels."""

    data: bytes
    width: int
    height: int
    mime: str = "image/jpeg"


class Canvas:
    """One picture in the making. Everything random comes from its seed."""

    def __init__(self, seed: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
        """Begin with a black sheet; `size` in pixels."""
        self.width, self.height = size
        self.random = np.random.default_rng(seed)
        self.pixels: Array = np.zeros((self.height, self.width, 3), np.float32)
        self._y, self._x = np.mgrid[0 : self.height, 0 : self.width].astype(np.float32) / self.width

    def wash(self, stops: Sequence[tuple[float, Colour]]) -> None:
        """Fill the sheet from top to bottom through (y, colour) stops."""
        rows = np.arange(self.height, dtype=np.float32) / self.width
        heights = [y for y, _ in stops]
        colours = np.stack([rgb(colour) for _, colour in stops])
        column = np.stack([np.interp(rows, heights, colours[:, c]) for c in range(3)], axis=1).astype(np.float32)
        self.pixels = np.repeat(column[:, None, :], self.width, axis=1)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Add light around a point, fading out at about twice the radius."""
        distance = ((self._x - x) ** 2 + (self._y - y) ** 2) / (radius * radius)
        room = 1 - self.pixels / 255  # light fills what is left to white, so that a sun never burns out
        self.pixels += (np.exp(-distance) * strength)[..., None] * rgb(colour) * np.clip(room, 0, 1)

    def cover(self, mask: Array, colour: Colour | Array, alpha: float = 1.0) -> None:
        """Lay a colour (or one per pixel) over where the mask is 1."""
        paint = colour if isinstance(colour, np.ndarray) else rgb(colour)
        share = (mask * alpha)[..., None]
        self.pixels = self.pixels * (1 - share) + paint * share

    def shape(
        self,
        points: Sequence[Point],
        top: Colour,
        low: Colour | None = None,
        *,
        alpha: float = 1.0,
        soft: float = 0.0,
        rounded: float = 0.0,
    ) -> None:
        """Fill a polygon, from `top` to `low`; `soft` blurs its edge, `rounded` shades it as if turned."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        pad = 2 * soft + 2 / self.width
        x0, x1 = (int(np.clip(v * self.width, 0, self.width)) for v in (min(xs) - pad, max(xs) + pad + 1 / self.width))
        y0, y1 = (int(np.clip(v * self.width, 0, self.height)) for v in (min(ys) - pad, max(ys) + pad + 1 / self.width))
        if x1 <= x0 or y1 <= y0:
            return
        sheet = Image.new("L", ((x1 - x0) * FINER, (y1 - y0) * FINER))
        scaled = [((x * self.width - x0) * FINER, (y * self.width - y0) * FINER) for x, y in points]
        ImageDraw.Draw(sheet).polygon(scaled, fill=255)
        sheet = sheet.resize((x1 - x0, y1 - y0), Image.Resampling.BOX)
        if soft:
            sheet = sheet.filter(ImageFilter.GaussianBlur(soft * self.width / 2))
        mask = (np.asarray(sheet, np.float32) / 255 * alpha)[..., None]
        down = np.clip((self._y[y0:y1, x0:x1] - min(ys)) / max(max(ys) - min(ys), 1e-6), 0, 1)[..., None]
        paint = rgb(top) * (1 - down) + rgb(low or top) * down
        if rounded:
            across = np.clip((self._x[y0:y1, x0:x1] - min(xs)) / max(max(xs) - min(xs), 1e-6), 0, 1)
            paint = paint * (1 + rounded * (0.28 - np.abs(across - 0.3) * 1.1))[..., None]
        area = self.pixels[y0:y1, x0:x1]
        self.pixels[y0:y1, x0:x1] = area * (1 - mask) + paint * mask

    def oval(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        top: Colour,
        low: Colour | None = None,
        *,
        alpha: float = 1.0,
        soft: float = 0.0,
        rounded: float = 0.0,
    ) -> None:
        """Fill an ellipse around a point; the rest as in `shape`."""
        turns = np.linspace(0, 2 * np.pi, 96)
        points = [(x + rx * float(np.cos(t)), y + ry * float(np.sin(t))) for t in turns]
        self.shape(points, top, low, alpha=alpha, soft=soft, rounded=rounded)

    def line(self, points: Sequence[Point], thickness: float, colour: Colour, *, alpha: float = 1.0) -> None:
        """Draw through points with round ends."""
        for (xa, ya), (xb, yb) in pairwise(points):
            length = max(float(np.hypot(xb - xa, yb - ya)), 1e-6)
            nx, ny = -(yb - ya) / length * thickness / 2, (xb - xa) / length * thickness / 2
            self.shape([(xa + nx, ya + ny), (xb + nx, yb + ny), (xb - nx, yb - ny), (xa - nx, ya - ny)], colour, alpha=alpha)
        for x, y in points if thickness > 0.004 and alpha == 1.0 else ():
            self.oval(x, y, thickness / 2, thickness / 2, colour)

    def finish(self, *, grain: float = 3.2, vignette: float = 0.28) -> Picture:
        """Return the picture, with a little grain and darker corners."""
        middle = self.height / self.width / 2
        far = ((self._x - 0.5) ** 2 + (self._y - middle) ** 2) / (0.25 + middle * middle)
        shaded = self.pixels * (1 - vignette * np.clip(far, 0, 1) ** 1.6)[..., None]
        noise = self.random.normal(0, grain, (self.height, self.width, 1)).astype(np.float32)
        return encode(Image.fromarray(np.clip(shaded + noise, 0, 255).astype(np.uint8)))

    def noise(self, octaves: int, first: float = 2.0) -> Array:
        """Return a smooth random line over the width, about -1..1; `first` is its lowest frequency."""
        xs = np.arange(self.width, dtype=np.float32) / self.width
        total = np.zeros(self.width, np.float32)
        for octave in range(octaves):
            count = int(first * 2**octave) + 2
            knots = self.random.uniform(-1, 1, count)
            spread = np.interp(xs, np.linspace(0, 1, count), knots)
            total += (spread * 0.5**octave).astype(np.float32)
        return total

    @property
    def down(self) -> Array:
        """Each pixel's y."""
        y: Array = self._y
        return y

    @property
    def across(self) -> Array:
        """Each pixel's x."""
        x: Array = self._x
        return x


def encode(sheet: Image.Image) -> Picture:
    """Return a sheet as JPEG."""
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(out.getvalue(), sheet.width, sheet.height)
