"""The page itself and its privacy page, as they lie in `static/`."""

from __future__ import annotations

from pathlib import Path

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import File

from core.errors import Refused, TryLater
from core.nouns import Account
from gateway.doorway import Doorway
from gateway.webchat.visitors import PLATFORM

STATIC = Path(__file__).parent / "static"


@get("/", summary="The chat page")
async def show_page(doorway: NamedDependency[Doorway], account_key: FromPath[str]) -> File:
    """Return the page itself, with 404 where there is nobody; it also opens, and says so, while the database is away."""
    status = 200
    try:
        await doorway.book.find(PLATFORM, account_key)
    except Refused:
        status = 404
    except TryLater:
        pass
    return File(STATIC / "index.html", media_type="text/html", content_disposition_type="inline", status_code=status)


@get("/privacy", sync_to_thread=False, summary="What is stored, in plain words")
def show_privacy(account: NamedDependency[Account]) -> File:
    """Return the privacy page."""
    return File(STATIC / "privacy.html", media_type="text/html", content_disposition_type="inline")
