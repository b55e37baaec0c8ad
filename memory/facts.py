"""How a staged fact becomes true: said again it is reinforced, contradicted it supersedes, and nothing is ever erased."""

from __future__ import annotations

import re
from uuid import UUID

from core.turns import RememberFact
from memory.guards import is_storable
from storage.corrections import is_outranked
from storage.effects import EffectContext
from storage.facts import Whose, add_fact, find_alike, lock_fan, reinforce, supersede
from storage.unit import Unit

OPPOSITES = {"like": "dislike", "dislike": "like"}
"""Kinds of which only one can hold for a subject; the newer word wins."""

LONGEST = 300

_DENIED = re.compile(r"The fan is not called (.+)\.")
_CALLED = re.compile(r"The fan has an? (.+?) called (.+)\.")


async def apply_remember_fact(unit: Unit, context: EffectContext, effect: RememberFact) -> None:
    """Make `RememberFact` true. What must not be stored is left out in silence: no reply depends on it."""
    if not effect.text.strip() or len(effect.text) > LONGEST or not is_storable(effect.text):
        return
    whose = Whose(context.conversation.fan_id, context.conversation.influencer_id)
    await lock_fan(unit, whose.fan_id)
    kinds = [effect.kind] + ([OPPOSITES[effect.kind]] if effect.kind in OPPOSITES else [])
    if await is_outranked(unit, whose, kinds, effect.subject, effect.source_message_ids):
        return  # an operator has set it right since it was said
    if denied := _DENIED.fullmatch(effect.text):
        return await _deny(unit, whose, effect, denied[1])
    if twin := await _find_twin(unit, whose, effect):
        return await reinforce(unit, twin, effect)
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


async def _deny(unit: Unit, whose: Whose, effect: RememberFact, name: str) -> None:
    """End what calls the fan by a name that they deny; where nothing does, there is nothing to keep."""
    known = await find_alike(unit, whose, ["name", "address"], effect.subject)
    wrong = [fact for fact in known if _words(name) <= _words(fact.text) and not _DENIED.fullmatch(fact.text)]
    if wrong:
        await add_fact(unit, whose, effect)
    for old in wrong:
        await supersede(unit, old.id, effect.fact_id)


async def _find_twin(unit: Unit, whose: Whose, effect: RememberFact) -> UUID | None:
    """Return the fact of the same name under the other subject: a further dog lies under "dog bo", the first under "dog"."""
    if not (called := _CALLED.fullmatch(effect.text)):
        return None
    first, further = called[1].casefold(), f"{called[1]} {called[2]}".casefold()
    other = {first: further, further: first}.get(effect.subject)
    known = await find_alike(unit, whose, [effect.kind], other) if other else []
    return next((fact.id for fact in known if says_no_more(effect.text, fact.text)), None)


def says_no_more(new: str, known: str) -> bool:
    """Whether a new text adds nothing to a known one: "The fan has a dog." beside "The fan has a dog called Rex."."""
    return _words(new) <= _words(known)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
