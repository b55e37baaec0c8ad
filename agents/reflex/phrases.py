"""Turning sentences about a fan into sentences to the fan: "I have a dog", "The fan has a dog" → "you have a dog"."""

from __future__ import annotations

import re

LONGEST = 140

_IRREGULAR = {"is": "are", "has": "have", "was": "were", "does": "do", "goes": "go", "isn't": "aren't", "wasn't": "weren't"}
_IRREGULAR |= {"hasn't": "haven't", "doesn't": "don't"}
_UNCHANGED = {"would", "can", "could", "will", "had", "did", "may", "might", "must", "should", "used", "went", "grew", "got"}
_ADVERBS = {"also", "really", "usually", "often", "always", "never", "once", "still", "now", "currently", "recently", "just"}
_OPENERS = re.compile(r"^(?:(?:and|also|btw|by the way|well|so|oh|ok|okay|you know|actually|fun fact)\b[,:]?\s*)+", re.I)
_CLOSERS = re.compile(r"(?:[\s,]+(?:btw|by the way|lol|haha+|you know|xd|too))+$", re.I)
_FIRST_PERSON = [
    (r"\bi'm\b|\bim\b|\bi am\b", "you're"),
    (r"\bi was\b", "you were"),
    (r"\bi've\b", "you've"),
    (r"\bi'd\b", "you'd"),
    (r"\bi'll\b", "you'll"),
    (r"\bmyself\b", "yourself"),
    (r"\bmine\b", "yours"),
    (r"\bmy\b", "your"),
    (r"\bi\b|\bme\b", "you"),
]


def to_you(sentence: str) -> str | None:
    """Turn what the fan says of themselves around; None if it is no short English sentence in the first person."""
    text = _CLOSERS.sub("", _OPENERS.sub("", sentence.strip()).rstrip(" .!?…,;~)"))
    if len(text) > LONGEST or "?" in sentence:
        return None
    if text.lower().startswith("call me "):
        return f"you go by {text[8:]}"
    if not re.search(r"\b(i|i'm|im|my)\b", text, re.I):
        return None
    for pattern, replacement in _FIRST_PERSON:
        text = re.sub(pattern, replacement, text, flags=re.I)
    return text[0].lower() + text[1:]


def from_fact(fact: str) -> str:
    """Turn a stored fact ("The fan has a dog called Rex.") towards the fan ("your dog is called Rex")."""
    text = fact.strip().rstrip(" .")
    if named := re.fullmatch(r"The fan (?:has|owns) an? ((?:[\w-]+ ){0,3}?[\w-]+),? (?:called|named) (.+)", text):
        return f"your {named[1]} is called {named[2]}"
    text = re.sub(r"^The fan[’']s\b", "your", text)
    text = re.sub(r"^The fan\s+(.*)$", lambda match: "you " + _second_person(match[1]), text)
    text = re.sub(r"\b[Tt]he fan[’']s\b|\b(?:their|his|her)\b", "your", text)
    text = re.sub(r"\b[Tt]he fan\b", "you", text)
    return text[0].lower() + text[1:] if text.startswith(("Your ", "You ")) else text


def fill(line: str, **values: str) -> str:
    """Put values into a line; one that begins a sentence gets a capital letter."""
    for name, value in values.items():
        hole = "{" + name + "}"
        while hole in line:
            before = line[: line.index(hole)].rstrip(" “\"'")
            starts = not before or before[-1] in ".!?"
            shown = value[:1].upper() + value[1:] if starts else value
            if shown[-1:] in ".!?" and line[line.index(hole) + len(hole) :][:1] in (".", "?", "!", ","):
                shown = shown.rstrip(".!?")
            line = line.replace(hole, shown, 1)
    return line


def join(phrases: list[str]) -> str:
    """Join phrases as people do: "a, b and c"."""
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"


def _second_person(clause: str) -> str:
    words = clause.split(" ")
    at = 1 if words[0].lower() in _ADVERBS and len(words) > 1 else 0
    words[at] = _base_form(words[at])
    text = " ".join(words)
    return re.sub(r"\band (is|has|was|lives|works|likes|loves|studies)\b", lambda match: "and " + _base_form(match[1]), text)


def _base_form(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb in _UNCHANGED or not verb.endswith("s") or verb.endswith("ss"):
        return verb
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if verb.endswith(("sses", "ches", "shes", "xes", "zes")):
        return verb[:-2]
    return verb[:-1]
