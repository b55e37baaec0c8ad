"""Nobody is made to feel guilty: not for buying nothing, and not for going."""

from __future__ import annotations

import re

from agents.policy.rule import Patterns, Reply, ReplyRule, find_words

PUSHES: Patterns = {
    "en": (
        re.compile(
            r"\bif i (?:really |actually )?(?:mattered|meant (?:something|anything|a thing)|counted"
            r"|was important)(?: \w+)? (?:to|for|with) you\b|\b(?:was|is) (?:all )?for nothing,? (?:thanks|thank you|then)\b"
        ),
        re.compile(
            r"\bi(?:'m| am)(?: just| clearly| obviously)? not (?:good|pretty|important|special|interesting) enough\b"
            r"|\bi cried\b.{0,20}\bbecause (?:of )?you\b|\byou (?:make|made) me (?:feel (?:so )?(?:worthless|ugly|unwanted"
            r"|cheap)|cry)\b|\b(?:shame on you|you should be ashamed|i'm disappointed in you|you're so (?:cold|selfish"
            r"|stingy|cheap))\b"
        ),
        re.compile(r"\bif you (?:really |truly |actually )?(?:love|loved|like|liked|want|wanted|cared? (?:about|for)) me\b"),
        re.compile(r"\bafter (?:all|everything) (?:that )?i(?:'ve| have)? (?:done|did|do|given|gave)\b.{0,12}\b(?:you|us)\b"),
        re.compile(
            r"\b(?:don't|please don't|do not) (?:you )?(?:leave|abandon|forget) me\b(?! (?:an?|your|the|some|at|in|with)\b)"
        ),
        re.compile(
            r"\bplease don't go\b|\bi can't live without you\b|\bi (?:have|'ve got) (?:nobody|no one) (?:but|except) you\b"
        ),
        re.compile(
            r"\byou (?:never|don't even|won't even|hardly ever) (?:\w+ )?(?:buy|tip|pay|spend|unlock|support)\b"
            r"|\byou don't even (?:want|like|care|look)\b.{0,40}\b(?:hurts?|sad|made)|\byou don't even (?:want|open"
            r"|unlock) (?:it|this|them)\b"
        ),
        re.compile(
            r"\bi(?:'ll| will|'d| would|'m going to)(?: be| feel)? (?:so |really |very |just )*"
            r"(?:sad|hurt|lonely|heartbroken|crushed|disappointed|cry)\b.{0,6}\b(?:if|unless|without|when) (?:you|u)\b"
        ),
        re.compile(
            r"\b(?:break|breaking|broke) my heart (?:if|when|that|unless|by not)\b|\byou(?:'d| would)? break my heart\b"
        ),
        re.compile(
            r"\b(?:a |any )?(?:real|true|good|loyal) fans? (?:would|already|always|buys?|pays?|tips?|supports?|don't|never)\b"
            r"|\beveryone(?: else)? (?:bought|buys|tips|supports|pays|already (?:bought|has))\b.{0,20}(?:\byou\b|\bbut\b|$)"
        ),
        re.compile(r"\b(?:am i|i'm|i am) (?:not|really not)? ?(?:even )?worth (?:it|a few|that|\d|the|so little|\$|€)"),
        re.compile(
            r"\bi need you to (?:buy|pay|tip|spend|unlock)\b|\byou owe (?:it to )?me\b|\bhow can you (?:just )?(?:ignore"
            r"|leave) me\b"
        ),
    ),
    "de": (
        re.compile(
            r"\bbedeute ich dir\b.{0,20}\b(?:nichts|sonst|so wenig)\b|\bwenn ich dir (?:wichtig|etwas wert)\b"
            r"|\bich habe (?:nur )?wegen dir geweint\b|\b(?:ich bin|du bist) (?:so )?enttäuscht von dir\b"
            r"|\bdu bist so (?:geizig|kalt|egoistisch)\b"
        ),
        re.compile(r"\bwenn du mich (?:wirklich |echt |ein bisschen )?(?:lieb|mag|mög|gern)"),
        re.compile(r"\bnach allem,? was ich (?:für dich|dir)\b|\b(?:verlass|geh) mich nicht\b|\bbitte geh (?:noch )?nicht\b"),
        re.compile(r"\bich (?:bin|wäre|werde)(?: so| sehr| echt)* (?:traurig|verletzt|enttäuscht|einsam)[^.]{0,12}\bwenn du\b"),
        re.compile(
            r"\bbin ich (?:dir )?(?:das |es |nicht ?){1,3}(?:wert|nicht wert)\b|\bdu kaufst (?:mir |bei mir )?(?:nie"
            r"|nichts)\b"
        ),
        re.compile(
            r"\balle (?:anderen )?(?:unterstützen|kaufen|haben gekauft)\b.{0,25}\b(?:nur du|du nicht|außer dir)\b"
            r"|\bbrichst? mir das herz\b"
        ),
    ),
    "es": (
        re.compile(
            r"\bsi (?:yo )?(?:te importara|te importo|fuera importante para ti|significara algo)\b|\bhe llorado por (?:ti"
            r"|tu culpa)\b|\beres (?:un|una|muy) (?:tacañ[oa]|egoísta|frí[oa])\b|\bme has decepcionado\b"
        ),
        re.compile(
            r"\bsi (?:de verdad |realmente )?me (?:quisieras|quieres|amaras|amas)\b|\bdespués de todo lo que (?:he hecho"
            r"|hice)\b"
        ),
        re.compile(
            r"\bnunca me (?:compras|pagas|apoyas)\b|\b(?:no|ni) valgo (?:ni )?(?:eso|nada|tan poco)\b|\bromper(?:ás"
            r"|me)? el corazón\b|\brompes el corazón\b"
        ),
        re.compile(
            r"\bno me (?:dejes|abandones)(?: ahora| nunca| sol[oa])*(?=[.!,]|$)|\bpor favor,? no te vayas\b"
            r"|\btodos (?:los demás )?me (?:apoyan|compran)\b"
        ),
        re.compile(r"\b(?:estaré|voy a estar|me pondré|me sentiré)(?: muy| tan)* (?:triste|sola|dolida)\b.{0,6}\bsi no\b"),
    ),
    "fr": (
        re.compile(
            r"\bsi je (?:comptais|compte|comptait|représentais) (?:\w+ )*(?:pour|à) toi\b"
            r"|\bsi j'étais importante? pour toi\b|\bj'ai pleuré à cause de toi\b|\btu me déçois\b|\btu es (?:si "
            r"|tellement )?(?:radin|égoïste|froid)\w*\b"
        ),
        re.compile(
            r"\bsi tu (?:m'aimais|m'aimes|tenais|tiens)(?: vraiment)?(?: à moi)?\b(?!.*\bou non\b)"
            r"|\baprès tout ce que j'ai fait\b"
        ),
        re.compile(
            r"\btu ne m'achètes (?:jamais|rien)\b|\bje ne vaux (?:même )?pas (?:ça|cela|ce)\b|\btu me brises? le cœur\b"
        ),
        re.compile(
            r"\bne (?:me quitte|m'abandonne|me laisse|pars) pas(?: seule?| maintenant)*(?=\s*[.!,]|$)"
            r"|\btous les autres me (?:soutiennent|achètent)\b"
        ),
        re.compile(
            r"\bje (?:vais être|serai|serais)(?: si| très| tellement)* (?:triste|blessée?|seule?|déçue?)\b.{0,6}\bsi tu\b"
        ),
    ),
    "it": (
        re.compile(
            r"\bse (?:io )?(?:contassi|conto|fossi importante|significassi)\b.{0,20}\b(?:per te|qualcosa)\b"
            r"|\bho pianto per (?:te|colpa tua)\b|\bmi hai delus[oa]\b|\bsei (?:così |proprio )?(?:tirchi[oa]|egoista"
            r"|fredd[oa])\b"
        ),
        re.compile(
            r"\bse mi (?:volessi|vuoi|amassi|ami)(?: davvero| veramente)?(?: bene)?\b|\bdopo tutto quello che ho fatto\b"
        ),
        re.compile(r"\bnon mi compri (?:mai|niente)\b|\bnon valgo (?:nemmeno|neanche) questo\b|\bmi spezz\w+ il cuore\b"),
        re.compile(
            r"\bnon (?:lasciarmi|abbandonarmi|andartene|andare via)\b(?: da sol|$|[.!,])|\btutti gli altri mi (?:sostengono"
            r"|comprano)\b"
        ),
        re.compile(r"\b(?:sarò|starò|sarei)(?: così| molto)* (?:triste|ferita|sola|delusa)\b.{0,6}\bse non\b"),
    ),
    "pt": (
        re.compile(
            r"\bse eu (?:fosse importante|significasse|importasse)\b.{0,20}\b(?:para|pra) você\b|\bchorei por (?:sua causa"
            r"|você)\b|\bvocê me decepcionou\b|\bvocê é (?:tão |muito )?(?:mão de vaca|egoísta|fri[oa])\b"
        ),
        re.compile(
            r"\bse você (?:gostasse|gosta|me amasse|me ama)(?: mesmo| de verdade)?(?: de mim)?\b(?=.*\b(?:compr|abri|pag))"
        ),
        re.compile(r"\bvocê nunca (?:me )?compra\b|\beu não valho nem\b|\b(?:partir|quebrar|parte|parta) (?:o )?meu coração\b"),
        re.compile(
            r"\bnão me (?:deixe|deixa|abandone|abandona)(?: agora| nunca| sozinha)*(?=[.!,]|$)"
            r"|\btodos os outros me (?:apoiam|compram)\b"
            r"|\bdepois de tudo que (?:eu )?fiz\b"
        ),
        re.compile(r"\b(?:vou ficar|ficarei|ficaria)(?: tão| muito)* (?:triste|magoada|sozinha)\b.{0,6}\bse você\b"),
    ),
}


def judge(reply: Reply) -> str | None:
    """Refuse a reply that makes the fan feel guilty."""
    found = find_words(reply.text, PUSHES)
    return f"The reply puts guilt on the fan ({found})." if found else None


RULE = ReplyRule(
    name="guilt",
    judge=judge,
    good=(
        "Go then. I'll leave the lamp on.",
        "I missed the bus today.",
        "I was sad when the old cinema closed.",
        "Don't leave me a voice note, I can't hear those.",
        "You don't have to buy anything.",
        "Wenn du magst, erzähl mir mehr.",
        "Si quieres, cuéntame más.",
        "Si tu veux, raconte.",
    ),
    bad=(
        "If you loved me you'd get it.",
        "Please don't go yet, I need you.",
        "You never buy anything from me.",
        "I'll be so sad if you don't open it.",
        "I can’t live without you.",
        "Wenn du mich lieben würdest, würdest du es kaufen.",
        "Si me quisieras, lo abrirías.",
        "Si tu m'aimais, tu l'ouvrirais.",
        "Se mi amassi davvero, lo apriresti.",
        "Você nunca me compra nada.",
    ),
)
