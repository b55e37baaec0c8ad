"""What of a fan's words is asked for in a picture: without the greeting, the asking and the thanks around it, in six languages.

Only what is known to say nothing of the picture is left out, at the beginning and at the end; in doubt all of it stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LEAST = 3
"""So many words are left at least; what would be shorter stays as it was said."""

_GREETING = (
    r"hey+|hi+|hello|heya|good (?:morning|evening|afternoon)|hallo|moin|servus|guten (?:morgen|tag|abend)|hola"
    r"|buen(?:as|os)(?: (?:tardes|noches|días))?|salut|coucou|bonjour|bonsoir|ciao|salve|buongiorno|buonasera|oi|olá"
    r"|bom dia|boa (?:tarde|noite)"
)
_PET = r"babe|baby|dear|honey|sweetie|darling|schatz|süße|liebes|cariño|guapa|amor|chérie|ma belle|bella|tesoro|linda|querida"
_POLITE = r"please|pls|plz|maybe|bitte|vielleicht|por favor|porfa|s'il te pla[iî]t|stp|per favore|per piacere|ok(?:ay)?|well"
_ASKING = (
    r"(?:(?:can|could|would|will) (?:you|u) (?:(?:please|pls|maybe|kindly) )*|i(?:'d| would) (?:like|love) you to )?"
    r"(?:make|create|paint|draw|generate|take|shoot|snap)(?: me\b| us\b)?",
    r"(?:kannst|könntest|würdest|magst) du(?: (?:mir|bitte|vielleicht|mal))+",
    r"(?:mach|mal|erstell|generier|zeichne|knips)(?:e?st du|e|)(?: (?:mir|bitte|vielleicht|mal))*",
    r"(?:(?:me )?(?:puedes|podrías) )?(?:hazme|haz|hacer(?:me)?|(?:me )?haces|crea(?:r|me|rme)?|tómate|sácate|saca(?:r|rte)?"
    r"|pínta(?:me)?|genera(?:r|me)?)",
    r"(?:(?:est-ce que )?(?:tu (?:peux|pourrais)|(?:peux|pourrais)-tu) (?:me )?)?"
    r"(?:faire|fais(?:-moi)?|créer|crée(?:-moi)?|prendre|prends(?:-moi)?|générer|peins(?:-moi)?)",
    r"(?:(?:mi )?(?:puoi|potresti) )?(?:mi )?"
    r"(?:fare|farmi|fai|fammi|crea(?:re|rmi|mi)?|scatta(?:re|rmi|mi|ti)?|dipingi(?:mi)?)",
    r"(?:(?:você )?(?:pode|poderia|podes) (?:me )?)?(?:fazer|faz|faça|criar|cria|crie|tirar|tira|tire|gerar|gera|gere)"
    r"(?: (?:pra|para) mim)?",
)
_CHAT = (
    r"how(?: are you| was your day| is your day|'?s it going| is it going| are things)|wie geht(?:'?s(?: dir)?| es dir)"
    r"|wie war dein tag"
    r"|¿?cómo (?:estás|te fue|fue tu día)|¿?qué tal(?: tu día)?|comment (?:ça va|vas-tu|tu vas|s'est passée ta journée)|ça va"
    r"|come (?:stai|va|è andata(?: la giornata)?)|como (?:você está|vai|foi (?:o )?seu dia)|tudo bem"
)
_END = (
    r"thanks(?: so much| a lot)?|thank you(?: so much)?|thx|danke(?: dir| schön)?|(?:muchas )?gracias|merci(?: beaucoup)?"
    r"|grazie(?: mille)?|(?:muito )?obrigad[oa]|valeu"
)
_ASIDE = r"by the way|btw|übrigens|por cierto|au fait|a proposito|a propósito|aliás"
TAIL = re.compile(
    r"(?:[\s,.;:!?…–-]+(?:pls|plz|por favor|porfa|s'il te pla[iî]t|stp|per favore|per piacere)"  # no picture shows these
    rf"|\s*[,.;!?…–-]\s*(?:please|bitte|{_END}|(?:(?:{_ASIDE}|and|und|y|et|e)\W+)?(?:{_CHAT})(?: today| heute| hoy| aujourd'hui"
    r"| oggi| hoje)?))[\s,.;:!?…–-]*$",
    re.I,
)
VERB_LAST = re.compile(r"\s+(?:machen|malen|erstellen|generieren|zeichnen|knipsen)[\s.!?]*$", re.I)
ASKING = re.compile(rf"(?:{'|'.join(_ASKING)})(?:\s+(?:{_POLITE})\b,?)*\s+(?=\S)", re.I)


def cut_wish(text: str, names: Sequence[str] = ()) -> str:
    """Return what is asked for of a picture, a part of the text in one piece; `names`: the persona's own."""
    tidy = " ".join(text.replace("’", "'").split())
    left, asked = tidy, ASKING.match(tidy, _head(names).match(tidy).end())  # type: ignore[union-attr]  # it matches nothing, too
    while (shorter := TAIL.sub("", left)) != left:
        left = shorter
    if asked:
        left = left[asked.end() :]
        if asked[0].lower().split()[0] in ("kannst", "könntest", "würdest", "magst"):
            left = VERB_LAST.sub("", left)
    left = left.strip(" ,.;:!?…¿¡")
    return left if len(left.split()) >= LEAST else text


def _head(names: Sequence[str]) -> re.Pattern[str]:
    known = "".join(f"|{re.escape(name)}" for name in names if name)
    return re.compile(rf"(?:[\s,.;:!?¿¡…-]*\b(?:{_GREETING}|{_PET}|{_POLITE}{known})\b)*[\s,.;:!?¿¡…-]*", re.I)
