"""What an examination found."""

from __future__ import annotations

from msgspec import Struct


class Finding(Struct, frozen=True):
    """One line of the report. `state`: good, missing (works without it) or broken (needed). `remedy` is what to type."""

    name: str
    state: str
    says: str
    remedy: str = ""


def good(name: str, says: str) -> Finding:
    """All is well."""
    return Finding(name, "good", says)


def missing(name: str, says: str, remedy: str = "") -> Finding:
    """Something is not there, and Muse works without it."""
    return Finding(name, "missing", says, remedy)


def broken(name: str, says: str, remedy: str = "") -> Finding:
    """Something that is needed is not there."""
    return Finding(name, "broken", says, remedy)
