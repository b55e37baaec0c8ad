"""What others wrote, shown on a terminal: it may not move the cursor, change colours or turn the line around."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime

from rich.console import Console

# C0 but newline and tab, DEL, C1, and the marks that reorder a line
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PIPE_WIDTH = 160


def tame(text: str) -> str:
    """Replace every character that would steer a terminal."""
    return STEERING.sub("�", text.replace("\r\n", "\n"))


def open_console() -> Console:
    """Return a console on standard output; into a pipe it writes wide lines without colours."""
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)


def tell_age(moment: datetime) -> str:
    """Say how long ago something was, in one word."""
    seconds = max(0, int((datetime.now(UTC) - moment).total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def tell_time(moment: datetime) -> str:
    """Write a moment in the reader's own time zone, with the date when it was not today."""
    local, now = moment.astimezone(), datetime.now().astimezone()
    return f"{local:%H:%M:%S}" if local.date() == now.date() else f"{local:%d %b %H:%M}"
