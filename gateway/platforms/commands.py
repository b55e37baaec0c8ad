"""Telling a command from talk, the same on every platform that has slash commands."""

from __future__ import annotations

import re

COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@[A-Za-z0-9_]+)?(?:\s+(.*))?", re.DOTALL)


def read_command(text: str) -> str | None:
    """Return the bare command with its argument (`/Help@bot` is `/help`), or None where the text is talk."""
    found = COMMAND.fullmatch(text.strip())
    return f"/{found[1].lower()} {(found[2] or '').strip()}".strip() if found else None
