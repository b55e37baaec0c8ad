"""In which language does the fan write, and in which does the persona answer them?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agents.plain_text import flatten
from core.nouns import Fan, Message, TurnInput
from memory.languages import find_language as identify
from personas.schema import Persona

SPOKEN = ("en", "de", "es", "fr", "it", "pt")
"""Languages that the reflex brain has words of its own for."""

SURE = 0.9
ENOUGH_WORDS = 3
LONG_ENOUGH = 3
"""Letters of a word that tells a language by itself."""
LOOK_BACK = 8
"""Messages of the window in which the fan's language is looked for, where the burst is no more than "ok"."""

ANSWERS_IN_ENGLISH = {
    "de": "Ich lese dich gern auf Deutsch, antworte fürs Erste aber auf Englisch.",
    "es": "Te leo con gusto en español, pero por ahora contesto en inglés.",
    "fr": "Je te lis volontiers en français, mais pour l'instant je réponds en anglais.",
    "it": "Ti leggo volentieri in italiano, ma per ora rispondo in inglese.",
    "pt": "Leio você com prazer em português, mas por enquanto respondo em inglês.",
}

_WORDS = {
    "en": "the a i i'm you your my me is are was what how do did have and to of for it this that not can in on with so just "
    "hi hey",
    "de": "ich du der das ist und nicht mir mich dir dich wie wo bist bin hast habe mein meine dein heute auch ein eine "
    "geht wohne heiße heisse arbeite sehr aber guten hallo danke mit auf deutsch wer sprichst",
    "es": "yo tú el los las es y qué cómo estás está estoy mi muy hola tengo quiero pero con para por una hoy me llamo "
    "vivo gracias eres soy buenos hablas español dónde guapa",
    "fr": "je ne pas le les est et ça va quoi comment suis mon ma très bonjour salut j'ai veux mais avec pour une aujourd'hui "
    "merci es moi toi parles français où habites j'habite m'appelle c'est",
    "it": "io il gli è e che come stai sono mio mia molto ciao ho voglio ma con per una oggi mi chiamo grazie sei "
    "parli italiano dove abito vivo buongiorno bella di",
    "pt": "eu você o os é e que como está estou meu minha muito olá oi tenho quero mas com para uma hoje obrigado obrigada "
    "não sou bom dia fala português onde moro tudo bem",
}
_TELLING = {language: frozenset(words.split()) for language, words in _WORDS.items()}


def find_language(texts: Sequence[str]) -> str | None:
    """Return the language of some texts, none where they do not clearly tell it: by telling words, else by their letters."""
    joined = " ".join(texts)
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", flatten(joined))
    counts = {language: sum(word in telling for word in words) for language, telling in _TELLING.items()}
    best = max(counts, key=lambda language: counts[language])
    if counts[best] >= 2 and sum(count == counts[best] for count in counts.values()) == 1:
        return best
    return identify(joined, SPOKEN, SURE) if len(words) >= ENOUGH_WORDS else None


def read_fan(turn: TurnInput, persona: Persona) -> str | None:
    """Return the language that the fan writes, in the burst or lately; none where it is not surely read.

    A single word as "hola" is enough where it is of the persona's first language, or of the one that the platform names.
    """
    return _read(persona, turn.fan, _said(turn.burst), _said(turn.window))


def _read(persona: Persona, fan: Fan, now: Sequence[str], earlier: Sequence[str]) -> str | None:
    lately, likely = earlier[-LOOK_BACK:], (persona.languages[0], shorten(fan.language))
    return find_language(now) or find_language(lately) or _lean(now, likely) or _lean(lately, likely)


def shorten(language: str | None) -> str:
    """Return the first part of a language's name: "de" of "de-AT"; empty for none."""
    return (language or "").replace("_", "-").split("-")[0].lower()


def _lean(texts: Sequence[str], likely: Sequence[str]) -> str | None:
    """Return the only language whose telling words are there, if it is a likely one."""
    words = {word for word in re.findall(r"[^\W\d_]+", flatten(" ".join(texts))) if len(word) >= LONG_ENOUGH}
    found = [language for language, telling in _TELLING.items() if words & telling]
    return found[0] if len(found) == 1 and found[0] in likely else None


def choose_spoken(turn: TurnInput, persona: Persona) -> str:
    """Return the language to answer in: the fan's where the persona speaks it, else English, else the persona's first."""
    return _choose(persona, read_fan(turn, persona) or shorten(turn.fan.language))


def choose_between_turns(persona: Persona, fan: Fan, thread: Sequence[Message]) -> str:
    """Return the same language for words that leave by themselves, while no turn is thought: by what was said lately."""
    return _choose(persona, _read(persona, fan, (), _said(thread)) or shorten(fan.language))


def _choose(persona: Persona, theirs: str) -> str:
    if not theirs:
        return persona.languages[0]
    return next((language for language in (theirs, "en") if language in persona.languages), persona.languages[0])


def explain_english(turn: TurnInput, language: str) -> str | None:
    """Say in the fan's language that the answers come in English, unless that was said before."""
    theirs = find_language(_said(turn.burst))
    line = ANSWERS_IN_ENGLISH.get(theirs or "") if language == "en" and theirs != language else None
    return line if line and not any(line in message.text for message in turn.window) else None


def _said(messages: Iterable[Message]) -> list[str]:
    """Return what the fan said in their own words; the text of a purchase is the title of what they bought."""
    return [message.text for message in messages if message.author == "fan" and message.kind != "purchase"]
