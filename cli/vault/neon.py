"""A neon maker's world: signs on dark walls, tubes on a bench, light in a wet street."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from cli.vault import indoors, tableware
from cli.vault.canvas import Canvas, Colour, Point, mix

PINK, CYAN, AMBER, GREEN, WHITE = "#ff4f9a", "#3fe0ff", "#ffb13d", "#5bffa0", "#fdf3ff"


def tube(c: Canvas, points: Sequence[Point], colour: Colour, thickness: float = 0.014) -> None:
    """Draw a glowing glass tube through points: halo, colour, and the white of the gas within."""
    step = max(1, len(points) // 14)
    for x, y in points[::step]:
        c.glow(x, y, 0.10, colour, 0.10)
        c.glow(x, y, 0.035, colour, 0.16)
    c.line(points, thickness * 1.5, mix(colour, "#000000", 0.1), alpha=0.55)
    c.line(points, thickness, colour)
    c.line(points, thickness * 0.42, mix(colour, WHITE, 0.8))


def wall(c: Canvas, words: str, _time: str) -> None:
    """A brick wall by night with one sign on it: the shape that the words name."""
    _bricks(c)
    draw, colour = next(((draw, colour) for mark, draw, colour in SIGNS if mark in words), (_arrow, PINK))
    draw(c, colour)
    for x in (0.32, 0.68):
        c.line([(x, 0.0), (x + float(c.random.normal(0, 0.01)), 0.22)], 0.006, "#0d0a10")


def bench(c: Canvas, _words: str, _time: str) -> None:
    """Glass tubes on a workbench, one of them lit, and the flame that bends them."""
    indoors.room(c, "#221a2c", "#4a3326", edge=0.82, light="#7a4fff", from_x=0.9)
    for n, colour in enumerate((CYAN, "#b9c4d8", PINK, "#b9c4d8", "#aab4c8")):
        y = 0.90 + n * 0.055
        left, right = 0.10 + 0.02 * n, 0.74 + float(c.random.uniform(-0.08, 0.1))
        if colour in (CYAN, PINK):
            tube(c, [(x, y) for x in np.linspace(left, right, 18).tolist()], colour, 0.012)
        else:
            c.line([(left, y), (right, y)], 0.012, colour, alpha=0.6)
            c.line([(left, y - 0.003), (right, y - 0.003)], 0.003, "#ffffff", alpha=0.6)
    c.shape([(0.80, 0.96), (0.88, 0.96), (0.87, 1.12), (0.81, 1.12)], "#5d6470", "#2b2f38", rounded=0.7)
    c.glow(0.84, 0.86, 0.09, "#4aa8ff", 0.7)
    c.shape([(0.815, 0.96), (0.84, 0.74), (0.865, 0.96)], "#bfe6ff", "#2f7bff", alpha=0.85, soft=0.012)
    tube(c, heart(0.5, 0.42, 0.13), PINK)
    tableware.mug(c, 0.18, 1.16, 0.15, "#2b6f6a")


def street(c: Canvas, _words: str, _time: str) -> None:
    """A wet street at night that holds all the signs once more, upside down."""
    c.wash([(0, "#0b0a1c"), (0.62, "#1c1436"), (0.66, "#0e0b1d"), (1.25, "#07060f")])
    at = -0.04
    while at < 1.0:
        width, top = float(c.random.uniform(0.13, 0.24)), float(c.random.uniform(0.14, 0.36))
        c.shape([(at, top), (at + width, top), (at + width, 0.66), (at, 0.66)], "#171229", "#0f0b1e")
        for _ in range(7):
            x, y = at + float(c.random.uniform(0.02, width - 0.02)), float(c.random.uniform(top + 0.04, 0.56))
            c.shape([(x, y), (x + 0.018, y), (x + 0.018, y + 0.026), (x, y + 0.026)], "#ffca7a", alpha=0.5)
        at += width + 0.005
    places = zip((0.16, 0.40, 0.62, 0.86), (PINK, CYAN, AMBER, GREEN), (0.42, 0.33, 0.46, 0.38), strict=True)
    for x, colour, y in places:
        tube(c, [(x, y - 0.07), (x, y + 0.07)], colour)
        tube(c, [(x - 0.035, y - 0.09), (x + 0.035, y - 0.09)], colour, 0.01)
        for n in range(16):
            low = 0.70 + n * 0.031
            wide = 0.018 + n * 0.0022
            shift = float(c.random.normal(0, 0.006))
            c.oval(x + shift, low, wide, 0.008, colour, alpha=0.5 * (1 - n / 17), soft=0.01)
        c.glow(x, 0.86, 0.16, colour, 0.16)


def _bricks(c: Canvas) -> None:
    c.wash([(0, "#1a1320"), (1.25, "#0f0b14")])
    for row in range(26):
        y = row * 0.049
        for column in range(-1, 10):
            x = column * 0.115 + (row % 2) * 0.057
            shade = mix("#33202c", "#1d1420", float(c.random.uniform(0, 1)))
            c.shape([(x, y), (x + 0.108, y), (x + 0.108, y + 0.043), (x, y + 0.043)], shade, alpha=0.75)


def heart(x: float, y: float, size: float) -> list[Point]:
    """Return the points of a heart around a point."""
    turns = np.linspace(0, 2 * np.pi, 48)
    across = 16 * np.sin(turns) ** 3 / 16
    down = -(13 * np.cos(turns) - 5 * np.cos(2 * turns) - 2 * np.cos(3 * turns) - np.cos(4 * turns)) / 16
    return [(x + size * a, y + size * d) for a, d in zip(across.tolist(), down.tolist(), strict=True)]


def ring(x: float, y: float, size: float) -> list[Point]:
    """Return the points of a circle around a point."""
    return [(x + size * float(np.cos(t)), y + size * float(np.sin(t))) for t in np.linspace(0, 2 * np.pi, 60)]


def _cactus(c: Canvas, colour: Colour) -> None:
    trunk = [(0.44, 0.98), (0.44, 0.42), (0.47, 0.36), (0.53, 0.36), (0.56, 0.42), (0.56, 0.98)]
    left = [(0.44, 0.74), (0.30, 0.74), (0.26, 0.70), (0.26, 0.56), (0.32, 0.56), (0.32, 0.66), (0.44, 0.66)]
    right = [(0.56, 0.66), (0.68, 0.66), (0.70, 0.62), (0.70, 0.48), (0.76, 0.48), (0.76, 0.68), (0.70, 0.74), (0.56, 0.74)]
    for part in (trunk, left, right):
        tube(c, _smooth(part), colour)
    tube(c, [(0.22, 1.0), (0.78, 1.0)], AMBER)
    tube(c, heart(0.5, 0.29, 0.035), PINK, 0.009)


def _moon(c: Canvas, colour: Colour) -> None:
    turns = np.linspace(0.35 * np.pi, 1.65 * np.pi, 40)
    outer = [(0.5 + 0.24 * float(np.cos(t)), 0.58 + 0.24 * float(np.sin(t))) for t in turns]
    inner = [(0.60 + 0.19 * float(np.cos(t)), 0.58 + 0.19 * float(np.sin(t))) for t in turns[::-1]]
    tube(c, [*outer, *inner, outer[0]], colour)
    for x, y in ((0.68, 0.40), (0.76, 0.56), (0.66, 0.72)):
        tube(c, [(x - 0.03, y), (x + 0.03, y)], AMBER, 0.008)
        tube(c, [(x, y - 0.03), (x, y + 0.03)], AMBER, 0.008)


def _cup(c: Canvas, colour: Colour) -> None:
    tube(c, _smooth([(0.28, 0.56), (0.30, 0.80), (0.38, 0.88), (0.56, 0.88), (0.64, 0.80), (0.66, 0.56), (0.28, 0.56)]), colour)
    tube(c, _smooth([(0.66, 0.60), (0.78, 0.62), (0.78, 0.76), (0.64, 0.78)]), colour)
    for n in range(3):
        x = 0.38 + n * 0.09
        wave = [(x + 0.018 * float(np.sin(t * 2.2)), 0.50 - t * 0.055) for t in np.linspace(0, 3, 16)]
        tube(c, wave, PINK, 0.009)


def _bolt(c: Canvas, colour: Colour) -> None:
    tube(c, [(0.56, 0.28), (0.36, 0.66), (0.50, 0.66), (0.42, 1.00), (0.66, 0.56), (0.52, 0.56), (0.56, 0.28)], colour)


def _arrow(c: Canvas, colour: Colour) -> None:
    tube(c, _smooth([(0.24, 0.44), (0.62, 0.40), (0.72, 0.54), (0.62, 0.70), (0.42, 0.74)]), colour)
    tube(c, [(0.52, 0.66), (0.40, 0.745), (0.53, 0.82)], colour)
    for n in range(5):
        c.glow(0.26 + n * 0.1, 0.30, 0.03, AMBER, 0.9)
        c.oval(0.26 + n * 0.1, 0.30, 0.012, 0.012, "#fff2cf")


def _only_heart(c: Canvas, colour: Colour) -> None:
    tube(c, heart(0.5, 0.60, 0.25), colour)
    tube(c, heart(0.5, 0.60, 0.17), AMBER, 0.009)


def _smooth(points: Sequence[Point]) -> list[Point]:
    """Put more points between the given ones, and round the corners a little."""
    dense = [(xa + (xb - xa) * t, ya + (yb - ya) * t) for (xa, ya), (xb, yb) in pairwise(points) for t in (0, 0.25, 0.5, 0.75)]
    dense.append(points[-1])
    middle = [
        ((a[0] + b[0] + d[0]) / 3, (a[1] + b[1] + d[1]) / 3) for a, b, d in zip(dense, dense[1:], dense[2:], strict=False)
    ]
    return [dense[0], *middle, dense[-1]]


SIGNS: tuple[tuple[str, Callable[[Canvas, Colour], None], Colour], ...] = (
    ("cactus", _cactus, GREEN),
    ("moon", _moon, CYAN),
    ("coffee", _cup, CYAN),
    ("lightning", _bolt, AMBER),
    ("heart", _only_heart, PINK),
    ("arrow", _arrow, PINK),
)
"""Signs by the word that asks for them."""
