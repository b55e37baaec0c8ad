"""How a staged fact becomes true: said again it is reinforced, contradicted it supersedes, and nothing is ever erased.

What counts is when it was said, by the platform's clock: a word that comes late never ends a newer one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from core.turns import RememberFact
from memory.guards import is_storable, is_wish
from storage.corrections import is_outranked
from storage.effects import EffectContext
from storage.facts import Alike, Whose, add_fact, find_alike, find_said, lock_fan, reinforce, supersede
from storage.unit import Unit

OPPOSITES = {"like": "dislike", "dislike": "like"}
"""Kinds of which only one can hold for a subject; the newer word wins."""

ENDED_WITH = {"name": ("name", "address"), "like": ("like", "favourite"), "dislike": ("dislike",)}
"""Kinds that a word against one of them ends as well."""

LONGEST = 300

_CALLED = re.compile(r"The fan has an? (.+?) called (.+)\.")
_SILENT = frozenset(("the", "fan", "s", "a", "an", "called", "named", "name", "is", "has"))


class _Place(Struct, frozen=True):
    """Where a fact is written: whose it is and when it was said."""

    whose: Whose
    said_at: datetime


async def apply_remember_fact(unit: Unit, context: EffectContext, effect: RememberFact) -> None:
    """Make `RememberFact` true. What must not be stored is left out in silence: no reply depends on it."""
    await write_fact(unit, Whose(context.conversation.fan_id, context.conversation.influencer_id), effect)


async def write_fact(unit: Unit, whose: Whose, effect: RememberFact) -> None:
    """Write what was learned of a fan, whoever found it: the one way into the facts."""
    if not effect.text.strip() or len(effect.text) > LONGEST or not is_storable(effect.text):
        return
    if effect.standing and not is_wish(effect.text):
        return
    await lock_fan(unit, whose.fan_id)
    said = await find_said(unit, whose, effect)
    if said.retracted:  # a person knows better than whoever reads the same message again
        return
    place = _Place(whose, said.said_at)
    kinds = [effect.kind] + ([OPPOSITES[effect.kind]] if effect.kind in OPPOSITES else [])
    if await is_outranked(unit, whose, kinds, effect.subject, effect.source_message_ids):
        return  # an operator has set it right since it was said
    if effect.ends:
        return await _end(unit, place, effect)
    known = await find_alike(unit, whose, kinds, effect.subject)
    twin = await _find_twin(unit, whose, effect) or _find_again(known, effect)
    if twin is None:
        return await _add(unit, place, effect, known)
    await reinforce(unit, twin.id, effect)
    for old in known:  # what it contradicts, and was said before
        if old.kind != effect.kind and old.valid_from <= place.said_at:
            await supersede(unit, old.id, twin.id)


async def _add(unit: Unit, place: _Place, effect: RememberFact, known: Sequence[Alike]) -> None:
    """Add a fact and end those it contradicts; one that was contradicted before it came is history at once."""
    await add_fact(unit, place.whose, effect, place.said_at)
    newer = [old for old in known if old.valid_from > place.said_at]
    for old in known:
        if old.id != effect.fact_id and old not in newer:
            await supersede(unit, old.id, effect.fact_id)
    if newer:
        await supersede(unit, effect.fact_id, newer[-1].id)


async def _end(unit: Unit, place: _Place, effect: RememberFact) -> None:
    """End what the fan takes back; where nothing of it is known, there is nothing to keep."""
    kinds = ENDED_WITH.get(effect.kind, (effect.kind,))
    known = await find_alike(unit, place.whose, kinds, effect.subject, further=True)
    wrong = [old for old in known if _words(effect.ends) <= _words(old.text) and not _is_same(effect, old)]
    wrong = [old for old in wrong if old.valid_from <= place.said_at]
    if wrong:
        await add_fact(unit, place.whose, effect, place.said_at)
    for old in wrong:
        await supersede(unit, old.id, effect.fact_id)


async def _find_twin(unit: Unit, whose: Whose, effect: RememberFact) -> Alike | None:
    """Return the fact of the same name under the other subject: a further dog lies under "dog bo", the first under "dog"."""
    if not (called := _CALLED.fullmatch(effect.text)):
        return None
    first, further = called[1].casefold(), f"{called[1]} {called[2]}".casefold()
    other = {first: further, further: first}.get(effect.subject)
    known = await find_alike(unit, whose, [effect.kind], other) if other else []
    return _find_again(known, effect)


def _find_again(known: Sequence[Alike], effect: RememberFact) -> Alike | None:
    return next((fact for fact in known if fact.kind == effect.kind and says_no_more(effect.text, fact.text)), None)


def _is_same(effect: RememberFact, known: Alike) -> bool:
    return effect.text == known.text


def says_no_more(new: str, known: str) -> bool:
    """Whether a new text adds nothing to a known one: "The fan has a dog." beside "The fan has a dog called Rex."."""
    return _words(new) - _SILENT <= _words(known) - _SILENT and _is_negative(new) == _is_negative(known)


def _is_negative(text: str) -> bool:
    return bool(_words(text) & {"no", "not", "never", "longer"})


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
