"""Which language a browser wants to read, of those that there are texts for."""

from __future__ import annotations

import re
from collections.abc import Collection

DEFAULT = "en"


def pick_language(accepted: str, there: Collection[str]) -> str:
    """Return the first language that an `Accept-Language` names and there are texts for, by its own weights; else English."""
    weighed: list[tuple[float, str]] = []
    for part in accepted.split(","):
        name, _, rest = part.strip().partition(";")
        found = re.fullmatch(r"\s*q=([0-9.]{1,5})\s*", rest)
        try:
            weight = float(found[1]) if found else 1.0
        except ValueError:
            weight = 0.0
        weighed.append((-weight, name.lower().split("-")[0]))
    return next((name for weight, name in sorted(weighed, key=lambda one: one[0]) if weight < 0 and name in there), DEFAULT)
