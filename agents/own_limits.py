"""How people say what they will spend at most, in six languages: the words, the amount, and for how long it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from agents.plain_text import flatten
from agents.prices import find_prices
from core.money import MINOR_DIGITS, SYMBOLS, Money

MOST = 1_000_000
"""Whole units; a greater number is no limit anybody means."""

_UNITS = {
    "dollars": r"dollars?|dollari|dollaro|d[óo]lar(?:es)?|bucks?",
    "euros": r"euros?",
    "pounds": r"pounds?|quid|pfund|libras?|sterline|livres? sterling",
    "stars": r"stars?|sternen?|estrellas?|étoiles?|etoiles?|stelle|estrelas?",
}
_SPELLED = {
    5: "five fünf cinco cinq cinque",
    10: "ten zehn diez dix dieci dez",
    15: "fifteen fünfzehn quince quinze quindici",
    20: "twenty zwanzig veinte vingt venti vinte",
    25: "twenty-five fünfundzwanzig veinticinco vingt-cinq venticinque",
    30: "thirty dreißig dreissig treinta trente trenta trinta",
    40: "forty vierzig cuarenta quarante quaranta quarenta",
    50: "fifty fünfzig cincuenta cinquante cinquanta cinquenta",
    100: "hundred hundert cien cent cento cem",
}
_ANY_UNIT = "|".join(_UNITS.values())
_NUMBERS = {word: str(value) for value, words in _SPELLED.items() for word in words.split()}
_SPELLED_SUM = re.compile(rf"\b(?:a |one )?({'|'.join(sorted(_NUMBERS, key=len, reverse=True))})(?=\s(?:{_ANY_UNIT})\b)")
_NAMES = {name: re.compile(rf"(?<![^\W\d_])(?:{spelling})\b") for name, spelling in _UNITS.items()}

_TERM = (
    r"(?:days?|daily|today|weeks?|weekly|months?|monthly|tag|täglich|heute|woche|wöchentlich|monat|monatlich|día|dia|hoy"
    r"|semanal(?:es)?|semana|mensual(?:es)?|mes|jour|aujourd'hui|semaine|mois|giorno|oggi|settimana|mese|diários?|hoje|mês"
    r"|mensais|mensal)\b"
)
_EACH = (
    r"(?:an?|per|each|every|this|in an?|the|for (?:the|a|one)|am|pro|im|jeden?|diesen?|die|in der|al|por|cada|este|esta|a la"
    r"|par|chaque|ce|cette|ogni|questo|questa|a|alla|ao|neste|nesta|no|na|un[ae]?|uma?)"
)
_PERIOD = rf"(?:{_EACH}[ -])?{_TERM}"
_NUMBER = r"\d{1,6}(?:[.,]\d{1,2})?(?![\d:%])"
_NAMED = (
    rf"(?:(?:[$€£⭐]\ufe0f?|\b(?:usd|eur|gbp|xtr))\s?{_NUMBER}"
    rf"|{_NUMBER}[\s-]?(?:[$€£⭐]\ufe0f?|(?:usd|eur|gbp|xtr|{'|'.join(_UNITS)})\b))"
)
_AFTER = "daily|weekly|monthly|max|at most|tops|please|bitte|por favor|on|for|here|from|and|ausgeben"
_SUM = rf"(?:{_NAMED}|{_NUMBER}(?=\s*(?:$|[,.;!?)]|{_EACH} {_TERM}|(?:{_AFTER})\b)))"
_SPAN = rf"(?:,? ?{_PERIOD})?"

_MOST = {
    "en": r"at (?:the )?most|no more than|not more than|max(?:imum|\.)?|a max(?:imum)? of|up to|under|less than",
    "de": r"höchstens|maximal|max\.?|nicht mehr als|bis zu|nicht über",
    "es": r"como (?:máximo|maximo|mucho)|máximo|maximo|un máximo de|a lo sumo|no más de|hasta",
    "fr": r"au (?:maximum|max|plus)|maximum|max|pas plus de|jusqu'à",
    "it": r"al massimo|massimo|max|non più di|fino a",
    "pt": r"no máximo|no maximo|máximo|até|não mais (?:de|do que|que)",
}
_JUST = {
    "en": "only|just",
    "de": "nur",
    "es": "s[óo]lo|solamente|[úu]nicamente",
    "fr": "seulement|juste|que",
    "it": "solo|soltanto|solamente",
    "pt": "só|somente|apenas",
}
_ENOUGH = {
    "en": r"(?:max(?:imum)?|at (?:the )?most|tops|(?:and )?(?:no|not|nothing) more|is (?:all|my (?:limit|max(?:imum)?|cap))"
    r"|(?:and )?that's (?:it|all|my (?:limit|max(?:imum)?)))",
    "de": r"(?:maximal|max|höchstens|(?:und )?(?:(?:nicht|keinen cent) mehr|mehr nicht)|ist mein (?:limit|maximum|budget)"
    r"|sind mein (?:limit|maximum))",
    "es": r"(?:como (?:máximo|maximo|mucho)|máximo|maximo|(?:y )?(?:no|nada|ni uno) más|es mi (?:límite|limite|máximo|tope)"
    r"|(?:y )?ya está)",
    "fr": r"(?:au (?:maximum|max|plus)|maximum|max|(?:et )?pas (?:plus|davantage)|(?:c'est|est) (?:ma limite"
    r"|mon (?:max(?:imum)?|plafond|budget)))",
    "it": r"(?:al massimo|massimo|max|(?:e )?(?:non (?:di )?più|niente di più|basta)|è il mio (?:limite|massimo|tetto))",
    "pt": r"(?:no máximo|no maximo|máximo|(?:e )?(?:não mais|nada mais|mais nada)|é (?:o )?(?:meu )?(?:limite|máximo|teto))",
}
_WANT = {
    "en": r"\bi(?:'d|'ll| would)? (?:(?:really|only|just|still) )*(?:want to|wanna|can|like to|could|will|am going to"
    r"|am willing to|plan to|intend to|have to)(?: (?:really|only|just))* spend",
    "es": r"\b(?:quiero|puedo|quisiera|querría|voy a|pienso|me gustaría|prefiero) gastar(?:me)?",
    "fr": r"\bje (?:ne |n')?(?:veux|peux|voudrais|vais|compte|préfère|souhaite)(?: bien)? (?:ne )?dépenser",
    "it": r"\b(?:voglio|posso|vorrei|ho intenzione di|preferisco) spendere",
    "pt": r"\b(?:quero|posso|queria|vou|gostaria de|pretendo|prefiro) gastar",
}
_NOT = {
    "en": r"\bi(?:'d| would|'m| am)? (?:really )?(?:don't|do not|dont|won't|will not|can't|cannot|never|mustn't|shouldn't"
    r"|wouldn't|would rather not|rather not|not)(?: ever)?(?: (?:want to|wanna|like to|plan to|going to))?"
    r" (?:spend(?:ing)?|pay) (?:any ?(?:thing|more)? )?(?:more than|over|above|beyond)",
    "de": r"\bich (?:will|möchte|kann|darf|werde|mag|gebe|geb) (?:\w+ ){0,3}?(?:nicht|nie|niemals) (?:mehr als|über)",
    "es": r"\bno (?:me )?(?:quiero|puedo|quisiera|voy a|pienso|debo|me gustaría) gastar(?:me)? (?:más|mas) (?:de|que)",
    "fr": r"\bje (?:ne |n')?(?:veux|peux|voudrais|vais|dois|compte|souhaite) pas dépenser plus (?:de|que)",
    "it": r"\bnon (?:voglio|posso|vorrei|devo|ho intenzione di) spendere più (?:di|che)",
    "pt": r"\b(?:não|nao) (?:quero|posso|queria|vou|devo|gostaria de|pretendo) gastar mais (?:de|do que|que)",
}
_MINE = {
    "en": r"\bmy (?:(?:spending|own|absolute|monthly|weekly|daily) )*(?:limit|max(?:imum)?|cap|budget)"
    r"(?: (?:for|on) (?:this|here|you|now))?(?:'s| is| would be|:)|\b(?:want|need|like|have|give me|put|set)"
    r" (?:myself )?(?:an?|me an?) (?:\w+ )?(?:limit|cap|max(?:imum)?|budget) of|\b(?:keep|cap|limit) (?:it|this|me|my spending)"
    r" (?:under|below|at|to)",
    "de": r"\bmein (?:\w+ )?(?:limit|maximum|budget)(?: (?:hier|dafür|für dich))? (?:ist|sind|liegt bei|beträgt|wäre)"
    r"|\b(?:möchte|will) ein (?:\w+ )?limit von",
    "es": r"\bmi (?:l[íi]mite|m[áa]ximo|tope|presupuesto)(?: (?:\w+|para esto))? (?:es(?: de)?|son|sería(?: de)?|de)"
    r"|\bquiero un (?:l[íi]mite|tope|m[áa]ximo) de",
    "fr": r"\b(?:ma limite|mon (?:max(?:imum)?|plafond|budget))(?: (?:\w+|pour ça))?,? (?:c'est|est(?: de)?|serait(?: de)?)"
    r"|\bje (?:veux|voudrais) (?:une limite|un plafond) de",
    "it": r"\bil mio (?:limite|massimo|tetto|budget)(?: \w+)? (?:è(?: di)?|sono|sarebbe(?: di)?)"
    r"|\b(?:voglio|vorrei) un (?:limite|tetto) di",
    "pt": r"\b(?:o )?meu (?:limite|máximo|teto|orçamento)(?: \w+)? (?:é(?: de)?|são|seria(?: de)?)"
    r"|\b(?:quero|queria) um (?:limite|teto) de",
}
_ONLY = {
    "en": r"\bi (?:only|just) (?:want to|wanna|can|will|would like to|plan to|intend to|am going to) spend"
    r"|\bi(?:'d| would) only (?:like to|want to|spend)|\bi (?:want to|wanna|can|will) (?:only|just) spend",
    "es": r"\b(?:s[óo]lo|solamente|[úu]nicamente) (?:quiero|puedo|quisiera|voy a|pienso) gastar(?:me)?",
    "fr": r"\bje (?:ne |n')(?:veux|peux|voudrais|vais|compte) dépenser que|\bje (?:veux|peux) seulement dépenser",
    "it": r"\b(?:solo|soltanto) (?:voglio|posso|vorrei) spendere",
    "pt": r"\b(?:só|somente|apenas) (?:quero|posso|queria|vou|pretendo) gastar",
}
_IS_MINE = (
    r"(?:(?:that's|that|das|eso|questo|isso) ?)?(?:(?:is )?my (?:limit|max(?:imum)?|cap)|(?:ist|sind) mein (?:limit|maximum)"
    r"|es mi (?:l[íi]mite|m[áa]ximo|tope)|(?:c'est|est) (?:ma limite|mon (?:max(?:imum)?|plafond))"
    r"|è il mio (?:limite|massimo)|é (?:o )?meu (?:limite|máximo))\b"
)
_LEAD = (
    r"(?:^|[.!?\n]\s*)(?:(?:ok(?:ay)?|please|well|but|sorry|hey|hi|so|for me|hola|hallo|ciao|salut|oi|olá|vale|pero|por favor"
    r"|para mí|bitte|also|gut|aber|für mich|d'accord|mais|pour moi|s'il te plaît|va bene|ma|per me|per favore|tá|mas|para mim"
    r"|pra mim)[,.!]? )*"
)


def _build(language: str) -> tuple[re.Pattern[str], ...]:
    """Make the patterns of one language: each has the amount in it."""
    most, enough = rf"(?:{_MOST[language]})", rf"{_ENOUGH[language]}(?!\w)"
    capped = rf"(?:{_MOST[language]}|{_JUST[language]})"
    ways = [
        rf"{_LEAD}{most}:? {_NAMED},? ?{_PERIOD}",
        rf"{_LEAD}{_NAMED},? ?{_PERIOD},? {enough}",
        rf"(?:{_MINE[language]}) (?:{most} )?{_NAMED}",
        rf"{_NAMED}{_SPAN},? {_IS_MINE}",
    ]
    if language == "de":
        want = r"\bich (?:will|möchte|kann|darf|werde|mag|würde) (?:[a-zäöüß]+ ){0,3}?"
        ways += [
            rf"{want}{capped} {_SUM}[^.!?\n]{{0,30}}\bausgeben\b",
            rf"{want}{_SUM}{_SPAN} ausgeben,? {enough}",
            rf"\bich (?:gebe|geb) (?:[a-zäöüß]+ ){{0,3}}?{capped} {_SUM}{_SPAN} aus\b(?! für)",
            rf"{_NOT['de']} {_SUM}[^.!?\n]{{0,30}}\baus(?:geben)?\b",
            rf"\bmehr als {_SUM}{_SPAN} (?:will|möchte|kann|werde|gebe) ich (?:\w+ )?nicht\b",
        ]
    else:
        ways += [
            rf"{_NOT[language]} {_SUM}",
            rf"(?:{_ONLY[language]}) {_SUM}",
            rf"{_WANT[language]} {capped}(?: of| de)? {_SUM}",
            rf"{_WANT[language]} {_SUM}{_SPAN}[^.!?\n]{{0,24}}?,? {enough}",
        ]
    return tuple(re.compile(way) for way in ways)


PATTERNS: Mapping[str, tuple[re.Pattern[str], ...]] = {language: _build(language) for language in _MOST}
"""Ways to set oneself a limit, over what `normalise` returns; each match ends with or behind the amount."""

_ELSEWHERE = re.compile(
    rf"{_SUM}{_SPAN} (?:on|for|für|en|para|pour|dans|per|in|com|em)"
    r" (?!(?:this|these|that|it|you|your|here|pic\w*|photos?|packs?|chat\w*|content|now|me|myself|everything|all|dich|dein\w*"
    r"|das|bilder|fotos?|alles|hier|est[eoa]s?|eso|ti|tus?|im[áa]genes|todo|aqu[íi]|total|toi|tes|ça|cela|ceci|tout|ici|images?"
    r"|te|tuo\w*|tue|quest\w+|immagini|tutto|qui|você|voc[êe]s|isso|isto|tudo|suas?|imagens|the (?:pic|photo|pack|chat)\w*"
    rf")\b|{_PERIOD})\w"
)
_DAILY = r"day|daily|today|tag|täglich|heute|día|dia|diarios?|hoy|jour|aujourd'hui|giorno|oggi|diários?|hoje"
_WEEKLY = r"weeks?|weekly|woche|wöchentlich|semana|semanal(?:es)?|semaine|settimana"
_MONTHLY = r"months?|monthly|monat|monatlich|mes|mensual(?:es)?|mois|mese|mês|mensal|mensais"
_WHEN = re.compile(rf"\b(?:(?P<day>{_DAILY})|(?P<week>{_WEEKLY})|(?P<month>{_MONTHLY}))\b")
_HELLO = re.compile(r"\b(?:good|nice|guten|schönen|buen|bom|buon|bonne?)[ -](?:day|tag|día|dia|giorno)\b")
_BARE = re.compile(r"(?<![\w.,:])(\d{1,6})(?:[.,](\d{1,2}))?(?![\d:])")


def normalise(text: str) -> str:
    """Return a text in small letters, with English units and sums in figures: "veinte dólares" → "20 dollars"."""
    flat = _SPELLED_SUM.sub(lambda match: _NUMBERS[match[1]], flatten(text))
    for name, pattern in _NAMES.items():
        flat = pattern.sub(name, flat)
    return flat


def sets_limit(flat: str) -> bool:
    """Say whether a normalised text sets its writer a limit here; what they spend on coffee is none."""
    return any(way.search(flat) for ways in PATTERNS.values() for way in ways) and not _ELSEWHERE.search(flat)


def names_sum(flat: str) -> bool:
    """Say whether a normalised text names an amount that can be money: "20 euros", "20 a month", not "3 beers"."""
    return re.search(_SUM, flat) is not None


def read_period(flat: str) -> Literal["day", "week", "month"]:
    """Return the period that stands nearest to the amount; a month where none is named."""
    plain = _HELLO.sub(lambda match: " " * len(match[0]), flat)
    amount = _BARE.search(plain) or re.search(r"\d", plain)
    middle = amount.end() if amount else 0
    near = min(_WHEN.finditer(plain), key=lambda match: abs(match.start() - middle), default=None)
    return "month" if near is None else "day" if near["day"] else "week" if near["week"] else "month"


def read_amounts(text: str) -> tuple[Money, ...]:
    """Return the amount that a text names, in each unit that may be meant: the one it names, else all that there are."""
    flat = normalise(text)
    if named := find_prices(flat):
        value, unit = min(named, key=lambda one: one[0])
        return (_money(value, unit),) if value <= MOST else ()
    bare = _BARE.search(flat)
    if bare is None:
        return ()
    value = Decimal(f"{bare[1]}.{bare[2] or 0}")
    return tuple(_money(value, unit) for unit in MINOR_DIGITS) if value <= MOST else ()


def show_amounts(text: str, amounts: tuple[Money, ...]) -> str:
    """Write a limit as it is kept, always with its unit: with all of them where none was named."""
    bare = _BARE.search(normalise(text))
    if len(amounts) == 1 or bare is None:
        return str(amounts[0])
    return f"{bare[0]} ({', '.join([*SYMBOLS.values(), 'Stars'])})"


def _money(value: Decimal, unit: str) -> Money:
    return Money(int(value * 10 ** MINOR_DIGITS[unit]), unit)
