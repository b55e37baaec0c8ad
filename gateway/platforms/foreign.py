"""Foreign JSON: decoded into structs, mended where a sender broke the rules of Unicode, refused in our own words."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from core.errors import BadInput

T = TypeVar("T")

HALVES = re.compile("[\ud800-\udfff]")

Long = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
"""A whole number as databases keep it."""


def decode(raw: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Read JSON as `kind`. Half surrogates become U+FFFD instead of losing the message. Raises `BadInput`."""
    try:
        return _strictly(raw, kind)
    except BadInput:
        mended = _mend(bytes(raw))
        if mended is None:
            raise
        return _strictly(mended, kind)


def clean(text: str) -> str:
    """Replace what no database can keep as text: NUL characters."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}") if "\x00" in text else text


def moment(seconds: int | None) -> datetime | None:
    """Turn Unix seconds into a moment, or None where they name none."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)  # made once: making one takes as long as reading with it


def _strictly(raw: bytes | msgspec.Raw, kind: type[T]) -> T:
    try:
        found: T = _decoder(kind).decode(raw)  # type: ignore[arg-type]  # a type is hashable; only its checker's stub says less
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise BadInput("The body is not readable JSON of the expected form.") from None
    return found


def _mend(raw: bytes) -> bytes | None:
    """Write the JSON anew without half surrogates; None when it has none or is no JSON at all."""
    if b"\\ud" not in raw.lower():
        return None
    try:
        return HALVES.sub("\N{REPLACEMENT CHARACTER}", json.dumps(json.loads(raw), ensure_ascii=False)).encode()
    except (ValueError, RecursionError):
        return None
