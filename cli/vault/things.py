"""A hut and a telescope, and the shadow and steam of any thing. x is the middle, y the ground it stands on, s its size."""

from __future__ import annotations

import numpy as np

from cli.vault.canvas import Canvas, Colour, Point


def shadow(c: Canvas, x: float, y: float, s: float) -> None:
    """Ground a thing."""
    c.oval(x + 0.04 * s, y, 0.62 * s, 0.09 * s, "#000000", alpha=0.34, soft=0.05 * s)


def vapour(c: Canvas, x: float, y: float, s: float, colour: Colour = "#ffffff", alpha: float = 0.13) -> None:
    """Steam or smoke that rises."""
    for strand in (-0.16, 0.02, 0.18):
        for step in range(26):
            t = step / 25
            sway = 0.07 * s * float(np.sin(t * 5 + strand * 20)) * t
            c.oval(
                x + strand * s + sway,
                y - t * s * 1.1,
                (0.03 + 0.07 * t) * s,
                0.06 * s,
                colour,
                alpha=alpha * (1 - t),
                soft=0.05 * s,
            )


def hut(c: Canvas, x: float, y: float, s: float, *, lit: bool = True, smoke: bool = False, snow: bool = False) -> None:
    """A mountain hut of wood on a stone base."""
    if smoke:
        vapour(c, x + 0.22 * s, y - 0.80 * s, s * 0.8, "#e8ecf6", 0.16)
    c.shape(
        [(x + 0.16 * s, y - 0.82 * s), (x + 0.27 * s, y - 0.82 * s), (x + 0.27 * s, y - 0.5 * s), (x + 0.16 * s, y - 0.5 * s)],
        "#6b6560",
        "#44403d",
    )
    c.shape(
        [
            (x - 0.45 * s, y - 0.12 * s),
            (x + 0.45 * s, y - 0.12 * s),
            (x + 0.45 * s, y + 0.02 * s),
            (x - 0.45 * s, y + 0.02 * s),
        ],
        "#7d7770",
        "#4b4743",
    )
    c.shape(
        [
            (x - 0.42 * s, y - 0.45 * s),
            (x, y - 0.76 * s),
            (x + 0.42 * s, y - 0.45 * s),
            (x + 0.42 * s, y - 0.1 * s),
            (x - 0.42 * s, y - 0.1 * s),
        ],
        "#7a4f31",
        "#3f2718",
    )
    for n in range(8):
        c.line(
            [(x - 0.42 * s, y - 0.43 * s + n * 0.045 * s), (x + 0.42 * s, y - 0.43 * s + n * 0.045 * s)],
            0.006 * s,
            "#2b1a10",
            alpha=0.5,
        )
    roof: list[Point] = [
        (x - 0.56 * s, y - 0.40 * s),
        (x, y - 0.83 * s),
        (x + 0.56 * s, y - 0.40 * s),
        (x + 0.50 * s, y - 0.36 * s),
        (x, y - 0.74 * s),
        (x - 0.50 * s, y - 0.36 * s),
    ]
    c.shape(roof, "#f2f6fd" if snow else "#4b3b34", "#c9d6ea" if snow else "#2b211d")
    for wx in (-0.24, 0.14):
        if lit:
            c.glow(x + (wx + 0.05) * s, y - 0.27 * s, 0.12 * s, "#ff9d3c", 0.45)
        c.shape(
            [
                (x + wx * s, y - 0.34 * s),
                (x + (wx + 0.12) * s, y - 0.34 * s),
                (x + (wx + 0.12) * s, y - 0.2 * s),
                (x + wx * s, y - 0.2 * s),
            ],
            "#ffd98a" if lit else "#2a3344",
            "#ffb34d" if lit else "#1c2230",
        )
    c.shape(
        [(x - 0.06 * s, y - 0.34 * s), (x + 0.07 * s, y - 0.34 * s), (x + 0.07 * s, y - 0.1 * s), (x - 0.06 * s, y - 0.1 * s)],
        "#2a1910",
    )


def telescope(c: Canvas, x: float, y: float, s: float) -> None:
    """A brass telescope on a tripod."""
    for foot in (-0.3, 0.02, 0.34):
        c.line([(x, y - 0.62 * s), (x + foot * s, y)], 0.035 * s, "#3a2617")
    tube: tuple[Point, Point] = ((x - 0.38 * s, y - 0.42 * s), (x + 0.46 * s, y - 1.02 * s))
    c.line(list(tube), 0.15 * s, "#8a5a1e")
    c.line(
        [(tube[0][0] + 0.01 * s, tube[0][1] - 0.035 * s), (tube[1][0] + 0.01 * s, tube[1][1] - 0.035 * s)], 0.05 * s, "#f0c469"
    )
    c.line([(x + 0.36 * s, y - 0.95 * s), (x + 0.5 * s, y - 1.05 * s)], 0.2 * s, "#5d3b12")
    c.line([(x - 0.5 * s, y - 0.335 * s), (x - 0.4 * s, y - 0.405 * s)], 0.09 * s, "#4a2e0f")
