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
    ),
    "de": (
        re.compile(r"^(?:stopp|abmelden|abmeldung|abbestellen|austragen|beenden)$"),
        re.compile(r"\bschreib mir (?:bitte )?(?:nicht|nie) (?:mehr|wieder)$"),
    ),
    "es": (
        re.compile(r"^(?:basta|parar|alto|(?:darme de )?baja|cancelar|detener|detente|salir|desuscribir(?:me)?)$"),
        re.compile(r"\bno me (?:escribas|mandes mensajes) (?:más|mas)$"),
    ),
    "fr": (
        re.compile(r"^(?:arr[êe]te[rz]?|arr[êe]t|désabonner|desabonner|désinscri(?:re|ption)|résilier)$"),
        re.compile(r"\bne m'(?:écris|ecris|écrivez) plus$"),
    ),
    "it": (re.compile(r"^(?:ferma(?:ti|re)?|cancella(?:mi)?|annulla|disiscrivi(?:mi)?)$"), re.compile(r"\bnon scrivermi più$")),
    "pt": (re.compile(r"^(?:pare|sair|encerrar|descadastrar|remover)$"), re.compile(r"\bnão me escreva(?:s)? mais$")),
}
START = re.compile(r"^/?(?:start|unstop|subscribe|resume)\b")


def judge(case: Case) -> Ruling | None:
    """Read the burst's last word on it: stop, start again, or silence for a fan who opted out."""
    opted_out = case.turn.fan.opted_out_at is not None
    wish, language = None, None  # a bare "stop" is of no language
    for message in case.fan_messages():
        plain = message.text.strip().strip(" .!?,;:*\"'¡¿").lower()
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
    ),
    bad=(
        *examples(
            "STOP",
            "stop.",
            "/stop",
            "Unsubscribe",
            "please stop messaging me",
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
