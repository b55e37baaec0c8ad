"""Which entries of the persona's lorebook bear on this turn."""

from __future__ import annotations

from math import ceil

from agents.state import Thinking
from agents.tokens import weigh
from personas.lore import Said, activate


def find_lore(thinking: Thinking) -> tuple[str, ...]:
    """Return the entries that are told now, in the order of the prompt; their own budget is the lorebook's.

    How many messages the persona has sent in all is only known of the window; before it, every second is taken for its own.
    """
    turn, book = thinking.turn, thinking.persona.lorebook
    if book is None or not book.entries:
        return ()
    said = [Said(message.author != "fan", message.text) for message in (*turn.window, *turn.burst) if message.text]
    sent = turn.before // 2 + sum(message.by_persona for message in said)
    told = activate(
        book,
        said,
        turn=sent,
        count_tokens=lambda text: ceil(weigh(text)),
        char=thinking.persona.name,
        fan=turn.fan.display_name or "the fan",
    )
    return tuple(one.text for one in told)
