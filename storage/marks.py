"""Keyed hashes of what must be known again and not be readable: who was forgotten, and codes that prove a link.

The key lies in `secrets/forget.key` and is never rotated: with another one nobody who was forgotten would be known again.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from core.inbound import AnyInbound, InboundConnection, InboundOther
from core.nouns import Account
from storage.seal import read_key

LENGTH = 16  # bytes kept of a mark
REMEMBERED = 8192


class Marks:
    """Makes marks: HMAC-SHA-256 over what is meant, inside one agency, cut to 16 bytes."""

    def __init__(self, key: bytes) -> None:
        """Hash with a 32-byte key."""
        self._key = key
        self._make = lru_cache(maxsize=REMEMBERED)(self._compute)  # who writes writes again

    def of_identity(self, agency_id: UUID, platform: str, handle: str) -> bytes:
        """Return the mark of a handle on a platform."""
        return self._make(agency_id, "identity", platform, handle)

    def of_chat(self, agency_id: UUID, account_id: UUID, chat: str) -> bytes:
        """Return the mark of an account's chat, by the platform's id of it."""
        return self._make(agency_id, "chat", account_id.hex, chat)

    def of_event(self, agency_id: UUID, account_id: UUID, event_key: str) -> bytes:
        """Return the mark of one event."""
        return self._make(agency_id, "event", account_id.hex, event_key)

    def of_code(self, agency_id: UUID, code: str) -> bytes:
        """Return the mark of a link code."""
        return self._make(agency_id, "code", code)

    def of_arrival(self, account: Account, event: AnyInbound) -> bytes:
        """Return the mark of whom an event is of: its sender, else its chat, else itself."""
        agency = account.agency_id
        if isinstance(event, InboundOther | InboundConnection):
            return self.of_event(agency, account.id, event.event_key)
        sender = getattr(event, "sender", None)
        if sender is not None:
            return self.of_identity(agency, account.platform, sender.handle)
        return self.of_chat(agency, account.id, str(getattr(event, "conversation_key", "")))

    def _compute(self, agency_id: UUID, *what: str) -> bytes:
        said = b"\0".join((agency_id.bytes, *(part.encode() for part in what)))
        return hmac.digest(self._key, said, hashlib.sha256)[:LENGTH]


def read_marks(path: Path) -> Marks:
    """Read the key. Raises `Misconfigured`."""
    return Marks(read_key(path))
