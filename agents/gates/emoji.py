"""Keep to the persona's emoji: which, how many, and how often."""

from __future__ import annotations

import math
import re

from agents.gates.gate import Breach, Draft, Example, Gate

NAME = "emoji"
RECENT = 8
"""Own messages back in which emoji are counted."""

SPARE = 2
"""Messages with emoji beyond the persona's usual share that are let pass."""

_ONE = "[\U0001f1e6-\U0001f1ff]{2}|[\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u2300-\u23ff\u3030\u303d]"
_EMOJI = re.compile(rf"(?:{_ONE})(?:[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|\u200d(?:{_ONE}))*")
_DRESS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_SIGNS = frozenset("→←↑↓↔⇒✓✔★☆•■□▪▫◦❝❞⌘⌥☐☑✗✘")


def find_emoji(text: str) -> list[str]:
    """Return the emoji of a text in their order, without skin tones and variants; arrows and ticks are no emoji."""
    found = (_DRESS.sub("", match[0]) for match in _EMOJI.finditer(text))
    return [emoji for emoji in found if emoji not in _SIGNS]


def judge(draft: Draft) -> Breach | None:
    """Find too many emoji, strange ones, or emoji in nearly every message of one who rarely writes any."""
    found = find_emoji(draft.text)
    if not found:
        return None
    voice, name = draft.persona.voice, draft.persona.name
    own = [emoji for text in voice.emoji for emoji in find_emoji(text)]
    allowed = f"at most {voice.most_emoji}, only of {' '.join(voice.emoji)}" if own and voice.most_emoji else "none at all"
    if len(found) > voice.most_emoji:
        cause, weight = (
            f"The reply has {len(found)} emoji; {name} writes {allowed}.",
            1.0 + 0.1 * (len(found) - voice.most_emoji),
        )
    elif strange := [emoji for emoji in found if emoji not in own]:
        cause, weight = f"The reply has an emoji that {name} does not use ({' '.join(strange[:3])}).", 0.8
    elif _too_often(draft):
        cause, weight, allowed = f"{name} rarely writes emoji, and did so often lately.", 0.5, "none this time"
    else:
        return None
    return Breach(gate=NAME, cause=cause, advice=f"Emoji: {allowed}.", weight=weight)


def _too_often(draft: Draft) -> bool:
    recent = draft.said[-RECENT:]
    worn = sum(1 for text in recent if find_emoji(text))
    return len(recent) == RECENT and worn > math.ceil(draft.persona.voice.emoji_rate * RECENT) + SPARE


GATE = Gate(
    name=NAME,
    hard=False,
    judge=judge,
    good=(
        Example("No emoji at all."),
        Example("A good page 📚"),
        Example("Green and quiet 🌿📚"),
        Example("From here → there ✓"),
        Example("One now 📚", said=("plain",) * 8),
    ),
    bad=(
        Example("So many 📚📚📚"),
        Example("Hot day 🔥"),
        Example("Flag 🇵🇹"),
        Example("Hands 👍🏽"),
        Example("And again 📚", said=("one 📚",) * 8),
    ),
)
