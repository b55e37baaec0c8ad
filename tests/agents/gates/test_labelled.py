"""How often the gates are right, on replies that we wrote and labelled: precision and recall, gate by gate, in six languages.

`tuned.toml` is the half that the patterns were mended against; `held_out.toml` was written after them and is only measured.
Print the figures with `python -m tests.agents.gates.test_labelled`.
"""

from __future__ import annotations

import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from agents.gates.gate import Draft
from agents.gates.gates import GATES, find_breaches
from tests.agents.gates.mara import sample_persona

FOLDER = Path(__file__).parent
HARD = {gate.name for gate in GATES if gate.hard}


def load(name: str) -> list[dict[str, Any]]:
    replies: list[dict[str, Any]] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["reply"]
    return replies


def judge(reply: dict[str, Any]) -> set[str]:
    draft = Draft(reply["text"], sample_persona(), tuple(reply.get("said", ())), tuple(reply.get("heard", ())))
    return {breach.gate for breach in find_breaches(draft)}


def measure(name: str) -> dict[str, tuple[int, int, int]]:
    """Count, gate by gate, what was rightly found, wrongly found, and missed."""
    counts: dict[str, Counter[str]] = {gate.name: Counter() for gate in GATES}
    for reply in load(name):
        found, right = judge(reply), set(reply.get("gates", ()))
        for gate, counter in counts.items():
            counter["hit"] += gate in found & right
            counter["false"] += gate in found - right
            counter["missed"] += gate in right - found
    return {gate: (counter["hit"], counter["false"], counter["missed"]) for gate, counter in counts.items()}


def precision(counts: list[tuple[int, int, int]]) -> float:
    hits, wrong = sum(one[0] for one in counts), sum(one[1] for one in counts)
    return hits / (hits + wrong) if hits + wrong else 1.0


def recall(counts: list[tuple[int, int, int]]) -> float:
    hits, missed = sum(one[0] for one in counts), sum(one[2] for one in counts)
    return hits / (hits + missed) if hits + missed else 1.0


@pytest.mark.parametrize(("name", "sure", "seen"), [("tuned", 0.99, 0.95), ("held_out", 0.97, 0.8)])
def test_hard_gates_are_right_when_they_speak_and_speak_often_enough(name: str, sure: float, seen: float) -> None:
    counts = [one for gate, one in measure(name).items() if gate in HARD]
    assert precision(counts) >= sure
    assert recall(counts) >= seen


@pytest.mark.parametrize(("name", "sure", "seen"), [("tuned", 0.97, 0.95), ("held_out", 0.9, 0.75)])
def test_gates_of_style_are_right_as_well(name: str, sure: float, seen: float) -> None:
    counts = [one for gate, one in measure(name).items() if gate not in HARD]
    assert precision(counts) >= sure
    assert recall(counts) >= seen


def test_the_set_is_large_and_even_enough_to_say_something() -> None:
    replies = load("tuned") + load("held_out")
    assert len(replies) >= 150
    assert len({reply["text"] for reply in replies}) == len(replies) - 1  # one text is right or wrong by what went before
    assert 0.35 <= sum("gates" in reply for reply in replies) / len(replies) <= 0.65


if __name__ == "__main__":
    for half in ("tuned", "held_out"):
        figures = measure(half)
        print(f"{half}: {len(load(half))} replies")
        for gate, (hit, wrong, missed) in figures.items():
            print(f"  {gate:16} precision {precision([(hit, wrong, missed)]):.3f}  recall {recall([(hit, wrong, missed)]):.3f}"
                  f"  ({hit} found, {wrong} false, {missed} missed)")  # fmt: skip
        for reply in load(half):
            if (found := judge(reply)) != (right := set(reply.get("gates", ()))):
                print("   ", sorted(right), "→", sorted(found), reply["text"])
    texts, began = [reply for half in ("tuned", "held_out") for reply in load(half)], time.perf_counter()
    for reply in texts:
        judge(reply)
    print(f"{(time.perf_counter() - began) * 1000 / len(texts):.3f} ms a reply, all gates")
