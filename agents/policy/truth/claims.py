"""Say only what is so: nothing "sent" that was not staged, no price and no discount that no tool gave in this turn."""

from __future__ import annotations

import re

from agents.plain_text import flatten, split_sentences
from agents.policy.rule import Patterns, Reply, ReplyRule, find_words, split_reply
from agents.prices import find_prices

_WARE = r"(?:pack|pics?|pictures?|photos?|set|videos?|it|them|something)"
SENT: Patterns = {
    "en": (
        re.compile(
            r"\bi(?:'ve| have)?(?: just| already)? (?:sent|unlocked|attached|uploaded"
            r"|dropped (?=a |the |you|it|them|new|some)(?!(?:it|them) (?:on|off|down|when|in (?:the|a|my))\b))"
            r"(?! (?:in|off|out|back)\b)\b"
            r"(?!.*\b(?:home|to bed|a letter|a postcard|an e-?mail)\b)"
        ),
        re.compile(r"\bhere(?:'s| is| are) (?:your|the|a|an|my|some) (?:\w+ )?(?:pack|pics?|pictures?|photos?|set|video)\b"),
        re.compile(
            r"\b(?:pack|pics?|pictures?|photos?|set) (?:is|are) (?:now |already )?(?:unlocked|yours|on (?:its|their) way"
            r"|waiting for you)\b"
        ),
    ),
    "de": (
        re.compile(
            r"\b(?:hab|habe) (?:ich )?dir\b.{0,30}\b(?:paket|bild\w*|fotos?|set|video|etwas|sie|es)\b.{0,12}\b(?:geschickt"
            r"|gesendet|freigeschaltet)\b"
        ),
        re.compile(
            r"\b(?:hier|da) (?:ist|sind|hast du) (?:dein\w*|das|die|ein\w*) (?:paket|bild\w*|fotos?|set)\b|\b(?:bilder|fotos"
            r"|paket)\b.{0,8}\b(?:sind|ist)\b.{0,12}\b(?:unterwegs|bei dir|freigeschaltet)\b"
        ),
    ),
    "es": (
        re.compile(
            r"\bte (?:acabo de|he|envié|mandé)\b.{0,12}(?:\b(?:enviar|mandar|enviado|mandado|el|la|las"
            r"|los)\b).{0,20}\b(?:paquete|pack|fotos?|imágenes)\b"
        ),
        re.compile(
            r"\baquí (?:tienes|están?|va[ns]?) (?:tus?|las?|el|los|una?s?) (?:paquete|pack|fotos?|imágenes)\b|\b(?:fotos"
            r"|paquete|imágenes)\b.{0,6}\b(?:están?|ya)\b.{0,8}\b(?:en camino|desbloquead\w+)"
        ),
    ),
    "fr": (
        re.compile(
            r"\bje (?:viens de t'|t'ai )(?:envoy|débloqu|mis)\w*\b|\bvoi(?:là|ci) (?:tes|ton|les|le|mes|une?) (?:photos?"
            r"|pack|images?)\b"
        ),
        re.compile(r"\b(?:photos|pack|images)\b.{0,6}\b(?:sont|est)\b.{0,12}\b(?:en route|débloqué\w*|en chemin)\b"),
    ),
    "it": (
        re.compile(
            r"\bti ho (?:appena |già )?(?:mandato|inviato|sbloccato)\b.{0,15}\b(?:pacchetto|pack|foto|immagini)\b"
            r"|\becco (?:le|il|la|una?) (?:tue |tuo |tua )?(?:foto|pacchetto|immagini)\b"
        ),
        re.compile(r"\b(?:foto|pacchetto)\b.{0,6}\b(?:stanno|sta|sono|è)\b.{0,12}\b(?:arrivando|in arrivo|sbloccat\w+)\b"),
    ),
    "pt": (
        re.compile(
            r"\b(?:acabei de te (?:enviar|mandar)|te (?:enviei|mandei)|já te (?:enviei|mandei))\b.{0,15}\b(?:pacote|pack"
            r"|fotos?|imagens)\b|\baqui (?:estão|está|vão) (?:as |o |suas |sua |seu |suas )*(?:fotos?|pacote)\b"
        ),
        re.compile(r"\b(?:fotos|pacote)\b.{0,8}\b(?:estão|está)\b.{0,8}\b(?:a caminho|desbloquead\w+|liberad\w+)"),
    ),
}
"""Something is said to have come."""

DISCOUNTS: Patterns = {
    "en": (
        re.compile(
            r"\b\d{1,2} ?(?:%|percent) (?:off(?! (?:of )?[$€£]?\d)|discount|less|cheaper)\b|\bhalf[- ]price\b"
            r"|\bspecial (?:discount|price|deal)\b"
        ),
        re.compile(
            r"\b(?:promo|discount|voucher|coupon) codes?\b(?! (?:do|don't|does|that you)\b)|\bi(?:'ll| will|'m"
            r"| am)(?: giving| give| gonna give)? you a (?:\w+ )?discount\b"
        ),
        re.compile(
            r"\b(?:for free|free of charge) (?:just |only )?for you\b|\b(?:this one|it|that one|the pack|the set)(?:'s"
            r"| is)(?: all)? free\b(?: for you|[,.!]|$)|\b(?:pack|set|one|it|this)(?:'s| is) on the house\b"
        ),
    ),
    "de": (
        re.compile(
            r"\b\d{1,2} ?(?:%|prozent) (?:rabatt|günstiger|billiger|nachlass|weniger)|\bzum halben preis\b|\brabattcode\b"
            r"|\bgeb\w* (?:ich )?dir (?:einen )?rabatt\b|\bnur für dich (?:gratis|kostenlos)\b"
        ),
    ),
    "es": (
        re.compile(
            r"\b\d{1,2} ?(?:%|por ciento) (?:de )?descuento|\ba mitad de precio\b|\bcódigo (?:de descuento|promocional)\b"
            r"|\bte (?:doy|hago) un descuento\b|\bgratis (?:solo )?para ti\b"
        ),
    ),
    "fr": (
        re.compile(
            r"\b\d{1,2} ?(?:%|pour cent) (?:de )?(?:réduction|remise|moins)|\bmoitié prix\b|\bcode promo\b"
            r"|\bje te fais une (?:réduction|remise)\b|\bgratuit (?:rien que )?pour toi\b"
        ),
    ),
    "it": (
        re.compile(
            r"\b\d{1,2} ?(?:%|per cento) di sconto|\ba metà prezzo\b|\bcodice (?:sconto|promozionale)\b"
            r"|\bti faccio uno sconto\b|\bgratis (?:solo )?per te\b"
        ),
    ),
    "pt": (
        re.compile(
            r"\b\d{1,2} ?(?:%|por cento) de desconto|\b(?:pela metade do|a metade do|metade do) preço\b"
            r"|\bcódigo (?:de desconto|promocional)\b|\bte dou um desconto\b|\bde graça (?:só )?para você\b"
        ),
    ),
}
"""Something is said to be cheaper, or free."""

ELSEWHERE = re.compile(
    r"\b(?:i|we|he|she|they|it|you|who) (?:\w+ )?(?:paid|spent|earned?|won|found|raised|saved|lost|owe[sd]?|borrow\w*"
    r"|donat\w+|lent)\b"
    r"|\b(?:cost me|my (?:rent|salary|budget|bills?)|rent|salary|savings|checking|deposit\w*|withdraw\w*|bank|accounts?"
    r"|transfer\w*|loan|mortgage"
    r"|insurance|tax(?:es)?|exchange|convert\w*|conversion|in (?:euros|yen|pesos|pounds|dollars|francs|usd|eur|gbp|inr|cad)"
    r"|(?:send|sent|move|wire|put|pull|take|pay)\b.{0,30}\b(?:from|into|between)|flights?|fly|under [$€£]|hotels?|restaurants?"
    r"|tip on|worth in|kilos?|pound (?:turkey|bag)|(?:percent|%) (?:off )?of|gift card|visa|bill|limit|credit|charges?"
    r"|charged"
    r"|transaction|interest|bonus|wage|income|borrow|fundrais\w+|charity|how (?:much"
    r"|many))\b"
    r"|\b(?:habe|hat|haben)\b.{0,25}\b(?:bezahlt|ausgegeben|gewonnen|gekostet|verdient)\b|\b(?:pagué|gasté|gané|j'ai (?:payé"
    r"|dépensé|gagné)|ho (?:pagato|speso|vinto)"
    r"|paguei|gastei|ganhei)\b"
)
"""Money that is no price of ours: somebody's rent, what a thing cost last year, a bank."""
_OURS = re.compile(
    r"\b(?:pack|set|photos?|pics?|pictures?|unlock|open it|for you|yours|paket|bilder|paquete|fotos|pacchetto|pacote)\b"
)
_FIGURES = re.compile(r"\d+|\b[A-Z][A-Z0-9]{3,}\b")


def judge(reply: Reply) -> str | None:
    """Refuse promises and numbers that nothing staged stands behind."""
    if not reply.packs and find_words(reply.text, SENT):
        return "The reply claims that something was sent, but nothing was."
    if (discount := find_words(reply.text, DISCOUNTS)) and not _is_told(discount, reply):
        return f"The reply promises a discount ({discount})."
    known = find_prices("\n\n".join([*(str(pack.price) for pack in reply.packs), *reply.tool_answers]))
    for sentence in split_reply(reply.text):
        made_up = next((words for price, words in find_prices(sentence).items() if price not in known), None)
        if made_up and (_OURS.search(sentence) or not ELSEWHERE.search(sentence)):
            return f"The reply names a price that no tool gave ({made_up})."
    return None


def _is_told(discount: str, reply: Reply) -> bool:
    """Whether a tool gave a discount in this turn: figures and codes of the sentence that names it are all the tool's."""
    told = "\n".join(reply.tool_answers)
    sentence = next((one for one in split_sentences(reply.text) if discount in flatten(one)), "")
    named = set(_FIGURES.findall(sentence))
    return bool(named) and named <= set(_FIGURES.findall(told)) if named else discount in told.lower()


RULE = ReplyRule(
    name="claims",
    judge=judge,
    good=(
        "I painted five bowls today.",
        "Sent my brother home with soup.",
        "The stars were out, all of them.",
        "Two stars over the bay tonight.",
        "I've 8 bowls in the kiln.",
        "You sent me something!",
        "I dropped it in the yard, and it is in five pieces.",
        "I paid 3 euros for the figs.",
        "I have no discount to give, and no code.",
        "Rent here is 700 euros, my neighbour says.",
    ),
    bad=(
        "I just sent you the pack, enjoy!",
        "Here are your pictures 😘",
        "It's only $5 for you.",
        "That'll be 200 stars.",
        "13,99 € and it's yours.",
        "USD 5, love.",
        "Just five dollars.",
        "Twenty-five bucks!",
        "I'll give you 20% off.",
        "The pack is unlocked now.",
        "I paid $50 for it and you get the pack for $5.",
        "Ich habe dir das Paket gerade geschickt!",
        "Te hago un 20 % de descuento.",
        "Voilà tes photos !",
        "Ti faccio uno sconto.",
        "As fotos já estão a caminho.",
    ),
)
