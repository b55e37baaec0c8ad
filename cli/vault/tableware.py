"""What stands on a table: bowls, mugs, plates, glasses, bread. x is the middle, y the ground it stands on, s its size."""

from __future__ import annotations

import numpy as np

from cli.vault.canvas import Canvas, Colour, mix
from cli.vault.things import shadow, vapour


def bowl(
    c: Canvas,
    x: float,
    y: float,
    s: float,
    colour: Colour,
    *,
    speckle: Colour | None = None,
    inside: Colour | None = None,
    steam: bool = False,
) -> None:
    """A wide bowl on a small foot; `speckle` dots its glaze."""
    shadow(c, x, y, s)
    c.shape(
        [(x - 0.2 * s, y - 0.06 * s), (x + 0.2 * s, y - 0.06 * s), (x + 0.17 * s, y), (x - 0.17 * s, y)],
        mix(colour, "#2a1c14", 0.45),
    )
    turns = np.linspace(0, np.pi, 40)
    body = [(x + 0.5 * s * float(np.cos(t)), y - 0.44 * s + 0.40 * s * float(np.sin(t)) ** 0.8) for t in turns]
    c.shape(body, mix(colour, "#ffffff", 0.12), mix(colour, "#000000", 0.35), rounded=0.9)
    if speckle:
        for _ in range(60):
            dx, dy = float(c.random.uniform(-0.42, 0.42)), float(c.random.uniform(0.02, 0.34))
            if (dx / 0.48) ** 2 + (dy / 0.38) ** 2 < 0.9:
                size = float(c.random.uniform(0.003, 0.010)) * s
                c.oval(x + dx * s, y - 0.44 * s + dy * s, size, size, speckle, alpha=float(c.random.uniform(0.4, 1)))
    c.oval(x, y - 0.44 * s, 0.5 * s, 0.10 * s, mix(colour, "#ffffff", 0.35))
    c.oval(x, y - 0.435 * s, 0.47 * s, 0.083 * s, inside or mix(colour, "#000000", 0.3), mix(inside or colour, "#ffffff", 0.1))
    if steam:
        vapour(c, x, y - 0.5 * s, s * 0.7)


def mug(c: Canvas, x: float, y: float, s: float, colour: Colour, *, speckle: Colour | None = None, steam: bool = True) -> None:
    """A straight mug with a handle."""
    shadow(c, x, y, s * 0.7)
    ring = [
        (x + 0.30 * s + 0.17 * s * float(np.cos(t)), y - 0.32 * s + 0.19 * s * float(np.sin(t)))
        for t in np.linspace(-1.7, 1.7, 24)
    ]
    c.line(ring, 0.06 * s, mix(colour, "#000000", 0.25))
    c.shape(
        [(x - 0.3 * s, y - 0.62 * s), (x + 0.3 * s, y - 0.62 * s), (x + 0.27 * s, y), (x - 0.27 * s, y)],
        mix(colour, "#ffffff", 0.1),
        mix(colour, "#000000", 0.25),
        rounded=0.9,
    )
    for _ in range(50 if speckle else 0):
        size = float(c.random.uniform(0.004, 0.011)) * s
        c.oval(
            x + float(c.random.uniform(-0.25, 0.25)) * s,
            y - float(c.random.uniform(0.05, 0.55)) * s,
            size,
            size,
            speckle or colour,
            alpha=0.85,
        )
    c.oval(x, y - 0.62 * s, 0.3 * s, 0.075 * s, mix(colour, "#ffffff", 0.3))
    c.oval(x, y - 0.615 * s, 0.27 * s, 0.06 * s, "#2c1a12", "#4a2d1e")
    if steam:
        vapour(c, x, y - 0.66 * s, s * 0.6)


def plate(
    c: Canvas,
    x: float,
    y: float,
    s: float,
    colour: Colour,
    food: Colour,
    pieces: int,
    *,
    sauce: Colour = "#d99a3a",
    round_food: bool = True,
) -> None:
    """A plate seen from above the table's edge, with some pieces of food."""
    c.oval(x + 0.02 * s, y + 0.05 * s, 0.66 * s, 0.3 * s, "#000000", alpha=0.35, soft=0.06 * s)
    c.oval(x, y, 0.62 * s, 0.27 * s, mix(colour, "#ffffff", 0.22), mix(colour, "#000000", 0.2))
    c.oval(x, y + 0.005 * s, 0.47 * s, 0.195 * s, mix(colour, "#000000", 0.12), colour)
    c.oval(x, y + 0.03 * s, 0.34 * s, 0.12 * s, sauce, mix(sauce, "#5a3210", 0.4), alpha=0.85, soft=0.02 * s)
    for n in range(pieces):
        turn = 2 * np.pi * n / pieces + 0.5
        px, py = x + 0.2 * s * float(np.cos(turn)), y - 0.02 * s + 0.075 * s * float(np.sin(turn))
        if round_food:
            c.oval(px, py, 0.13 * s, 0.105 * s, mix(food, "#ffffff", 0.25), mix(food, "#1a1a0a", 0.35), rounded=0.7)
            c.oval(px - 0.03 * s, py - 0.04 * s, 0.035 * s, 0.02 * s, "#fff6d0", alpha=0.5, soft=0.015 * s)
        else:
            c.shape(
                [
                    (px - 0.15 * s, py - 0.03 * s),
                    (px + 0.1 * s, py - 0.08 * s),
                    (px + 0.16 * s, py + 0.03 * s),
                    (px - 0.08 * s, py + 0.08 * s),
                ],
                mix(food, "#ffffff", 0.2),
                mix(food, "#5a2a10", 0.3),
            )
            c.oval(px, py - 0.01 * s, 0.09 * s, 0.03 * s, "#c8402f", "#8f2418")


def jar(c: Canvas, x: float, y: float, s: float, colour: Colour, sticks: tuple[Colour, ...]) -> None:
    """A jar with brushes in it."""
    shadow(c, x, y, s * 0.6)
    for n, stick in enumerate(sticks):
        lean = (n - (len(sticks) - 1) / 2) * 0.13 * s
        tip = (x + lean * 2.1, y - (1.35 + 0.12 * (n % 3)) * s)
        c.line([(x + lean * 0.7, y - 0.5 * s), tip], 0.035 * s, "#b98a55")
        c.shape(
            [(tip[0] - 0.035 * s, tip[1]), (tip[0] + 0.035 * s, tip[1]), (tip[0] + 0.01 * s + lean * 0.12, tip[1] - 0.2 * s)],
            stick,
        )
    c.shape(
        [
            (x - 0.26 * s, y - 0.7 * s),
            (x + 0.26 * s, y - 0.7 * s),
            (x + 0.3 * s, y - 0.5 * s),
            (x + 0.28 * s, y),
            (x - 0.28 * s, y),
            (x - 0.3 * s, y - 0.5 * s),
        ],
        mix(colour, "#ffffff", 0.12),
        mix(colour, "#000000", 0.3),
        rounded=0.9,
    )
    c.oval(x, y - 0.7 * s, 0.26 * s, 0.045 * s, mix(colour, "#000000", 0.45))


def wine_glass(c: Canvas, x: float, y: float, s: float) -> None:
    """A glass of pale wine."""
    c.oval(x, y, 0.17 * s, 0.035 * s, "#e8ecf8", alpha=0.6)
    c.line([(x, y), (x, y - 0.45 * s)], 0.022 * s, "#dfe5f5", alpha=0.7)
    turns = np.linspace(0, np.pi, 30)
    cup = [(x + 0.2 * s * float(np.cos(t)), y - 0.8 * s + 0.36 * s * float(np.sin(t))) for t in turns]
    c.shape(cup, "#dfe6ff", "#b9c4ee", alpha=0.35)
    wine = [(x + 0.178 * s * float(np.cos(t)), y - 0.69 * s + 0.245 * s * float(np.sin(t))) for t in turns]
    c.shape(wine, "#f6e7a0", "#d9b95a", alpha=0.85)
    c.oval(x, y - 0.8 * s, 0.2 * s, 0.03 * s, "#f5f8ff", alpha=0.55)
    c.line([(x - 0.12 * s, y - 0.74 * s), (x - 0.10 * s, y - 0.58 * s)], 0.014 * s, "#ffffff", alpha=0.8)


def thermos(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    """A thermos flask."""
    c.shape(
        [(x - 0.16 * s, y - 0.85 * s), (x + 0.16 * s, y - 0.85 * s), (x + 0.18 * s, y), (x - 0.18 * s, y)],
        mix(colour, "#ffffff", 0.15),
        colour,
        rounded=0.9,
    )
    c.shape(
        [(x - 0.14 * s, y - 1.1 * s), (x + 0.14 * s, y - 1.1 * s), (x + 0.16 * s, y - 0.83 * s), (x - 0.16 * s, y - 0.83 * s)],
        "#dfe4e8",
        "#868f97",
        rounded=0.9,
    )


def loaf(c: Canvas, x: float, y: float, s: float) -> None:
    """A dark loaf with flour on its cuts."""
    shadow(c, x, y, s)
    c.oval(x, y - 0.2 * s, 0.5 * s, 0.24 * s, "#b06b34", "#4a2610", rounded=0.8)
    for n in (-1, 0, 1):
        c.line([(x + n * 0.2 * s - 0.08 * s, y - 0.1 * s), (x + n * 0.2 * s + 0.05 * s, y - 0.36 * s)], 0.045 * s, "#e9c795")
