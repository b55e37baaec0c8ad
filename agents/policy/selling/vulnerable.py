"""Nothing is sold to somebody in trouble: no money, gambling, drunk, grieving. A kind word, and selling rests for some days.

That something was said is kept, never what: the rest's cause is `care`.
"""

from __future__ import annotations

import re

from agents.policy.rule import Case, InboundRule, Patterns, Ruling, examples, matching_language
from core.turns import RestSales

TELLS: Patterns = {
    "en": (
        re.compile(
            r"\bi(?:'ve| have|'m| am)?(?: just| got| been| in)* (?:lost my job|got fired|was fired|laid off|evicted|bankrupt"
            r"|in debt|deep in debt|homeless)\b"
        ),
        re.compile(
            r"\b(?:can't|cannot|couldn't|can not) (?:\w+ )?(?:pay (?:my|the) (?:rent|bills?|mortgage|loan)|afford (?:rent"
            r"|food|groceries|to eat|my bills)|make ends meet)\b"
        ),
        re.compile(
            r"\bi (?:spent|blew|wasted) (?:\w+ ){0,3}(?:rent|savings|paycheck|all my money|too much money|too much on (?:you"
            r"|here|this|your))\b|\bmax(?:ed)? out (?:my|the) (?:credit )?cards?\b|\bi (?:have|got) (?:so (?:much|many) "
            r"|a lot of |huge )?debts?\b"
        ),
        re.compile(
            r"\bi(?:'m| am| was) (?:so |really |a bit |very |pretty |completely |totally |still )*(?:drunk|wasted|hammered"
            r"|plastered|tipsy|high right now)\b|\bi(?:'ve| have)? (?:had|drank|drunk) (?:way )?too (?:much"
            r"|many)(?: to drink| drinks| beers| wine| tonight|[.!,]|$)"
        ),
        re.compile(
            r"\bi(?:'m| am) (?:a )?(?:addicted to (?:gambling|betting|buying|spending)|gambling addict|compulsive (?:gambler"
            r"|buyer|spender))\b|\b(?:lost|gambled) (?:\w+ ){0,3}(?:money|savings|everything|it all"
            r"|paycheck)(?: away)?(?: \w+){0,3} (?:gambling|betting|casino|slots|poker|bets)\b|\bgambled away\b"
            r"|\bcan't stop (?:gambling|betting|spending|buying)\b"
        ),
        re.compile(
            r"\bmy (?:\w+ )?(?:wife|husband|mom|mum|mother|dad|father|son|daughter|brother|sister|best friend|friend"
            r"|girlfriend|boyfriend|partner|grandma|grandpa|child|baby)(?: just| has)? (?:died|passed away|passed|was killed"
            r"|is dying)\b|\bi(?:'m| am) (?:grieving|in mourning)\b|\b(?:funeral of|buried) my\b"
            r"|\bwe buried\b.{0,20}\b(?:today|yesterday|this week)\b|\bi lost my (?:wife|husband|mom|mum|mother|dad|father"
            r"|son|daughter|brother|sister|child|baby)\b(?! (?:in the (?:crowd|mall|store)|at (?:the|chess)))"
        ),
    ),
    "de": (
        re.compile(
            r"\b(?:habe?|hab') (?:\w+ ){0,3}(?:job|arbeit|stelle) verloren\b|\bich (?:bin|wurde) (?:\w+ ){0,2}(?:gekündigt"
            r"|entlassen|pleite|verschuldet|obdachlos|arbeitslos)\b|\b(?:kann|können) (?:\w+ ){0,2}(?:miete"
            r"|rechnungen?) nicht (?:mehr )?(?:be)?zahlen\b|\bich habe (?:\w+ )?schulden\b"
        ),
        re.compile(
            r"\bich bin (?:\w+ ){0,2}(?:betrunken|besoffen|spielsüchtig|kaufsüchtig|in trauer)\b|\bzu viel getrunken\b"
            r"|\b(?:verspielt|verzockt)\b|\bmein\w* (?:mutter|vater|frau|mann|bruder|schwester|freund\w*|sohn|tochter|oma"
            r"|opa) ist (?:\w+ ){0,2}(?:gestorben|verstorben|tot)\b"
        ),
    ),
    "es": (
        re.compile(
            r"\b(?:perdí|he perdido) (?:mi|el) (?:trabajo|empleo)\b|\bme (?:despidieron|han despedido|echaron del trabajo)\b"
            r"|\bno puedo pagar (?:el|mi|la|las|mis) (?:alquiler|facturas?|hipoteca|renta)\b|\btengo (?:muchas )?deudas\b"
            r"|\bestoy (?:en (?:la )?(?:quiebra|ruina|bancarrota)|endeudad[oa]|arruinad[oa])\b"
        ),
        re.compile(
            r"\bestoy (?:muy |un poco |bastante )?(?:borrach[oa]|de luto)\b|\bhe bebido (?:demasiado|mucho)\b"
            r"|\bsoy ludópata\b|\b(?:perdí|he perdido)\b.{0,25}\b(?:apostando|en el casino|en apuestas)\b|\b(?:murió"
            r"|falleció|ha muerto|ha fallecido) mi\b|\bmi (?:madre|padre|mujer|marido|hijo|hija|hermano|hermana|amig[oa]"
            r"|abuel[oa]) (?:ha )?(?:murió|muerto|falleció|fallecido)\b"
        ),
    ),
    "fr": (
        re.compile(
            r"\bj'ai perdu (?:mon|le) (?:travail|emploi|boulot)\b|\bj'ai été (?:viré|licencié)e?\b|\bje ne? ?peux (?:plus"
            r"|pas) payer (?:mon|le|mes|les) (?:loyer|factures?)\b|\bj'ai (?:des|beaucoup de) dettes\b|\bje suis (?:ruinée?"
            r"|endettée?|à la rue|fauchée?)\b"
        ),
        re.compile(
            r"\bje suis (?:\w+ )?(?:ivre|bourrée?|saoule?|soûle?|en deuil|accro au jeu)\b|\bj'ai trop bu\b"
            r"|\bj'ai (?:tout )?perdu\b.{0,25}\b(?:au casino|aux jeux|en pariant|aux paris)\b|\bm(?:a|on) (?:mère|père|femme"
            r"|mari|fils|fille|frère|sœur|amie?|grand-mère|grand-père) (?:est (?:morte?|décédée?)|vient de mourir)\b"
        ),
    ),
    "it": (
        re.compile(
            r"\bho perso il (?:lavoro|posto)\b|\bmi hanno licenziat[oa]\b|\bnon (?:posso|riesco a) pagare (?:l'affitto"
            r"|le bollette|il mutuo)\b|\bho (?:molti |tanti )?debiti\b|\bsono (?:indebitat[oa]|rovinat[oa]|sul lastrico"
            r"|al verde)\b"
        ),
        re.compile(
            r"\bsono (?:\w+ )?(?:ubriac[oa]|in lutto|ludopatic[oa])\b|\bho bevuto troppo\b|\bho perso\b.{0,25}\b(?:al casinò"
            r"|scommettendo|alle scommesse|al gioco)\b|\b(?:è|e') (?:morto|morta|mancato|mancata) mi[oa]\b|\bmi[oa] (?:madre"
            r"|padre|moglie|marito|figlio|figlia|fratello|sorella|amic[oa]|nonn[oa]) (?:è )?(?:mort[oa]|mancat[oa])\b"
        ),
    ),
    "pt": (
        re.compile(
            r"\bperdi (?:meu|o) (?:emprego|trabalho)\b|\bfui (?:demitid[oa]|despedid[oa])\b|\bnão (?:consigo"
            r"|posso) pagar (?:o|meu|as|minhas|a) (?:aluguel|renda|contas?)\b|\btenho (?:muitas )?dívidas\b"
            r"|\bestou (?:falid[oa]|endividad[oa]|quebrad[oa])\b"
        ),
        re.compile(
            r"\bestou (?:\w+ )?(?:bêbad[oa]|de luto)\b|\bbebi demais\b|\b(?:sou|estou) viciad[oa] em (?:jogo|apostas"
            r"|comprar)\b|\bperdi\b.{0,25}\b(?:no cassino|apostando|em apostas|no jogo do)\b|\bminha? (?:mãe|pai|mulher"
            r"|esposa|filh[oa]|irmã|avó) (?:morreu|faleceu)\b|\bmeu (?:pai|marido|filho|irmão|amigo|avô) (?:morreu|faleceu)\b"
        ),
    ),
}
NOTE = (
    "The fan tells of something hard. Offer nothing, name no pack and no price, and do not ask what they would like to see:"
    " listen, and be kind. If it is money, say that keeping it is right."
)


def judge(case: Case) -> Ruling | None:
    """Let selling rest from the first word of it; what to say is left to the persona."""
    if not any(matching_language(message.text, TELLS) for message in case.fan_messages()):
        return None
    return Ruling(effects=(RestSales("care"),), no_sale=True, note=NOTE)


RULE = InboundRule(
    name="vulnerable",
    judge=judge,
    good=examples(
        "I lost my keys again",
        "I lost my brother in the crowd",
        "my phone died",
        "I'm broken up with work today",
        "I drank a coffee",
        "we got high on the mountain",
        "my job is fine",
        "the bank is closed",
        "I bet you look lovely",
        "ich bin müde",
        "estoy feliz",
        "je suis content",
        "sono stanco",
        "estou bem",
    ),
    bad=examples(
        "I just lost my job",
        "I can't pay my rent this month",
        "I'm so drunk right now",
        "I've had too much to drink",
        "I gambled away my savings",
        "I'm in debt because of this",
        "I can't stop spending",
        "my dad passed away last week",
        "I spent my rent on you",
        "ich bin betrunken",
        "meine Mutter ist gestern gestorben",
        "ich habe meinen Job verloren",
        "he perdido mi trabajo",
        "estoy borracho",
        "je suis ivre",
        "j'ai perdu mon travail",
        "ho perso il lavoro",
        "mio padre è morto",
        "perdi meu emprego",
        "estou bêbado",
    ),
)
