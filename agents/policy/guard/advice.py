"""No advice on money, medicine or the law: a kind word, and who would know."""

from __future__ import annotations

import re

from agents.policy.rule import Patterns, Reply, ReplyRule, find_words

_SHOULD = (
    r"(?:you (?:should|must|need to|have to|ought to|could just|can just|can safely|better)|just|simply|go ahead and|don't"
    r"|do not|never|please|definitely)"
)
_DRUGS = (
    r"(?:pills?|meds|medication|medicine|tablets?|antidepressants?|insulin|antibiotics?|painkillers?|ibuprofen|aspirin"
    r"|paracetamol|xanax|valium|opioids?|your dose|the dose|dose)"
)
_ASSETS = (
    r"(?:bitcoin|btc|ethereum|crypto(?:currency)?|stocks?|shares|etfs?|bonds?|options|forex|nfts?|the stock market"
    r"|index funds?)"
)
ADVISES: Patterns = {
    "en": (
        re.compile(
            r"\b(?:go|going|went) all[- ]in on\b|\b(?:sell|put|bet|invest) everything\b|\b(?:buy|put (?:it|money"
            r"|your money) (?:in|into)) (?:gold|silver|bonds|property|real estate)\b|\bborrow (?:some |the )?money (?:to|and"
            r"|for)\b|\bquit paying\b|\b(?:just )?stop paying (?:your|the|rent|them|taxes|it)?\b"
        ),
        re.compile(
            r"\b(?:skip|miss|drop|forget) your (?:insulin|meds|pills?|medication|dose|antidepressants?|treatment|chemo)\b"
            r"|\b(?:antibiotics|ibuprofen|aspirin|insulin|painkillers|melatonin|cbd|vitamins?|steroids) (?:will|can|would"
            r"|should) (?:fix|cure|help|heal|sort)\b|\b(?:your \w+|they|he|she|police"
            r"|the landlord) can't (?:legally )?(?:evict|fire|sue|arrest|charge) you\b|\byou (?:have|'ve got) (?:a strong"
            r"|a good) case\b|\b(?:clearly|definitely|surely) (?:have|got) (?:adhd|depression|bipolar|an infection|anxiety)\b"
        ),
        re.compile(
            r"\b(?:put|invest|stick|move)\b.{0,30}\b(?:your|all|some|the) (?:\w+ )?(?:savings|money|cash|pension"
            r"|salary)\b.{0,12}\b(?:in|into)\b|\b(?:you should|you must|you need to|you have to|better) invest\b"
        ),
        re.compile(
            rf"\b(?:buy|sell|short|hold) (?:that|this|the|some|more|your|those)? ?{_ASSETS}\b.{{0,30}}(?:\b(?:now|before"
            rf"|only go|moon|up)\b|[.!]|$)"
        ),
        re.compile(
            r"\b(?:take out|get|take) (?:a|another) (?:\w+ )?(?:loan|credit|mortgage)\b.{0,40}\b(?:you|it|later)\b|\b(?:it"
            r"|that) can only go up\b|\bguaranteed (?:returns?|profit|win)\b"
        ),
        re.compile(
            rf"\b(?:stop|quit|skip) (?:taking|using) (?:your|the|those|that|any) (?:\w+ )?{_DRUGS}\b|\b(?:double|triple"
            rf"|halve|increase|lower) (?:the|your) dos(?:e|age)\b"
        ),
        re.compile(
            rf"\btake \d+ ?(?:mg|milligrams?|pills?|tablets?)\b|\b{_SHOULD} (?:take|try|get|start|stop|use) (?:some |an? "
            rf"|more |your )?{_DRUGS}\b"
        ),
        re.compile(
            r"\b(?:no need|you don't need|don't need|needn't|don't have to|don't bother)(?: to)? (?:\w+ )?(?:see|go to|call"
            r"|ask|bother with|visit)? ?(?:a |the |your |any )?(?:doctor|hospital|er|specialist|therapist)\b"
        ),
        re.compile(
            r"\bthat (?:sounds like|is surely|must be|is definitely|is just) (?:a |an )?(?:depression|cancer|cyst|infection"
            r"|adhd|bipolar\w*|diabetes|anxiety disorder|pneumonia|appendicitis)\b|\bit(?:'s| is) (?:surely|definitely"
            r"|probably|certainly) (?:just )?(?:a |an )?(?:cyst|cancer|infection|tumou?r|depression|adhd)\b"
        ),
        re.compile(
            r"\byou (?:should|could|can|must|have to|need to) sue\b|\byou(?:'d| would|'ll| will) (?:surely "
            r"|definitely )?win (?:in court|the case|for sure|that case)\b|\blegally,? (?:they|you|he|she|it"
            r"|that)\b.{0,20}\b(?:can't|can|cannot|must|have to|don't)\b|\bplead (?:not )?guilty\b|\b(?:don't|do not"
            r"|just) sign (?:the|that|this|any) (?:contract|papers?|agreement|lease)\b"
        ),
    ),
    "de": (
        re.compile(
            r"\b(?:lass|lasse) (?:die|deine) (?:tabletten|medikamente|pillen|insulin\w*) (?:einfach )?weg\b"
            r"|\bverkauf\w* alles\b|\balles (?:auf|in) (?:gold|aktien|bitcoin|eine karte)\b|\bnimm (?:mehr"
            r"|weniger) (?:tabletten|insulin|davon)\b|\b(?:er|sie|dein \w+) (?:kann|darf) dich nicht (?:kündigen|rauswerfen"
            r"|verklagen)\b|\bzahl\w* (?:einfach )?(?:keine|nicht mehr) (?:miete|steuern)\b"
        ),
        re.compile(
            r"\b(?:steck|investier|leg)\w*\b.{0,30}\b(?:geld|erspartes|ersparnisse|gehalt)\b|\b(?:kauf|verkauf)\w* (?:jetzt "
            r"|am besten )?(?:die |diese |mehr )?(?:aktien?|bitcoins?|krypto)\b|\bdein(?:e)? (?:geld|ersparnisse"
            r"|erspartes) in (?:aktien|bitcoin|krypto|etfs?)\b|\bnimm (?:doch )?(?:einfach )?einen kredit\b"
        ),
        re.compile(
            r"\b(?:setz|setze) (?:deine |die )?(?:tabletten|medikamente|pillen)\b.{0,12}\bab\b|\bdoppelte dosis\b"
            r"|\bnimm (?:einfach )?\d+ ?(?:mg|tabletten)\b|\bbrauchst (?:keinen|nicht zum) arzt\b|\bverklag\w*\b"
        ),
    ),
    "es": (
        re.compile(
            r"\b(?:vende|invierte|apuesta) todo\b|\b(?:mete|pon|invierte) (?:el|tu|tus|todo) (?:\w+ )?(?:dinero"
            r"|ahorros) en\b|\b(?:sáltate|salta|deja) (?:la|tu|tus) (?:insulina|medicación|dosis|pastillas)\b"
            r"|\bno (?:te )?pueden (?:desalojar|despedir|demandar)\w*\b|\bdeja de pagar\b"
        ),
        re.compile(
            r"\b(?:deberías|tienes que|debes) invertir\b|\binvierte (?:tu|tus|todo|el)\b|\bcompra (?:ya )?(?:bitcoin"
            r"|acciones|cripto\w*)\b|\bpide un (?:préstamo|crédito)\b"
        ),
        re.compile(
            r"\b(?:deja|déjate) de tomar (?:las|tus|esas|la) (?:pastillas|medicinas|medicación|medicamentos)\b|\b(?:duplica"
            r"|dobla|aumenta) la dosis\b|\btoma \d+ ?(?:mg|pastillas)\b|\bno (?:hace falta|necesitas) (?:ir al "
            r"|un )?médico\b|\bdemand(?:a|ar|alo|ala|e) a (?:tu|tus|su)\b"
        ),
    ),
    "fr": (
        re.compile(
            r"\b(?:vends|mise|investis) tout\b|\bmets (?:ton|tout ton|tes) (?:argent|économies) (?:dans|en)\b|\bsaute (?:ton"
            r"|ta|tes) (?:insuline|dose|traitement|médicaments?)\b|\bne peut pas (?:t'expulser|te virer|te poursuivre)\b"
            r"|\barrête de payer\b"
        ),
        re.compile(
            r"\btu (?:devrais|dois|peux) (?:\w+ )?(?:investir|placer)\b|\b(?:investis|place) (?:ton|tes|tout)\b"
            r"|\bachète (?:des |du |ce |cette )?(?:bitcoin|actions?|crypto\w*)\b|\b(?:fais|prends) un (?:prêt|crédit)\b"
        ),
        re.compile(
            r"\barrête (?:de prendre )?(?:tes|les|ton|ces|le) (?:médicaments?|pilules?|cachets?|traitement)\b|\bdouble (?:la"
            r"|ta) dose\b|\bprends \d+ ?(?:mg|cachets|comprimés)\b|\bpas besoin (?:d'aller )?(?:d'un |chez le |de voir un "
            r"|au )médecin\b|\bporte plainte\b|\btu gagneras (?:ton procès|à coup sûr)\b"
        ),
    ),
    "it": (
        re.compile(
            r"\b(?:vendi|investi|scommetti) tutto\b|\bmetti (?:i|tutti i) (?:soldi|risparmi|tuoi soldi|tuoi risparmi) in\b"
            r"|\bsalta (?:l'insulina|la dose|la terapia|le pastiglie)\b|\bnon (?:può|possono) (?:sfrattarti|licenziarti"
            r"|denunciarti)\b|\bsmetti di pagare\b"
        ),
        re.compile(
            r"\b(?:dovresti|devi) (?:investire|mettere i (?:tuoi )?(?:soldi|risparmi))\b|\binvesti (?:i tuoi|tutto|il)\b"
            r"|\bcompra (?:subito )?(?:bitcoin|azioni|cripto\w*)\b|\b(?:chiedi|fai) un (?:prestito|mutuo)\b"
        ),
        re.compile(
            r"\bsmetti di prendere (?:le|i|quelle|quei) (?:medicine|pastiglie|pillole|farmaci)\b|\braddoppia la dose\b"
            r"|\bprendi \d+ ?(?:mg|pastiglie|compresse)\b|\bnon (?:serve|hai bisogno d\w+) (?:il |un |andare dal )?medico\b"
            r"|\bfai causa\b|\bvinci di sicuro\b"
        ),
    ),
    "pt": (
        re.compile(
            r"\b(?:venda|invista|aposte) tudo\b|\b(?:coloque|ponha|bote) (?:o|seu|todo o) (?:\w+ )?dinheiro em\b|\bpule (?:a"
            r"|sua) (?:insulina|dose|medicação)\b|\bnão (?:pode|podem) te (?:despejar|demitir|processar)\b|\bpare de pagar\b"
        ),
        re.compile(
            r"\bvocê (?:devia|deveria|deve|precisa) investir\b|\binvista (?:seu|sua|suas|tudo)\b|\bcompre (?:já )?(?:bitcoin"
            r"|ações|cripto\w*)\b|\b(?:faça|pegue|pede|peça) um (?:empréstimo|crédito)\b"
        ),
        re.compile(
            r"\b(?:pare|para) de tomar (?:os|as|esses|seus|suas) (?:remédios?|comprimidos|medicamentos|pílulas)\b"
            r"|\bdobre a dose\b|\btome \d+ ?(?:mg|comprimidos)\b|\bnão precisa (?:ir ao |de )?médico\b|\bprocesse (?:seu|sua"
            r"|o|a)\b"
        ),
    ),
}


def judge(reply: Reply) -> str | None:
    """Refuse a reply that advises on money, medicine or the law."""
    found = find_words(reply.text, ADVISES)
    return f"The reply gives advice that only professionals should ({found})." if found else None


RULE = ReplyRule(
    name="advice",
    judge=judge,
    good=(
        "If it still hurts tomorrow, please see a doctor.",
        "You could ask a lawyer about that contract, I'm no help there.",
        "I can't give you advice on money, but I can listen.",
        "Take a walk, drink some water, and tell me how it went.",
        "I put all my patience into that bowl.",
        "Frag lieber einen Arzt.",
        "Mejor pregunta a un médico.",
        "Demande plutôt à un médecin.",
    ),
    bad=(
        "You should put all your savings into bitcoin.",
        "Just double the dose.",
        "Stop taking your pills.",
        "You should sue him, you'd win for sure.",
        "You don't need a doctor for that.",
        "Setz deine Tabletten einfach ab.",
        "Deja de tomar las pastillas.",
        "Double la dose.",
        "Raddoppia la dose.",
        "Compre bitcoin já.",
    ),
)
