"""Rooms: a studio by night, a kitchen in the morning, a workshop; each a table with something on it."""

from __future__ import annotations

import numpy as np

from cli.vault import animals, nature, tableware, things
from cli.vault.canvas import Canvas, Colour, mix, rgb

NAVY = "#28407e"
GOLD = "#f1cf7a"


def room(
    c: Canvas, wall: Colour, table: Colour, *, edge: float = 0.86, light: Colour | None = None, from_x: float = 0.1
) -> None:
    """A wall and a table; light falls on the wall from the side."""
    c.wash(
        [
            (0, mix(wall, "#000000", 0.25)),
            (edge, wall),
            (edge + 0.001, mix(table, "#ffffff", 0.12)),
            (1.25, mix(table, "#000000", 0.45)),
        ]
    )
    if light:
        c.glow(from_x, 0.3, 0.55, light, 0.33)
    for _ in range(34):
        y = edge + 0.01 + float(c.random.uniform(0, 1)) ** 1.4 * (1.24 - edge)
        c.line([(0, y), (1, y + float(c.random.normal(0, 0.004)))], 0.0014, mix(table, "#000000", 0.5), alpha=0.22)
    c.shape([(0, edge - 0.004), (1, edge - 0.004), (1, edge + 0.006), (0, edge + 0.006)], mix(table, "#ffffff", 0.3), alpha=0.5)


def window(c: Canvas, x: float, y: float, w: float, h: float, time: str, *, bars: int = 2) -> None:
    """A window in the wall, with the sky of a time of day behind it."""
    top, middle, low = nature.SKIES[time]
    frame: Colour = "#e9e1d3" if time in ("morning", "day", "dawn") else "#22232e"
    c.shape([(x - 0.02, y - 0.02), (x + w + 0.02, y - 0.02), (x + w + 0.02, y + h + 0.02), (x - 0.02, y + h + 0.02)], frame)
    c.shape([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], mix(top, middle, 0.4), low)
    if time == "night":
        for _ in range(60):
            c.oval(
                x + w * float(c.random.uniform(0.02, 0.98)),
                y + h * float(c.random.uniform(0.02, 0.7)),
                0.0014,
                0.0014,
                "#fff8e0",
                alpha=float(c.random.uniform(0.4, 1)),
            )
        nature.moon(c, x + 0.66 * w, y + 0.3 * h, 0.05)
        _roofs_within(c, x, y, w, h)
    else:
        c.glow(x + w / 2, y + h / 2, max(w, h) * 0.7, "#fff0cc", 0.20)
    for n in range(1, bars):
        c.line([(x + w * n / bars, y), (x + w * n / bars, y + h)], 0.012, frame)
    c.line([(x, y + h * 0.45), (x + w, y + h * 0.45)], 0.012, frame)


def _roofs_within(c: Canvas, x: float, y: float, w: float, h: float) -> None:
    at = x
    while at < x + w - 0.01:
        width, top = float(c.random.uniform(0.05, 0.12)), y + h * float(c.random.uniform(0.74, 0.88))
        right = min(at + width, x + w)
        c.shape(
            [(at, top + 0.02), ((at + right) / 2, top), (right, top + 0.02), (right, y + h), (at, y + h)], "#141731", "#0c0f22"
        )
        if c.random.uniform() > 0.4:
            c.oval((at + right) / 2, top + 0.045, 0.006, 0.008, "#ffcf7a")
        at = right


def beam(c: Canvas, x: float, spread: float, colour: Colour, strength: float = 0.24) -> None:
    """A beam of light from the upper left, with dust in it."""
    middle = x + c.down * 0.55
    light = np.exp(-(((c.across - middle) / (spread * (0.5 + c.down))) ** 2)) * strength
    c.pixels += light[..., None] * rgb(colour)
    for _ in range(240):
        y = float(c.random.uniform(0, 1.2))
        dust = x + y * 0.55 + float(c.random.normal(0, spread * 0.55))
        size = float(c.random.uniform(0.0008, 0.003))
        c.oval(dust, y, size, size, "#fff6dc", alpha=float(c.random.uniform(0.1, 0.6)))


def kiln(c: Canvas) -> None:
    """A kiln in the dark, with a glow in its spyhole."""
    room(c, "#2a1d22", "#3b2a24", edge=1.0)
    c.shape([(0.22, 0.3), (0.78, 0.3), (0.8, 1.02), (0.2, 1.02)], "#5c4a44", "#2f2523", rounded=0.5)
    for row in range(9):
        for column in range(7):
            left, top = 0.235 + column * 0.078 + (row % 2) * 0.02, 0.33 + row * 0.074
            c.shape(
                [(left, top), (left + 0.068, top), (left + 0.068, top + 0.062), (left, top + 0.062)],
                mix("#77554a", "#3b2b27", float(c.random.uniform(0, 0.8))),
                alpha=0.7,
            )
    c.glow(0.5, 0.62, 0.30, "#ff7a1f", 0.55)
    c.glow(0.5, 0.62, 0.10, "#ffd27a", 0.9)
    c.oval(0.5, 0.62, 0.055, 0.055, "#fff1c4", "#ffb347")
    c.glow(0.5, 1.02, 0.4, "#ff6a1a", 0.22)
    for n, size in enumerate((0.16, 0.13, 0.18)):
        tableware.bowl(c, 0.14 + n * 0.36, 1.14, size, "#3a3f6b", speckle=GOLD)


def bowls(c: Canvas) -> None:
    """Star-speckled bowls on shelves."""
    c.wash([(0, "#3a2f35"), (1.25, "#1d171b")])
    c.glow(0.2, 0.1, 0.7, "#ffb46b", 0.28)
    blues = ("#22377a", "#2f4a92", "#1a2658", "#3b3f86", "#27508a")
    for row, y in enumerate((0.42, 0.80, 1.17)):
        c.shape([(0, y), (1, y), (1, y + 0.035), (0, y + 0.035)], "#8a5d3a", "#4e321e")
        c.shape([(0, y + 0.035), (1, y + 0.035), (1, y + 0.09), (0, y + 0.09)], "#000000", alpha=0.3, soft=0.02)
        for n in range(3):
            size = float(c.random.uniform(0.22, 0.29))
            tableware.bowl(
                c, 0.18 + n * 0.32 + float(c.random.normal(0, 0.01)), y, size, blues[(row * 2 + n) % 5], speckle="#f7ecd0"
            )


def wheel(c: Canvas) -> None:
    """A potter's wheel at rest with a half-turned bowl."""
    room(c, "#6a5448", "#4a392f", edge=0.98, light="#ffcf94")
    c.line([(0.82, 0.12), (0.82, 0.16)], 0.014, "#241a15")
    c.shape([(0.74, 0.16), (0.9, 0.16), (0.95, 0.62), (0.69, 0.62)], "#8d8f98", "#5f6470", rounded=0.4)
    for _ in range(30):
        c.oval(
            float(c.random.uniform(0.72, 0.92)),
            float(c.random.uniform(0.25, 0.6)),
            float(c.random.uniform(0.003, 0.012)),
            float(c.random.uniform(0.003, 0.010)),
            "#cfc0aa",
            alpha=0.7,
        )
    c.shape([(0.3, 0.86), (0.62, 0.86), (0.68, 1.2), (0.24, 1.2)], "#3f4a55", "#232a31", rounded=0.5)
    c.oval(0.46, 0.86, 0.33, 0.075, "#9aa2a8", "#5d656c")
    c.oval(0.46, 0.85, 0.29, 0.062, "#b9a48c", "#8a755e")
    tableware.bowl(c, 0.46, 0.86, 0.36, "#b58d6a", inside="#8a6548")


def brushes(c: Canvas) -> None:
    """Brushes in a jar and small pots of glaze."""
    room(c, "#8c6f5e", "#5b4334", light="#ffe1b0")
    tableware.jar(c, 0.36, 1.02, 0.36, "#cfc6b8", (NAVY, "#c99a3a", "#394a8f", "#7c5cff", "#2a2440"))
    for x, y, colour in ((0.66, 1.05, "#1f3f9e"), (0.83, 1.0, "#d2a23c"), (0.73, 1.16, "#2b2b33")):
        things.shadow(c, x, y, 0.15)
        c.shape([(x - 0.075, y - 0.1), (x + 0.075, y - 0.1), (x + 0.066, y), (x - 0.066, y)], "#efe9df", "#b9b0a2", rounded=0.8)
        c.oval(x, y - 0.1, 0.075, 0.022, mix(colour, "#ffffff", 0.25))
        c.oval(x, y - 0.098, 0.064, 0.017, colour)


def night_window(c: Canvas) -> None:
    """A large window by night with the moon above rooftops."""
    room(c, "#2a2735", "#3a2c2a", edge=1.05)
    window(c, 0.14, 0.14, 0.72, 0.82, "night", bars=3)
    tableware.bowl(c, 0.3, 1.14, 0.24, NAVY, speckle="#f7ecd0")
    tableware.mug(c, 0.68, 1.15, 0.22, "#8b5b4a")


def morning(c: Canvas, what: str) -> None:
    """A bright corner with a moka pot, a mug, a cat or breakfast on it."""
    if "cat" in what:
        room(c, "#e6d6c2", "#d8c3a5", edge=0.9, light="#fff0c8")
        window(c, 0.2, 0.08, 0.6, 0.74, "dawn")
        animals.cat(c, 0.56, 1.02, 0.52, "#7f858f")
        _flowerpot(c, 0.16, 1.0)
    elif "toast" in what:
        room(c, "#efe3d0", "#c7a27c", edge=0.62, light="#fff2cf")
        _book(c, 0.74, 0.82)
        tableware.plate(c, 0.42, 1.0, 0.56, "#3f6fb0", "#e2b06c", 3, sauce="#e9d7b5", round_food=False)
        tableware.mug(c, 0.83, 1.12, 0.22, "#d9e2ee")
    elif "moka" in what:
        room(c, "#d9e4ea", "#9c7654", edge=0.92, light="#ffe9b8")
        _tiles(c, 0.92)
        _moka(c, 0.48, 1.06, 0.46)
        tableware.mug(c, 0.78, 1.08, 0.22, NAVY, speckle="#f7ecd0")
    else:
        room(c, "#eadfce", "#d3bd9c", edge=0.92, light="#fff3cf")
        window(c, 0.12, 0.1, 0.76, 0.76, "dawn")
        tableware.mug(c, 0.5, 1.1, 0.44, NAVY, speckle="#f7ecd0")


def kitchen(c: Canvas, what: str) -> None:
    """The hut's kitchen: dumplings, pans, flour, bread or knives."""
    if any(word in what for word in ("plate", "dumpling")):
        room(c, "#4a382c", "#3a281c", edge=0.5, light="#ffc27a")
        tableware.plate(c, 0.5, 0.92, 0.72, "#b39a7c", "#6f8a45", 5, sauce="#c98a2c")
        things.vapour(c, 0.5, 0.84, 0.5)
    elif "pan" in what:
        room(c, "#54433a", "#2f2622", edge=1.0)
        c.line([(0.08, 0.26), (0.92, 0.26)], 0.016, "#1d1715")
        for x, size in ((0.22, 0.13), (0.5, 0.16), (0.79, 0.12)):
            c.line([(x, 0.27), (x, 0.55)], 0.018, "#2b211b")
            c.oval(x, 0.55 + size * 0.7, size, size, "#e29a63", "#8d4a22", rounded=0.5)
            c.oval(x - 0.01, 0.55 + size * 0.7, size * 0.84, size * 0.84, "#c77b45", "#6d3717", rounded=0.6)
        c.shape([(0.26, 0.98), (0.74, 0.98), (0.74, 1.2), (0.26, 1.2)], "#1b1616")
        c.glow(0.5, 1.12, 0.16, "#ff7a24", 0.9)
        for n in range(7):
            x = 0.33 + n * 0.057
            c.shape([(x - 0.03, 1.19), (x + 0.005, 1.02 + 0.03 * (n % 3)), (x + 0.035, 1.19)], "#ffd47a", "#ff6a1c", soft=0.01)
        for n in range(9):
            c.line([(0.28 + n * 0.055, 0.98), (0.28 + n * 0.055, 1.2)], 0.008, "#0e0b0b")
    elif "flour" in what:
        room(c, "#4d3d33", "#8a6a4c", edge=0.84)
        c.oval(0.5, 1.03, 0.4, 0.11, "#f4ead9", alpha=0.55, soft=0.04)
        beam(c, -0.02, 0.16, "#ffe3ae", 0.34)
        c.oval(0.5, 0.98, 0.19, 0.115, "#f6e8cf", "#b99a70", rounded=0.5)
        c.line([(0.16, 1.15), (0.86, 1.12)], 0.05, "#b07a45")
    elif "lo" in what and "bread" in what:
        room(c, "#5d4a3d", "#6b4c34", edge=0.8, light="#ffdca6")
        window(c, 0.06, 0.1, 0.4, 0.52, "dawn")
        for x, y, size in ((0.7, 0.86, 0.34), (0.3, 1.0, 0.42), (0.72, 1.12, 0.44)):
            tableware.loaf(c, x, y, size)
    else:
        room(c, "#4b403a", "#6e4a2f", edge=0.42, light="#ffd9a0")
        for n in range(5):
            x, length = 0.16 + n * 0.16, 0.5 - 0.055 * n
            c.shape(
                [(x - 0.02, 1.0), (x + 0.03, 1.0), (x + 0.03, 1.0 - length * 0.7), (x - 0.025, 1.0 - length)],
                "#eef2f6",
                "#8f98a3",
                rounded=0.5,
            )
            c.shape(
                [(x - 0.026, 0.99), (x + 0.034, 0.99), (x + 0.03, 1.17), (x - 0.022, 1.17)], "#5b3720", "#2f1b0f", rounded=0.7
            )
        c.shape([(0.08, 0.52), (0.92, 0.50), (0.92, 0.555), (0.08, 0.575)], "#8d98a0", "#5d676f")


def _flowerpot(c: Canvas, x: float, y: float) -> None:
    for n in range(7):
        lean = (n - 3) * 0.03
        c.line([(x, y - 0.17), (x + lean, y - 0.36 - 0.03 * (n % 2))], 0.006, "#4f7a45")
        c.oval(x + lean, y - 0.37 - 0.03 * (n % 2), 0.022, 0.022, "#e4586a", "#b83a55")
    c.shape([(x - 0.08, y - 0.18), (x + 0.08, y - 0.18), (x + 0.06, y), (x - 0.06, y)], "#c9713f", "#8a4523", rounded=0.8)


def _book(c: Canvas, x: float, y: float) -> None:
    c.shape([(x - 0.17, y - 0.05), (x, y - 0.02), (x, y + 0.09), (x - 0.18, y + 0.06)], "#fbf6ea", "#d8cdb8")
    c.shape([(x, y - 0.02), (x + 0.17, y - 0.05), (x + 0.18, y + 0.06), (x, y + 0.09)], "#f3ecdc", "#cfc2a9")
    for n in range(5):
        c.line([(x - 0.15, y - 0.02 + n * 0.017), (x - 0.02, y + 0.004 + n * 0.017)], 0.002, "#8a8072")
        c.line([(x + 0.02, y + 0.004 + n * 0.017), (x + 0.15, y - 0.02 + n * 0.017)], 0.002, "#8a8072")


def _tiles(c: Canvas, edge: float) -> None:
    for row in range(6):
        for column in range(7):
            x, y = column * 0.145, edge - 0.145 * (row + 1)
            c.shape(
                [(x + 0.004, y + 0.004), (x + 0.141, y + 0.004), (x + 0.141, y + 0.141), (x + 0.004, y + 0.141)],
                "#f4f7f8",
                "#dfe9ee",
            )
            if (row + column) % 2:
                mid = (x + 0.0725, y + 0.0725)
                c.shape(
                    [(mid[0], y + 0.02), (x + 0.125, mid[1]), (mid[0], y + 0.125), (x + 0.02, mid[1])],
                    "#3f6fb0",
                    "#6f9bd0",
                    alpha=0.75,
                )
    c.glow(0.1, 0.2, 0.6, "#ffe2a6", 0.16)


def _moka(c: Canvas, x: float, y: float, s: float) -> None:
    things.shadow(c, x, y, s * 0.8)
    c.shape(
        [(x - 0.2 * s, y - 0.45 * s), (x + 0.2 * s, y - 0.45 * s), (x + 0.3 * s, y), (x - 0.3 * s, y)],
        "#e2e6ea",
        "#7f8890",
        rounded=0.9,
    )
    c.shape(
        [(x - 0.3 * s, y - 0.95 * s), (x + 0.27 * s, y - 0.95 * s), (x + 0.2 * s, y - 0.45 * s), (x - 0.2 * s, y - 0.45 * s)],
        "#eef1f4",
        "#98a1a9",
        rounded=0.9,
    )
    c.shape([(x - 0.3 * s, y - 0.95 * s), (x - 0.44 * s, y - 0.9 * s), (x - 0.25 * s, y - 0.7 * s)], "#d5dade", "#949ca4")
    c.shape([(x - 0.29 * s, y - 0.96 * s), (x + 0.27 * s, y - 0.96 * s), (x, y - 1.12 * s)], "#c9cfd5", "#8d959d")
    c.oval(x, y - 1.14 * s, 0.05 * s, 0.05 * s, "#22252a")
    c.line([(x + 0.26 * s, y - 0.9 * s), (x + 0.44 * s, y - 0.86 * s), (x + 0.42 * s, y - 0.5 * s)], 0.07 * s, "#22252a")
    things.vapour(c, x - 0.4 * s, y - 0.95 * s, s * 0.8)
