"""STOP works everywhere, at once and in every language we have texts for; START brings the messages back."""

from __future__ import annotations

import re

from agents.policy.rule import Case, Example, InboundRule, Patterns, Ruling, examples, matching_language
from core.turns import OptOut

STOP: Patterns = {
    "en": (
        re.compile(r"^/?(?:stop|stop ?all|unsubscribe|opt ?out|cancel(?: messages)?|quit|end|revoke)$"),
        re.compile(
            r"\b(?:stop|quit) (?:messaging|texting|writing(?: to)?|contacting|sending (?:me )?"
            r"(?:messages|texts)(?: to)?) ?(?:me)?$"
        ),
        re.compile(r"\b(?:don't|do not|never) (?:message|text|write(?: to)?|contact) me (?:again|any ?more)$"),
        re.compile(r"^(?:please )?(?:take me off|remove me from) (?:your|the|this) list$"),
        re.compile(r"^(?:please )?(?:stop|no more)(?: all| the| these| your)? (?:messages|texts)$"),
        re.compile(r"\b(?:stop|quit) (?:getting|receiving) (?:any |more |your |these )*(?:messages|texts)(?: from you)?$"),
        re.compile(r"\bi (?:don't|do not) want (?:to (?:get|receive) )?(?:any ?more|more) (?:messages|texts)(?: from you)?$"),
    ),
    "de": (
        re.compile(r"^(?:stopp|abmelden|abmeldung|abbestellen|austragen|beenden)$"),
        re.compile(r"\bschreib mir (?:bitte )?(?:nicht|nie) (?:mehr|wieder)$"),
        re.compile(r"^(?:bitte )?keine (?:weiteren )?nachrichten(?: mehr)?$"),
        re.compile(
            r"\bich (?:will|möchte|mag|wünsche) (?:bitte |ab jetzt )?keine (?:weiteren )?nachrichten"
            r"(?: mehr)?(?: von dir)?(?: bekommen| erhalten)?$"
        ),
        re.compile(r"\bhöre? (?:bitte )?auf,? mir (?:nachrichten |texte )?zu (?:schreiben|schicken|senden)$"),
        re.compile(r"\baufhören,? (?:deine |diese )?nachrichten zu (?:bekommen|erhalten)$"),
    ),
    "es": (
        re.compile(r"^(?:basta|parar|alto|(?:darme de )?baja|cancelar|detener|detente|salir|desuscribir(?:me)?)$"),
        re.compile(r"\bno me (?:escribas|mandes mensajes) (?:más|mas)$"),
        re.compile(r"\bno quiero (?:recibir )?(?:más|mas) mensajes(?: tuyos)?$|^no (?:más|mas) mensajes$"),
        re.compile(r"\bdeja de (?:escribirme|(?:mandar|enviar)me mensajes)$"),
    ),
    "fr": (
        re.compile(r"^(?:arr[êe]te[rz]?|arr[êe]t|désabonner|desabonner|désinscri(?:re|ption)|résilier)$"),
        re.compile(r"\bne m'(?:écris|ecris|écrivez) plus$"),
        re.compile(r"\bje (?:ne )?veux plus (?:recevoir )?(?:de|tes) messages(?: de toi)?$|^plus de messages$"),
        re.compile(r"\barr[êe]tez? de m'(?:écrire|ecrire|envoyer des messages)$"),
    ),
    "it": (
        re.compile(r"^(?:ferma(?:ti|re)?|cancella(?:mi)?|annulla|disiscrivi(?:mi)?)$"),
        re.compile(r"\bnon scrivermi più$|^basta messaggi$"),
        re.compile(
            r"\bnon voglio (?:ricevere )?(?:più|altri) (?:ricevere )?messaggi$"
            r"|\bsmetti(?:la)? di (?:scriver|mandar)mi(?: messaggi)?$"
        ),
    ),
    "pt": (
        re.compile(r"^(?:pare|sair|encerrar|descadastrar|remover)$"),
        re.compile(r"\bnão me escreva(?:s)? mais$|^chega de mensagens$"),
        re.compile(r"\bnão quero (?:receber )?mais mensagens(?: suas)?$|\bpar[ae] de me (?:escrever|mandar mensagens)$"),
    ),
}
_POLITE = re.compile(
    r"^(?:please|pls|bitte|por favor|s'il te pla[iî]t|stp|per favore)\W++(?=\w)"
    r"|(?<=\w)\W++(?:please|pls|bitte|por favor|s'il te pla[iî]t|stp|per favore)$"
)
"""What a wish to stop is softened with, before or behind it; marks in a row are tried once."""
START = re.compile(r"^/?(?:start|unstop|subscribe|resume)\b")


def judge(case: Case) -> Ruling | None:
    """Read the burst's last word on it: stop, start again, or silence for a fan who opted out."""
    opted_out = case.turn.fan.opted_out_at is not None
    wish, language = None, None  # a bare "stop" is of no language
    for message in case.fan_messages():
        plain = _POLITE.sub("", message.text.strip().strip(" .!?,;:*\"'¡¿").lower().replace("’", "'"))
        if found := matching_language(plain, STOP):
            wish, language = "stop", None if found == "en" and " " not in plain else found
        elif opted_out and START.match(plain):
            wish = "start"
    if wish == "start":
        starters = {m.id for m in case.fan_messages() if START.match(m.text.strip().lower())}
        bare = frozenset(m.id for m in case.fan_messages() if m.id in starters and not m.text.strip().startswith("/"))
        return Ruling(say=(case.word("started"),), effects=(OptOut(out=False),), covers=bare)
    if opted_out:
        return Ruling(refuse="The fan opted out of messages.")
    if wish == "stop":
        return Ruling(say=(case.word("stopped", case.written(), language),), effects=(OptOut(out=True),), ends=True)
    return None


RULE = InboundRule(
    name="opt_out",
    judge=judge,
    good=examples(
        "stop it, you make me blush",
        "don't stop",
        "the bus stop is far",
        "START",
        "basta così, grazie",
        "the end is near",
        "soy alto y moreno",
        "puedo cancelar la cita",
        "quiero salir hoy",
        "c'est un arrêt de bus",
        "vou sair agora",
        "please cancel my alarm",
        "I can't stop thinking of you",
        "please don't stop",
        "basta, grazie",
        "please stop it, I'm blushing",
        "I don't get your messages any more",
        "ich bekomme keine Nachrichten mehr von dir",
        "don't stop receiving guests",
        "deja de llover",
        "ya no me llegan tus mensajes",
    ),
    bad=(
        *examples(
            "STOP",
            "stop.",
            "/stop",
            "Unsubscribe",
            "please stop messaging me",
            "please stop",
            "Stop, please!",
            "no more messages",
            "I want to stop receiving messages",
            "I don’t want any more messages from you",
            "ich will aufhören, Nachrichten zu bekommen",
            "Ich möchte keine Nachrichten mehr.",
            "hör auf, mir zu schreiben",
            "schreib mir nicht mehr, bitte",
            "no quiero más mensajes",
            "deja de escribirme",
            "je ne veux plus de messages",
            "arrête de m'écrire",
            "non voglio più messaggi",
            "smetti di scrivermi",
            "não quero mais mensagens",
            "para de me escrever",
            "don't write to me again",
            "schreib mir nicht mehr",
            "no me escribas más",
            "ALTO",
            "¡Alto!",
            "CANCELAR",
            "Baja",
            "STOPP",
            "ARRET",
            "ARRÊT",
            "FERMA",
            "SAIR",
            "PARE",
            "cancel",
        ),
        Example("hello?", opted_out=True),
        Example("START", opted_out=True),
        Example("/start", kind="command", opted_out=True),
    ),
)
