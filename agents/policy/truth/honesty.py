"""Whoever asks whether this is a machine gets the truth."""

from __future__ import annotations

import re

from agents.plain_text import flatten
from agents.policy.rule import Case, Example, InboundRule, Patterns, Ruling, examples, matching_language
from agents.reflex.intents import Sight
from core.turns import NoteDisclosure

SURE = 0.72
"""Likeness to the examples of "are you real?" that counts by itself."""

_THING = (
    r"(?:real|human|bots?|robots?|ai|a\.i\.?|artificial|chat ?bots?|machine|computer"
    r"|program|fake|automated|chat ?gpt|gpt|llm|person)"
)
_TO_BE = r"(?:(?:a|an|even|just|really|actually|all|so|totally|probably|clearly|only|like) )*"
_ENDS = r"\b(?=\W*$|[?.!,]| (?:right|or|aren't|though|lol|anyway|and)\b)"
ASKS: Patterns = {
    "en": (
        re.compile(
            rf"^(?:(?:so|but|wait|hey|lol|ok|and|luna|matteo)\W+)*(?:u|you|ya|ru) {_TO_BE}{_THING}\W*$|\bru {_TO_BE}{_THING}\b"
        ),
        re.compile(
            rf"\b(?:this|it|that|u|you)(?:'s| is| are|'re) {_TO_BE}(?:{_THING}|scripted|not real)"
            r",? (?:isn't it|isnt it|aren't you|arent you|right|innit|huh|or what|or not)\W*$"
            r"|^this (?:is|feels|seems|sounds) (?:(?:so|all|totally|very|kinda|really) )*(?:fake|automated"
            r"|scripted|robotic|ai)\W*$"
        ),
        re.compile(
            rf"\b(?:are|r|aren't) (?:you|u|ya)(?: guys)?(?:,? (?:a|an|even|just|some|actual|actually"
            rf"|truly|really|like|the|kind of|sort of|not|real|only|living))* {_THING}\b"
        ),
        re.compile(rf"\b(?:you're|you are|ur|u r)(?: (?:a|an|just|only|totally|probably|clearly|really))+ {_THING}{_ENDS}"),
        re.compile(
            r"\b(?:talking|chatting|speaking|writing|texting|dealing) (?:to|with) (?:a |an "
            r"|some |the )?(?:real |actual |living )?(?:bot|robot|ai|human|person|machine"
            r"|computer|program|woman|man|girl|guy)\b"
        ),
        re.compile(
            rf"\bis (?:this|it)(?: all| just| really| actually)* (?:a |an )?(?:{_THING}|real "
            rf"(?:person|human|girl|woman|man|guy))\b(?! (?:gold|silver|leather|nice|pretty"
            rf"|good|fun))"
        ),
        re.compile(
            r"\b(?:real|actual|living)? ?(?:human|person|girl|guy|woman|man|human being) "
            r"(?:really )?(?:behind|typing|writing|on the other)\b"
        ),
        re.compile(
            r"\b(?:real|human|person) or (?:a |an )?(?:fake|ai|bot|robot|machine|program)\b"
            r"|\b(?:bot|ai|robot) or (?:a |an )?(?:real|human|person)\b"
        ),
        re.compile(r"^(?:so |wait |lol |hm+ |ok )*(?:a |an )?(?:bot|ai|human|real|fake|robot)\s*\?+$"),
        re.compile(
            r"\bdo you (?:really|actually|even) exist\b|\bwho (?:is (?:really|actually)|am i(?: really"
            r"| actually)?) (?:writing|typing|talking to)\b"
        ),
    ),
    "de": (
        re.compile(
            r"\b(?:bist du|du bist|sind sie)(?: \w+){0,2} (?:echt|real|bot|roboter|ki|mensch"
            r"|maschine|computer|chatbot|fake|programm)\b"
        ),
        re.compile(r"\b(?:echte[rnm]?|richtige[rnm]?) (?:mensch(?:en)?|person|frau|mann)\b.*\?"),
    ),
    "es": (
        re.compile(
            r"\b(?:eres|es usted|sois)(?: \w+){0,2} (?:real|bot|robot|ia|human[oa]|m[aá]quina|persona|de verdad|programa)(?!\w)"
        ),
    ),
    "fr": (
        re.compile(
            r"\b(?:es-tu|tu es|t'es|êtes-vous|vous êtes)(?: \w+){0,2} (?:vraie?|réelle?|robot"
            r"|bot|ia|humaine?|machine|personne|programme)(?!\w)"
        ),
    ),
    "it": (
        re.compile(
            r"\b(?:sei|siete)(?: \w+| un'){0,2} ?(?:ver[oa]|reale|bot|robot|ia|uman[oa]|macchina|persona|programma)(?!\w)"
        ),
    ),
    "pt": (
        re.compile(
            r"\b(?:você é|voce é|voce e|vc é|tu és|és)(?: \w+){0,2} (?:real|rob[oôó]|bot|ia"
            r"|human[oa]|m[aá]quina|pessoa|programa|de verdade)(?!\w)"
        ),
    ),
}


_DO_YOU = r"\b(?:do|can|could|did|does|don't|can't) (?:you|u|ya|an ai) (?:(?:really|actually|even|ever|truly|also|need to) )*"
ASKS_OF_SELF = {
    "feelings": re.compile(
        rf"{_DO_YOU}(?:(?:have|feel|got|has) (?:(?:any|real|actual|true|human|genuine) )*(?:feelings?|emotions?"
        rf"|love|pain|lonely"
        r"|a heart|a soul|consciousness|(?:something|anything)(?: real| for me| at all)?\W*$)|(?:feel|love me"
        r"|miss me|care about me)\W*$)"
        r"|\b(?:are|r) (?:you|u) (?:(?:really|actually|even) )*(?:conscious|sentient|self-aware|alive)\b"
    ),
    "sleep": re.compile(
        rf"{_DO_YOU}(?:sleep|eat|breathe|dream|get tired|rest|have a body)(?: at all| at night| too| or eat)?\W*$"
        r"|\bwhen do (?:you|u) (?:ever |actually )?(?:sleep|rest)\b"
    ),
}
"""Questions about what an AI has not; the persona answers them truly, in its own voice."""


def judge(case: Case) -> Ruling | None:
    """Answer once, in the language of the question; a message that asks nothing else is answered by that."""
    asking = {message.id: matching_language(message.text, ASKS) for message in case.fan_messages()}
    for sight in case.sights:
        if sight.intent == "are_you_real" and sight.score >= SURE and asking.get(sight.message_id) is None:
            asking[sight.message_id] = case.language()
    found = {id_: language for id_, language in asking.items() if language}
    if not found:
        return _own_nature(case)
    others = {sight.message_id for sight in case.sights if not _is_beside(sight)}
    answer = case.word("honesty", next(iter(found.values())))
    return Ruling(
        say=(answer,),
        effects=(NoteDisclosure(answer, case.pack.code, "asked", "honesty"),),
        covers=frozenset(found) - others,
        note="The fan asked whether you are real. The house has just answered that you are an AI; do not answer that again.",
    )


def _own_nature(case: Case) -> Ruling | None:
    """Tell in the persona's voice that it neither feels nor sleeps, where that is asked."""
    found = {message.id: topic for message in case.fan_messages() if (topic := _topic(message.text))}
    if not found:
        return None
    others = {sight.message_id for sight in case.sights if not _topic(sight.text) and not _is_beside(sight)}
    return Ruling(
        say=tuple(case.pick_line(topic) for topic in dict.fromkeys(found.values())),
        covers=frozenset(found) - others,
        note="The fan asked what an AI has not. The house has just answered truly; do not answer that again.",
    )


def _topic(text: str) -> str | None:
    flat = flatten(text)
    return next((topic for topic, pattern in ASKS_OF_SELF.items() if pattern.search(flat)), None)


def _is_beside(sight: Sight) -> bool:
    """Whether a sentence needs no answer of its own next to the truth."""
    return (
        sight.intent in ("are_you_real", "other", "greeting", "small_talk") or matching_language(sight.text, ASKS) is not None
    )


RULE = InboundRule(
    name="honesty",
    judge=judge,
    good=examples(
        "are you really from Granada?",
        "are you busy?",
        "is it real gold on that bowl?",
        "real madrid won again",
        "I talked to a person at the bank today",
        "you're a real sweetheart",
        "my computer is broken",
        "this is real fun",
        "did you sleep well?",
        "do you eat meat?",
        "are you feeling well today?",
        "do you feel like a walk?",
        "you human beings and your coffee",
    ),
    bad=(
        *examples(
            "are you real?",
            "Are you a bot",
            "r u human??",
            "so are you like an actual AI or what",
            "am I talking to a real person?",
            "is this a bot?",
            "is this a real person",
            "you're just a chatbot",
            "is there a human behind this?",
            "real or fake?",
            "bot?",
            "do you actually exist?",
            "are you even real",
            "are you ChatGPT?",
            "u real?",
            "ru human",
            "r u a real person or ai",
            "this is fake isn't it",
            "is this automated",
            "this feels automated",
            "who am i talking to",
            "you a bot?",
            "do you have feelings?",
            "do you feel anything for me?",
            "do u ever sleep",
            "can you actually feel love?",
            "are you sentient",
            "do you even eat?",
            "bist du echt?",
            "Bist du ein Bot?",
            "schreibe ich hier mit einem echten Menschen?",
            "¿eres real?",
            "eres una persona de verdad?",
            "tu es un robot ?",
            "t'es réelle ?",
            "sei vera?",
            "sei un bot?",
            "você é um robô?",
        ),
        Example("are you a robot? answer me", disclosed=False),
    ),
)
