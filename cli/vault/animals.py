"""A cat and a goat. x is the middle, y the ground it lies or stands on, s its size."""

from __future__ import annotations

import numpy as np

from cli.vault.canvas import Canvas, Colour, mix
from cli.vault.things import shadow


def cat(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    """A sleeping cat, curled up."""
    shadow(c, x, y, s * 1.1)
    c.oval(x, y - 0.24 * s, 0.56 * s, 0.26 * s, mix(colour, "#ffffff", 0.22), mix(colour, "#000000", 0.25), rounded=0.5)
    tail = [(x + 0.5 * s * float(np.cos(t)), y - 0.10 * s + 0.1 * s * float(np.sin(t))) for t in np.linspace(0.1, 2.6, 20)]
    c.line(tail, 0.11 * s, mix(colour, "#000000", 0.12))
    hx, hy = x - 0.40 * s, y - 0.20 * s
    for side in (-1, 1):
        c.shape(
            [
                (hx + side * 0.04 * s, hy - 0.14 * s),
                (hx + side * 0.19 * s, hy - 0.08 * s),
                (hx + side * 0.16 * s, hy - 0.27 * s),
            ],
            mix(colour, "#000000", 0.1),
        )
    c.oval(hx, hy, 0.21 * s, 0.17 * s, mix(colour, "#ffffff", 0.3), colour, rounded=0.4)
    for side in (-1, 1):
        eye = [
            (hx + side * 0.085 * s + 0.045 * s * float(np.cos(t)), hy + 0.0 * s + 0.022 * s * float(np.sin(t)))
            for t in np.linspace(0, np.pi, 10)
        ]
        c.line(eye, 0.012 * s, "#2b2b33")
    c.shape([(hx - 0.022 * s, hy + 0.05 * s), (hx + 0.022 * s, hy + 0.05 * s), (hx, hy + 0.075 * s)], "#b87878")


def goat(c: Canvas, x: float, y: float, s: float) -> None:
    """A white goat, standing and looking at us sideways."""
    shadow(c, x, y, s * 0.8)
    for dx in (-0.28, -0.17, 0.17, 0.27):
        c.line([(x + dx * s, y - 0.4 * s), (x + dx * s, y - 0.02 * s)], 0.055 * s, "#d9d3c6")
        c.line([(x + dx * s, y - 0.05 * s), (x + dx * s, y)], 0.06 * s, "#3a332c")
    c.oval(x, y - 0.47 * s, 0.38 * s, 0.19 * s, "#fbf7ee", "#c4baa8", rounded=0.5)
    c.shape(
        [(x + 0.2 * s, y - 0.58 * s), (x + 0.40 * s, y - 0.86 * s), (x + 0.50 * s, y - 0.74 * s), (x + 0.36 * s, y - 0.42 * s)],
        "#f6f1e6",
        "#d2c8b6",
    )
    c.oval(x + 0.47 * s, y - 0.82 * s, 0.12 * s, 0.085 * s, "#fbf7ee", "#d9d0c0")
    c.shape(
        [(x + 0.5 * s, y - 0.86 * s), (x + 0.66 * s, y - 0.78 * s), (x + 0.63 * s, y - 0.72 * s), (x + 0.48 * s, y - 0.75 * s)],
        "#efe8da",
    )
    c.shape([(x + 0.55 * s, y - 0.73 * s), (x + 0.60 * s, y - 0.73 * s), (x + 0.565 * s, y - 0.60 * s)], "#d8cfbe")
    for shift in (0.0, 0.05):
        horn = [
            (x + (0.41 + shift) * s - 0.13 * s * t, y - 0.88 * s - 0.20 * s * float(np.sin(t * 1.9)))
            for t in np.linspace(0, 1, 12)
        ]
        c.line(horn, 0.032 * s, "#6d5c4a")
    c.oval(x + 0.50 * s, y - 0.83 * s, 0.014 * s, 0.014 * s, "#1d1a18")
    c.line([(x - 0.36 * s, y - 0.55 * s), (x - 0.42 * s, y - 0.64 * s)], 0.05 * s, "#f4eee2")
