"""Health for a person's eyes: the same that `/health` says as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Protocol

from gateway.paper import lay_out
from storage.sweep import Backlog

WORDS = {
    "ok": "All is well.",
    "degraded": "Messages are taken in, and some wait. Nothing is lost.",
    "down": "Nothing can be taken in. Platforms and pages will try again.",
}
NAMES = {
    "redis": "Redis (Valkey)",
    "workers": "Worker",
    "media": "Media worker",
    "listener": "Listener",
    "events": "Incoming events",
}


class SeenPart(Protocol):
    """How one part is."""

    @property
    def state(self) -> str:
        """One of ok, warming, down."""
        ...

    @property
    def ms(self) -> float:
        """Its answer time in milliseconds."""
        ...

    @property
    def detail(self) -> str:
        """A plain word."""
        ...


def draw_health(state: str, parts: Mapping[str, SeenPart], waiting: Backlog | None) -> bytes:
    """Return the page."""
    rows = "".join(
        f"<tr><td>{escape(NAMES.get(name, name.capitalize()))}<td>{_mark(part.state)}"
        f"<td class=soft>{escape(part.detail)}<td class='soft number'>{part.ms:.1f} ms"
        for name, part in parts.items()
    )
    body = f"<h1>Muse</h1><p>{_mark(state)} {WORDS[state]}</p><h2>Parts</h2><div class=card><table>{rows}</table></div>"
    if waiting is not None:
        body += (
            "<h2>What waits</h2><div class=card><table>"
            f"<tr><td>Turns that are due<td class=number>{waiting.due_turns}"
            f"<tr><td>The oldest of them<td class=number>{waiting.oldest_s:.1f} s"
            f"<tr><td>Messages that are leaving<td class=number>{waiting.open_deliveries}</table></div>"
        )
    return lay_out(
        "Muse: health", body + "<p class=soft>Figures: <a href=/metrics>/metrics</a> · <a href=/api/docs>API</a></p>"
    )


def _mark(state: str) -> str:
    return f"<span class='state {escape(state)}'>{escape(state)}</span>"
