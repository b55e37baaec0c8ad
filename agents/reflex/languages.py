"""In which language does the fan write? Read by telling words; and what to say to those whom the lines do not reach."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def find_language(texts: Sequence[str]) -> str:
    """Return the language of some texts, `en` where nothing clearly tells another: two telling words, and more than English."""
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", " ".join(texts).lower().replace("’", "'"))
    counts = {language: sum(word in telling for word in words) for language, telling in _TELLING.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= 2 and counts[best] > counts["en"] else "en"


def explain_english(texts: Sequence[str], said: Sequence[str]) -> str | None:
    """Say in the fan's language that the answers come in English, unless that was said before."""
    line = ANSWERS_IN_ENGLISH.get(find_language(texts))
    return line if line and not any(line in text for text in said) else None
