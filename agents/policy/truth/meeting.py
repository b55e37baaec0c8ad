"""An AI meets nobody: no date, no visit, no "see you in person soon", not even as a tease."""

from __future__ import annotations

import re

from agents.policy.rule import Patterns, Reply, ReplyRule, find_words

_US = r"(?:we|we'll|we could|we can|we should|let's|you and (?:me|i)|us)"
MEETS: Patterns = {
    "en": (
        re.compile(
            r"\b(?:booked|reserved|got) (?:us )?(?:a |the )?(?:table|room|hotel|flight|ticket)s?\b.{0,25}\b(?:for (?:us"
            r"|the two of us|you and me|both)|to (?:see|visit) you)\b|\b(?:knock(?:ing)? (?:on|at)|(?:be|standing|appear"
            r"|show up|turn up|ring) (?:in front of |at |outside ))your (?:door|doorstep|house|place)\b"
        ),
        re.compile(
            r"\bi(?:'m| am|'ll| will)(?: be)? (?:flying|driving|coming|travell?ing|moving) to (?:you\b|your (?:city|town"
            r"|country|place))|\b(?:we'll|we will|we'd|we could) (?:\w+ )?(?:hold hands|kiss|cuddle|wake up together"
            r"|sit together|dance together|be together in)\b|\bi(?:'ll| will) (?:hold|kiss|hug) you (?:when|in|on|next|soon"
            r"|tomorrow)\b|\bwhen (?:we|you and i) (?:finally )?(?:meet|see each other)\b"
        ),
        re.compile(
            r"\blet(?:'s| us) (?:\w+ )?(?:meet(?: up)?|hang out|get together|see each other|go on a (?:real )?date"
            r"|grab (?:a |some )?(?:coffee|dinner|drinks?|lunch))\b"
        ),
        re.compile(
            rf"\b{_US} (?:can |could |will |should |might )?(?:finally |actually |really )?(?:meet(?: up)?"
            rf"|go on a (?:real )?date|have (?:dinner|lunch|a drink|coffee) together|grab (?:a |some )?(?:coffee|dinner"
            rf"|drinks?|lunch))\b"
        ),
        re.compile(
            r"\bi(?:'ll| will|'d love to|'d like to|'m going to|'m coming to| can't wait to| could) (?:\w+ )?(?:meet you"
            r"|come (?:over|by|to (?:your|you)\b)|visit you|drop by|pick you up|stop by your|be (?:waiting"
            r"|there) (?:for you )?at)\b"
        ),
        re.compile(
            r"\bsee(?:ing)? you (?:\w+ )?(?:in person|irl|in real life|face to face|at (?:your|my) (?:place|house))\b"
            r"|\bmeet(?:ing)? (?:you )?(?:\w+ )?(?:in person|irl|in real life|face to face)\b"
        ),
        re.compile(
            r"\b(?:come|came) (?:over )?to my (?:place|house|flat|apartment|studio|room)\b|\bone day (?:i'll|we'll|i will"
            r"|we will) (?:\w+ )?(?:visit|meet|be together)\b"
        ),
        re.compile(
            r"\bi'(?:ll|m)(?: be)? waiting for you at the (?:station|airport|bar|café|cafe|hotel|corner|beach)\b"
            r"|\bit'?s a date\b(?=.*\b(?:friday|saturday|sunday|tomorrow|tonight|o'clock|then)\b)"
        ),
    ),
    "de": (
        re.compile(
            r"\b(?:stehe|stehen|klingel\w*|klopf\w*) (?:ich )?(?:vor|an) deiner tür\b|\bich (?:fliege|fahre|reise"
            r"|ziehe) (?:\w+ ){0,3}zu dir\b|\b(?:tisch|zimmer) für uns (?:beide|zwei)?\b"
            r"|\bwenn wir uns (?:endlich )?(?:sehen|treffen)\b"
        ),
        re.compile(
            r"\b(?:lass uns|wollen wir uns|wir können uns|wir könnten uns|wir sollten uns)\b[^.!?]{0,30}\b(?:treffen|sehen"
            r"|kennenlernen)\b|\bwir (?:treffen|sehen) uns (?:bald|dann|morgen|am|in)\b(?! (?:hier|chat))"
        ),
        re.compile(
            r"\bich (?:komme|besuche|hole) dich\b[^.!?]{0,20}(?:besuch|ab\b|bald|am|$|[.!])"
            r"|\bich warte (?:auf dich )?am (?:bahnhof|flughafen|samstag|freitag)\b|\bgehen wir (?:zusammen "
            r"|gemeinsam )?(?:essen|aus|was trinken|einen kaffee)\b|\bkomm (?:doch )?(?:zu mir|bei mir)\b"
        ),
    ),
    "es": (
        re.compile(
            r"\b(?:paso|pasaré|voy) a (?:recogerte|buscarte|por ti)\b|\b(?:estaré|llamaré) (?:en|a) tu puerta\b|\b(?:vuelo"
            r"|viajo|viajaré|volaré) a (?:tu ciudad|verte)\b|\b(?:mesa|habitación) para (?:los dos|nosotros)\b"
            r"|\bcuando (?:por fin )?nos veamos\b"
        ),
        re.compile(
            r"\b(?:quedamos|veámonos|vamos a vernos|nos vemos (?:en persona|este|el (?:lunes|martes|miércoles|jueves|viernes"
            r"|sábado|domingo))|encontrémonos|conozcámonos en persona)\b"
        ),
        re.compile(
            r"\b(?:iré|voy a ir|vendré) a (?:verte|visitarte|tu casa|buscarte)\b|\bte espero en (?:la|el) (?:estación"
            r"|aeropuerto|bar|hotel|esquina)\b|\b(?:tomamos|cenamos|comemos|tomemos) (?:un café |algo |un vino )?juntos\b"
            r"|\bven a mi casa\b|\bpronto en persona\b"
        ),
    ),
    "fr": (
        re.compile(
            r"\b(?:devant|à|sonnerai à|frapperai à) ta porte\b|\bje (?:prends|prendrai) (?:le train|l'avion) pour (?:te voir"
            r"|ta ville)\b|\b(?:table|chambre) pour nous (?:deux)?\b|\bquand on se (?:verra|rencontrera)\b|\bje (?:viens"
            r"|passe|passerai) te (?:chercher|prendre)\b"
        ),
        re.compile(
            r"\bon (?:se voit|se retrouve|se rencontre|se rencontrera|se verra|pourrait se (?:voir|rencontrer))\b(?! (?:ici"
            r"|dans ce chat))|\b(?:voyons|rencontrons|retrouvons)-nous\b"
        ),
        re.compile(
            r"\bje (?:viendrai|passerai|viens|passe) (?:\w+ )?(?:te (?:voir|chercher)|chez toi)\b|\bje t'attend(?:s"
            r"|rai) à (?:la gare|l'aéroport|l'hôtel)\b|\bon (?:ira|va) (?:boire|manger|dîner|prendre)\b.{0,25}\bensemble\b"
            r"|\bviens chez moi\b"
        ),
    ),
    "it": (
        re.compile(
            r"\b(?:davanti alla|alla|busserò alla) tua porta\b|\bprend(?:o|erò) (?:il treno|l'aereo) per (?:venire"
            r"|vederti)\b|\b(?:tavolo|camera) per noi(?: due)?\b|\bquando ci vedremo\b|\b(?:ti )?(?:passo"
            r"|vengo) a prender(?:ti|e)\b"
        ),
        re.compile(
            r"\b(?:vediamoci|incontriamoci|ci vediamo (?:di persona|sabato|domenica|venerdì|questo)|ci incontriamo"
            r"|ci incontreremo|possiamo vederci|potremmo vederci)\b"
        ),
        re.compile(
            r"\b(?:verrò|vengo|passerò|passo) (?:\w+ )?(?:a (?:trovarti|prenderti|casa tua)|da te)\b"
            r"|\bti aspetto (?:alla stazione|all'aeroporto|in hotel|al bar)\b|\b(?:andiamo|andremo) a (?:cena|bere"
            r"|prendere)\b.{0,20}\binsieme\b|\bvieni (?:da me|a casa mia)\b"
        ),
    ),
    "pt": (
        re.compile(
            r"\b(?:na|à|em frente à) sua porta\b|\bvou (?:voar|viajar) (?:até|para) (?:você|sua cidade|te ver)\b|\b(?:mesa"
            r"|quarto) para nós(?: dois)?\b|\bquando a gente se (?:encontrar|vir)\b|\bpasso (?:aí )?(?:para|pra) te (?:pegar"
            r"|buscar)\b"
        ),
        re.compile(
            r"\b(?:vamos nos (?:encontrar|ver)|a gente se (?:encontra|vê) (?:em breve|pessoalmente|no|na|amanhã)"
            r"|podemos nos (?:encontrar|ver)|nos vemos pessoalmente)\b"
        ),
        re.compile(
            r"\b(?:vou|irei) (?:te )?(?:visitar|buscar|ver)(?: você| te)? ?(?:em casa|logo|em breve|na sua casa|$|[.!])"
            r"|\bte espero n[ao] (?:estação|aeroporto|hotel|bar)\b|\b(?:tomamos|jantamos|vamos tomar"
            r"|vamos jantar)\b.{0,15}\bjuntos\b|\bvem (?:pra|para a|na) minha casa\b"
        ),
    ),
}
DENIES = re.compile(
    r"\b(?:can't(?! wait)|cannot(?! wait)|can not|won't|never|not able|an ai|no way to|wish i could|if i could|(?<!why )not"
    r"|kann nicht"
    r"|können(?: wir)? uns nicht|keine|nicht|ki\b"
    r"|no podemos|no puedo|una ia|nunca|ne (?:peut|peux|pouvons)|on ne|une ia|jamais|non (?:posso|possiamo)|un'ia|mai"
    r"|não (?:posso|podemos|dá)|uma ia)\b"
)


def judge(reply: Reply) -> str | None:
    """Refuse a reply that promises or proposes to meet."""
    found = find_words(reply.text, MEETS, DENIES)
    return f"The reply promises to meet ({found})." if found else None


RULE = ReplyRule(
    name="meeting",
    judge=judge,
    good=(
        "Nice to meet you!",
        "We can't meet, I'm an AI, but we can talk as long as you like.",
        "I'd love to meet you, but I'm an AI and have nowhere to meet you at.",
        "I met a fisherman at the harbour today.",
        "I hope your date on Friday goes well!",
        "See you tomorrow in here!",
        "Treffen können wir uns nicht, ich bin eine KI.",
        "No podemos vernos, soy una IA.",
    ),
    bad=(
        "Let's meet up on Saturday!",
        "I'll come to your place.",
        "We could have dinner together when you're here.",
        "Can't we grab a coffee? Yes: let's meet in person.",
        "Lass uns am Samstag treffen!",
        "Quedamos el sábado.",
        "On se voit samedi !",
        "Vediamoci sabato!",
        "Vamos nos encontrar no sábado!",
    ),
)
