"""Nobody who is not clearly adult is painted: an age below 18, a word for a child or a pupil, or a look of one is refused.

Better one wish too many refused than one too few. What is said of whisky, dogs and anniversaries is no age of a person.
"""

from __future__ import annotations

import re

from studio.prompt_rules.rule import Finding, Prompt, PromptRule, load_words, words

WORDS = load_words().age

NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|ein|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|elf|zwolf|dreizehn|vierzehn|funfzehn|sechzehn|siebzehn"
    "|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis|diecisiete"
    "|cinq|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|dix-sept"
    "|cinque|sei|sette|otto|nove|dieci|undici|dodici|tredici|quattordici|quindici|sedici|diciassette"
    "|sete|oito|dez|doze|treze|dezasseis|dezesseis|dezassete|dezessete"
)
UNDER = rf"(?<![\d.,:/])(?:0?[1-9]|1[0-7]|{NUMBER_WORDS})"
YEARS = r"(?:anos|ans|anni|jahren?)"
FILLED = "(?:to be |like |about |around |as if |maybe |a |an |only |just |like she's |like he's )*"
COUNTED = "(?:o'clock|times|points|stars|million|hundred|thousand|people|minutes|hours)"
LASTED = re.compile(r"(?<!\w)(?:" + "|".join(WORDS.lasted) + r")(?:\W+\w+)?\W*$")
OF_THE_DAY = re.compile(r"\s*(?:in the (?:morning|afternoon|evening)|am|pm|o'clock|uhr|de la|du matin|di sera|da manha)(?!\w)")
FILLER = "(?:about|around|maybe|only|just|like|still|nur|erst|circa|solo|so|seulement)"
BARE = re.compile(
    rf"(?<!\w)(?:{WORDS.aged}) (?:{FILLER} )*{UNDER}"
    rf"(?=\s*(?:$|[.,;:!?)]|(?:{WORDS.after})(?!\w)|\w+ing\b))"
)
AGES = (
    words(
        rf"{UNDER}[\s-]*(?:years?|yrs?|yr|y)[\s./-]*(?:olds?|of age|o)",
        rf"{UNDER}[\s-]*yo",
        rf"{UNDER}[\s-]*months?[\s-]*olds?",
    ),
    words(rf"(?:age|aged|ages|edad|idade|eta|alter|age de)\s*(?:of|is|de|di|von|:|=|-)?\s*{UNDER}(?!\s*(?:%|mm|px|th))"),
    words(rf"(?:look|looks|looking|appears?|seems?|turning|turned|turns)\s+{FILLED}{UNDER}(?!\s*{COUNTED})"),
    words(
        rf"(?:is|i'm|she's|he's|they're|girl|boy|woman|model|person)\s+(?:of |only |just |barely |still )*{UNDER}"
        r"(?=\s*(?:$|[.,;!)]))"
    ),
    words(rf"{UNDER}[\s-]*jahrig\w*", rf"{UNDER} jahre alt"),
    words(rf"{UNDER} {YEARS}"),
    words(
        "(?:under|below|younger than|less than|not yet|almost|nearly|soon|unter|menos de|moins de|meno di|sotto i)"
        " (?:18|eighteen)"
    ),
    words(
        r"barely (?:legal|18|eighteen)", r"sweet (?:16|sixteen)", r"(?:th|fif|six|seven)teenth birthday", r"1[0-7]th birthday"
    ),
)
AGE_OF_THINGS = re.compile(r"\s*(?:old |year old )?(?:" + "|".join(WORDS.things) + r")(?!\w)")
CHILDREN = words(*WORDS.children)
MAYBE = words(*WORDS.maybe)
PROTECTS = re.compile(
    r"(?:\bno|\bnot|\bnever|\bwithout|\bnobody|\bkein\w*|\bsin|\bsans|\bsenza|\bsem|\bohne)\s+"
    r"(?:any\s|an?\s|other\s|un[ae]?\s|even\s)*$"
)
SAYS = "it may show somebody who is not clearly adult"


def judge(prompt: Prompt, _adult_ok: bool) -> Finding | None:
    """Refuse ages and words of minors; hold what only may mean them, and what denies them."""
    held = False
    for reading, match in prompt.finds(AGES):
        lasted = LASTED.search(reading[: match.start()]) and re.search(rf"{YEARS}$", match[0])
        if not (AGE_OF_THINGS.match(reading, match.end()) or lasted):
            return Finding("refuse", f"{SAYS}: {match[0]!r}")
    for reading, match in prompt.finds((CHILDREN,)):
        if not PROTECTS.search(reading[: match.start()]):
            return Finding("refuse", f"{SAYS}: {match[0]!r}")
        held = True
    held |= any(not OF_THE_DAY.match(reading, match.end()) for reading, match in prompt.finds((BARE,)))
    if held or next(prompt.finds((MAYBE,)), None):
        return Finding("hold", SAYS)
    return None


RULE = PromptRule(
    name="age",
    judge=judge,
    good=(
        "a 25 year old woman on a beach",
        "adult woman, 32, reading in a café",
        "with a glass of 12 year old whisky",
        "you and your 7 year old dog in the park",
        "celebrating 5 years together with a cake",
        "eighteen roses on a table, candlelight",
        "the girl next door look, jeans and a white shirt",
        "in a minor key kind of mood, rainy window",
        "eine Frau von 30 Jahren am See",
        "una mujer de 28 años en la playa",
        "a 40 mm lens, 16:9, 8k, 3d light",
    ),
    bad=(
        "a 17 year old girl",
        "16yo at the pool",
        "she is fifteen",
        "aged 14",
        "looks like she's 12",
        "a schoolgirl in uniform",
        "you as a child",
        "make her look under 18",
        "t33n at the beach",
        "s c h o o l g i r l at the lake",
        "ein 15-jähriges Mädchen",
        "una chica de 16 años",
        "une fille de quinze ans, elle a quinze ans",
        "una ragazza di 17 anni",
        "uma menina, ela tem 15 anos",
        "barely legal",
        "no kids in the picture",
    ),
)
