"""Whom a question is about: what is asked of a brother or a dog is not answered by what the fan told of somebody else."""

from __future__ import annotations

import re
from functools import cache

from memory.guards import is_question
from memory.rulebook import load_rules
from memory.slots.words import words

OF_THE_FAN = frozenset(("name", "address", "age", "birthday", "place", "work", "study", "car", "favourite", "like", "dislike"))
"""Kinds that tell of the fan alone."""

OF_THE_CLOSE = frozenset(("pet", "family"))
"""Kinds whose subject is a relation or an animal, perhaps with a name: "brother", "dog", "dog bo"."""

_SAME = (
    frozenset(["wife", "husband", "girlfriend", "boyfriend", "partner", "fiance", "fiancé", "fiancée", "fiancee", "marriage"]),
    frozenset(["mom", "mum", "mother"]),
    frozenset(["dad", "father"]),
    frozenset(["grandma", "grandmother"]),
    frozenset(["grandpa", "grandfather"]),
)
_CHILDREN = frozenset(["kid", "kids", "child", "children"])
_SIBLINGS = frozenset(["siblings", "twin"])
_WIDER = {
    **dict.fromkeys(("son", "sons"), frozenset(("son", "sons")) | _CHILDREN),
    **dict.fromkeys(("daughter", "daughters"), frozenset(("daughter", "daughters")) | _CHILDREN),
    **dict.fromkeys(_CHILDREN, _CHILDREN | {"son", "sons", "daughter", "daughters"}),
    **dict.fromkeys(("brother", "brothers"), frozenset(("brother", "brothers")) | _SIBLINGS),
    **dict.fromkeys(("sister", "sisters"), frozenset(("sister", "sisters")) | _SIBLINGS),
    **dict.fromkeys(_SIBLINGS, _SIBLINGS | {"brother", "brothers", "sister", "sisters"}),
    **{word: group for group in _SAME for word in group},
}
_OWN = re.compile(r"\bmy (?:own |first )?name\b|\b(?:am|do|did|was) i\b|\bi(?:'m| am| live| work| do)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


def find_asked(text: str) -> frozenset[str]:
    """Return the subjects that the questions of a text are about; empty when any of them is about something else."""
    asked: set[str] = set()
    for sentence in filter(is_question, (found.strip() for found in _SENTENCE.findall(text.replace("’", "'")))):
        about = [] if _OWN.search(sentence) else [word.lower() for pair in _about().findall(sentence) for word in pair if word]
        if not about:
            return frozenset()
        for word in about:
            asked |= _WIDER.get(word, {_pets().get(word, word)})
    return frozenset(asked)


def may_answer(asked: frozenset[str], kind: str, subject: str) -> bool:
    """Whether a fact may answer what is asked of some subjects: it is theirs, or tells of no other and not of the fan alone."""
    if not asked:
        return True
    if kind in OF_THE_CLOSE:
        return any(subject == one or subject.startswith(one + " ") for one in asked)
    return kind not in OF_THE_FAN


@cache
def _pets() -> dict[str, str]:
    (english, *_) = load_rules()
    return english.pets


@cache
def _about() -> re.Pattern[str]:
    """What is somebody's or what they are ("my dog's name", "who is my brother?"), and not what the fan does with them."""
    some = "|".join(re.escape(word) for word in sorted({*_pets(), *words("relations")}, key=len, reverse=True))
    mine = rf"(?<!\w)my (?:\w+ )?({some})"
    return re.compile(
        rf"{mine}(?:'s|s'?(?= (?:name|age|birthday)\b)| (?:name|is|are|was|called|named)\b)"
        rf"|(?:\b(?:is|are|was|does|do|did|has|of)|'s) {mine}(?!\w)",
        re.IGNORECASE,
    )
