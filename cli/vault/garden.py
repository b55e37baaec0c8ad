"""A perfumer's world: a glasshouse, rows of lavender, bottles on a shelf, baskets of flowers."""

from __future__ import annotations

import numpy as np

from cli.vault import indoors, mountains, nature
from cli.vault.canvas import Canvas, Colour, mix

LEAVES = ("#2f5d3a", "#3f7a47", "#28502f", "#5a8f4f", "#6fa35a")


def greenhouse(c: Canvas, _words: str, time: str) -> None:
    """Under old glass: iron ribs, leaves left and right, and the light that comes through."""
    top, middle, low = nature.SKIES[time]
    c.wash(
        [
            (0, mix(top, "#ffffff", 0.25)),
            (0.7, mix(middle, "#f4ffe8", 0.45)),
            (0.95, mix(low, "#e8f4d0", 0.5)),
            (1.25, "#57614a"),
        ]
    )
    c.glow(0.5, 0.62, 0.45, "#fff4cf", 0.55)
    iron: Colour = "#3d4a44"
    for x in np.linspace(-0.4, 1.4, 15).tolist():
        c.line([(0.5 + (x - 0.5) * 0.35, 0.62), (x, -0.05)], 0.006, iron, alpha=0.75)
    for n, y in enumerate((0.08, 0.25, 0.40, 0.52)):
        half = 0.95 - n * 0.2
        c.line([(0.5 - half, y), (0.5, y - 0.07 + n * 0.014), (0.5 + half, y)], 0.006, iron, alpha=0.7)
    c.shape([(0.42, 0.66), (0.58, 0.66), (0.80, 1.25), (0.20, 1.25)], "#cdbb98", "#8d7a5c")
    for side in (-1, 1):
        for depth in np.linspace(0.0, 1.0, 7).tolist():
            for _ in range(11):
                x = 0.5 + side * (0.10 + depth * 0.36 + float(c.random.uniform(0, 0.10)))
                y = 0.68 + depth * 0.48 - float(c.random.uniform(0, 0.10 + depth * 0.34))
                _leaf(c, x, y, 0.03 + depth * 0.08, float(c.random.uniform(0, 2 * np.pi)))
            if depth > 0.25:
                _flower(c, 0.5 + side * (0.16 + depth * 0.3), 0.62 + depth * 0.28, 0.02 + depth * 0.02, "#fff6ee")


def lavender(c: Canvas, _words: str, time: str) -> None:
    """Rows of lavender that run to the hills."""
    nature.sky(c, time, 0.5)
    nature.sun(c, 0.72, 0.36, 0.05)
    nature.ridge(c, 0.47, 0.10, "#7f86b8", "#a9a6cc", first=1.6)
    nature.ridge(c, 0.54, 0.05, "#5b6a62", "#74835f", first=2.2)
    c.shape([(0, 0.54), (1, 0.54), (1, 1.25), (0, 1.25)], "#8b7a5a", "#5e4d3a")
    for n in np.linspace(-9, 9, 19).tolist():
        near, far = 0.5 + n * 0.17, 0.5 + n * 0.022
        wide = 0.105
        c.shape(
            [(far - 0.006, 0.55), (far + 0.006, 0.55), (near + wide / 2, 1.26), (near - wide / 2, 1.26)], "#6d5aa6", "#4a3a86"
        )
        for _ in range(150):
            t = float(c.random.uniform(0, 1)) ** 0.6
            x, y = far + (near - far) * t, 0.55 + 0.71 * t
            size = 0.0016 + 0.010 * t
            shade = mix("#8f78d8", "#c6a7f0", float(c.random.uniform(0, 1)))
            c.oval(x + float(c.random.normal(0, 0.34)) * wide * t, y, size * 0.6, size * 1.3, shade, alpha=0.8)
    c.glow(0.72, 0.5, 0.5, "#ffd9a0", 0.18)


def bottles(c: Canvas, _words: str, _time: str) -> None:
    """Brown and green bottles on shelves, each with its label."""
    c.wash([(0, "#4a3d31"), (1.25, "#241c16")])
    c.glow(0.15, 0.2, 0.6, "#ffd08a", 0.38)
    glass = ("#7a4a1f", "#35603f", "#8a5a26", "#27506a", "#6a3d1a", "#54702f")
    for y in (0.40, 0.78, 1.16):
        c.shape([(0, y), (1, y), (1, y + 0.035), (0, y + 0.035)], "#a07a4e", "#5d4227")
        c.shape([(0, y + 0.035), (1, y + 0.035), (1, y + 0.09), (0, y + 0.09)], "#000000", alpha=0.3, soft=0.02)
        at = 0.03
        while at < 0.93:
            size = float(c.random.uniform(0.085, 0.13))
            bottle(c, at + size / 2, y, size, glass[int(c.random.integers(len(glass)))], float(c.random.uniform(1.6, 2.4)))
            at += size + float(c.random.uniform(0.012, 0.035))
    indoors.beam(c, -0.05, 0.16, "#ffe2a8", 0.16)


def organ(c: Canvas, _words: str, _time: str) -> None:
    """A perfumer's desk: paper strips in a stand, one open bottle, a notebook."""
    indoors.room(c, "#cfc3ad", "#7b5d3e", edge=0.80, light="#fff1c8", from_x=0.05)
    indoors.window(c, 0.60, 0.10, 0.32, 0.46, "day")
    for n in range(9):
        angle = -0.9 + n * 0.22
        x0, y0 = 0.32, 0.86
        c.line([(x0, y0), (x0 + 0.26 * float(np.sin(angle)), y0 - 0.34 * float(np.cos(angle)))], 0.016, "#fbf7ea")
    c.oval(0.32, 0.88, 0.07, 0.03, "#b98a4a", "#6f4d22")
    bottle(c, 0.66, 1.00, 0.16, "#8a5a26", 1.5)
    bottle(c, 0.84, 0.96, 0.10, "#35603f", 2.0)
    c.shape([(0.10, 1.02), (0.48, 0.99), (0.53, 1.17), (0.12, 1.21)], "#f6efdc", "#e2d6ba")
    for n in range(6):
        y = 1.035 + n * 0.024
        c.line([(0.15 + n * 0.004, y + 0.004), (0.44 + n * 0.006, y - 0.016)], 0.0026, "#6b6f86", alpha=0.65)


def basket(c: Canvas, _words: str, time: str) -> None:
    """A basket full of white flowers, on a wall before the fields."""
    nature.sky(c, time, 0.62)
    mountains.hills(c, "", time)
    c.shape([(0, 0.98), (1, 0.95), (1, 1.25), (0, 1.25)], "#b5a488", "#7c6b52")
    c.shape([(0.22, 0.80), (0.78, 0.80), (0.70, 1.08), (0.30, 1.08)], "#b07a3c", "#6b4420", rounded=0.6)
    for row in range(7):
        y = 0.83 + row * 0.036
        for n in range(12):
            x = 0.26 + n * 0.043 + (row % 2) * 0.02
            c.line([(x, y), (x + 0.03, y + 0.006)], 0.010, mix("#d9a45f", "#7a4c22", float(c.random.uniform(0, 1))), alpha=0.7)
    for _ in range(120):
        x, y = 0.5 + float(c.random.normal(0, 0.13)), 0.775 - abs(float(c.random.normal(0, 0.045)))
        if abs(x - 0.5) < 0.28:
            _flower(c, x, y, 0.022, "#fffaf0")
    arch = [(0.5 + 0.24 * float(np.cos(t)), 0.80 - 0.34 * float(np.sin(t))) for t in np.linspace(0, np.pi, 30)]
    c.line(arch, 0.018, "#8a5a2b")


def _leaf(c: Canvas, x: float, y: float, size: float, angle: float) -> None:
    along, across = (float(np.cos(angle)), float(np.sin(angle))), (-float(np.sin(angle)), float(np.cos(angle)))
    spread = [(0.0, 0.0), (0.35, 0.22), (0.7, 0.16), (1.0, 0.0), (0.7, -0.16), (0.35, -0.22)]
    points = [(x + size * (a * along[0] + b * across[0]), y + size * (a * along[1] + b * across[1])) for a, b in spread]
    green = LEAVES[int(c.random.integers(len(LEAVES)))]
    c.shape(points, mix(green, "#e9f5c9", 0.12), green, alpha=0.92)


def _flower(c: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    turn = float(c.random.uniform(0, 2))
    for petal in range(5):
        angle = turn + petal * 2 * np.pi / 5
        px, py = x + size * 0.6 * float(np.cos(angle)), y + size * 0.6 * float(np.sin(angle))
        c.oval(px, py, size * 0.52, size * 0.42, colour, mix(colour, "#d8c8b0", 0.35))
    c.oval(x, y, size * 0.24, size * 0.24, "#f2c94c")


def bottle(c: Canvas, x: float, y: float, size: float, colour: Colour, tall: float) -> None:
    """A stoppered bottle with a label: `tall` times as high as it is wide."""
    height, neck = size * tall, size * 0.18
    body = [(x - size / 2, y), (x - size / 2, y - height * 0.62), (x - neck, y - height * 0.76), (x - neck, y - height * 0.92)]
    points = [*body, *[(2 * x - px, py) for px, py in reversed(body)]]
    c.shape(points, mix(colour, "#ffffff", 0.18), mix(colour, "#000000", 0.25), rounded=0.8)
    c.shape(
        [
            (x - neck * 1.3, y - height),
            (x + neck * 1.3, y - height),
            (x + neck * 1.3, y - height * 0.9),
            (x - neck * 1.3, y - height * 0.9),
        ],
        "#2a231c",
    )
    label = [
        (x - size * 0.4, y - height * 0.46),
        (x + size * 0.4, y - height * 0.46),
        (x + size * 0.4, y - height * 0.14),
        (x - size * 0.4, y - height * 0.14),
    ]
    c.shape(label, "#f3ead2", "#dccfae")
    for n in range(3):
        line_y = y - height * (0.38 - n * 0.08)
        c.line([(x - size * 0.28, line_y), (x + size * (0.28 - 0.1 * n), line_y)], 0.0022, "#5b5140", alpha=0.8)
    c.line([(x - size * 0.36, y - height * 0.6), (x - size * 0.36, y - height * 0.08)], 0.004, "#ffffff", alpha=0.25)
