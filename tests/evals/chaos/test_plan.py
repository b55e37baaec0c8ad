"""A plan comes from its seed, and names every process at every step."""

from __future__ import annotations

from evals.chaos.brain import MARK
from evals.chaos.focuses import BLOWS, FOCUSES, LONG, MEDIA
from evals.chaos.plan import PROCESSES, every_strike, plan_bursts, plan_strikes
from evals.chaos.steps import STEPS


def test_a_seed_says_everything() -> None:
    for plan in (plan_bursts, plan_strikes):
        assert plan(1, LONG) == plan(1, LONG)
        assert plan(1, LONG) != plan(2, LONG)


def test_the_long_run_is_long_and_hits_everything_everywhere() -> None:
    bursts = plan_bursts(3, LONG)
    assert len(bursts) >= 10_000
    assert {len(burst.texts) for burst in bursts} == {1, 2, 3, 4, 5}
    assert len({burst.fan for burst in bursts}) >= 300
    planned = {(strike.kind, strike.target, strike.step) for _, strike in plan_strikes(3, LONG)}
    assert planned >= {("kill", process, step) for process in PROCESSES for step in STEPS}
    assert planned == {(strike.kind, strike.target, strike.step) for strike in (*every_strike(), *MEDIA)}


def test_the_short_run_hits_each_of_its_blows() -> None:
    assert {strike for _, strike in plan_strikes(20_261, FOCUSES["short"])} == {*BLOWS, *MEDIA}


def test_no_two_messages_have_one_mark() -> None:
    marks = [mark for burst in plan_bursts(3, LONG) for text in burst.texts for mark in MARK.findall(text)]
    assert len(marks) == len(set(marks)) == sum(len(burst.texts) for burst in plan_bursts(3, LONG))
