"""The sea at dusk and a town by night."""

from __future__ import annotations

import math

from cli.vault import indoors, nature, tableware, things
from cli.vault.canvas import Canvas, Colour, mix


def beach(c: Canvas, words: str, time: str) -> None:
    """A beach at dusk with what lies on it, or the sea under a first star."""
    time = "night" if "star above" in words else "dusk"
    horizon = 0.62
    nature.sky(c, time, horizon)
    if time == "night":
        c.wash([(0, "#141a4a"), (0.38, "#4a3f86"), (horizon, "#e79a86"), (1.25, "#e79a86")])
        c.glow(0.5, horizon, 0.4, "#ff9a70", 0.25)
        nature.stars(c, 14, 0.3)
        c.glow(0.62, 0.2, 0.03, "#fff6dd", 0.9)
        c.oval(0.62, 0.2, 0.0055, 0.0055, "#ffffff")
        nature.sea(c, horizon, "#b5788c", "#1a1f4e", light="#ffe3c2", light_x=0.5, calm=0.9)
        return
    nature.clouds(c, 0.3, "#f6b7a8", 7)
    nature.sun(c, 0.36, horizon - 0.03, 0.05)
    nature.sea(c, horizon, "#a97a9a", "#2c3568", light="#ffe0b0", light_x=0.36)
    if "foam" in words:
        nature.sand(c, 0.86, "#3a3038", "#57474c")
        for n in range(5):
            wave = c.noise(5, 2) * 0.03
            y = 0.92 + n * 0.075
            foam = [(x / 60, y + float(wave[min(int(x / 60 * c.width), c.width - 1)])) for x in range(61)]
            c.line(foam, 0.006, "#fff8f0", alpha=0.75)
        return
    nature.sand(c, 0.92)
    if "footprint" in words:
        for n in range(9):
            t = n / 8
            x, y, s = 0.58 - 0.16 * t + (0.022 if n % 2 else -0.022) * (1 + t), 0.965 + 0.27 * t**1.2, 0.012 + 0.018 * t
            c.oval(x, y, s * 0.55, s * 0.75, "#4a3b3a", alpha=0.6, soft=0.004)
            c.oval(x + 0.1 * s, y - s * 0.9, s * 0.42, s * 0.35, "#4a3b3a", alpha=0.55, soft=0.004)
    elif "hat" in words:
        c.oval(0.5, 1.08, 0.34, 0.13, "#6a5d5c", "#3a3236", rounded=0.4)
        for n in range(4):
            c.shape(
                [(0.24, 1.0 - n * 0.022), (0.52, 0.99 - n * 0.022), (0.52, 1.015 - n * 0.022), (0.24, 1.025 - n * 0.022)],
                ("#f2e6d6", "#5b7fae")[n % 2],
            )
        c.oval(0.66, 1.0, 0.15, 0.045, "#e6c17c", "#a9793c")
        c.oval(0.66, 0.965, 0.085, 0.06, "#f0cf8e", "#b98a48", rounded=0.5)
        c.line([(0.585, 0.985), (0.735, 0.985)], 0.016, "#7c3b46")
    elif "cup" in words or "thermos" in words:
        c.shape([(0, 0.98), (1, 0.95), (1, 1.25), (0, 1.25)], "#9a8f92", "#57505a")
        tableware.thermos(c, 0.3, 1.06, 0.34, "#2f5f6a")
        tableware.mug(c, 0.55, 1.07, 0.17, "#e9dccb")
        tableware.mug(c, 0.74, 1.06, 0.17, indoors.NAVY, speckle="#f7ecd0")


def city(c: Canvas, words: str, time: str) -> None:
    """Roofs by night with what stands on the terrace, or a bridge under the moon."""
    nature.sky(c, "night", 0.95)
    if "milky" in words or "starry" in words:
        nature.milky_way(c)
    nature.stars(c, 420 if "milky" in words else 240)
    if "bridge" in words or "river" in words:
        nature.moon(c, 0.5, 0.42, 0.14, "#ffe9bd")
        nature.sea(c, 0.82, "#3a4478", "#0b1030", light="#ffe6b5", light_x=0.5)
        _bridge(c, 0.82)
        return
    _roofs(c, 0.86, "#1d2244", "#2c2f58")
    _roofs(c, 0.95, "#12152e", "#1a1d3c")
    c.shape([(0, 1.04), (1, 1.02), (1, 1.25), (0, 1.25)], "#3a2b30", "#1d1519")
    if "telescope" in words:
        things.telescope(c, 0.48, 1.2, 0.52)
    elif "glass" in words:
        tableware.wine_glass(c, 0.40, 1.13, 0.44)
        tableware.wine_glass(c, 0.60, 1.15, 0.44)
    else:
        _string_lights(c)
        for x, colour in ((0.3, "#7c4a6a"), (0.5, "#b98a5a"), (0.7, "#3d5a7a")):
            c.oval(x, 1.12, 0.12, 0.05, mix(colour, "#ffffff", 0.2), mix(colour, "#000000", 0.3), rounded=0.4)
            c.glow(x, 1.06, 0.16, "#ff9d4a", 0.10)


def _roofs(c: Canvas, y: float, colour: Colour, lit: Colour) -> None:
    x = -0.02
    while x < 1.02:
        width, rise = float(c.random.uniform(0.08, 0.2)), float(c.random.uniform(0.02, 0.12))
        c.shape(
            [(x, y - rise), (x + width / 2, y - rise - 0.03), (x + width, y - rise), (x + width, 1.25), (x, 1.25)],
            mix(colour, lit, 0.6),
            colour,
        )
        for _ in range(3):
            if c.random.uniform() > 0.45:
                wx, wy = x + width * float(c.random.uniform(0.2, 0.8)), y - rise + float(c.random.uniform(0.02, 0.09))
                c.shape([(wx, wy), (wx + 0.012, wy), (wx + 0.012, wy + 0.017), (wx, wy + 0.017)], "#ffd58a", "#ffb45a")
        x += width


def _bridge(c: Canvas, y: float) -> None:
    dark = "#151a38"
    c.line([(0, y - 0.03), (1, y - 0.03)], 0.012, dark)
    for x in (0.24, 0.76):
        c.line([(x, y + 0.02), (x, y - 0.22)], 0.016, dark)
        for n in range(9):
            reach = 0.03 * (n + 1)
            for side in (-1, 1):
                c.line([(x, y - 0.21), (x + side * reach, y - 0.03)], 0.0022, dark, alpha=0.9)
    for n in range(22):
        c.oval(n / 21, y - 0.042, 0.0035, 0.0035, "#ffd58a")


def _string_lights(c: Canvas) -> None:
    for row, drop in ((0.12, 0.10), (0.24, 0.13)):
        wire = [(t / 30, row + drop * math.sin(math.pi * t / 30)) for t in range(31)]
        c.line(wire, 0.0025, "#0c0d18")
        for x, y in wire[1::3]:
            c.glow(x, y + 0.012, 0.022, "#ffb45a", 0.55)
            c.oval(x, y + 0.012, 0.007, 0.009, "#ffe9b5", "#ffc46a")
