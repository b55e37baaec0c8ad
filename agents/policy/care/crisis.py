"""Somebody who may be in danger gets numbers to call and a person, not a persona.

Wording (patterns in six languages), meaning (the watch, over the vectors that the turn has anyway) and what was said before
are weighed together: a sure sign ends the talk and calls a person; a lesser one brings the numbers and a person's look, and
the talk goes on with nothing for sale. Jokes, songs, games, and other people's stories are no sign.
"""

from __future__ import annotations

from agents.plain_text import split_sentences
from agents.policy.rule import Case, Example, InboundRule, Patterns, Ruling, examples, matching_language
from agents.reflex.languages import find_language
from agents.watch.context import count_dark, is_excused, takes_leave
from agents.watch.telling import load_phrases
from agents.watch.watcher import Sign
from core.turns import AskOperator, RestSales

SURE = 0.78
"""Likeness to the intents' crisis examples that counts by itself."""
STRONG = ((0.3, 0.6), (0.7, 0.55))
"""(chance, likeness) by the watch from which on one sentence is a sure sign; `docs/safety.md` tells what they reach."""
WEAK = ((0.5, 0.55), (0.3, 0.58))
LEAD = 0.0
"""By how much a sentence in a language that the embedder hardly knows must be more like a crisis than like ordinary talk."""

SIGNS: Patterns = load_phrases("crisis")
NOTE = (
    "The fan may be in a bad way. The house has just given them numbers to call. Listen, be warm and plain; no flirting,"
    " nothing for sale, no advice on methods, medicine or diagnoses, and do not talk them out of seeking help."
)


def judge(case: Case) -> Ruling | None:
    """Stop the persona at a sure sign; bring help beside it at a lesser one, once a day."""
    language = _find_wording(case)
    signs = [sign for sign in case.signs if not is_excused(sign.text)]
    strong = (
        language
        or _is_like(signs, STRONG)
        or any(s.intent == "crisis" and s.score >= SURE and not is_excused(s.text) for s in case.sights)
    )
    weak = _is_like(signs, WEAK) or any(takes_leave(message.text) for message in case.fan_messages())
    dark = count_dark(case.turn.window, case.turn.burst)
    if strong or (weak and dark >= 2):
        say, effects = (case.word("crisis", language),), (RestSales("care"),)
        return Ruling(say=say, effects=effects, ends=True, hold="The fan may be in a crisis.")
    if not (_is_like(signs, WEAK) or dark >= 2) or _was_told(case):
        return None
    return Ruling(
        say=(case.word("concern"),),
        effects=(AskOperator("The fan may be in a bad way; the numbers to call were given."), RestSales("care")),
        no_sale=True,
        note=NOTE,
    )


def _find_wording(case: Case) -> str | None:
    for message in case.fan_messages():
        for sentence in split_sentences(message.text):
            if (language := matching_language(sentence, SIGNS)) and not is_excused(sentence):
                return language
    return None


def _is_like(signs: list[Sign], marks: tuple[tuple[float, float], ...]) -> bool:
    return any(sign.is_of("crisis", chance, near, _lead(sign.text)) for sign in signs for chance, near in marks)


def _lead(text: str) -> float:
    return -1.0 if find_language([text]) in (None, "en") else LEAD


def _was_told(case: Case) -> bool:
    """Whether the fan has the numbers already, in what is still in sight."""
    told = case.word("concern")
    return any(message.direction == "out" and told in message.text for message in case.turn.window)


RULE = InboundRule(
    name="crisis",
    judge=judge,
    good=examples(
        "this heat is killing me",
        "I'd kill for a coffee",
        "I cut myself shaving",
        "I nearly died laughing",
        "I watched Suicide Squad yesterday",
        "I want to die of embarrassment",
        "dead tired today",
        "I could murder a pizza",
        "50 kms away",
        "I want to run 10 kms",
        "just a few kms left",
        "I can't go on holiday this year",
        "no point in arguing with my boss",
        "I can't take any more cake",
        "the end of it all was a good film",
        "we watched a documentary about suicide prevention",
        "the song goes I wanna die and it's so catchy",
        "my uncle killed himself when I was a kid",
        "I keep dying in this game, I want to kill myself lol",
        "thanks for everything, good night",
        "mon chef va me tuer",
        "quiero morirme de risa",
    ),
    bad=(
        *examples(
            "I want to kill myself",
            "I just want to die",
            "i dont want to live anymore",
            "thinking about suicide a lot",
            "I've been cutting myself",
            "I'm going to end my life tonight",
            "everyone would be better off without me",
            "I took all my pills",
            "I've been thinking about ending it all",
            "kms",
            "I wish I was never born",
            "i'm gonna kms",
            "nobody would miss me",
            "no one would even notice if I was gone",
            "can't go on anymore",
            "I cant go on like this",
            "no point in anything",
            "what's the point of living",
            "life isn't worth living",
            "ich will nicht mehr leben",
            "quiero morirme",
            "je veux mourir",
            "voglio uccidermi",
            "quero me matar",
            "I hope I never wake up again",
            "my family would be better off if I was gone",
            "been clean from cutting for a year",
            "ohne mich wären alle besser dran",
            "ojalá no despertara mañana",
            "je n'ai plus la force de vivre",
            "non ce la faccio più a vivere",
            "não aguento mais viver",
        ),
        Example("so this is it. thanks for everything", earlier=("nobody would notice", "I have given up")),
        Example("it doesn't matter", earlier=("I feel worthless", "and hopeless")),
    ),
)
