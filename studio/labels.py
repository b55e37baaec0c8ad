"""The visible label of a picture made by AI: a small dark plate in the lower right corner, readable on anything."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

SHARE, LEAST = 0.028, 11
"""Height of the letters: a share of the shorter side, at least so many pixels."""


def draw_label(picture: Image.Image, words: str) -> Image.Image:
    """Return a copy with the words on it; sizes follow the picture, and a picture too small for them gets smaller ones."""
    labelled = picture.copy()
    size = max(LEAST, round(min(picture.size) * SHARE))
    ink = ImageDraw.Draw(labelled, "RGBA")
    while True:
        font = ImageFont.load_default(size)
        left, top, right, bottom = ink.textbbox((0, 0), words, font=font)
        pad = max(2, size // 2)
        width, height = int(right - left) + 2 * pad, int(bottom - top) + 2 * pad
        if width <= picture.width - pad or size <= 4:
            break
        size -= 1
    at = picture.width - width - pad // 2, picture.height - height - pad // 2
    ink.rounded_rectangle((*at, at[0] + width, at[1] + height), pad, fill=(0, 0, 0, 168))
    ink.text((at[0] + pad - left, at[1] + pad - top), words, font=font, fill=(255, 255, 255, 255))
    return labelled
