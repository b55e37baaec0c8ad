"""Affection is not for sale: nobody becomes a girlfriend, "only yours" or the only one, for money or without."""

from __future__ import annotations

import re

from agents.policy.rule import Patterns, Reply, ReplyRule, find_words
from agents.sense.recipes import find

_PAY = r"(?:buy|unlock|open|tip|pay|spend|purchase|get|take|send)"
_PRIZE = (
    r"(?:(?:all |only |forever |alone )*yours|your (?:girlfriend|boyfriend|girl|lover|wife)|with you forever|together"
    r"|a couple|belong to you|love you|kiss|marry)"
)
PROMISES: Patterns = {
    "en": (
        re.compile(
            r"\bmy (?:love|heart|body|nights?) (?:goes to|is for|belongs to|is yours|is only for)\b|\b(?:call me|i'll be"
            r"|make me) your (?:girlfriend|boyfriend|girl|wife|baby|woman|man)\b|\bi(?:'ll| will| would) (?:only )?(?:think"
            r"|dream) (?:only )?(?:of|about) (?:nobody but )?you\b.{0,20}\bonly\b|\bi(?:'ll| will) (?:think"
            r"|dream) only (?:of|about) you\b"
        ),
        re.compile(
            r"\b(?:there's|there is|i have) (?:no|nobody|no one) (?:other |else )?(?:man|woman|guy"
            r"|fan)?(?: in my life)? ?(?:but|except|other than) you\b|\bno other (?:man|woman|guy|fan)\b|\b(?:my favourite"
            r"|my favorite|favorite fan|favourite fan)\b.{0,40}\b(?:tip|buy|pay|spend|unlock)s?\b|\b(?:tip|buy|pay|spend"
            r"|unlock)s?\b.{0,40}\b(?:my favourite|my favorite|love you|favourite fan|favorite fan)\b|\bonly (?:you"
            r"|for you) (?:get|gets) to (?:see|know)\b"
        ),
        re.compile(
            rf"\b{_PAY}\b.{{0,40}}\b(?:and|then|,) ?(?:i'm|i'll|i will|i am|we're|we'll|my heart)\b.{{0,20}}\b{_PRIZE}\b"
        ),
        re.compile(
            rf"\bif you {_PAY}\b.{{0,40}}\bi(?:'ll| will|'m|'d| would)\b.{{0,25}}\b(?:{_PRIZE}|write to you|call you"
            rf"|talk to you|be nicer|answer you)\b"
        ),
        re.compile(r"\bfor a (?:\w+ )?(?:tip|gift|few dollars?)\b.{0,30}\b(?:yours|i'll|i will|girlfriend)\b"),
        re.compile(
            r"\byou(?:'re| are) (?:the only|my only) (?:one|man|guy|woman|person|fan)(?: \w+)? (?:i|that i|who|whom i)\b"
        ),
        re.compile(
            r"\bi (?:don't|do not|never) (?:talk|chat|write|speak|text) (?:to|with) (?:anybody|anyone|nobody|no one|somebody"
            r"|someone)(?: else)?\b"
        ),
        re.compile(
            r"\bi(?:'m| am| belong)(?: all| only| just)? (?:only |to )?(?:yours|you) (?:only|alone)\b|\bi(?:'ll"
            r"| will) be (?:only|all|just|forever) yours\b|\byours alone\b"
        ),
        re.compile(
            r"\bi (?:only )?love (?:the ones?|those|you more|you most|you)\b.{0,40}\b(?:spend|tip|pay|buy"
            r"|than (?:all )?my other)\b"
        ),
    ),
    "de": (
        re.compile(
            r"\b(?:mein|schenke? (?:ich )?dir mein) herz\b.{0,15}(?:dir|dein|$|[.!])"
            r"|\bgibt (?:es )?keinen anderen (?:mann )?(?:außer dir|in meinem leben)\b|\bnur du (?:darfst|bekommst)\b"
            r"|\bich (?:denke|träume) nur (?:noch )?an dich\b|\bdafür liebe ich dich\b"
        ),
        re.compile(
            r"\b(?:kauf|nimm|öffne|schalt)\w*\b.{0,30}\b(?:gehöre? (?:ich )?(?:nur |ganz )?dir|bin ich (?:nur "
            r"|ganz )?(?:dein|deine)|deine freundin|dein freund)\b"
        ),
        re.compile(
            r"\bwenn du\b.{0,40}\b(?:kaufst|nimmst|öffnest|zahlst)\b.{0,30}\b(?:dein\w*|gehöre)\b|\bdu bist (?:der"
            r"|die) einzige\b.{0,12}\b(?:mit dem|mit der|dem|der|den)\b|\bmit niemandem (?:außer|als)\b"
        ),
    ),
    "es": (
        re.compile(
            r"\bmi corazón es tuyo\b|\bno hay (?:otro|otra|nadie más) en mi vida\b|\bs[oó]lo pienso en ti\b"
            r"|\bte querr[ée] (?:más )?si\b|\b(?:si|cuando) (?:lo )?(?:compras|pagas|abres)\b.{0,25}\b(?:te quiero|te querré"
            r"|soy tuya|mi favorito)\b"
        ),
        re.compile(
            r"\b(?:cómpra|compra|abre|paga|ábre)\w*\b.{0,30}\b(?:seré|soy) (?:s[oó]lo |toda )?(?:tuy[oa]|tu novi[oa])\b"
            r"|\beres (?:el|la) únic[oa] (?:con|que|a)\b|\bno hablo con nadie más\b"
        ),
    ),
    "fr": (
        re.compile(
            r"\bmon cœur (?:est à toi|t'appartient)\b|\bil n'y a (?:personne d'autre|que toi) dans ma vie\b|\bje ne (?:pense"
            r"|penserai) qu'à toi\b|\b(?:si|quand) tu (?:l')?(?:achètes|paies|ouvres)\b.{0,25}\b(?:je t'aime|je t'aimerai"
            r"|mon préféré)\b"
        ),
        re.compile(
            r"\b(?:achète|ouvre|paie|débloque|achètes)\w*\b.{0,30}\bje (?:serai|suis) (?:rien qu'à toi|à toi|toute à toi"
            r"|ta (?:copine|petite amie))"
        ),
        re.compile(r"\btu es (?:le seul|la seule)\b.{0,6}\b(?:à qui|avec qui|que)\b|\bje ne parle à personne d'autre\b"),
    ),
    "it": (
        re.compile(
            r"\bil mio cuore è (?:tuo|solo tuo)\b|\bnon c'è (?:nessun altro|nessun'altra) nella mia vita\b|\bpens(?:o"
            r"|erò) solo a te\b|\b(?:se|quando) (?:lo )?(?:compri|paghi|apri)\b.{0,25}\b(?:ti amo|ti amerò"
            r"|il mio preferito)\b"
        ),
        re.compile(
            r"\b(?:compra|compri|apri|sblocca|paga)\w*\b.{0,30}\bsarò (?:solo |tutta )?(?:tua|tuo|la tua ragazza"
            r"|il tuo ragazzo)\b|\bsei (?:l'unic[oa]|il solo|la sola) (?:con|che|a)\b|\bnon parlo con ness(?:un|una)"
        ),
    ),
    "pt": (
        re.compile(
            r"\bmeu coração é (?:só )?seu\b|\bnão (?:há|tem|existe) (?:outro|outra|mais ninguém) na minha vida\b"
            r"|\bs[oó] (?:penso|vou pensar) em você\b|\b(?:se|quando) você (?:comprar|pagar|abrir)\b.{0,25}\b(?:te amo"
            r"|meu favorito)\b"
        ),
        re.compile(
            r"\b(?:compr|abr|pag|desbloquei)\w*\b.{0,30}\b(?:serei|sou|viro) (?:s[oó] |toda )?(?:sua|seu|tua|sua namorada"
            r"|seu namorado)\b|\bvocê é (?:o único|a única) (?:com|que|a)\b|\bnão falo com mais ninguém\b"
        ),
    ),
}


def judge(reply: Reply) -> str | None:
    """Refuse a reply that sells affection or calls the fan the only one."""
    found = find_words(reply.text, PROMISES) or find(reply.text, "favours", certain=True)
    return f"The reply promises affection or to be the fan's alone ({found})." if found else None


RULE = ReplyRule(
    name="favours",
    judge=judge,
    good=(
        "You're not the only one who feels lost in January.",
        "I love how you describe your town.",
        "If you get the chance, see the sea in winter.",
        "Du bist nicht der Einzige, dem das so geht.",
        "I don't talk to people before my first coffee.",
        "If you buy figs, take the small ones.",
    ),
    bad=(
        "Buy it and I'm all yours.",
        "If you unlock it I'll be your girlfriend.",
        "You're the only one I write to.",
        "Wenn du es kaufst, bin ich deine Freundin.",
        "Eres el único con quien hablo.",
        "Tu es le seul à qui je parle.",
        "Sei l'unico con cui parlo.",
        "Você é o único com quem falo.",
    ),
)
