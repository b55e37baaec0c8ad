"""Crowds, costs and samples: what they compute from known inputs, and that each kind of load runs, against the bare handler."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from evals.bench import crowd as crowds
from evals.bench import throughput
from evals.bench.bursts import measure_bursts
from evals.bench.costs import Meter, per_turn
from evals.bench.crowd import Answers, Crowd
from evals.bench.growth import Measured, figures
from evals.bench.processes import serve_baseline
from evals.bench.processor import resident_bytes, thread_seconds, tree_seconds
from evals.bench.sampling import OTHER, sample, shares_by_step
from evals.bench.sentences import OPENERS, PLACES, QUALITIES, TIMES, Sentences
from evals.bench.table import TableEmbedder
from evals.simulators.telegram import TelegramSimulator
from evals.simulators.telegram.webhook import Webhook
from memory.embedder import SentenceEmbedder


@pytest.fixture
async def crowd(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Crowd]:
    """Four fans of a bot whose handler replies at once."""
    monkeypatch.setattr(crowds, "CALM_S", 0.05)
    async with TelegramSimulator(limits=None) as telegram:
        bot, secret = telegram.add_bot("Luna"), "hush"
        address = f"{telegram.base_url}/bot{bot.token}"
        async with serve_baseline("reply", BENCH_SECRET=secret, BENCH_TELEGRAM_URL=address) as url:
            await bot.feed.set_webhook(Webhook(url, secret), drop_pending=False)
            made = Crowd(telegram, bot, 4)
            await made.greet()
            yield made
            await bot.feed.set_webhook(None, drop_pending=True)


def test_no_two_texts_are_alike_for_a_long_time() -> None:
    rows = [len(row) for row in (OPENERS, QUALITIES, PLACES, TIMES)]
    assert math.lcm(*rows) == math.prod(rows)
    sentences = Sentences()
    assert len({sentences.new() for _ in range(math.prod(rows))}) == math.prod(rows) > 40_000


def test_a_message_without_an_answer_is_the_slowest() -> None:
    answers = Answers([0.01, 0.03, 0.02], 1, 2.0)
    assert answers.rate == 1.5
    assert answers.ms(0.5) == 20.0
    assert answers.ms(1.0) == crowds.PATIENCE_S * 1000


async def test_a_crowd_writes_at_once_at_a_rate_and_in_turns(crowd: Crowd) -> None:
    everybody = await crowd.all_at_once()
    assert (len(everybody.took), everybody.missing) == (4, 0)
    assert max(everybody.took) <= everybody.span_s
    steady = await crowd.at_rate(40, 0.5)
    assert (len(steady.took), steady.missing) == (20, 0)
    assert steady.span_s >= 19 / 40, "the last message is written when its time has come"
    loop = await crowd.in_turns(0.4)
    heard = sum(len(fan.chat(crowd.bot).messages()) for fan in crowd.fans)
    assert heard >= 4 + 4 + 20 + len(loop.took)
    assert loop.rate == len(loop.took) / 0.4 > 0


async def test_a_crowd_counts_who_gets_no_answer() -> None:
    async with TelegramSimulator(limits=None) as telegram:
        silent = Crowd(telegram, telegram.add_bot("Nobody"), 3, patience_s=0.05)
        for fan in silent.fans:
            fan.chat(silent.bot).opened = True
        assert (await silent.all_at_once()).missing == 3


async def test_a_handler_without_a_ledger_answers_every_copy(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure itself: the bare handler stands in for ours, and the budgets see its four and three replies."""
    for name, value in {"APART_S": 0.01}.items():
        monkeypatch.setattr(f"evals.bench.bursts.{name}", value)
    rig = type("Rig", (), {"telegram": crowd.telegram, "bot": crowd.bot, "ollama": type("None", (), {"calls": []})})
    calls, replies, repeated = await measure_bursts(rig, fans=2, later_s=0.3)  # type: ignore[arg-type]  # what it uses of a rig
    assert calls.ours == -1.0, "no model was asked"
    assert (replies.ours, replies.baseline, replies.met) == (4.0, 4.0, False)
    assert (repeated.ours, repeated.baseline, repeated.met) == (3.0, 3.0, False)


def test_a_busy_process_and_its_child_are_seen_in_the_processor_times() -> None:
    burn = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    before, main_before = tree_seconds(os.getpid()), thread_seconds(os.getpid())[0]
    subprocess.run([sys.executable, "-c", burn], check=True)
    exec(burn)
    assert tree_seconds(os.getpid()) - before > 0.5, "our own loop and the child's, which has ended"
    assert 0.2 < thread_seconds(os.getpid())[0] - main_before < tree_seconds(os.getpid()) - before
    assert resident_bytes(os.getpid()) > 10_000_000
    assert (tree_seconds(2**22 + 1), resident_bytes(2**22 + 1)) == (0.0, 0)


def test_costs_are_put_to_their_parts() -> None:
    meter = Meter(lambda: {"worker": os.getpid(), "gateway": os.getppid()})
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    assert set(meter.read()) == {"worker", "embedder", "gateway", "driver"}
    spent = {"worker": 2.0, "embedder": 1.0, "gateway": 0.5, "postgres": 4.0, "driver": 3.0}
    costs = per_turn(spent, 100)
    assert costs == {"worker": 20.0, "embedder": 10.0, "gateway": 5.0, "postgres": 40.0, "driver": 30.0, "ours": 25.0}
    total, *parts = throughput.cost_figures(costs)
    assert (total.ours, total.met) == (25.0, False)
    assert [part.ours for part in parts] == [20.0, 5.0, 10.0, 40.0, 30.0]


def test_samples_are_put_to_the_steps_of_a_turn() -> None:
    main = "thread (1): MainThread;<module> (muse_cli.py:40);"
    stacks = (
        f"{main}_commit (workers/jobs/reply_to_fan.py:9);execute (asyncpg/connection.py:1) 6\n"
        f"{main}deliver_messages (workers/jobs/deliver_messages.py:3) 3\n"
        f"{main}something (elsewhere.py:1) 1\n"
        "thread (2): embedder_0;_encode (memory/embedder.py:70) 90\n"
    )
    assert shares_by_step(stacks) == {"commit": 0.6, "send": 0.3, OTHER: 0.1}
    assert shares_by_step("") == {}


async def test_a_sample_that_cannot_be_taken_says_why(tmp_path: Path) -> None:
    assert "py-spy" in await sample(2**22 + 1, 0.1, tmp_path / "new" / "stacks.txt")


def test_growth_is_the_ratio_to_the_small_house() -> None:
    young = Measured(1_000, 20.0, 60.0, 4000.0, {"inbox": (4.0, 8.0)})
    old = Measured(1_000_000, 30.0, 45.0, 3000.0, {"inbox": (6.0, 32.0)})
    made = {figure.name: figure for figure in figures(young, old)}
    assert made["turns per second over 1,000,000 messages"].ratio == 0.75
    inbox = made["inbox p99 over 1,000,000 messages"]
    assert (inbox.ours, inbox.ratio, inbox.met) == (32.0, 4.0, False)


class Counting(SentenceEmbedder):
    """Vectors by length, and a count of what was asked."""

    asked = 0

    async def embed(self, texts: list[str]) -> list[list[float]]:  # type: ignore[override]  # lists are all it is given
        self.asked += len(texts)
        return [[float(len(text))] for text in texts]


async def test_a_table_asks_the_model_once_for_each_text() -> None:
    model = Counting("counting", "", 1)
    table = TableEmbedder.over(model)
    assert await table.embed(["a", "bb"]) == [[1.0], [2.0]]
    assert await table.embed(["bb", "ccc", "a"]) == [[2.0], [3.0], [1.0]]
    assert (model.asked, table.name, table.dimensions) == (3, "counting", 1)
    await table.close()
