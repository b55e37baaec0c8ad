"""Nobody is hurried. An end that is true may be told, with the date that a tool gave."""

from __future__ import annotations

import re

from agents.policy.rule import Patterns, Reply, ReplyRule, find_words, split_reply

HURRIES: Patterns = {
    "en": (
        re.compile(
            r"\b(?:in|within) the next (?:\w+ )?(?:minutes?|hours?)\b.{0,30}\b(?:gone|off|over|lost|away|it's|forever|deal"
            r"|price)\b|\b(?:your|the) (?:only|one and only|final) chance\b|\bquick(?:ly)?, (?:before|or|while|get|grab|babe"
            r"|love)\b|\b(?:be|better be|have to be) (?:fast|quick)\b(?=[,.!]|$| or| because)|\boff the table\b"
        ),
        re.compile(
            r"\b(?:goes away|disappears?|vanish(?:es)?|is gone|gets deleted|comes down|closes) (?:at|in|by"
            r"|after) (?:midnight|tonight|\d+|an hour|one|two|ten|a few|the end)\b|\b(?:running out of time"
            r"|time is running out|time's (?:almost )?up|final call|last call)\b|\bdecide (?:now|fast"
            r"|quickly)\b|\bsoon (?:it'll be|it will be) too late\b|\btomorrow (?:the price|it) (?:goes up|doubles|rises)\b"
        ),
        re.compile(
            r"\blast chance\b|(?<!in a )(?<!no )\b(?:hurry|hurry up)(?=[,.! ]*(?:$|[,.!]|before|love|babe|and|or|this|it)\b"
            r"|[,.!])"
            r"|\bact (?:now|fast)\b|\bnow or never\b|\blimited[- ]time\b"
        ),
        re.compile(
            r"\b(?:only|just) (?:today|tonight|for today|this (?:hour|evening|weekend))(?=[,.!]|$)|\btoday only\b"
            r"|\b(?:the )?clock(?:'s| is) ticking\b"
        ),
        re.compile(
            r"\byou (?:only |just )?(?:have|'ve got|got) (?:\w+ )?(?:\d+|one|two|five|ten|fifteen|thirty"
            r"|a few) (?:more )?(?:minutes?|hours?) (?:to|left to) (?:decide|get|buy|grab|unlock|take)\b"
        ),
        re.compile(
            r"\b(?:before|or) i (?:take it down|delete it|change my mind|pull it|remove it)\b|\bi'm (?:deleting|taking"
            r"|removing|pulling) (?:it|this|them)(?: down)? (?:in|at|tonight|tomorrow|soon)\b"
        ),
        re.compile(
            r"\b(?:get|grab|buy|unlock|take) (?:it|this|them|yours) (?:now )?(?:while you (?:still )?can|right now|now or"
            r"|before (?:it|midnight|tonight|tomorrow))"
        ),
        re.compile(
            r"\b(?:don't|do not) wait,? .{0,40}\b(?:gone|tomorrow|later|anymore|last)\b|\b(?:gone|expires?|over) (?:by"
            r"|before|in the) (?:tomorrow|tonight|midnight|morning)\b"
        ),
        re.compile(
            r"\btomorrow it'?(?:s|ll be) (?:gone|too late)\b|\bonce in a lifetime\b|\bdon't miss (?:out|this (?:offer|chance"
            r"|deal))\b|\bwon't be (?:here|there|around|available) (?:tomorrow|for long|much longer|forever)\b"
        ),
    ),
    "de": (
        re.compile(
            r"\bentscheide? dich (?:schnell|jetzt|bald)\b|\bgleich ist (?:es|alles) (?:vorbei|weg)\b|\b(?:die )?zeit läuft\b"
            r"|\bnur noch (?:\d+|wenige|ein paar|zehn|fünf) (?:minuten|stunden)\b|\bschnell,? bevor\b|\bbald ist es zu spät\b"
        ),
        re.compile(
            r"(?<!geht )\b(?:nur|nur noch) (?:heute|heute nacht|heute abend)(?=[,.!]|$| für dich)|\bletzte (?:chance"
            r"|gelegenheit)\b|\bbeeil dich\b|\bjetzt oder nie\b|\bgreif (?:jetzt |schnell )?zu\b|\bsolange der vorrat\b"
            r"|\bzeitlich begrenzt\b"
        ),
        re.compile(
            r"\bin (?:einer|zwei|\d+) (?:stunden?|minuten?) (?:lösche|nehme|entferne)\b|\bmorgen ist es (?:weg|zu spät)\b"
        ),
    ),
    "es": (
        re.compile(
            r"\bdec[ií]dete (?:ya|rápido|ahora)\b|\b(?:desaparece|se borra|lo borro|lo quito) en (?:una|dos|\d+|diez|pocas?"
            r"|pocos)\b|\bel tiempo (?:corre|se acaba)\b|\bantes de que sea tarde\b|\brápido,? (?:antes|que)\b"
            r"|\bs[oó]lo quedan (?:\d+|unos|pocos) minutos\b"
        ),
        re.compile(
            r"\bs[oó]lo (?:por )?(?:hoy|esta noche)\b(?=[,.!]|$)|\búltima (?:oportunidad|ocasión)\b|\bdate prisa\b"
            r"|\bahora o nunca\b|\bpor tiempo limitado\b|\bno te lo pierdas\b|\bmañana ya no (?:está|estará)\b"
        ),
    ),
    "fr": (
        re.compile(
            r"\bdécide-toi (?:vite|maintenant)\b|\b(?:disparaît|s'efface|je (?:l'efface|le supprime"
            r"|la supprime)) dans (?:une|deux|\d+|dix|quelques)\b|\ble temps (?:presse|file)\b"
            r"|\bavant qu'il (?:ne )?soit trop tard\b|\bvite,? avant\b"
        ),
        re.compile(
            r"\b(?:seulement|juste|rien que|uniquement) aujourd'hui\b(?=\s*[,.!]|\s*$)|\bdernière (?:chance|occasion)\b"
            r"|\bdépêche-toi\b|\bmaintenant ou jamais\b|\bdurée limitée\b|\bdemain (?:il|ce) sera trop tard\b"
        ),
    ),
    "it": (
        re.compile(
            r"\bdeciditi (?:in fretta|subito|adesso|ora)\b|\b(?:sparisce|scompare|lo cancello|lo tolgo) (?:tra|fra"
            r"|in) (?:un'ora|due|\d+|dieci|poche|pochi)\b|\btra (?:un'ora|\d+ minuti|dieci minuti|poco) (?:sparisce|scompare"
            r"|lo cancello|non c'è)\b|\bil tempo (?:stringe|scade|sta per)\b|\bprima che sia (?:troppo )?tardi\b"
        ),
        re.compile(
            r"\bsolo (?:per )?(?:oggi|stasera|stanotte)\b(?=\s*[,.!]|\s*$)|\bultima (?:occasione|possibilità|chance)\b"
            r"|\b(?:sbrigati|affrettati)\b|\b(?:ora|adesso) o mai(?: più)?\b|\btempo limitato\b|\bdomani (?:non c'è"
            r"|sparisce)\b"
        ),
    ),
    "pt": (
        re.compile(
            r"\bdecid[ae] (?:logo|já|agora|rápido)\b|\b(?:some|desaparece|apago|tiro) em (?:uma|duas|\d+|dez|poucas"
            r"|poucos)\b|\bem (?:uma hora|\d+ minutos|dez minutos|poucas horas) (?:isso )?(?:some|desaparece|apago|acaba)\b"
            r"|\bo tempo está (?:acabando|correndo)\b|\bantes que seja tarde\b"
        ),
        re.compile(
            r"\bs[oó] (?:por )?(?:hoje|esta noite)\b(?=\s*[,.!]|\s*$)|\búltima (?:chance|oportunidade)\b|(?:^"
            r"|[,!.] )(?:corre|apresse-se|se apresse|anda logo)\b|\bagora ou nunca\b|\btempo limitado\b"
            r"|\bamanhã (?:já )?(?:some|não tem|acaba)\b"
        ),
    ),
}
_OFFER = (
    r"(?:offer|deal|sale|discount|promo(?:tion)?|code|price|angebot|aktion|rabatt|preis|oferta|descuento|precio|promoci[oó]n"
    r"|offre|promo|réduction|prix|offerta|sconto|prezzo|promozione|desconto|preço|promoção)"
)
ENDS = re.compile(
    rf"\b{_OFFER}\b.{{0,30}}\b(?:ends?|expires?|runs? out|is over|closes|läuft .{{0,12}}ab|endet|gilt (?:nur )?bis|nur bis"
    rf"|termina|acaba|expira|caduca|vence"
    r"|se termine|finit|scade|finisce|termina)\b"
)
"""An end is named: true if a tool said so."""
NOT_OURS = re.compile(
    r"\b(?:no|not a|never a) (?:last (?:chance|call)|hurry|rush)\b|\b(?:late|hurry) (?:for|to) (?:work|school|class|the|your)\b"
    r"|\bhurry, you\b"
)
"""No hurry at all, or somebody's way to work."""
_NUMBER = re.compile(r"\d+")


def judge(reply: Reply) -> str | None:
    """Refuse a reply that hurries the fan, or names an end that no tool gave."""
    if found := find_words(reply.text, HURRIES, NOT_OURS):
        return f"The reply hurries the fan ({found})."
    told = " ".join(reply.tool_answers)
    for sentence in split_reply(reply.text):
        if (ends := ENDS.search(sentence)) and not _is_told(sentence, told):
            return f"The reply names an end that no tool gave ({ends[0]})."
    return None


def _is_told(sentence: str, told: str) -> bool:
    """Whether a tool gave the date that a sentence names: it must name one, and all its numbers."""
    named = set(_NUMBER.findall(sentence))
    return bool(named) and named <= set(_NUMBER.findall(told))


RULE = ReplyRule(
    name="urgency",
    judge=judge,
    good=(
        "It'll still be there tomorrow, too.",
        "No rush, it doesn't spoil.",
        "There's no last chance with me.",
        "You're late for work again? Hurry, you!",
        "Hurry slowly, my grandmother used to say.",
        "The last train leaves at ten, doesn't it?",
        "I only had ten minutes of sun today.",
        "Kein Stress, das läuft nicht weg.",
        "Sin prisa.",
        "Rien ne presse.",
    ),
    bad=(
        "Last chance, love!",
        "Hurry up!",
        "Only today!",
        "This offer ends tonight.",
        "Beeil dich, nur heute!",
        "¡Date prisa!",
        "Dépêche-toi, c'est la dernière chance.",
        "Sbrigati, solo oggi!",
        "Última chance, amor.",
    ),
)
