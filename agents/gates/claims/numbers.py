"""Ages in words: 18 to 69 in six languages, without accents."""

from __future__ import annotations

from functools import cache

_EN = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DE = ("", "ein", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun")
_ES = ("", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_FR = ("", "et un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")
_IT = ("", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove")
_PT = ("", "um", "dois", "tres", "quatro", "cinco", "seis", "sete", "oito", "nove")
_TENS = {
    20: ("twenty", "zwanzig", "veinte", "vingt", "venti", "vinte"),
    30: ("thirty", "dreissig", "treinta", "trente", "trenta", "trinta"),
    40: ("forty", "vierzig", "cuarenta", "quarante", "quaranta", "quarenta"),
    50: ("fifty", "funfzig", "cincuenta", "cinquante", "cinquanta", "cinquenta"),
    60: ("sixty", "sechzig", "sesenta", "soixante", "sessanta", "sessenta"),
}
_TEENS = {
    18: ("eighteen", "achtzehn", "dieciocho", "dix-huit", "diciotto", "dezoito"),
    19: ("nineteen", "neunzehn", "diecinueve", "dix-neuf", "diciannove", "dezenove", "dezanove"),
}


@cache
def age_words() -> dict[str, int]:
    """Return every way in which these ages are spelled, with the age."""
    words = {word: age for age, forms in _TEENS.items() for word in forms}
    for tens, forms in _TENS.items():
        for ones in range(10):
            words |= dict.fromkeys(_spell(forms, ones), tens + ones)
    return words


def _spell(tens: tuple[str, ...], ones: int) -> list[str]:
    if not ones:
        return list(tens)
    en, de, es, fr, it, pt = tens
    spanish = f"veinti{'un' if ones == 1 else _ES[ones]}" if es == "veinte" else f"{es} y {'un' if ones == 1 else _ES[ones]}"
    italian = it[:-1] if ones in (1, 8) else it
    return [
        f"{en}-{_EN[ones]}",
        f"{en} {_EN[ones]}",
        f"{_DE[ones]}und{de}",
        spanish,
        f"{fr} {_FR[ones]}",
        f"{fr}-{_FR[ones].replace(' ', '-')}",
        f"{italian}{'un' if ones == 1 else _IT[ones]}",
        f"{it[:-1]}uno" if ones == 1 else f"{italian}{_IT[ones]}",
        f"{pt} e {_PT[ones]}",
    ]


def read_age(words: str) -> int | None:
    """Read an age in figures or words; None if it is neither."""
    return int(words) if words.isdigit() else age_words().get(words.lower())
