"""Ages that a text states, as far as pictures need to know: whether somebody in it is below eighteen.

A number beside a person is read as an age, since a picture refused in error costs little; a number beside a thing is none.
"""

from __future__ import annotations

import re

from studio.spelling import plain, visible

ADULT = 18

_OLD = re.compile(
    r" (\d{1,3}) (?:years? old|yrs? old|yo|y o|jahre alt|jahrige\w*|yrs?|jaar|lat|let) "
    r"| (?:age|aged|edad|idade|alter) (?:of |de |von )?(\d{1,3}) "
    r"| (?:de|con|com|di|a) (\d{1,3}) an(?:os|s|ni) "
)
_SIGNS = re.compile(r"(\d{1,3}) ?[歳岁歲才세살]")
_BRIEF = re.compile(r" (?:1[0-7] ?[fw]|1[3-7] ?m) ")
_PERSON = (
    r"you|u|yourself|she|he|woman|girl|boy|man|lady|guy|person|someone|somebody|daughter|sister|brother|son"
    r"|du|frau|madchen|junge|mann|dame|tu|ella|chica|chico|mujer|hombre|muchach[ao]"
    r"|toi|elle|lui|fille|femme|garcon|homme|lei|ragazz[ao]|donna|uomo|voce|ela|ele|moca|rapaz|mulher|homem"
)
_PRONOUN = r"her|him|i|me|myself|dich|dir|sie|er|ich|ti|te"
"""These stand before numbers of things, too ("give me 3"), so that a word must lie between."""
_LINK = (
    r"(?:of|at|is|was|were|am|are|m|s|re|only|just|about|turning|turned|being|los|las"
    r"|von|ist|war|warst|bist|im|alter|de|a|tenia|tenias|tiene|tienes|tinha|tinhas|tem"
    r"|avait|avais|as|di|aveva|avevi|ha|hai|da|agee?)"
)
_NUMBER = (
    r"(\d{1,3}|eight|nine|ten|eleven|twelve|acht|neun|zehn|zwolf|dreizehn|vierzehn|funfzehn|sechzehn|siebzehn"
    r"|ocho|nueve|diez|doce|trece|catorce|quince|dieciseis|diecisiete"
    r"|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|oito|dez|dezesseis|dezasseis|dezessete"
    r"|otto|nove|dieci|undici|dodici|tredici|quattordici|quindici|sedici|diciassette)"
)
_NOT_AGES = (
    r"(?! (?:am|pm|a m|p m|o clock|oclock|uhr|h|heures?|horas?|ore|sharp|in the (?:morning|evening|afternoon)|at night"
    r"|percent|per cent"
    r"|minutes?|hours?|meters?|metres?|km|miles?|steps?|times|of (?:my|your|the)"
    r"|or \d|dogs?|cats?|friends?|flowers?|candles?|cups?)\b)"
)
_BESIDE = re.compile(rf" (?:(?:{_PERSON})(?: {_LINK}){{0,3}}|(?:{_PRONOUN})(?: {_LINK}){{1,3}}) {_NUMBER}{_NOT_AGES}(?= )")


def find_young(text: str) -> str:
    """Return the words that say an age below eighteen; empty for none."""
    for pattern, read in ((_OLD, plain(text)), (_SIGNS, visible(text))):
        for found in pattern.finditer(read):
            if int(next(group for group in found.groups() if group)) < ADULT:
                return found[0].strip()
    read = plain(text)
    if brief := _BRIEF.search(read):
        return brief[0].strip()
    for found in _BESIDE.finditer(read):
        if not found[1].isdigit() or int(found[1]) < ADULT:
            return found[0].strip()
    return ""
