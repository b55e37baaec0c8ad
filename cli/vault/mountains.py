"""Mountains: rock, snow, a hut and what stands before them."""

from __future__ import annotations

import math

from cli.vault import animals, indoors, nature, tableware, things
from cli.vault.canvas import Canvas, Colour, mix


def hills(c: Canvas, words: str, time: str) -> None:
    """Hills one behind the other."""
    nature.sky(c, time)
    _light(c, time)
    for n, y in enumerate((0.62, 0.74, 0.88, 1.02)):
        nature.ridge(c, y, 0.10, mix("#6f88a8", "#1c2b2a", n / 3), mix("#9fb0c4", "#0f1a18", n / 3))


def _light(c: Canvas, time: str) -> None:
    if time == "night":
        nature.stars(c)
        nature.moon(c, 0.72, 0.24, 0.06)
    elif time in ("dusk", "dawn"):
        nature.sun(c, 0.3 if time == "dusk" else 0.7, 0.66, 0.045)
        nature.clouds(c, 0.34, "#ffd9c2" if time == "dawn" else "#f3b6b0")
    else:
        nature.clouds(c, 0.28, "#ffffff", 6, 0.5)


def _towers(c: Canvas, time: str, base: float = 0.72, *, snow: float = 0.0) -> None:
    nature.sky(c, time)
    _light(c, time)
    pink = {"dawn": "#d88f8a", "dusk": "#b06a7a", "winter": "#7f93b4", "night": "#2c3358"}.get(time, "#b9a08f")
    nature.ridge(
        c,
        base - 0.12,
        0.20,
        mix(pink, "#ffffff", 0.12),
        mix(pink, "#cfd6ea", 0.6),
        towers=True,
        first=3,
        snow=snow or 0.03,
        depth=0.35,
    )
    nature.ridge(c, base, 0.09, mix(pink, "#3a4a5a", 0.55), mix(pink, "#51606f", 0.7), octaves=6, first=2.5, snow=snow)


def hut(c: Canvas, words: str, time: str) -> None:
    """A hut below rock towers."""
    time = "winter" if time == "day" else time
    _towers(c, time, 0.78)
    nature.fog(c, 0.80, 0.05, "#ffe6dc", 0.5)
    nature.ridge(c, 0.98, 0.05, "#4c5a45", "#232c22", first=1.3)
    things.hut(c, 0.42, 1.03, 0.46, smoke="smoke" in words or "chimney" in words)
    _firs(c, 1.08, "#17241d")


def _firs(c: Canvas, y: float, colour: Colour, count: int = 9, snow: bool = False) -> None:
    for n in range(count):
        x = (0.78 + 0.04 * n if n % 2 else 0.16 - 0.035 * n) + float(c.random.normal(0, 0.02))
        s = float(c.random.uniform(0.14, 0.26))
        for part in range(4):
            top = y - s + part * s * 0.2
            wide = s * (0.10 + 0.06 * part)
            c.shape(
                [(x, top), (x + wide, top + s * 0.34), (x - wide, top + s * 0.34)],
                mix(colour, "#ffffff", 0.7 if snow and part < 3 else 0.06),
                colour,
            )


def chimney(c: Canvas, words: str, time: str) -> None:
    """A hut in the snow, its smoke rising."""
    nature.sky(c, "winter")
    nature.clouds(c, 0.2, "#ffffff", 3, 0.3)
    nature.ridge(c, 0.72, 0.13, "#8ea6c9", "#c8d6ea", towers=True, snow=0.07)
    nature.ridge(c, 0.96, 0.05, "#eef4fc", "#b9c9e2", first=1.2)
    _firs(c, 1.04, "#2a3b3a", 7, snow=True)
    things.hut(c, 0.5, 1.12, 0.62, smoke=True, snow=True)


def bench(c: Canvas, words: str, time: str) -> None:
    """A frosty bench with a view."""
    _towers(c, "dawn", 0.7)
    nature.meadow(c, 0.86, "#a8b58d", "#5c6b4c")
    c.cover((c.down > 0.86).astype("float32"), "#e8f0fa", 0.28)
    for y, thick in ((0.86, 0.035), (0.93, 0.03), (1.02, 0.055)):
        c.line([(0.2, y), (0.8, y)], thick, "#7a5334")
        c.line([(0.2, y - thick * 0.35), (0.8, y - thick * 0.35)], thick * 0.3, "#eef4fb", alpha=0.85)
    for x in (0.26, 0.74):
        c.line([(x, 0.84), (x, 1.17)], 0.03, "#4a3020")
    tableware.thermos(c, 0.62, 1.0, 0.24, "#8a2f2a")


def valley(c: Canvas, words: str, time: str) -> None:
    """A valley full of fog."""
    nature.sky(c, "dawn", 0.7)
    nature.sun(c, 0.62, 0.5, 0.05)
    for n, y in enumerate((0.56, 0.68, 0.82, 0.98)):
        nature.ridge(
            c, y, 0.10 - 0.01 * n, mix("#a88fa8", "#2c3145", n / 3), mix("#e3c6bd", "#5a6078", n / 3), first=1.6 + n * 0.4
        )
        nature.fog(c, y + 0.09, 0.055, mix("#fff0e2", "#e9dff0", n / 3), 0.9)
    nature.ridge(c, 1.16, 0.05, "#1b2030", "#11141f", first=1.5)


def goat(c: Canvas, words: str, time: str) -> None:
    """A goat on a meadow."""
    _towers(c, "day", 0.68)
    nature.meadow(c, 0.8, "#8fb45c", "#4d7a35")
    for _ in range(70):
        x, y = float(c.random.uniform(0, 1)), float(c.random.uniform(0.88, 1.24))
        c.oval(x, y, 0.006, 0.005, ("#fff6d8", "#f0c34a", "#d98ad0")[int(c.random.integers(3))], alpha=0.9)
    animals.goat(c, 0.48, 1.1, 0.46)


def snow_ridge(c: Canvas, words: str, time: str) -> None:
    """A narrow ridge in the snow, with a track on it."""
    nature.sky(c, "winter")
    nature.sun(c, 0.2, 0.56, 0.04, "#fff6dd")
    nature.ridge(c, 0.74, 0.15, "#7d98c4", "#b8cbe8", towers=True, first=3, snow=0.10)
    nature.ridge(c, 0.9, 0.06, "#8aa6d4", "#9ab4dd", first=2, snow=0.09)
    spine = [(0.22, 1.25), (0.36, 1.10), (0.33, 1.02), (0.47, 0.93), (0.50, 0.87), (0.64, 0.79), (0.70, 0.70), (0.80, 0.60)]
    c.shape([*spine, (0.62, 0.74), (0.38, 0.90), (0.18, 0.99), (0.0, 1.08), (0, 1.25)], "#ffffff", "#dfe9f8")
    c.shape([*spine, (0.88, 0.68), (1.0, 0.74), (1, 1.25)], "#7f9dd6", "#4f6fb0")
    for n in range(18):
        t = n / 17
        x, y = 0.27 + 0.36 * t + 0.03 * math.sin(t * 9), 1.19 - 0.37 * t
        c.oval(x, y, 0.008 * (1.3 - t), 0.0045 * (1.3 - t), "#7f95bf", alpha=0.9)


def cross(c: Canvas, words: str, time: str) -> None:
    """A summit cross covered in rime."""
    nature.sky(c, "winter", 1.1)
    nature.ridge(c, 0.98, 0.08, "#9db4da", "#d7e3f5", towers=True, snow=0.08)
    c.shape([(0.1, 1.25), (0.42, 0.99), (0.55, 0.97), (0.66, 1.0), (0.95, 1.25)], "#ffffff", "#b4c8e8")
    c.line([(0.52, 0.30), (0.52, 1.0)], 0.042, "#5a4234")
    c.line([(0.34, 0.46), (0.70, 0.46)], 0.038, "#5a4234")
    for _ in range(420):
        up = c.random.uniform() > 0.4
        x = 0.52 - 0.016 + float(c.random.normal(0, 0.010)) if up else float(c.random.uniform(0.33, 0.71))
        y = float(c.random.uniform(0.30, 0.98)) if up else 0.445 + float(c.random.normal(0, 0.008))
        length = float(c.random.uniform(0.006, 0.026))
        c.line([(x, y), (x - length, y - length * 0.15)], 0.0042, "#f5f9ff", alpha=0.8)


def rope(c: Canvas, words: str, time: str) -> None:
    """A coiled rope and an axe on a sill."""
    indoors.room(c, "#8d6b4c", "#6b4a30", edge=0.72, light="#ffe2b0")
    indoors.window(c, 0.22, 0.06, 0.56, 0.56, "dawn")
    for n in range(9):
        ring = [
            (0.42 + (0.2 - 0.004 * n) * math.cos(t / 8), 0.98 - 0.012 * n + (0.085 - 0.002 * n) * math.sin(t / 8))
            for t in range(51)
        ]
        c.line(ring, 0.021, mix("#c94f3a", "#7a2418", 0.5 * (n % 2)))
    c.line([(0.60, 1.16), (0.93, 0.80)], 0.026, "#b08a56")
    c.shape([(0.86, 0.75), (0.97, 0.84), (0.955, 0.86), (0.85, 0.77)], "#dfe6ec", "#8c97a1")
    c.shape([(0.85, 0.77), (0.80, 0.80), (0.86, 0.755)], "#eef3f7")


def soup(c: Canvas, words: str, time: str) -> None:
    """A steaming bowl on a snowy terrace."""
    _towers(c, "winter", 0.62, snow=0.06)
    c.shape([(0, 0.84), (1, 0.80), (1, 1.25), (0, 1.25)], "#f7fbff", "#bccde8")
    c.shape([(0.05, 1.0), (0.95, 0.97), (1.0, 1.25), (0, 1.25)], "#8a5e3b", "#4d3220")
    tableware.bowl(c, 0.5, 1.16, 0.50, "#b5563a", inside="#d98a34", steam=True)
