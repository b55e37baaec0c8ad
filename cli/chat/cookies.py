"""The fan's cookie between two visits, one file per influencer beside the other secrets."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from core.errors import Misconfigured


def cookie_file(secrets: Path, slug: str) -> Path:
    """Return where the cookie for an influencer is kept."""
    return secrets / f"chat-{quote(slug, safe='')}.cookie"


def read_cookie(file: Path) -> str:
    """Return the cookie of the last visit, or nothing."""
    try:
        return file.read_text().strip()
    except OSError:
        return ""


def keep_cookie(file: Path, cookie: str) -> None:
    """Write the cookie, readable by its owner only. Raises `Misconfigured`."""
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
            os.fchmod(opened.fileno(), 0o600)
            opened.write(cookie + "\n")
    except OSError as error:
        raise Misconfigured(f"Cannot keep the chat's cookie in {file} ({error.strerror}).") from None
