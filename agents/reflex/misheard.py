"""Sentences that sound like asks for what is sold and are none: pictures that a fan offers, and love for a purchase."""

from __future__ import annotations

import re

from agents.plain_text import flatten

_PICTURE = r"(?:pics?|pictures?|photos?|selfies?|images?|fotos?|bild(?:er|chen)?|im[aá]gen(?:es)?|imagem|imagens|immagin[ei])"
_GIVEN = re.compile(
    r"\b(?:i|i'll|i'd|i've|(?:can|may|could|shall|should|do) i|let me|want me to)"
    r"(?: (?:just|already|also|can|could|will|want to|wanna|would like to|have))?"
    rf" (?:send|sent|show|showed|share|shared|upload|uploaded|post|posted)\b(?! me\b).{{0,30}}\b{_PICTURE}\b"
    rf"|\b(?:see|look at) (?:an?|some|this|these|the)? ?{_PICTURE} (?:of|from) (?:me|my|mine)\b"
    rf"|\b(?:kann|darf|soll|will|möchte|könnte) ich dir\b.{{0,30}}\b{_PICTURE}\b.{{0,20}}\b(?:schicken|senden|zeigen)\b"
    rf"|\bich (?:schick|send|zeig)\w* dir\b.{{0,30}}\b{_PICTURE}\b"
    rf"|\b(?:puedo|quieres que te|te) (?:mand|env[ií]|enseñ|muestr)\w*\b.{{0,20}}\b{_PICTURE}\b.{{0,12}}\b(?:m[ií]a?s?|m[ií])\b"
    rf"|\bpuedo (?:mandarte|enviarte|enseñarte|mostrarte)\b.{{0,20}}\b{_PICTURE}\b"
    rf"|\bje peux t'(?:envoyer|montrer)\b.{{0,20}}\b{_PICTURE}\b"
    rf"|\bposso (?:mandarti|inviarti|mostrarti)\b.{{0,20}}\b{_PICTURE}\b"
    rf"|\bposso te (?:mandar|enviar|mostrar)\b.{{0,20}}\b{_PICTURE}\b"
)
_PAY = r"(?:buy|pay|tip|unlock|spend)"
_LOVE = r"(?:love|marry|date|kiss)"
_BARGAIN = re.compile(
    r"\b(?:be|become) my (?:girlfriend|boyfriend|wife|husband|lover|girl|valentine)\b"
    rf"|\bif i {_PAY}\b.{{0,40}}\b(?:you|u) {_LOVE}\b|\b{_LOVE} me\b.{{0,20}}\bif i {_PAY}\b"
    rf"|\bi(?:'ll| will|'d| would)? {_PAY}\b.{{0,40}}\bif (?:you|u) {_LOVE}\b"
    r"|\b(?:wirst|bist|würdest) du (?:dann )?meine? (?:feste )?freund(?:in)?\b|\bliebst du mich\b.{0,12}\bwenn ich\b"
    r"|\bser(?:ás|ias|ías|as) mi novi[oa]\b|\b(?:seras|serais|deviens) ma (?:petite )?(?:copine|amie|femme)\b"
    r"|\b(?:sarai|saresti|diventi) (?:la )?mia (?:ragazza|fidanzata)\b"
    r"|\b(?:seja|serás|vai ser|quer ser) (?:a )?minha namorada\b"
)


def offers_picture(text: str) -> bool:
    """Say whether a fan speaks of a picture that they give: "can I send you a photo?"."""
    return _GIVEN.search(flatten(text)) is not None


def bargains_for_love(text: str) -> bool:
    """Say whether a fan wants affection, for a purchase above all: "will you be my girlfriend if I buy it?"."""
    return _BARGAIN.search(flatten(text)) is not None
