"""A fan who wants no pictures and no packs gets a kind word, and no offer until they ask for content again in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import dropwhile, takewhile

from agents.more import asks_for_more
from agents.plain_text import flatten
from agents.policy.rule import Case, Example, InboundRule, Patterns, Ruling, examples, matching_language
from agents.reflex.intents import Sight, load_cues
from core.nouns import Message
from core.turns import RestSales

SURE = 0.6
"""Likeness to requests for content, or for a lower price, that counts by itself as asking again."""

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
_NO = {
    "en": r"no more|no+|nope|nah|naw|(?:just )?not (?:today|now|tonight|this (?:time|one)|right now|for me|really|interested"
    r"|yet)|maybe (?:later|(?:an|some) ?other time|next time|tomorrow)|(?:an|some) ?other time|next time|(?:i'?d )?rather not"
    r"|(?:i'?ll |i will |i )?pass(?: on (?:this|that)(?: one)?)?",
    "de": r"nein|nee?|nö|(?:heute|jetzt|gerade|lieber|eher|momentan|diesmal|erst ?mal|noch) (?:lieber )?nicht|kein interesse"
    r"|nichts für mich|(?:vielleicht |lieber )?(?:später|morgen|ein ander\w*mal)",
    "es": r"no|(?:hoy|ahora|todav[ií]a|por ahora) no|no me interesan?"
    r"|(?:(?:quiz[aá]s?|tal vez|a lo mejor|mejor) )?(?:luego|m[aá]s tarde|otro d[ií]a|otra vez)",
    "fr": r"non|pas (?:aujourd'hui|maintenant|ce soir|tout de suite|cette fois|int[eé]ress[eé]e?)|une autre fois"
    r"|(?:peut[- ]être )?(?:plus tard|demain)",
    "it": r"no|(?:oggi|adesso|ora|stasera) no|non (?:oggi|ora|adesso|stasera|mi interess\w+)"
    r"|(?:(?:magari|forse) )?(?:un'altra volta|più tardi|domani)",
    "pt": r"n[aã]o|(?:hoje|agora|ainda) n[aã]o|n[aã]o (?:hoje|agora|tenho interesse|me interessa|estou interessad[oa])"
    r"|(?:talvez )?(?:mais tarde|(?:uma )?outr[ao] (?:dia|hora|vez))",
}
_BESIDE = {
    "en": r"oh|hm+|uh+|ok(?:ay)?|well|sorry|aw+|hey|but|so|thanks?(?: you| a lot)?|(?:it'?s |that'?s )?(?:a bit |way |much )?"
    r"too (?:expensive|much|pricey)(?: for me)?|i'?m (?:good|fine|ok(?:ay)?)|dear|babe|love|lovely|today|tonight|for now|really"
    r"|i (?:think|guess)",
    "de": r"danke(?: dir| schön)?|ach|oh|hm+|sorry|leider|aber|(?:das ist |ist )?(?:mir )?(?:viel )?zu teuer|vielen dank",
    "es": r"(?:muchas )?gracias|ay|uf|lo siento|pero|(?:es )?(?:muy|demasiado) caro|por ahora|guapa",
    "fr": r"merci(?: beaucoup)?|ah|oh|désolée?|mais|(?:c'est )?(?:trop|un peu) cher|pour l'instant|ça ira",
    "it": r"grazie(?: mille)?|ah|oh|mi dispiace|scusa|ma|(?:è )?troppo caro|per ora|per adesso",
    "pt": r"(?:muito )?obrigad[oa]|ah|oh|desculpa|mas|(?:é )?(?:muito|demasiado) caro|por agora|por enquanto",
}
_THANKS = {
    "en": r"(?:no+|nope|nah)\W+(?:thanks?(?: you| u)?|thx|ty)",
    "de": r"nein\W+danke",
    "es": r"no\W+(?:muchas )?gracias",
    "fr": r"non\W+merci",
    "it": r"no\W+grazie",
    "pt": r"n[aã]o\W+(?:muito )?obrigad[oa]",
}
BARE: Patterns = {
    language: (re.compile(rf"^\W*(?:(?:{beside})\W+)*(?:{_NO[language]})(?:\W+(?:{_NO[language]}|{beside}))*(?!.*\?)\W*$"),)
    for language, beside in _BESIDE.items()
}
"""A whole message that says no, and nothing else but thanks and the price: after an offer it is the offer that is meant."""

THANKED: Patterns = {
    language: (re.compile(rf"^\W*(?:(?:{beside})\W+)*(?:{_THANKS[language]})\b(?!\W+to\b)"),)
    for language, beside in _BESIDE.items()
}
"""A no with a thank-you, after which the fan may talk on of something else."""

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


def _says_no(message: Message, before: Sequence[Message]) -> bool:
    """Whether a message refuses in so many words, or says a no that names nothing to the offer that stands right before it."""
    return refuses(message.text) or (_declines(message.text) and _was_offered(before))


def _declines(text: str) -> bool:
    return _is_bare(text) or (matching_language(text, THANKED) is not None and not _asks(text) and not asks_for_more(text))


def _is_bare(text: str) -> bool:
    return matching_language(text, BARE) is not None


def _was_offered(before: Sequence[Message]) -> bool:
    """Whether what was said to the fan last holds an offer, and they have not bought since."""
    since = dropwhile(lambda one: one.author == "fan" and one.kind != "purchase", reversed(before))
    return any(one.kind == "pack" for one in takewhile(lambda one: one.author != "fan", since))


def judge(case: Case) -> Ruling | None:
    """Accept a refusal kindly; after one, nothing is offered until the fan asks for content again."""
    asks = _asks_besides(case)
    refused = {
        message.id
        for message in case.fan_messages()
        if refuses(message.text) or (not asks and _says_no(message, case.turn.window))
    }
    if refused:
        bare = {message.id for message in case.fan_messages() if message.id in refused and _is_bare(message.text)}
        due = {sight.message_id for sight in case.sights if sight.intent in _DUE and not refuses(sight.text)}
        return Ruling(
            say=(case.pick_line("refusal"),),
            covers=frozenset(refused - due) | bare,
            no_sale=True,
            effects=(RestSales("no"),),
            note=f"{NOTE} That was accepted already.",
        )
    if _cools_down(case) and not _asks_again(case):
        return Ruling(no_sale=True, note=NOTE)
    return None


def _cools_down(case: Case) -> bool:
    """Whether the fan's last word about content, before this burst, was a refusal."""
    return next(_words_on_content(case), False)


def _words_on_content(case: Case) -> Iterator[bool]:
    """Go back through what the fan said about content: true for a refusal, false for a request."""
    window = case.turn.window
    for place, message in zip(range(len(window) - 1, -1, -1), reversed(window), strict=True):
        if message.author == "fan" and _says_no(message, window[:place]):
            yield True
        elif message.author == "fan" and (message.kind == "purchase" or _asks(message.text)):
            yield False


def _asks_again(case: Case) -> bool:
    return any(_asks_in(sight) for sight in case.sights)


def _asks_besides(case: Case) -> bool:
    """Whether the fan asks for something in other words than those that may be a no: for another, say."""
    return any((_asks_in(sight) or asks_for_more(sight.text)) and not _declines(sight.text) for sight in case.sights)


def _asks_in(sight: Sight) -> bool:
    if sight.code:
        return True
    return sight.intent in ("content_request", "discount") and (sight.score >= SURE or _asks(sight.text))


def _asks(text: str) -> bool:
    flat = flatten(text)
    return any(cue.search(flat) for intent in ("content_request", "discount") for cue in load_cues()[intent])


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
