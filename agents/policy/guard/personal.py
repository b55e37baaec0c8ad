"""No personal data in replies: no numbers and addresses, invented or a fan's; no asking for them; nothing about other fans."""

from __future__ import annotations

import re

from agents.policy.rule import Patterns, Reply, ReplyRule, find_words
from agents.sense.recipes import find

_WAYS = r"(?:[Ss]treet|[Ll]ane|[Rr]oad|[Aa]venue|[Dd]rive|[Bb]oulevard|[Ss]quare|[Cc]ourt|[Tt]errace|St\.|Rd\.|Ave\.)"
_NAME = r"[A-ZÁÉÍÓÚÈÇ][\w'-]+(?: [A-Z][\w'-]+)?"
_NUMBER = r",? (?:n[ºo.]* ?)?\d{1,4}\b"
NUMBERS = (
    re.compile(r"(?<![\w.,/:-])(?:\+|00)\d{1,3}[\s./-]?(?:\(?\d{1,5}\)?[\s./-]?){2,5}\d{2,}"),
    re.compile(r"(?<![\w.,/:-])\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{3,4}(?![\w-])"),
    re.compile(r"(?<![\w.,/:-])0\d{2,4}[\s/-]?\d{3,4}[\s-]?\d{3,5}(?!\w)"),
    re.compile(r"(?<![\w.,/:-])0\d(?:[\s.]\d{2}){4}(?!\w)"),
    re.compile(r"(?<![\w.,/:-])(?:\d[ -]?){13,19}(?!\w)"),
    re.compile(r"[\w.+-]+@[\w-]+\.\w{2,}"),
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b"),
)
"""Telephone numbers, payment cards, mail addresses, account numbers."""
ADDRESSES = (
    re.compile(rf"\b\d{{1,4}}[a-z]? (?:[A-Z][\w'-]+ ){{1,3}}{_WAYS}"),
    re.compile(r"\b[A-ZÄÖÜ][\wäöüß-]*(?:straße|strasse|gasse|weg|platz|allee) \d{1,4}\b"),
    re.compile(rf"\b(?i:calle|avenida|plaza|paseo) (?:(?:de|del|la|las|los) )*{_NAME}{_NUMBER}"),
    re.compile(rf"\b\d{{1,4}}(?: ?bis)?,? (?i:rue|avenue|boulevard|place|chemin) (?:(?:de|du|des|la|le|les) |l'|d')*{_NAME}"),
    re.compile(rf"\b(?i:via|viale|piazza|corso|vicolo) (?:(?:di|del|della|dei) )*{_NAME}{_NUMBER}"),
    re.compile(rf"\b(?i:rua|avenida|travessa|praça) (?:(?:de|da|do|das|dos) )*{_NAME}{_NUMBER}"),
)
_OWN_DATA = (
    r"(?:(?:home|exact|full|postal|street|e-?mail|house) address|address|password|pass ?code|pin(?: code)?|card (?:number"
    r"|details)|credit card"
    r"|bank (?:details|account)|iban|cvv|cvc|phone number|number|social security(?: number)?|passport(?: number)?|login)"
)
ASKS: Patterns = {
    "en": (
        re.compile(
            rf"\b(?:send|give|tell|text|show|share|type|write)(?: me| us)?(?: with me)? your {_OWN_DATA}\b|\bwhat(?:'s"
            rf"| is) your {_OWN_DATA}\b|\bi (?:just )?need your {_OWN_DATA}\b"
        ),
        re.compile(
            r"\b(?:another|one) (?:of my |of the )?(?:other )?fans?\b[^.!?]{0,40}\b(?:named|called|from|told|bought|said"
            r"|wrote|asked|spent|sent|likes|is leaving|paid)\b|\b(?:another|a) fan,? [a-z]+ from\b"
            r"|\bone of my (?:other )?(?:fans|guys|subscribers|members) (?:told|said|bought|is|has|was|wrote|sent|spent)\b"
        ),
    ),
    "de": (
        re.compile(
            r"\b(?:schick|gib|sag|nenn|verrat|schreib)\w* (?:mir )?(?:mal |doch |bitte )?dein\w* (?:adresse|passwort"
            r"|kartennummer|telefonnummer|handynummer|nummer|iban|kontonummer|kontodaten)\b|\bwie (?:lautet"
            r"|ist) dein\w* (?:passwort|adresse|telefonnummer|kartennummer|handynummer)\b"
        ),
        re.compile(
            r"\bein(?:er)? (?:anderer |meiner )?(?:anderen )?fans?\b[^.!?]{0,30}\b(?:heißt|namens|aus|hat|kaufte|schrieb"
            r"|erzählte)\b"
        ),
    ),
    "es": (
        re.compile(
            r"\b(?:dime|dame|mándame|envíame|pásame) (?:el |la |tu |los )?(?:número de (?:tu |la )?(?:tarjeta|teléfono"
            r"|cuenta)|tu (?:dirección|contraseña|número|teléfono)|contraseña|dirección)\b|\bcuál es tu (?:dirección"
            r"|contraseña|número)\b|\botro (?:de mis )?fans?\b[^.!?]{0,30}\b(?:me|compró|dijo|de)\b"
        ),
    ),
    "fr": (
        re.compile(
            r"\b(?:envoie|donne|dis|passe)-moi (?:ton|ta|le|tes) (?:numéro|adresse|mot de passe|code|coordonnées)\b"
            r"|\bquel(?:le)? est ton (?:adresse|mot de passe|numéro)\b|\bun (?:autre|de mes) fans?\b[^.!?]{0,30}\b(?:m'a"
            r"|a acheté|s'appelle|de)\b"
        ),
    ),
    "it": (
        re.compile(
            r"\b(?:mandami|dammi|dimmi|inviami|passami) (?:il |la |i )?(?:tu[oa] |numero (?:della|di|del) (?:tua "
            r"|tuo )?)?(?:numero|indirizzo|password|carta|telefono|conto|codice)\b|\bqual è (?:il tuo|la tua) (?:indirizzo"
            r"|password|numero)\b|\bun altro (?:mio )?fan\b[^.!?]{0,30}\b(?:mi|ha|di)\b"
        ),
    ),
    "pt": (
        re.compile(
            r"\b(?:me (?:manda|passa|dá|diz|fala|envia)|mande|passe|envie|diga)(?: me)? (?:o |a )?(?:seu|sua"
            r"|número do (?:seu )?|o )? ?(?:número|senha|endereço|cartão|telefone|conta)\b|\bqual é (?:o seu"
            r"|a sua) (?:endereço|senha|número)\b|\boutro fã\b[^.!?]{0,30}\b(?:me|comprou|disse|de)\b"
        ),
    ),
}
DENIES = re.compile(
    r"\b(?:never|don't|do not|can't|won't|nobody|no one|please keep|nie|niemals|nicht|kein\w*|nunca|no me|jamais|ne me"
    r"|pas besoin|mai|non|não|nunca)\b"
)


def judge(reply: Reply) -> str | None:
    """Refuse a reply that gives or asks for personal data, or tells of another fan."""
    text = reply.text.replace("’", "'")
    for pattern in (*NUMBERS, *ADDRESSES):
        if pattern.search(text):
            return "The reply holds a number or an address of a person."
    found = find_words(reply.text, ASKS, DENIES) or find(reply.text, "personal", certain=True)
    return f"The reply asks for personal data, or tells of another fan ({found})." if found else None


RULE = ReplyRule(
    name="personal",
    judge=judge,
    good=(
        "I was born in 1998, at 7:30 on a Sunday.",
        "The kiln reaches 1280 degrees, and it took 2026 tries.",
        "I never give out addresses, mine or anybody's.",
        "My friend Ines lives two streets from the sea.",
        "Please never send me your card number.",
        "From 2026-07-01 to 2026-07-14 I paint only blue.",
        "Ich wohne in Granada, am Ende einer Gasse.",
        "The pack costs 500 Stars.",
    ),
    bad=(
        "Call me on +49 170 1234567.",
        "Text me: 555-867-5309.",
        "I'm at luna.private@example.com.",
        "I live at 12 Harbour Street.",
        "Ich wohne in der Lindenstraße 14.",
        "Vivo en la calle Mayor 14.",
        "J'habite au 14 rue des Lilas.",
        "Your card 4111 1111 1111 1111 was declined.",
        "Send me your password.",
        "One of my fans told me his wife left him.",
    ),
)
