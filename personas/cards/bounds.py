"""How large and how deep a card may be. Beyond a bound it is refused, in one sentence that says the bound."""

from __future__ import annotations

MIB = 1 << 20

MOST_FILE_BYTES = 64 * MIB
"""Of a card's file, whatever kind."""
MOST_JSON_BYTES = 16 * MIB
"""Of the JSON in it."""
MOST_DEPTH = 64
"""Of objects and lists in one another."""
MOST_VALUES = 2_000_000
"""Of texts, numbers, objects and lists in one document."""
MOST_DIGITS = 1000
"""Of one number."""

MOST_CHUNKS = 20_000
"""Of a PNG."""
LONGEST_SIDE = 8192
"""Pixels of a PNG's width or height."""
MOST_PIXELS = 40_000_000
"""Of a PNG."""

MOST_FILES = 2000
"""In a CHARX."""
MOST_UNPACKED_BYTES = 256 * MIB
"""Of all files of a CHARX together."""
MOST_RATIO = 200
"""Unpacked to packed bytes of one file in a CHARX, where it is larger than `RATIO_FREE_BYTES`."""
RATIO_FREE_BYTES = MIB
LONGEST_PATH = 240
"""Characters of a path in a CHARX."""

MOST_ENTRIES = 2000
"""Of a lorebook."""
MOST_KEYS = 100
"""Of one lorebook entry; of keys and second keys each."""
LONGEST_CONTENT = 20_000
"""Characters of one lorebook entry."""
LONGEST_DATA_URI = 8 * MIB
"""Characters of an asset that stands in the card's JSON itself."""
MOST_ASSETS = 2000

LONGEST_NAME = 60
LONGEST_TEXT = 2000
"""Characters of one text of a persona (`traits.Text`); longer ones are cut into several, where there may be several."""
MOST_FACTS = 200
MOST_RULES = 60
MOST_DIALOGUES = 100
LINES_PER_DIALOGUE = 40
