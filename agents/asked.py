"""Whether the fan asks for something that is sold: then the next offer is an answer, and not a sales pitch."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from agents.more import asks_for_more, in_sight
from agents.reflex.intents import Sight, load_cues
from core.nouns import TurnInput

ASKING = frozenset({"content_request", "price", "discount"})
_YES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|sure|ok|okay|please|go on|gladly|of course|why not|the \w+|that one|ja|gern\w*|klar|bitte|s[ií]"
    r"|claro|vale|por favor|oui|ouais|d'accord|volontiers|bien s[uû]r|certo|volentieri"
    r"|sim|pode|com certeza)\b",
    re.I,
)
_WARE = re.compile(
    r"\b(?:pics?|pictures?|photos?|packs?|sets?|bild\w*|fotos?|paket\w*|im[aá]gen\w*|paquetes?|images?|foto|pacchett\w*|imagens?"
    r"|pacotes?)\b.*\?",
    re.I | re.S,
)


def read_in_context(sights: Sequence[Sight], turn: TurnInput) -> tuple[Sight, ...]:
    """Read "more!" or "noch eins?" after an offer or a purchase as the wish that it is."""
    return tuple(
        replace(sight, intent="content_request")
        if asks_for_more(sight.text) and in_sight(sight.text, turn.window, turn.burst)
        else sight
        for sight in sights
    )


def asks_to_buy(sights: Sequence[Sight], turn: TurnInput) -> bool:
    """Whether the burst asks for content or a price, names a promo's code, or says yes to a question about pictures."""
    if any(sight.intent in ASKING or sight.code for sight in read_in_context(sights, turn)):
        return True
    before = next((m.text for m in reversed(turn.window) if m.author == "agent" and m.kind == "text"), "")
    return bool(_WARE.search(before)) and any(_YES.match(m.text) for m in turn.burst if m.author == "fan")


def asks_for_less(sights: Sequence[Sight]) -> bool:
    """Whether the burst asks to pay less: for a discount, by what it means or by a telling word, or with a code."""
    telling = load_cues().get("discount", ())
    return any(
        sight.intent == "discount" or sight.code or any(cue.search(sight.text.lower()) for cue in telling) for sight in sights
    )
