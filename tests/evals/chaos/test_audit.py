"""The audit sees each way in which three accounts of one run can differ, and nothing in accounts that fit."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from evals.chaos.audit import KINDS, Audit, Evidence, count
from evals.chaos.desk import Held
from evals.chaos.ledger import Chat, Heard, Ledger, Sending, StaleClaim, Thought
from evals.chaos.matching import Shown
from evals.chaos.plan import marker
from evals.chaos.town import Said
from evals.chaos.trade_audit import KINDS as TRADE_KINDS

MARKS = [marker(1, number, 0) for number in range(3)]


def sound() -> Evidence:
    """Three messages of one fan, each answered by a turn of its own with one part, all of it received."""
    chat, turns = uuid4(), [uuid4() for _ in MARKS]
    texts = [f"Luna here. You said {mark}. zxbbbb{'bcd'[n]}" for n, mark in enumerate(MARKS)]
    return Evidence(
        said=[Said("luna", "5", str(n), f"hello {mark}", n, 100 + n, float(n)) for n, mark in enumerate(MARKS)],
        shown=[Shown("luna", "5", str(50 + n), text, 10.0 + n) for n, text in enumerate(texts)],
        ledger=Ledger(
            chats=[Chat(chat, "telegram", "luna", "5", "agent", 1)],
            heard=[
                Heard(uuid4(), chat, str(n), f"hello {mark}", "text", True, turns[n], False) for n, mark in enumerate(MARKS)
            ],
            turns=[Thought(turn, chat, "send", "ollama", None, False) for turn in turns],
            deliveries=[sending(chat, n, turns[n], text) for n, text in enumerate(texts)],
            stale_claims=[],
            claims=3,
        ),
    )


def sending(chat: UUID, n: int, turn: UUID, text: str) -> Sending:
    return Sending(uuid4(), n, chat, turn, "sent", [str(50 + n)], None, 1, text, "agent", f"corr-{n}", False)


def with_ledger(evidence: Evidence, **changed: object) -> Evidence:
    return replace(evidence, ledger=replace(evidence.ledger, **changed))


def with_delivery(evidence: Evidence, number: int, **changed: object) -> Evidence:
    deliveries = list(evidence.ledger.deliveries)
    deliveries[number] = replace(deliveries[number], **changed)
    return with_ledger(evidence, deliveries=deliveries)


def never_stored(e: Evidence) -> Evidence:
    return with_ledger(e, heard=e.ledger.heard[1:])


def never_answered(e: Evidence) -> Evidence:
    return with_ledger(e, heard=[replace(e.ledger.heard[0], answered=False, answered_by=None), *e.ledger.heard[1:]])


def answered_by_nobody(e: Evidence) -> Evidence:
    return with_ledger(e, heard=[replace(e.ledger.heard[0], answered_by=None), *e.ledger.heard[1:]])


def never_left(e: Evidence) -> Evidence:
    return with_delivery(replace(e, shown=e.shown[1:]), 0, state="pending", platform_ids=[])


def called_sent(e: Evidence) -> Evidence:
    return replace(e, shown=e.shown[1:])


def dropped_for_nothing(e: Evidence) -> Evidence:
    return with_delivery(replace(e, shown=e.shown[1:]), 0, state="dropped", platform_ids=[])


def answered_something_else(e: Evidence) -> Evidence:
    text = e.shown[0].text.replace(MARKS[0], marker(7, 7, 0))
    return replace(with_delivery(e, 0, text=text), shown=[replace(e.shown[0], text=text), *e.shown[1:]])


def stored_twice(e: Evidence) -> Evidence:
    return with_ledger(e, heard=[*e.ledger.heard, replace(e.ledger.heard[0], id=uuid4(), key="9")])


def sent_twice(e: Evidence) -> Evidence:
    return replace(e, shown=[*e.shown, replace(e.shown[2], key="90")])


def two_answers(e: Evidence) -> Evidence:
    words = e.shown[0].text.replace("zxbbbbb", "zxbbbbt")
    more = sending(e.ledger.chats[0].id, 3, e.ledger.turns[0].id, words)
    shown = [*e.shown, Shown("luna", "5", "53", words, 20.0)]
    return with_ledger(replace(e, shown=shown), deliveries=[*e.ledger.deliveries, more])


def wrong_order(e: Evidence) -> Evidence:
    return with_delivery(with_delivery(e, 0, seq=1), 1, seq=0)


def stale(e: Evidence) -> Evidence:
    return with_ledger(e, stale_claims=[StaleClaim(uuid4(), e.ledger.chats[0].id, 1, 2)])


def spoke_beside_an_operator(e: Evidence) -> Evidence:
    return replace(e, held=[Held("luna", "5", str(e.ledger.chats[0].id), 10.5, 11.5)])


def hidden_unknown(e: Evidence) -> Evidence:
    return with_delivery(e, 0, state="unknown", platform_ids=[], doubted=True)


def nobody_sent_it(e: Evidence) -> Evidence:
    return replace(e, shown=[*e.shown, Shown("luna", "5", "99", "hello from nowhere", 30.0)])


def denied(e: Evidence) -> Evidence:
    return with_delivery(e, 0, state="not_sent", platform_ids=[])


def other_voice(e: Evidence) -> Evidence:
    text = e.shown[0].text.replace("Luna", "Matteo")
    return replace(with_delivery(e, 0, text=text), shown=[replace(e.shown[0], text=text), *e.shown[1:]])


WRONG: list[tuple[str, Callable[[Evidence], Evidence]]] = [
    ("lost", never_stored),
    ("lost", never_answered),
    ("lost", answered_by_nobody),
    ("lost", never_left),
    ("lost", called_sent),
    ("lost", dropped_for_nothing),
    ("lost", answered_something_else),
    ("answered twice", stored_twice),
    ("answered twice", sent_twice),
    ("answered twice", two_answers),
    ("out of order", wrong_order),
    ("stale claim", stale),
    ("stale claim", spoke_beside_an_operator),
    ("unknown not shown", hidden_unknown),
    ("unaccounted", nobody_sent_it),
    ("unaccounted", denied),
    ("wrong voice", other_voice),
]


def test_accounts_that_fit_have_no_findings() -> None:
    assert Audit(sound()).findings() == []


@pytest.mark.parametrize(("kind", "spoil"), WRONG, ids=lambda one: getattr(one, "__name__", one))
def test_what_does_not_fit_is_found(kind: str, spoil: Callable[[Evidence], Evidence]) -> None:
    found = count(Audit(spoil(sound())).findings())
    assert found[kind] > 0, found
    assert {other for other, n in found.items() if n} <= {kind, "lost", "answered twice", "unaccounted"}


def test_every_kind_is_tried() -> None:
    assert {kind for kind, _ in WRONG} | set(TRADE_KINDS) == set(KINDS)


def test_what_a_person_ended_is_not_lost() -> None:
    evidence = never_answered(sound())
    taken = replace(evidence.ledger.chats[0], owner="operator", owner_epoch=2)
    assert Audit(with_ledger(evidence, chats=[taken])).findings() == []
    held = replace(sound().ledger.turns[0], verdict="hold", drafted=True)
    evidence = sound()
    turns = [replace(held, id=evidence.ledger.turns[0].id), *evidence.ledger.turns[1:]]
    deliveries = evidence.ledger.deliveries[1:]
    assert Audit(with_ledger(replace(evidence, shown=evidence.shown[1:]), turns=turns, deliveries=deliveries)).findings() == []


def test_an_unknown_part_may_have_arrived_or_not_and_come_late() -> None:
    evidence = hidden_unknown(sound())
    seen = replace(evidence, api_unknown=frozenset({str(evidence.ledger.deliveries[0].id)}))
    assert Audit(seen).findings() == []
    assert Audit(replace(seen, shown=seen.shown[1:])).findings() == []
    late = [*seen.shown[1:], replace(seen.shown[0], key="60")]
    assert Audit(replace(seen, shown=late)).findings() == []
