"""`remember`: keep one thing that the fan has just told, in their own words' sense, if memory lets it pass."""

from __future__ import annotations

from typing import Any

from core.turns import RememberFact
from memory.sifting import IMPORTANCE, LONGEST, Candidate, sift
from tools.context import ToolContext, read_words

MOST = 3
"""Facts that a turn may keep by this tool."""
MADE_BY = "remember"

PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "description": "One English sentence on the fan: The fan's dog is called Bo."},
        "kind": {"type": "string", "enum": sorted(IMPORTANCE), "description": "What kind of thing it is."},
        "subject": {"type": "string", "description": "Whom or what it is about, in one word: fan, dog, sister, job."},
        "quote": {"type": "string", "description": "The fan's own words for it, exactly as they stand in their last messages."},
    },
    "required": ["text", "kind", "subject", "quote"],
    "additionalProperties": False,
}


class Remember:
    """Stages a `RememberFact` through the sieve of the analyst's findings: borne out by a quote, in earnest, allowed."""

    name = "remember"
    sells = False
    description = (
        "Keep something lasting that the fan has just told of themselves: names, pets, places, work, likings, plans, or how"
        " they want to be addressed. Quote their words. Nothing about health, beliefs, sex, addresses, numbers or money is"
        " kept."
    )
    parameters = PARAMETERS

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        """Stage what passes and say so, or say that nothing is kept. Raises `EffectRefused` once the attempt is over."""
        turn = context.turn
        if turn.fan.opted_out_at is not None or turn.fan.minor_signal_at is not None:
            return "Nothing of this fan is kept."
        kept = [effect for effect in context.staging.effects if isinstance(effect, RememberFact)]
        if len(kept) >= MOST:
            return "Enough is kept of this message. Go on talking."
        text, kind, subject, quote = (read_words(arguments, key, LONGEST) for key in ("text", "kind", "subject", "quote"))
        said = [m for m in turn.burst if m.author == "fan" and m.kind in ("text", "media") and m.text.strip()]
        found = sift([Candidate(kind, subject, text, quote, number) for number in range(1, len(said) + 1)], said, MADE_BY)
        if not found:
            return (
                "Not kept: the quote must stand word for word in the fan's last messages and bear the sentence out, and some"
                " things are never kept. Do not say that you noted it."
            )
        if any((known.kind, known.subject, known.text) == (found[0].kind, found[0].subject, found[0].text) for known in kept):
            return "That is kept already."
        context.staging.stage(found[0])
        return "Kept. You need not tell the fan so."
