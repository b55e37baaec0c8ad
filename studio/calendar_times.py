"""Local times on the calendar, and the instants that they mean: six in the evening stays that when the clocks change.

A time that a change of clocks leaves out is as much later; of one that comes twice, the first is meant.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import BadInput


def read_zone(name: str) -> ZoneInfo:
    """Return a time zone such as Europe/Lisbon. Raises `BadInput`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"There is no time zone {name!r}; give one such as Europe/Lisbon.") from None


def read_local(text: str) -> datetime:
    """Read a local time such as `2026-05-03 18:00`. Raises `BadInput`, also for one that carries a zone of its own."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"{text!r} is no date and time; write it as 2026-05-03 18:00.") from None
    if len(text.strip()) <= len("2026-05-03"):  # a day is no time: midnight is seldom meant
        raise BadInput(f"{text!r} is a day without its time; write it as 2026-05-03 18:00.")
    if found.tzinfo is not None:
        raise BadInput("Give the local time without an offset; its zone is named apart.")
    return found.replace(second=0, microsecond=0)


def instant_of(local: datetime, zone: str) -> datetime:
    """Return the instant that a local time means in a zone, in UTC. Raises `BadInput`."""
    try:
        return local.replace(tzinfo=read_zone(zone), fold=0).astimezone(UTC)
    except OverflowError:
        raise BadInput("That time lies beyond every calendar.") from None


def local_of(instant: datetime, zone: str) -> datetime:
    """Return what the clocks of a zone show at an instant, to the minute. Raises `BadInput`."""
    return instant.astimezone(read_zone(zone)).replace(tzinfo=None, second=0, microsecond=0, fold=0)
