"""Identifiers: UUIDv7 (RFC 9562), so that ids sort by the time they were made."""

from __future__ import annotations

from uuid import UUID

from uuid_utils import uuid4
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Make a fresh UUIDv7."""
    return uuid7()


def new_correlation_id() -> str:
    """Make a fresh id for the way of one request through the house; 32 hex digits."""
    return uuid4().hex
