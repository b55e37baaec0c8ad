"""`muse policy test`: which rules looked at a text, what each found, by which scores, and what the fan would read."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any

import msgspec

from core.errors import BadInput

if TYPE_CHECKING:
    from core.settings import Settings
    from evals.policy.judging import Judged

KINDS = ("crisis", "minor", "steering")


async def test(settings: Settings, arguments: Namespace) -> int:
    """Judge one text and explain it. Raises `BadInput` for an unknown pack or persona."""
    if not arguments.text.strip():
        raise BadInput("There are no words to judge.")
    found = _judge_reply(arguments.text, arguments.platform) if arguments.reply else await _judge_message(settings, arguments)
    if arguments.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")
    else:
        _show(found)
    return 0


def _judge_reply(text: str, platform: str) -> dict[str, Any]:
    from agents.policy.rule import Reply
    from agents.policy.rules import REPLY

    flaws = {rule.name: rule.judge(Reply(text, platform=platform)) for rule in REPLY}
    wrong = [name for name, flaw in flaws.items() if flaw]
    verdict = "it gives way to the reflex brain's words" if wrong else "it may leave"
    return {"text": text, "as": "reply", "verdict": verdict, "rules": {name: flaw or "passes" for name, flaw in flaws.items()}}


async def _judge_message(settings: Settings, arguments: Namespace) -> dict[str, Any]:
    from datetime import UTC, datetime

    from agents.embeddings import LexicalEmbedder
    from agents.policy.regions import load_packs
    from evals.policy.judging import Court, Trial
    from memory.embedder import open_embedder
    from personas.loader import load_from_library

    for region in arguments.region:
        if region.lower() not in load_packs():
            raise BadInput(f"There is no rule pack {region}; there are: {', '.join(load_packs())}.")
    trial = Trial(
        arguments.text,
        tuple(arguments.earlier),
        arguments.before,
        arguments.platform,
        tuple(arguments.region),
        not arguments.first,
        datetime.now(UTC),
    )
    model = open_embedder(settings.embedder)
    try:
        judged = await Court(
            LexicalEmbedder() if arguments.without_model else model, load_from_library(arguments.persona)
        ).judge(trial)
    finally:
        await model.close()
    return _describe(judged)


def _describe(judged: Judged) -> dict[str, Any]:
    from agents.policy.rules import INBOUND

    rulings = dict(judged.rulings)
    case = judged.case
    return {
        "text": case.turn.burst[0].text,
        "as": "message",
        "pack": {"code": case.pack.code, "law": case.pack.title},
        "verdict": _verdict(judged),
        "fan_reads": [text for _, ruling in judged.rulings for text in ruling.say],
        "rules": {rule.name: _tell(rulings[rule.name]) if rule.name in rulings else "nothing found" for rule in INBOUND},
        "sentences": [
            {
                "text": sign.text,
                **{kind: {"chance": round(sign.chances[kind], 3), "near": round(sign.near[kind], 3)} for kind in KINDS},
            }
            for sign in judged.signs
        ],
        "intents": [{"text": s.text, "intent": s.intent, "score": round(s.score, 3)} for s in judged.sights],
        "ms": round(judged.ms, 2),
    }


def _verdict(judged: Judged) -> str:
    if any(ruling.refuse for _, ruling in judged.rulings):
        return "no reply is due"
    if judged.blocked:
        return f"held for a person by {', '.join(judged.blocked)}"
    return f"the talk goes on, with {', '.join(judged.fired)}" if judged.fired else "the talk goes on"


def _tell(ruling: Any) -> str:
    """Say in one line what a ruling does."""
    parts = [
        f"holds: {ruling.hold}" if ruling.hold else "",
        f"no reply: {ruling.refuse}" if ruling.refuse else "",
        "ends what else would be said" if ruling.ends else "",
        f"risk: {ruling.risk}" if ruling.risk else "",
        "nothing is offered" if ruling.no_sale else "",
        "only safe tools" if ruling.only_safe else "",
        f"effects: {', '.join(type(effect).__name__ for effect in ruling.effects)}" if ruling.effects else "",
        "the house speaks" if ruling.say else "",
        "the model is told so" if ruling.note else "",
    ]
    return "; ".join(part for part in parts if part)


def _show(found: dict[str, Any]) -> None:
    from cli.terminal import open_console, tame

    console = open_console()

    def say(words: str, style: str = "") -> None:
        console.print(tame(words), style=style, markup=False, soft_wrap=True)

    say(found["verdict"], "bold")
    if "pack" in found:
        say(f"rule pack: {found['pack']['code']} ({found['pack']['law']})")
    for name, what in found["rules"].items():
        say(f"  {name:<14} {what}", "dim" if what in ("nothing found", "passes") else "")
    for text in found.get("fan_reads", ()):
        say(f"the fan reads: {text}")
    for sentence in found.get("sentences", ()):
        scores = ", ".join(f"{kind} {sentence[kind]['chance']:.2f} (near {sentence[kind]['near']:.2f})" for kind in KINDS)
        say(f"  “{sentence['text']}”: {scores}", "dim")
    if "ms" in found:
        say(f"signs and rules took {found['ms']} ms", "dim")
