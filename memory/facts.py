"""How a staged fact becomes true: said again it is reinforced, contradicted it supersedes, and nothing is ever erased."""

from __future__ import annotations

import re

from core.turns import RememberFact
from memory.guards import is_storable
from storage.effects import EffectContext
from storage.facts import Whose, add_fact, find_alike, lock_fan, reinforce, supersede
from storage.unit import Unit

OPPOSITES = {"like": "dislike", "dislike": "like"}
"""Kinds of which only one can hold for a subject; the newer word wins."""

LONGEST = 300


async def apply_remember_fact(unit: Unit, context: EffectContext, effect: RememberFact) -> None:
    """Make `RememberFact` true. What must not be stored is left out in silence: no reply depends on it."""
    if not effect.text.strip() or len(effect.text) > LONGEST or not is_storable(effect.text):
        return
    whose = Whose(context.conversation.fan_id, context.conversation.influencer_id)
    await lock_fan(unit, whose.fan_id)
    kinds = [effect.kind] + ([OPPOSITES[effect.kind]] if effect.kind in OPPOSITES else [])
    known = await find_alike(unit, whose, kinds, effect.subject)
    if again := next((fact for fact in known if fact.kind == effect.kind and says_no_more(effect.text, fact.text)), None):
        await reinforce(unit, again.id, effect)
        known = [fact for fact in known if fact.kind != effect.kind]
        newest = again.id
    else:
        await add_fact(unit, whose, effect)
        newest = effect.fact_id
    for old in known:
        if old.id != newest:
            await supersede(unit, old.id, newest)


def says_no_more(new: str, known: str) -> bool:
    """Whether a new text adds nothing to a known one: "The fan has a dog." beside "The fan has a dog called Rex."."""
    return _words(new) <= _words(known)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
