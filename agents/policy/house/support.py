"""Trouble with a purchase, and a fan's own data, go to a person; the fan is told so, and nothing is sold meanwhile."""

from __future__ import annotations

import re
from uuid import UUID

from agents.policy.rule import Case, InboundRule, Patterns, Ruling, examples, matching_language
from core.turns import AskOperator, RestSales
from personas.render import shorten

SURE = 0.6
"""Likeness to complaints and calls for support that counts by itself."""

_NO = r"\b(?:not|never|nothing|cannot|cant|dont|doesnt|didnt|wont|isnt|\w+n't)\b"
_WARE = r"\b(?:packs?|sets?|pictures?|pics?|photos?|videos?|purchase|payment|card)\b"
_PAID = r"\b(?:paid|payed|bought|purchased|buy|pay)\b"
_SHUT = r"\b(?:stays?|still|is|are|was|were|it's) (?:still |all )?(?:locked|empty|blank|missing)\b"
PURCHASE: Patterns = {
    "en": (
        re.compile(
            r"\brefund|\b(?:money|cash) back\b|\bcharge ?back\b|\b(?:charged|billed|paid)\b.{0,30}\b(?:twice|for nothing)\b"
        ),
        re.compile(rf"{_PAID}.{{0,90}}{_NO}.{{0,25}}\b(?:open|unlock|load|play|show|g[eo]t|receiv|arriv|c[ao]me)"),
        re.compile(
            rf"{_NO}.{{0,25}}\b(?:open|unlock|load|get|got|find|see|receive)\w*\b.{{0,30}}\bi(?:'ve| have)?(?: just)? {_PAID}"
        ),
        re.compile(rf"{_WARE}.{{0,40}}{_NO} (?:even )?(?:open|unlock|load|play|work|arriv|go through|accepted)"),
        re.compile(rf"{_NO} (?:open|unlock) (?:the|my|that|your|this) (?:\w+ )?{_WARE}"),
        re.compile(rf"(?:{_PAID}|{_WARE}).{{0,40}}{_SHUT}|{_SHUT}.{{0,40}}{_PAID}"),
    ),
    "de": (
        re.compile(r"\bgeld zurück|\b(?:rück)?erstatt|\b(?:doppelt|zweimal) (?:bezahlt|abgebucht|belastet)"),
        re.compile(
            r"\b(?:bezahlt|gekauft)\b.{0,80}\b(?:nicht|nie|nichts|kein\w*)\b.{0,20}\b(?:auf|öffne|geöffnet|da|bekommen|erhalten)"
        ),
        re.compile(r"\b(?:paket|bild(?:er)?|fotos?|zahlung)\b.{0,30}\b(?:öffnet|lädt|geht|funktioniert)\b.{0,20}\bnicht\b"),
    ),
    "pt": (
        re.compile(r"\bdinheiro de volta\b|\b(?:meu|um|o) reembolso\b|\bcobra\w+ duas vezes\b"),
        re.compile(
            r"\b(?:paguei|comprei)\b.{0,80}\b(?:não|nao|nada|nunca)\b.{0,20}\b(?:abr|receb|cheg|desbloq|carreg|funcion|vejo)"
        ),
    ),
    "es": (
        re.compile(r"\breembols|\bmi dinero\b|\bdinero de vuelta\b|\b(?:cobr\w+|pagué) dos veces\b"),
        re.compile(
            r"\b(?:pagu[eé]|pagado|compr[eé]|comprado)\b.{0,80}\b(?:no|nada|nunca)\b.{0,20}\b(?:abr|recib|lleg|desbloq|carg|funcion|veo)"
        ),
    ),
    "fr": (
        re.compile(r"\brembours|\b(?:débité|payé)\w* deux fois\b"),
        re.compile(
            r"\b(?:payé|acheté)\b.{0,80}\b(?:ne|n'|rien|jamais)\s?.{0,20}(?:ouvr|ouvert|reçu|arriv|débloq|charg|marche)"
        ),
    ),
    "it": (
        re.compile(r"\brimbors|\bsoldi indietro\b|\bindietro i (?:miei )?soldi\b|\b(?:addebitat\w+|pagato) due volte\b"),
        re.compile(
            r"\b(?:pagato|comprato)\b.{0,80}\b(?:non|niente|nulla|mai)\b.{0,20}\b(?:apr|apert|ricev|arriv|sblocc|caric|funzion|vedo)"
        ),
    ),
}
DATA: Patterns = {
    "en": (
        re.compile(
            r"\b(?:delete|erase|remove|wipe|show|see|export|send|download|give me|copy of)\b.{0,20}"
            r"\bmy (?:personal )?data\b(?! (?:plan|cable|cent|science|usage))"
        ),
        re.compile(
            r"\b(?:delete|erase|wipe) (?:all )?my (?:account|messages|chats?|information|profile)\b(?! (?:on|at|from)\b)"
        ),
        re.compile(r"\b(?:delete|erase) (?:everything|all)\b.{0,20}\b(?:about me|you know|you have|i told|i said)\b|\bgdpr\b"),
        re.compile(r"\bwhat data do you (?:have|keep|store)\b"),
    ),
    "de": (
        re.compile(r"\b(?:lösch|zeig|schick|exportier)\w*\b.{0,30}\b(?:meine|alle) daten\b|\bdsgvo\b"),
        re.compile(
            r"\bmeine daten\b.{0,20}\b(?:lösch|gelöscht|zeigen|sehen|exportier)|\blösch\w*\b.{0,15}\bmein (?:konto|account)\b"
        ),
    ),
    "es": (re.compile(r"\b(?:borr|elimin|muestr|muéstr|enséñ|export|env[ií]|ver)\w*\b.{0,20}\bmis datos\b"),),
    "fr": (re.compile(r"\b(?:efface|supprim|montre|export|envoi|envoy|voir)\w*\b.{0,20}\bmes données\b|\brgpd\b"),),
    "it": (re.compile(r"\b(?:cancell|elimin|mostra|esport|invia|manda|vedere)\w*\b.{0,20}\bmiei dati\b"),),
    "pt": (re.compile(r"\b(?:apag|delet|exclu|elimin|mostr|export|envi|ver)\w*\b.{0,20}\bmeus dados\b"),),
}
_TROUBLE = {"complaint", "refund", "support"}
_BESIDE = {"content_request", "price", "discount", "greeting", "small_talk", "other"}
_NOTE = "A person on the team looks into what the fan bought or asked for. Offer nothing, sell nothing, promise nothing."


def judge(case: Case) -> Ruling | None:
    """Call a person for trouble and for data; while one is called, answer wishes for content with the reason for none."""
    bought, data = _find(case, PURCHASE), _find(case, DATA)
    sure = {sight.message_id for sight in case.sights if sight.intent in _TROUBLE and sight.score >= SURE}
    bought |= {id_: case.language() for id_ in sure - bought.keys() - data.keys()}
    if not bought and not data:
        return _rest(case) if case.turn.waiting_for_operator else None
    say: list[str] = []
    effects: list[AskOperator | RestSales] = []
    for key, found, reason in (
        ("support", bought, "The fan has trouble with a purchase or the page."),
        ("data", data, "The fan asks for their data, to see it or to have it deleted."),
    ):
        if found:
            say.append(case.word(key, next(iter(found.values()))))
            effects.append(AskOperator(reason))
    if bought:
        effects.append(RestSales("case"))
    return Ruling(say=tuple(say), effects=tuple(effects), covers=frozenset(bought | data), no_sale=True, note=_NOTE)


def _find(case: Case, patterns: Patterns) -> dict[UUID, str]:
    """Return the messages that match, each with its language; long ones are read as far as a model reads them."""
    texts = {message.id: " ".join(shorten(message.text).split()) for message in case.fan_messages()}
    return {id_: language for id_, text in texts.items() if (language := matching_language(text, patterns))}


def _rest(case: Case) -> Ruling:
    wishes = {sight.message_id for sight in case.sights if sight.intent == "content_request"}
    more = {sight.message_id for sight in case.sights if sight.intent not in _BESIDE}
    say = (case.word("rests"),) if wishes else ()
    return Ruling(say=say, covers=frozenset(wishes - more), no_sale=True, note=_NOTE)


RULE = InboundRule(
    name="support",
    judge=judge,
    good=examples(
        "I bought a motorbike, can't wait to ride it",
        "I bought a cake for my sister",
        "I paid my rent today",
        "I want to buy the sea pack",
        "your photos never get old",
        "I lost my data cable",
        "how much is the pack?",
        "delete my number from that list of yours, silly",
        "ich habe ein Auto gekauft",
        "j'ai acheté un vélo",
        "show me more",
    ),
    bad=examples(
        "I bought the sea pack on Monday and it never opened, please help",
        "I paid but it won't unlock",
        "I paid and got nothing, I never received it",
        "I never received what I paid for",
        "can't find the pack I bought",
        "the pack stays locked",
        "the page is blank after I pay",
        "the video won't play",
        "I want my money back",
        "refund please",
        "I paid twice for the same thing",
        "my card isn't accepted",
        "ich habe das Paket gekauft, aber es geht nicht auf",
        "ich will mein Geld zurück",
        "compré el paquete y no se abre",
        "quiero un reembolso",
        "j'ai payé mais ça ne s'ouvre pas",
        "je veux être remboursé",
        "ho comprato il pacchetto ma non si apre",
        "voglio un rimborso",
        "comprei o pacote e não abre",
        "quero o meu reembolso",
        "delete my data",
        "please delete all my personal data now",
        "show me my data",
        "I'd like to see my data",
        "delete everything you know about me",
        "lösche meine Daten",
        "zeig mir meine Daten",
        "borra mis datos",
        "muéstrame mis datos",
        "efface mes données",
        "montre-moi mes données",
        "cancella i miei dati",
        "mostrami i miei dati",
        "apague os meus dados",
        "mostre os meus dados",
    ),
)
