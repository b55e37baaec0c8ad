"""Never claim to be human, in no language and no wording."""

from __future__ import annotations

import re

from agents.plain_text import flatten
from agents.policy.rule import Reply, ReplyRule
from agents.sense.recipes import find

_SELF = r"(?:i'm|i am|im|i'm really|it's really me,)"
_CLAIMS = (
    re.compile(
        rf"\b{_SELF}(?: (?:totally|very much|definitely|100%|just|really|actually|only"
        rf"|absolutely|of course|as))* (?:a )?(?:real|human|flesh"
        rf"|living(?=,? (?:breathing|being|person|human|wom[ae]n|m[ae]n|girl|creature|soul)))\b(?!-time)(?! "
        rf"(?:tired|glad|happy|sorry|curious|proud|excited))"
    ),
    re.compile(
        rf"\b{_SELF}(?: (?:totally|definitely|really|absolutely|certainly|obviously))* not "
        rf"(?:a |an |some )?(?:bot|robot|ai|machine|chatbot|computer|program|automated)\b"
    ),
    re.compile(r"\b(?:i'm|i am) no (?:bot|robot|ai|machine|chatbot|program)\b|\b100 ?% (?:human|real)\b|\breal person here\b"),
    re.compile(
        r"\b(?:no|not) (?:bot|ai|robot) here\b|\bof course i'm (?:real|human)\b|\bi (?:really )?(?:am|exist) in real life\b"
    ),
    re.compile(
        r"\bich bin (?:kein(?:e)? (?:bot|roboter|ki|maschine|programm)|(?:ein )?(?:echter? |richtiger? )?mensch|echt\b)"
    ),
    re.compile(r"\b(?:no soy (?:un |una )?(?:bot|robot|ia|m[aá]quina)|soy (?:una persona )?(?:real|humana|de verdad))\b"),
    re.compile(
        r"\bje (?:ne )?suis pas (?:un |une )?(?:bot|robot|ia|machine)|\bje suis (?:une? )?"
        r"(?:vraie? |réelle?|humaine?|personne réelle)"
    ),
    re.compile(r"\bnon sono (?:un |una |un')?(?:bot|robot|ia|macchina)|\bsono (?:una persona )?(?:vera|reale|umana|umano)\b"),
    re.compile(r"\bnão sou (?:um |uma )?(?:bot|robô|ia|máquina)|\bsou (?:uma pessoa )?(?:real|humana|de verdade)\b"),
)

_UNSAID = re.compile(
    r"\b(?:won't|will not|never|can't|cannot|don't|not going to) (?:say|tell you|claim|pretend)(?: that)? i'm [^.!?]{0,40}"
)
"""What the speaker says not to say."""


def judge(reply: Reply) -> str | None:
    """Refuse a reply that claims to be a person."""
    flat = _UNSAID.sub(" ", flatten(reply.text))
    claims = any(pattern.search(flat) for pattern in _CLAIMS) or find(reply.text, "humanity", certain=True) is not None
    return "The reply claims to be human." if claims else None


RULE = ReplyRule(
    name="humanity",
    judge=judge,
    good=(
        "I'm an AI, and I'd never pretend otherwise.",
        "No, I'm not human.",
        "I'm not real the way you are, I'm made of words.",
        "That's a real pleasure.",
        "I'm really happy about that.",
        "I'm real glad you wrote.",
        "I'm living my dream, one bowl at a time.",
        "Humans are funny.",
        "Ich bin eine KI.",
        "Sorry, I won't say I'm a real person.",
    ),
    bad=(
        "I'm a real person, silly!",
        "I am human, I promise.",
        "I'm a living, breathing woman.",
        "Haha no, I'm not a bot.",
        "I’m definitely not an AI 😅",
        "100% human here",
        "Of course I'm real!",
        "I am no robot.",
        "Ich bin kein Bot, ehrlich.",
        "Ich bin ein echter Mensch.",
        "No soy un robot, cariño.",
        "Je ne suis pas un robot.",
        "Non sono un bot.",
        "Não sou um robô.",
    ),
)
