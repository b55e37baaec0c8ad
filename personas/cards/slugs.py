"""Short names: made from a card's name, and never one that is taken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 40
FALLBACK = "persona"

_STRANGE = re.compile(r"[^a-z0-9]+")


def slug_of(name: str) -> str:
    """Return a short name for a name: plain letters, digits and hyphens, beginning with a letter."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss")).encode("ascii", "ignore").decode()
    slug = _STRANGE.sub("-", plain).strip("-").lstrip("0123456789-")[:LONGEST].rstrip("-")
    return slug if len(slug) > 1 else FALLBACK


def candidates(slug: str) -> Iterator[str]:
    """Yield a short name and those that come after it: luna, luna-2, luna-3."""
    yield slug
    number = 2
    while True:
        ending = f"-{number}"
        yield slug[: LONGEST - len(ending)].rstrip("-") + ending
        number += 1
