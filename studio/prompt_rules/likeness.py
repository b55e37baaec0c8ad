"""No real person is painted who did not agree: no celebrity, no ex, no face out of somebody's photo.

No list of names could be whole. So a name is known by how it stands: after "looks like", "as", "the face of"; or as two or more
capitalised words where no place, brand or day is meant. The surer ways are refused, a bare name is held for a person.
"""

from __future__ import annotations

import re

from studio.prompt_rules.rule import Finding, Prompt, PromptRule, load_words, words

WORDS = load_words().likeness

SEEN = "look(?:s|ing)?(?: exactly| just| a bit| a lot| more)? like"
TRIGGER = (
    rf"(?:{SEEN}|look-?alike of|resembl(?:es?|ing)|dressed (?:up )?as|cosplay(?:ing)? (?:as|of)?|impersonat(?:es?|ing)"
    r"|as if you were|(?:in )?the likeness of|(?:with )?the face of|same face as|face swap(?:ped)? with|similar to"
    r"|modell?ed (?:on|after)|based on|a? ?portrait of|picture of|photo of|version of|as|playing"
    r"|aussehen wie|wie|pare[cz]\w+ a|como|ressembl\w+ a|comme|assomigli\w+ a|come|parecid\w+ com)"
)
NAME = r"(?:[A-Z][\w'’.-]+|[A-Z]\.)"
BETWEEN = r"(?:\s+(?:de|la|von|van|di|da|del|bin|al))?\s+"
TRADE = "(?:the (?:actress|actor|singer|model|star|president|queen) )?"
NAMED = re.compile(rf"\b(?i:{TRIGGER})\s+{TRADE}({NAME}(?:{BETWEEN}{NAME})+)")
SURE = re.compile(rf"\b(?i:{SEEN}|resembl\w+|the face of|likeness of|face swap\w* with)\s+({NAME})")
BARE = re.compile(rf"(?:^|(?<=[\s,(\"“'.;:]))({NAME}(?:\s+{NAME})+)")
LOWER = re.compile(
    rf"\b(?:{SEEN}|lookalike of|resembl(?:es?|ing)|the face of|face ?swap(?:ped)? with"
    r"|impersonat\w+)\s+(?!(?:" + "|".join(WORDS.common) + r")\b)([a-z'-]{2,}(?: [a-z'-]{2,})?)"
)
PERSONS = words(*WORDS.persons)
MAYBE = words(*WORDS.maybe)
PLACED = re.compile(
    r"(?:\b(?:in front of|next to|beside|behind|under|in|at|near|on|from|to|around|over|by"
    r"|outside|inside|above|across|towards?|through"
    r"|(?:d|m)?eine[mnrs]?|dem|den|das|des"
    r"|vor(?: dem)?|am|beim|im|devant|davanti a|frente a|en|a|à|au|in der|the|le|la|el|il)\s)$",
    re.IGNORECASE,
)
THINGS = words(*WORDS.things)
STYLE = re.compile(
    r"\b(?:in the )?(?:style|lighting|palette|manner|painting|poster) (?:of|by)\s+$|\b(?:by|after)\s+$", re.IGNORECASE
)
SAYS = "it may show a real person"


def judge(prompt: Prompt, _adult_ok: bool) -> Finding | None:
    """Refuse a person who is named or pointed at; hold a bare name, and a likeness of somebody whose name is not plain."""
    if found := next(prompt.finds((PERSONS,)), None):
        return Finding("refuse", f"{SAYS}: {found[1][0]!r}")
    for match in NAMED.finditer(prompt.text):
        if not _is_thing(match[1]):
            return Finding("refuse", f"{SAYS}: {match[1]!r}")
    for match in SURE.finditer(prompt.text):
        if not _is_thing(match[1]):
            return Finding("hold", f"{SAYS}: {match[1]!r}")
    for match in BARE.finditer(prompt.text):
        before = prompt.text[: match.start(1)]
        if not (_is_thing(match[1]) or PLACED.search(before) or STYLE.search(before) or _is_heading(prompt.text)):
            return Finding("hold", f"{SAYS}: {match[1]!r}")
    if found := next(prompt.finds((MAYBE,)), None):
        return Finding("hold", f"{SAYS}: {found[1][0]!r}")
    unnamed = LOWER.search(prompt.flat)
    return Finding("hold", f"{SAYS}: {unnamed[0]!r}") if unnamed else None


def _is_thing(name: str) -> bool:
    return bool(THINGS.search(name.lower()))


def _is_heading(text: str) -> bool:
    """Tell whether nearly every word begins with a capital: then capitals say nothing."""
    told = re.findall(r"[A-Za-z]{3,}", text)
    return len(told) > 4 and sum(word[0].isupper() for word in told) > 0.7 * len(told)


RULE = PromptRule(
    name="likeness",
    judge=judge,
    good=(
        "you at the Golden Gate Bridge",
        "portrait in New York, Central Park behind you",
        "shot on Kodak Portra 400, Canon EOS R5",
        "look like a mermaid",
        "dressed as a pirate",
        "you look like summer",
        "a picture of you at Lake Como",
        "in the style of Wes Anderson",
        "Merry Christmas card with a red scarf",
        "as Mrs Claus by the tree",
        "same pose as last time please",
        "wearing my favourite colour",
    ),
    bad=(
        "as Jane Exampleton",
        "make her look like Mary Sampleton",
        "you look like taylor sampleton",
        "with the face of my ex",
        "Jane Exampleton on a beach",
        "like my boss",
        "a famous actress in a red dress",
        "deepfake of a singer",
        "use this photo of her",
        "a woman i know from work",
        "wie meine Nachbarin",
        "como mi ex",
        "dressed up as the singer Maria Beispiel",
    ),
)
