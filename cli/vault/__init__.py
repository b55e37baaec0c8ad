"""Draws the sample packs' pictures: quiet landscapes and still lifes, the same for the same words and seed, and of nobody.

| File | What |
|---|---|
| `scenes.py` | from words to a picture |
| `drawn.py` | drawings kept for the next stack |
| `mountains.py` `shores.py` `garden.py` `indoors.py` `neon.py` | the subjects |
| `nature.py` | skies, seas, hills, weather |
| `tableware.py` `animals.py` | bowls and mugs; a cat and a goat |
| `things.py` | a hut, a telescope, and the shadow and steam of any thing |
| `canvas.py` | gradients, glows, clean shapes, and the JPEG |
"""

from cli.vault.canvas import Picture
from cli.vault.drawn import draw_once
from cli.vault.scenes import blur, draw_avatar, draw_scene

__all__ = ["Picture", "blur", "draw_avatar", "draw_once", "draw_scene"]
