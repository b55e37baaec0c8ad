"""Skies, seas, hills and weather."""

from __future__ import annotations

import numpy as np

from cli.vault.canvas import Canvas, Colour, mix, rgb

SKIES: dict[str, tuple[Colour, Colour, Colour]] = {
    "night": ("#0a1030", "#1d2a5c", "#3d4a86"),
    "dusk": ("#2b2a63", "#8a5a9c", "#f2a07b"),
    "dawn": ("#4f6aa8", "#d79bb0", "#ffd9a8"),
    "day": ("#3f83c4", "#8cbfe6", "#e3f0f7"),
    "winter": ("#1f5fae", "#6ba6de", "#dcecf8"),
}


def sky(c: Canvas, time: str, horizon: float = 0.85) -> None:
    """Paint the sky of a time of day down to the horizon."""
    top, middle, low = SKIES[time]
    c.wash([(0, top), (horizon * 0.6, middle), (horizon, low), (1.25, low)])


def stars(c: Canvas, count: int = 260, deepest: float = 0.8) -> None:
    """Scatter stars, few of them bright."""
    for _ in range(count):
        x, y = float(c.random.uniform(0, 1)), float(c.random.uniform(0, 1)) ** 1.3 * deepest
        size = float(c.random.pareto(3.0) * 0.0007 + 0.0007)
        c.oval(x, y, min(size, 0.003), min(size, 0.003), "#fdf6e3", alpha=float(c.random.uniform(0.35, 1)))


def milky_way(c: Canvas) -> None:
    """Lay a pale band over the sky."""
    band = c.across * 0.9 + (c.down - 0.35) * 1.1 - 0.42
    wobble = c.noise(5, 3)[None, :] * 0.05
    light = np.exp(-(((band + wobble) / 0.13) ** 2)) * np.clip(1 - c.down / 0.95, 0, 1)
    c.pixels += (light * 0.30)[..., None] * rgb("#b9b4f0")


def moon(c: Canvas, x: float, y: float, radius: float, colour: Colour = "#fff3d6") -> None:
    """Hang up a full moon with its halo."""
    c.glow(x, y, radius * 2.6, mix(colour, "#8090d0", 0.4), 0.45)
    c.oval(x, y, radius, radius, colour, mix(colour, "#d9c9a8", 0.5))
    for dx, dy, size in ((-0.3, -0.2, 0.26), (0.25, 0.1, 0.2), (-0.05, 0.4, 0.16), (0.35, -0.4, 0.12)):
        c.oval(x + dx * radius, y + dy * radius, size * radius, size * radius, "#d8c8a4", alpha=0.45, soft=radius * 0.08)


def sun(c: Canvas, x: float, y: float, radius: float, colour: Colour = "#fff0c2") -> None:
    """Hang up a low sun with a wide glow."""
    c.glow(x, y, radius * 6, mix(colour, "#ff8a5c", 0.55), 0.6)
    c.glow(x, y, radius * 2.2, colour, 0.6)
    c.oval(x, y, radius, radius, "#fffdf2", mix(colour, "#ffffff", 0.4))


def ridge(
    c: Canvas,
    y: float,
    height: float,
    near: Colour,
    far: Colour | None = None,
    *,
    octaves: int = 6,
    first: float = 2.0,
    snow: float = 0.0,
    towers: bool = False,
    depth: float = 0.4,
) -> None:
    """Draw hills whose tops lie `height` around y; `snow` covers so much below the tops, `towers` makes steep rocks of them."""
    line = c.noise(octaves, first)
    if towers:
        line = np.sign(line) * np.abs(line) ** 0.55 + c.noise(3, 24) * 0.18
    top = y - line * height
    inside = np.clip((c.down - top[None, :]) * c.width, 0, 1)
    fade = np.clip((c.down - (y - height)) / depth, 0, 1)[..., None]
    c.cover(inside.astype(np.float32), (rgb(near) * (1 - fade) + rgb(far or near) * fade).astype(np.float32))
    slope = np.convolve(np.gradient(line), np.ones(15) / 15, "same")
    near_top = np.clip(1 - (c.down - top[None, :]) / (height * 0.9 + 0.02), 0, 1) ** 1.5
    c.pixels *= (1 + 0.16 * np.tanh(slope * 60)[None, :] * inside * near_top)[..., None]
    if snow:
        edge = snow * (1 + 0.5 * c.noise(6, 14)) * np.clip(0.4 + line, 0.1, 1.4)
        lying = inside * np.clip((top + edge)[None, :] * c.width - c.down * c.width, 0, 1)
        shade = (0.90 + 0.10 * np.tanh(-slope * 90))[None, :, None]
        c.cover(lying.astype(np.float32), (rgb("#f4f8ff") * shade + np.zeros_like(c.pixels)).astype(np.float32), 0.94)


def fog(c: Canvas, y: float, thickness: float, colour: Colour, alpha: float = 0.85) -> None:
    """Let mist lie around y."""
    wave = c.noise(4, 3) * thickness * 0.5
    lying = np.exp(-(((c.down - y - wave[None, :]) / thickness) ** 2))
    c.cover(lying.astype(np.float32), colour, alpha)


def sea(
    c: Canvas,
    horizon: float,
    far: Colour,
    near: Colour,
    *,
    light: Colour | None = None,
    light_x: float = 0.5,
    calm: float = 0.6,
) -> None:
    """Fill everything below the horizon with water; `light` glitters below `light_x`."""
    below = np.clip((c.down - horizon) * c.width, 0, 1)
    depth = np.clip((c.down - horizon) / (1.25 - horizon), 0, 1)[..., None]
    c.cover(below.astype(np.float32), (rgb(far) * (1 - depth) + rgb(near) * depth).astype(np.float32))
    for _ in range(int(420 * (1.3 - calm))):
        share = float(c.random.uniform(0, 1)) ** 1.4
        y = horizon + 0.004 + share * (1.25 - horizon)
        x, length = float(c.random.uniform(-0.05, 1)), 0.015 + 0.10 * share * float(c.random.uniform(0.4, 1))
        tone = "#ffffff" if c.random.uniform() > 0.5 else "#0a1a3a"
        c.oval(x, y, length, 0.0008 + 0.0028 * share, tone, alpha=0.05 + 0.07 * share)
    for _ in range(160 if light else 0):
        share = float(c.random.uniform(0, 1)) ** 1.2
        y = horizon + 0.003 + share * (1.25 - horizon) * 0.9
        x = light_x + float(c.random.normal(0, 0.018 + 0.09 * share))
        c.oval(x, y, 0.008 + 0.035 * share, 0.0010 + 0.0026 * share, light or "#ffffff", alpha=0.55 * (1 - 0.5 * share))


def sand(c: Canvas, y: float, near: Colour = "#8d7564", far: Colour = "#b79a86") -> None:
    """Lay a beach over the lower part, with a wet rim and a line of foam."""
    rim = y + c.noise(3, 1.5) * 0.025
    for shift, colour, alpha in ((-0.018, "#ffffff", 0.55), (-0.008, mix(near, "#3a3550", 0.45), 0.9)):
        c.cover(np.clip((c.down - rim[None, :] - shift) * c.width, 0, 1).astype(np.float32), colour, alpha)
    inside = np.clip((c.down - rim[None, :] - 0.05) * c.width / 30, 0, 1)
    fade = np.clip((c.down - y) / (1.25 - y), 0, 1)[..., None]
    c.cover(inside.astype(np.float32), (rgb(far) * (1 - fade) + rgb(near) * fade).astype(np.float32))


def clouds(c: Canvas, y: float, colour: Colour, count: int = 5, alpha: float = 0.35) -> None:
    """Draw a few long clouds."""
    for _ in range(count):
        x, dy = float(c.random.uniform(0, 1)), float(c.random.normal(0, 0.09))
        for _ in range(7):
            c.oval(
                x + float(c.random.normal(0, 0.1)),
                y + dy + float(c.random.normal(0, 0.008)),
                float(c.random.uniform(0.05, 0.16)),
                float(c.random.uniform(0.004, 0.012)),
                colour,
                alpha=alpha * 0.5,
                soft=0.012,
            )


def meadow(c: Canvas, y: float, top: Colour, low: Colour) -> None:
    """Lay a slope of grass over the lower part."""
    ridge(c, y, 0.02, top, low, octaves=3, first=1.2, depth=1.25 - y)
    for _ in range(500):
        share = float(c.random.uniform(0, 1))
        x, gy = float(c.random.uniform(0, 1)), y + 0.03 + share * (1.22 - y)
        c.line(
            [(x, gy), (x + float(c.random.normal(0, 0.004)), gy - 0.006 - 0.016 * share)],
            0.0016,
            mix(top, "#fff3b0", 0.35),
            alpha=0.35,
        )
