"""The names of files: our own words and ids, in parts between slashes; never a fan's words, never a way out of a folder."""

from __future__ import annotations

import re

KEY = re.compile(r"[a-z0-9_-]+(/[a-z0-9_.-]+)+")


def check_key(key: str) -> str:
    """Return a key that may be used. Raises `ValueError` for every other: a key is ours, so that is a fault of ours."""
    if not KEY.fullmatch(key) or ".." in key:
        raise ValueError(f"{key!r} is not a blob key")
    return key
