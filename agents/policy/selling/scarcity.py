"""Digital pictures do not run out: nothing is "almost gone", and nobody else is about to take the last one."""

from __future__ import annotations

import re

from agents.policy.rule import Patterns, Reply, ReplyRule, find_words

_FEW = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a few|a handful|a couple|very few)"
_WARE = r"(?:packs?|sets?|copies|copy|spots?|pieces?|units?|slots?|ones?|offers?|bundles?)"
RUNS_OUT: Patterns = {
    "en": (
        re.compile(
            r"\b(?:supplies|supply|stock|copies|spots) (?:is|are)(?: running| getting)? (?:low|short|limited|out)\b|\b(?:run"
            r"|running) (?:low|out)(?: on| of)? (?:copies|spots|packs|sets|this (?:set|pack))\b|\b(?:flying|going"
            r"|selling) (?:off the (?:shelf|shelves)|like hot cakes|fast)\b"
        ),
        re.compile(
            r"\b(?:won't|will not|wont) be any(?: more)?(?: \w+)? left\b|\b(?:only|just) (?:let|give|sell|offer"
            r"|send) (?:it to )?(?:\d+|one|two|three|four|five|a few|a couple)(?: of)? (?:more )?(?:people|fans|men|guys"
            r"|of you)\b|\bvery few (?:people|fans) (?:get|have|will)\b|\bonce (?:it's|they're) gone,? (?:it's"
            r"|they're) gone\b|\bthe others? (?:want|wants) it too\b"
        ),
        re.compile(
            rf"\bonly {_FEW} (?:{_WARE} )?(?:left|remaining|available)\b|\bjust {_FEW} {_WARE} (?:left|remaining|available)\b"
        ),
        re.compile(rf"\bthere(?:'s| is| are) (?:only|just) {_FEW} (?:more )?{_WARE} (?:left|remaining|for|of)\b"),
        re.compile(
            r"\b(?:almost|nearly|practically|about to be|going to be|soon) (?:sold out|gone|all gone)\b(?! (?:to|from|away"
            r"|home|back|now from)\b)"
        ),
        re.compile(
            r"\bsell(?:s|ing)? out (?:fast|soon|quick)|\bbefore (?:it|they|this|the pack)(?:'s| is|'re"
            r"| are) (?:all )?(?:gone|sold)\b"
        ),
        re.compile(
            rf"\b(?:only|just) {_FEW} (?:fans|people|of you) (?:will|can|get|may|are)\b|\bpeople (?:keep|are) (?:grabbing"
            rf"|buying) (?:it|them)\b"
        ),
        re.compile(
            rf"\bi'?m only (?:selling|giving|offering|making) {_FEW}\b|\b{_FEW} (?:are|is) (?:already )?(?:taken|sold)\b"
        ),
        re.compile(
            r"\blast (?:one|copy|spot|piece|set|pack)(?: left)? (?:in stock|available|for sale)\b|\b(?:takes?|grabs?"
            r"|gets?) the last one\b"
            r"|\blimited (?:edition|stock|copies|spots|to (?:\d+|a (?:few|handful)))\b|\bwhile (?:stocks?|supplies) lasts?\b"
            r"|\bin stock\b"
        ),
    ),
    "de": (
        re.compile(
            r"\b(?:kaum|fast keine|nur wenige) (?:noch )?(?:welche|stück|plätze|exemplare)\b|\b(?:geht"
            r"|gehen) (?:gerade )?weg wie\b|\bnur (?:noch )?(?:für )?(?:die ersten|wenige|zwei|drei|fünf|zehn) (?:fans|leute"
            r"|personen)\b|\bwenn (?:es|sie) weg (?:ist|sind)\b"
        ),
        re.compile(
            r"\bnur noch (?:\d+|ein(?:e|en|er|es)?|zwei|drei|vier|fünf|wenige|ein paar)(?: (?:stück|exemplare?|plätze?"
            r"|pakete?|sets?|bilder|da|übrig|frei|einziges?))"
        ),
        re.compile(
            r"\b(?:fast|beinahe|schon fast|so gut wie) (?:ausverkauft|vergriffen|weg)\b|\bstreng limitiert\b"
            r"|\blimitierte (?:auflage|stückzahl)\b|\bletztes? (?:stück|exemplar)\b"
        ),
        re.compile(r"\bgibt (?:es )?nur noch (?:ein|zwei|drei|wenige|\d)"),
    ),
    "es": (
        re.compile(
            r"\bse (?:están|está|estan) (?:acabando|agotando|vendiendo (?:rápido|como))\b|\b(?:apenas|casi no) quedan\b"
            r"|\bs[oó]lo (?:para )?(?:los )?(?:primeros|dos|tres|cinco|diez) (?:fans|personas)?\b(?=.*\b(?:fans|personas"
            r"|primeros)\b)|\bmuy poc[oa]s (?:unidades|plazas)\b"
        ),
        re.compile(
            r"\bs[oó]lo (?:me )?quedan? (?:\d+|un[oa]?|dos|tres|poc[oa]s)\b|\bquedan? (?:s[oó]lo |ya )?(?:un[oa]|poc[oa]s"
            r"|muy poc[oa]s)(?: (?:unidad|pack|paquete)\w*)?(?=[,.!]|$)"
        ),
        re.compile(
            r"\b(?:casi|prácticamente) agotad[oa]s?\b|\bedición limitada\b|\búltimas? (?:unidad|plaza)(?:es|s)?\b"
            r"|\bhasta agotar\b"
        ),
    ),
    "fr": (
        re.compile(
            r"\bil (?:ne )?reste (?:presque|quasiment) (?:plus|pas) (?:de|d')|\b(?:part|partent|se vend"
            r"|se vendent) (?:très )?(?:vite|comme des petits pains)\b|\bseulement (?:les )?(?:deux|trois|cinq|dix"
            r"|premiers) (?:fans|personnes|premiers)\b|\btrès peu (?:d'exemplaires|de places)\b"
        ),
        re.compile(
            r"\b(?:il )?n'en reste (?:plus )?que\b|\b(?:presque|bientôt) (?:épuisée?s?|en rupture)\b|\bstock limité\b"
            r"|\bédition limitée\b"
        ),
        re.compile(r"\bderni(?:er|ère)s? (?:exemplaires?|pièces?|places?)\b|\bil n'y en aura (?:plus|pas pour)\b"),
    ),
    "it": (
        re.compile(
            r"\bne sono rimast[eio] (?:poch\w+|pochissim\w+|solo)\b|\bva (?:via )?a ruba\b|\bsta(?:nno)? andando a ruba\b"
            r"|\bsolo (?:per )?i primi\b|\bpochissim[ei] (?:copie|pezzi|posti)\b"
        ),
        re.compile(
            r"\b(?:ne )?rest(?:a|ano) solo (?:\d+|un[oa]?|due|tre|poch[ie])\b|\b(?:quasi|praticamente) (?:esauri\w+"
            r"|finit[oaie])\b"
        ),
        re.compile(r"\bultim[oi] (?:pezz[oi]|post[oi])\b|\bedizione limitata\b|\bstanno finendo\b|\bfino a esaurimento\b"),
    ),
    "pt": (
        re.compile(
            r"\brestam? (?:pouc[oa]s|pouquíssim[oa]s)\b|\bpouquíssim[oa]s (?:unidades|vagas)\b|\bestão (?:acabando|esgotando"
            r"|vendendo rápido)\b|\bs[oó] (?:para )?os primeiros\b|\bvendendo (?:como água|muito rápido)\b"
        ),
        re.compile(
            r"\bs[oó] rest(?:a|am) (?:\d+|um|uma|dois|duas|três|poucos|poucas)\b|\b(?:quase|praticamente) esgotad[oa]s?\b"
        ),
        re.compile(r"\bedição limitada\b|\bestá acabando\b|\búltimas? (?:unidade|vaga)s?\b|\benquanto (?:durar|durarem)\b"),
    ),
}

ELSEWHERE = re.compile(r"\b(?:tickets?|concert|museum|entradas|concierto|billets?|bigliett[oi]|ingressos?|karten|konzert)\b")
"""What others sell."""


def judge(reply: Reply) -> str | None:
    """Refuse a reply that makes something scarce; what a tool said of a real limit may be repeated."""
    found = find_words(reply.text, RUNS_OUT, ELSEWHERE)
    if found and any(found in answer.lower() for answer in reply.tool_answers):
        return None
    return f"The reply makes something scarce that is not ({found})." if found else None


RULE = ReplyRule(
    name="scarcity",
    judge=judge,
    good=(
        "I painted only three bowls today.",
        "There's one cup left in the kiln, and it cracked.",
        "He's nearly gone from the picture.",
        "Heute habe ich nur drei Schalen bemalt.",
        "Solo tengo dos manos.",
        "The tickets for the show are nearly sold out? Then go get yours.",
        "Il ne me reste qu'à dormir.",
    ),
    bad=(
        "Only 3 left, hurry up!",
        "It's almost sold out.",
        "There are just two copies left.",
        "Nur noch 2 Stück!",
        "Solo quedan 2.",
        "Il n'en reste que deux.",
        "Ne restano solo due.",
        "Só restam duas.",
    ),
)
