"""What an author should know of a look that is well formed all the same: clothes that name a place fit no other one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.nouns import Look

PLACES = (
    *("beach", "roof", "rooftop", "street", "kitchen", "studio", "workshop", "garden", "field", "forest", "mountain", "ridge"),
    *("room", "window", "market", "bar", "cafe", "train", "station", "city", "sea", "lake", "park", "outside", "indoors"),
    *("at night", "by night", "at dusk", "at dawn", "at sunset", "in the morning", "in the rain", "in the snow", "in the sun"),
)
NAMED = re.compile(rf"\b(?:{'|'.join(PLACES)})\b", re.IGNORECASE)


def advise(look: Look) -> Iterator[str]:
    """Yield a sentence for each entry of the wardrobe that names a place, weather or hour."""
    for number, outfit in enumerate(look.wardrobe, 1):
        if named := NAMED.search(outfit):
            yield (
                f'wardrobe: entry {number}, "{outfit}", says where or when ("{named[0]}"): clothes are worn in any picture, so '
                "leave that to the scenes."
            )
