"""`hand_to_operator`: give the conversation to a person of the team."""

from __future__ import annotations

from typing import Any

from core.turns import HandToOperator
from personas.render import data
from tools.context import ToolContext, read_words

LONGEST_REASON = 200

PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {"reason": {"type": "string", "description": "Why a person is needed, in one sentence for the operator."}},
    "required": ["reason"],
    "additionalProperties": False,
}


class HandOver:
    """Stages a `HandToOperator`: your last words go out, then nobody speaks until a person hands the conversation back."""

    name = "hand_to_operator"
    sells = False
    description = (
        "Give this conversation to a person of the team, when the fan asks for one, or when something is beyond you: trouble"
        " that you cannot solve, a threat, a promise that only people can make. Say why, and tell the fan that a person will"
        " answer."
    )
    parameters = PARAMETERS

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        """Stage it once and say what to tell the fan. Raises `EffectRefused` once the attempt is over."""
        reason = data(read_words(arguments, "reason", LONGEST_REASON), LONGEST_REASON)
        if not any(letter.isalnum() for letter in reason):
            return "Say why a person is needed, in one sentence."
        if any(isinstance(effect, HandToOperator) for effect in context.staging.effects):
            return "A person is called already. Tell the fan so, and say no more."
        context.staging.stage(HandToOperator(f"The agent asks for a person: {reason}"))
        return "A person of the team takes over after your message. Tell the fan so in one kind sentence; promise nothing else."
