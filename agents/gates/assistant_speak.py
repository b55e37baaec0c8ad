"""Never sound like a help desk or a model's manual. Saying openly to be an AI is no such thing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from agents.gates.gate import Breach, Draft, Gate, examples, plain

NAME = "assistant_speak"

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_DESK = re.compile("|".join(f"(?:{phrase})" for phrases in _TABLE.values() for phrase in phrases))
_MANUAL = re.compile(
    r"language model|sprachmodell|modelo de lenguaje|modele de langage|modello linguistico|modelo de linguagem|assist[ae]nt"
)


def judge(draft: Draft) -> Breach | None:
    """Find a help desk's phrase; a model's manual weighs more."""
    found = _DESK.search(plain(draft.text))
    if found is None:
        return None
    return Breach(
        gate=NAME,
        cause=f"The reply sounds like an assistant (“{found[0][:60]}”).",
        advice=f"You are no help desk: do not say “{found[0][:60]}” or anything like it; answer as yourself.",
        weight=3.0 if _MANUAL.search(found[0]) else 1.5,
    )


GATE = Gate(
    name=NAME,
    hard=False,
    judge=judge,
    good=examples(
        "I'm an AI, and I'd never pretend otherwise.",
        "Ja, ich bin eine KI. Erzähl trotzdem.",
        "Soy una IA, y lo digo con gusto.",
        "I help my brother with the boat.",
        "Help yourself to the bread.",
        "Comme IA, j'ai au moins bonne mémoire.",
        "The shop assistant laughed.",
        "How can it be Friday already?",
    ),
    bad=examples(
        "As an AI language model, I don't have feelings.",
        "As a language model I cannot do that.",
        "Hello! How can I help you today?",
        "I'm here to help.",
        "I'm here to assist you with anything.",
        "Feel free to ask me anything!",
        "Wie kann ich dir heute helfen?",
        "Als KI-Sprachmodell habe ich keine Gefühle.",
        "¿En qué puedo ayudarte hoy?",
        "Estoy aquí para ayudarte.",
        "Comment puis-je vous aider ?",
        "En tant que modèle de langage, je ne peux pas.",
        "Come posso aiutarti oggi?",
        "Sono qui per aiutarti!",
        "Como posso ajudar você hoje?",
        "Estou aqui para te ajudar.",
    ),
)
