"""`generate_image`: check that a picture may be made of the persona for this fan, and stage its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from core.errors import BadInput, Misconfigured, Refused
from core.ids import new_id
from core.pictures import PictureWish
from core.platform_policy import STRICTEST, PlatformPolicy
from core.turns import GenerateImage
from studio.categories import guess_category, load_categories
from studio.ordering import PictureDesk
from tools.context import ToolContext, read_words, why_barred

LONGEST_WISH, LONGEST_NAME = 500, 40
SHAPES = ("portrait", "square", "landscape")
INSTEAD = "Say so kindly; if it fits, offer one of your packs with send_pack instead."


def parameters() -> dict[str, Any]:
    """Return the JSON schema of what the model says."""
    return {
        "type": "object",
        "properties": {
            "wish": {"type": "string", "description": "What the fan would like to see you in, in a few words."},
            "shape": {"type": "string", "enum": list(SHAPES), "description": "The picture's shape; portrait unless asked."},
            "category": {"type": "string", "enum": list(load_categories()), "description": "What kind of picture it is."},
        },
        "required": ["wish"],
        "additionalProperties": False,
    }


class GenerateImageTool:
    """Orders one picture a turn. The model says what is wished for; prompt, model, size and cost are the studio's."""

    name = "generate_image"
    description = (
        "Have a new picture of you made for the fan, when they ask for one of their own (a custom picture). It takes a while"
        " and comes later in this chat by itself. For pictures that exist already use send_pack."
    )

    def __init__(self, desk: PictureDesk, policies: Mapping[str, PlatformPolicy] | None = None) -> None:
        """Order at a desk; `policies` say what each platform allows (unknown: nothing that needs allowing)."""
        self._desk = desk
        self._policies = policies or {}
        self.parameters = parameters()

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        """Stage a `GenerateImage`, and answer what may be said of it; or say why no picture is made."""
        turn, desk = context.turn, self._desk
        if refusal := self._why_not(context):
            return refusal
        if full := await desk.why_full(turn):
            return full
        try:
            wish = _read(arguments)
            await desk.check_credits(turn.lease.agency_id, turn.influencer.id)
            adult_ok = self._policies.get(turn.account.platform, STRICTEST).adult_ok
            made = await desk.prepare(turn.influencer, wish, adult_ok=adult_ok, from_fan=True, stays=turn.only_local)
        except BadInput as error:
            return f"No picture is made: {error}"
        except (Refused, Misconfigured):
            return f"No picture can be made now. {INSTEAD}"
        if made.refused:
            return "No picture is made of this wish. Say kindly that you don't do that, and suggest something else."
        context.staging.stage(GenerateImage(new_id(), made.wish, made.cost, made.request, made.adult_ok, made.review))
        return (
            "The picture is being made: it takes a while and comes later in this chat by itself. Say so in your own words."
            " Promise no time, and nothing that was not asked for. Nothing is attached to this message."
        )

    def _why_not(self, context: ToolContext) -> str | None:
        turn = context.turn
        if not self._desk.ready:
            return f"No pictures are made here. {INSTEAD}"
        if any(isinstance(effect, GenerateImage) for effect in context.staging.effects):
            return "One picture is being made already; a second would be too much."
        return why_barred(turn, "no picture is made")


def _read(arguments: dict[str, object]) -> PictureWish:
    text = read_words(arguments, "wish", LONGEST_WISH)
    named, shape = read_words(arguments, "category", LONGEST_NAME), read_words(arguments, "shape", LONGEST_NAME)
    category = named if named in load_categories() else guess_category(text)
    known = shape if shape in SHAPES else load_categories()[category].shape
    return msgspec.convert({"text": text, "category": category, "shape": known}, PictureWish)
