"""The page's own JSON, as the gateway's route builds it from a request with a signed cookie."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct


class PageEvent(Struct, frozen=True):
    """One thing the fan did: said `text`, or (on a sandbox account) unlocked the offer of `unlock`.

    `key` is made by the page and stays over repeats; `handle` is the fan's from the cookie, never from the page.
    """

    key: UUID
    handle: Annotated[str, Meta(min_length=1)]
    at: datetime
    text: str | None = None
    unlock: str | None = None
    display_name: str | None = None
    language: str | None = None
