"""Which entries of the persona's lorebook bear on this turn: the one place that knows the lorebook's engine."""

from __future__ import annotations

from agents.state import Thinking


def find_lore(thinking: Thinking) -> tuple[str, ...]:
    """Return the entries that are told, weightiest first."""
    lorebook = thinking.persona.lorebook
    if lorebook is None:
        return ()
    return tuple(entry.content for entry in lorebook.entries if entry.constant and entry.enabled)
