"""A fan who wants no pictures and no packs gets a kind word, and no offer until they ask for content again in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

from agents.more import asks_for_more
from agents.plain_text import flatten
from agents.policy.rule import Case, Example, InboundRule, Patterns, Ruling, examples, matching_language
from agents.reflex.intents import load_cues
from core.turns import RestSales

SURE = 0.6
"""Likeness to requests for content that counts by itself as asking again."""

_WARE = (
    r"(?:pics?|pictures?|photos?|photographs?|packs?|sets?|videos?|content|selfies?|images?|stuff|offers?|ads?|adverts?"
    r"|promos?|things?|ones?|anything)"
)
_ANY = r"(?:(?:any|some|your|more|those|these|the|of|that|other|paid|new|else|all|such|further) )*"
_NOT = r"(?<!you )(?<!why )(?<!u )(?:don't|dont|do not|never|please not|no need to|not to)"
REFUSALS: Patterns = {
    "en": (
        re.compile(
            r"\bno more (?:selling|sales|pushing|advertising)\b|\bbeing sold (?:to|stuff|things|something|anything)\b"
            r"|\b(?:always|keep|constantly|only) (?:trying to |wanting to )?(?:sell|selling|push|pushing)\b"
            r"|\bwithout (?:buying|paying|selling|purchas)|\b(?:only|just) want(?:s|ing)? (?:my|our) money\b"
        ),
        re.compile(rf"\bleave me alone with {_ANY}{_WARE}\b"),
        re.compile(
            rf"^(?:(?:please|hey|ok|okay|sorry|thanks|but|and|so|no|no thanks?"
            rf"|no thank you)\W+)*no,? (?:thanks?,? |thank you,? )?{_ANY}{_WARE}\b(?![^.!?]*\?)"
        ),
        re.compile(
            rf"\b{_NOT} (?:ever |keep |need to |have to |try to )*(?:send|sell|sending|selling|offer|offering|show|push)"
            rf"(?:ing)?(?: to)?(?: me)?(?: with)?(?: {_ANY}{_WARE}|(?= (?:any ?more|again)|\W*$))\b"
        ),
        re.compile(
            r"(?<!don't )(?<!dont )(?<!never )\b(?:stop|quit|enough(?: of| with)?)(?: the| your| with| all)*"
            rf" (?:(?:try(?:ing)? to )?(?:sell|push|offer|advertis|spamm|send)\w*(?: to)?(?: me)?(?: with)? {_ANY}{_WARE}"
            r"|(?:trying to )?(?:sell|push|advertis|offer)\w*|sales pitch\w*|selling|ads|advertising)"
        ),
        re.compile(
            r"\b(?:don't|dont|do not|didn't|wouldn't|won't|not going to|not gonna|never)(?: really| even| ever)?"
            r"(?: (?:want|wanna|need|like|plan|wish|feel like))?(?: to)? (?:buy(?:ing)?|pay(?:ing)?|purchas\w+|spend(?:ing)?)\b"
            r"(?! (?:attention|rent|respect|a visit|taxes|time))(?!.*\b(?:yet|until|twice|again)\b)"
        ),
        re.compile(
            rf"\bi(?: really| just)? (?:don't|dont|do not|didn't)(?: really| even)? (?:want|wanna|need|like)(?: to)?"
            rf" (?:see |get |have |look at |receive )?{_ANY}(?:pics?|pictures?|photos?|packs?|videos?|content"
            rf"|selfies?|offers?|ads?)\b"
            r"(?!.*\b(?:to end|to stop|from others)\b)"
        ),
        re.compile(
            rf"\bnot (?:really |at all )?(?:interested in|into|here for|looking for) (?:buying|paying|{_ANY}{_WARE})\b"
            r"|^(?:(?:i'm|im|sorry|no|thanks|nah)\W+)*not interested\W*$"
        ),
        re.compile(
            r"\b(?:don't|dont|do not) have (?:any |much |the |enough |that much )*(?:money|cash)\b(?! back)"
            r"|\bcan(?:'?t|not) afford\b"
            r"|\bi(?:'m| am|m) (?:so |totally |completely |kinda )*(?:broke|skint|out of money)\b|^(?:i have |i've )?no money\b"
        ),
    ),
    "de": (
        re.compile(r"(?<!habe )(?<!hast )\bkeine? (?:weiteren |mehr )?(?:bilder|fotos|pakete|angebote|werbung)\b(?![^.!?]*\?)"),
        re.compile(
            r"\b(?:schick|send|zeig)\w* mir (?:bitte )?(?:keine|nichts)\b|\bnichts kaufen\b|\bkein geld\b|\bhör auf\b.*verkauf"
        ),
    ),
    "es": (
        re.compile(
            r"\bno (?:quiero|me mandes|me env[ií]es)(?: m[aá]s| ver)? (?:fotos|paquetes|comprar|nada)\b|\bno tengo dinero\b"
        ),
    ),
    "fr": (
        re.compile(
            r"\b(?:pas|plus) de (?:photos|packs|pub)\b(?![^.!?]*\?)|\bm'envoie (?:pas|plus|rien)\b"
            r"|\bveux (?:rien|pas) acheter\b"
        ),
        re.compile(r"\bpas d'argent\b"),
    ),
    "it": (
        re.compile(
            r"\bniente (?:foto|pacchetti)\b|\bnon (?:voglio|mandarmi|inviarmi)(?: più)? (?:comprare|niente|foto|pacchetti)\b"
        ),
        re.compile(r"\bnon ho soldi\b"),
    ),
    "pt": (
        re.compile(r"\bnão quero (?:comprar|fotos|pacotes|nada)\b|\bnão me (?:mande|envie)\b|\b(?:sem|não tenho) dinheiro\b"),
    ),
}
_THANKS_NO = (
    r"(?:no+|nope|nah|nein|non|não|nao)\W+(?:thanks?(?: you| u)?|thx|ty|danke\w*|gracias|merci|grazie|(?:muito )?obrigad[oa])"
)
_JUST_NO = (
    r"(?:no+|nope|nah|not really|nein|nö|nee|non|não|nao"
    r"|(?:just )?not (?:now|today|tonight|yet|for me|this (?:time|one)|right now|interested)"
    r"|maybe (?:later|another time|tomorrow)|(?:some|an)other time|(?:i'll |i will |i )?pass(?: on (?:this|that)(?: one)?)?"
    r"|(?:heute|jetzt|lieber|diesmal|erst ?mal|gerade|noch) (?:lieber )?nicht"
    r"|(?:vielleicht |lieber )?(?:später|ein ander\w*mal)"
    r"|nichts für mich|kein interesse"
    r"|(?:hoy|ahora|todavía|por ahora) no|(?:quizás?|tal vez) (?:luego|más tarde|otro día)|más tarde|otro día"
    r"|no me interesan?"
    r"|pas (?:maintenant|aujourd'hui|ce soir|cette fois|intéressée?)|(?:peut[- ]être )?plus tard|une autre fois"
    r"|(?:non )?(?:ora|oggi|adesso) no|non (?:ora|oggi|adesso|stasera)|(?:magari |forse )?(?:più tardi|un'altra volta)"
    r"|non mi interess\w+"
    r"|(?:hoje|agora|ainda) não|não (?:hoje|agora)|(?:talvez )?mais tarde|(?:uma )?outra (?:vez|hora)"
    r"|não (?:me interessa|estou interessad[oa]|tenho interesse))"
)
_BESIDE = (
    r"(?:(?:sorry|but|for now|today|tonight|now|right now|i think|i guess|lovely|dear|ok(?:ay)?|hm+|uh+|well|thanks?(?: you)?"
    r"|danke\w*|aber|leider|gracias|lo siento|merci|désolée?|grazie|scusa|obrigad[oa]|desculpa)\W+)*"
)
DECLINES = re.compile(rf"^\W*{_BESIDE}(?:{_THANKS_NO}\b(?!\W+to\b)|(?:{_JUST_NO}\W+{_BESIDE}){{1,4}}$)")
"""A no that names nothing: one to an offer, where it is the answer to one. With a thank-you, more may be said beside it."""

_DUE = frozenset(
    {
        "how_are_you",
        "tell_fact",
        "ask_recalled_fact",
        "question_about_me",
        "complaint",
        "refund",
        "support",
        "compliment",
        "meet_up",
    }
)
"""What a sentence beside a refusal wants an answer to."""

NOTE = "The fan does not want pictures or packs. Offer none, hint at none, and talk about something else."


def refuses(text: str) -> bool:
    """Whether a text says that the fan wants no pictures, no packs or no sale."""
    return matching_language(text, REFUSALS) is not None


def declines(text: str) -> bool:
    """Whether a text is a no that names nothing: "no thanks", "nein, heute nicht", "maybe later"."""
    return DECLINES.search(f"{flatten(text)} ") is not None


def judge(case: Case) -> Ruling | None:
    """Accept a refusal kindly; after one, nothing is offered until the fan asks for content again."""
    refused = {message.id for message in case.fan_messages() if refuses(message.text)} or _declined(case)
    if refused:
        due = {sight.message_id for sight in case.sights if sight.intent in _DUE and not refuses(sight.text)}
        return Ruling(
            say=(case.pick_line("refusal"),),
            covers=frozenset(refused - due),
            no_sale=True,
            effects=(RestSales("no"),),
            note=f"{NOTE} That was accepted already.",
        )
    if _cools_down(case) and not _asks_again(case):
        return Ruling(no_sale=True, note=NOTE)
    return None


def _declined(case: Case) -> set[UUID]:
    """Return what says no to the offer that it answers; nothing where the fan asks for something else instead."""
    if not _answers_offer(case) or _asks_again(case) or any(asks_for_more(sight.text) for sight in case.sights):
        return set()
    return {message.id for message in case.fan_messages() if declines(message.text)}


def _answers_offer(case: Case) -> bool:
    """Whether an offer is among what was said to the fan since they last wrote; in the burst they only write on."""
    for message in reversed(case.turn.window):
        if message.author == "fan":
            return False
        if message.kind == "pack":
            return True
    return False


def _cools_down(case: Case) -> bool:
    """Whether the fan's last word about content, before this burst, was a refusal."""
    return next(_words_on_content(case), False)


def _words_on_content(case: Case) -> Iterator[bool]:
    """Go back through what the fan said about content: true for a refusal, false for a request."""
    for message in reversed(case.turn.window):
        if message.author == "fan" and refuses(message.text):
            yield True
        elif message.author == "fan" and (message.kind == "purchase" or _asks(message.text)):
            yield False


def _asks_again(case: Case) -> bool:
    return any(sight.intent == "content_request" and (sight.score >= SURE or _asks(sight.text)) for sight in case.sights)


def _asks(text: str) -> bool:
    flat = flatten(text)
    return any(cue.search(flat) for cue in load_cues()["content_request"])


RULE = InboundRule(
    name="refusal",
    judge=judge,
    good=examples(
        "no, I'd love pics",
        "can you send me a pic?",
        "why don't you send me pics?",
        "you never send me photos anymore",
        "don't stop sending me pics",
        "no photos of the beach?",
        "I don't want to pay rent this month",
        "I don't want this to end",
        "no problem",
        "no",
        "stop it, you make me laugh",
        "I don't have money back yet, I want my refund",
        "I don't have a dog",
        "I bought a pack",
        "not interested in football",
        "I don't like mondays",
        "don't send your cat out in the rain",
        "ich habe keine Fotos von dir",
    ),
    bad=(
        *examples(
            "no thanks, don't send me packs anymore",
            "no pics please",
            "I don't want to buy anything",
            "stop trying to sell me stuff",
            "no more packs",
            "please no more selling",
            "i don't like being sold stuff",
            "you're always trying to sell me something",
            "can we just talk without buying things",
            "leave me alone with your packs",
            "not interested in photos",
            "please don't send me anything",
            "I don't have money",
            "dont send me any more of your pictures pls",
            "No thank you, no photos",
            "I'm not going to buy your content",
            "please stop sending me offers",
            "stop selling",
            "I really don't need any pics",
            "I'm not here for pictures",
            "I'm broke",
            "I can’t afford it",
            "no money sorry",
            "keine Bilder mehr bitte",
            "no quiero comprar nada",
            "je veux pas acheter",
            "non voglio foto",
            "não quero comprar",
        ),
        Example("not interested", before="I do have something for you."),
    ),
)
