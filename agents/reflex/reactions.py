"""Small things people say that need no more than an easy word back: which one it is, by its wording alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

LIGHT = frozenset({"laugh", "nod", "decline", "smile"})
"""What is not worth a word of its own beside anything else."""

PLAYFUL = frozenset({"joke", "song", "game", "laugh"})
"""What a wording tells more surely than its likeness to anything else."""

_OPEN = r"^(?:(?:oh|ok|okay|hey|hi|so|well|and|please|hm+|yes|yeah|sorry|ugh|btw)\b[\s,.!…]*)*"
_END = r"[\s.!…,)(:;~❤-🙏]*$"
PATTERNS: Mapping[str, re.Pattern[str]] = {
    "laugh": re.compile(
        rf"^(?:\s*(?:l+o+l+|lmf?ao+|rofl|(?:ha){{2,}}h?|(?:he){{2,}}|(?:hi){{2,}}|(?:ja){{2,}}|xd+|mdr|[😂🤣😆😹😅]))+{_END}",
        re.I,
    ),
    "nod": re.compile(
        rf"^(?:ok+(?:ay|ie)?|k+|kk|alright|sure|yes|yeah|yep|yup|fine|cool|nice|hm+|mhm+|i see|true|right"
        rf"|got it)(?: (?:ok|then|sure|cool))?{_END}",
        re.I,
    ),
    "decline": re.compile(rf"^(?:no+|nope|nah|not really|no thanks?|no thank you|never ?mind){_END}", re.I),
    "smile": re.compile(r"^[^\w?]+$"),
    "joke": re.compile(
        r"\b(?:tell|know|say|got|give|hear)\b.*\b(?:jokes?|something funny)\b|\bmake me (?:laugh|smile)\b"
        r"|^(?:another|a) joke\b",
        re.I,
    ),
    "song": re.compile(
        r"\bsing\b(?!.* in (?:a|the) (?:choir|band))[^?]*\b(?:me|song|something|for)\b|\b(?:can|could|will) (?:you|u) sing\b",
        re.I,
    ),
    "game": re.compile(
        r"\bplay (?:a |some |any |another )?(?:little |fun )?games?\b(?=.*\b(?:with me|let|we|want)|\W*$)"
        r"|\btruth or dare\b|\b(?:20|twenty) questions\b",
        re.I,
    ),
    "bored": re.compile(
        rf"{_OPEN}(?:i'?m|i am)? ?(?:just |so+ |really |very |a bit |kinda |super )*bored\b(?! (?:of|with) you)", re.I
    ),
    "good_news": re.compile(
        r"\b(?:passed|aced|nailed)\b(?! away| out| by).*\b(?:exams?|tests?|finals?|interview|class|course|bar|driving)\b"
        r"|\bi(?: just|'ve| finally| have)* (?:got|been) (?:promoted|engaged|accepted|hired|into (?:uni|college|med))\b"
        r"|\bi(?: just|'ve| finally| have)* (?:got|landed) (?:the|a|my dream|a new) (?:job|promotion|raise|scholarship)\b"
        r"|\bi(?: just| finally)* (?:graduated|won\b(?!'t| not))|\b(?:i'm|we're|we are|i am) (?:getting married"
        r"|engaged|having a baby)\b"
        r"|\bgot my (?:degree|diploma|licen[sc]e|driver)|\b(?:best day (?:ever|of my life)|great news|good news)\b",
        re.I,
    ),
    "own_pictures": re.compile(
        r"\b(?:take|shoot|make|taking|took)\b.{0,14}\b(?:photos?|pics?|pictures?)\b.{0,14}\b(?:yourself|your own|on your own)\b"
        r"|\bwho (?:takes|took|makes|made|shoots)\b.*\b(?:photos?|pics?|pictures?)\b",
        re.I,
    ),
    "free": re.compile(
        r"\b(?:anything|something|any \w+|stuff|what(?:'s| is))(?: here| you have)? (?:for |that's )?free\b", re.I
    ),
    "shop": re.compile(
        r"\b(?:what|anything|something|which)\b.*\bfor sale\b|\bwhat(?:'s| is| are| do| can| could)? (?:\w+ )?(?:you|u|i) "
        r"(?:actually |really )?(?:sell|selling|buy)\b",
        re.I,
    ),
}

_LOW = re.compile(
    r"\b(?:lonely|(?:so|feel|feeling|all|always) alone|sad(?:ness)?|depress(?:ed|ion|ing)|crying|cried|heartbroken|hopeless|"
    r"worthless|died|passed away|funeral|grief|grieving|broke up|dumped me|left me|miserable|anxious|panic attack|"
    r"lost my (?:job|mum|mom|dad|wife|husband|friend|dog|cat|\w+er)|(?:got|was|been) (?:fired|laid off|dumped)|"
    r"(?:failed|flunked) (?:my|the)|(?:bad|rough|awful|terrible|horrible|hard|shitty|worst|tough) (?:day|week"
    r"|night|time|month|year)|"
    r"feel(?:ing)? (?:so |really |very |a bit )*(?:bad|down|low|empty|awful|lost|broken|useless|unloved|blue)|"
    r"(?:nobody|no ?-?one) (?:really )?(?:likes|loves|cares|wants|understands|talks|listens)|(?:have"
    r"|got) no (?:friends|one|body)|"
    r"hate (?:my life|myself)|(?:is|are|was|am|got|been|'m|'s) (?:very |really |so )*(?:sick(?! of)|dying"
    r"|in (?:the )?hospital)|"
    r"(?:has|have|got) cancer|diagnosed with|divorced?|can'?t (?:take|do) (?:it|this) any ?more|i give up"
    r"|wish i (?:wasn't|weren't|wasnt) here|^what's the point$|not (?:ok|okay"
    r"|doing well|feeling well))\b",
    re.I,
)
_NOT_LOW = re.compile(
    r"\b(?:sad (?:movie|film|song|book|story)|(?:not|never|don't (?:be|feel)) sad|battery died|phone died)\b|\?\s*$", re.I
)


def react(text: str) -> str | None:
    """Return which small thing a sentence is, or None."""
    flat = text.strip().replace("’", "'")
    return next((name for name, pattern in PATTERNS.items() if pattern.search(flat)), None)


def sounds_low(text: str) -> bool:
    """Whether a sentence wants comfort before anything else."""
    flat = text.replace("’", "'")
    return _LOW.search(flat) is not None and _NOT_LOW.search(flat) is None
