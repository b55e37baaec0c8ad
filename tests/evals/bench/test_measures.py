"""The measures themselves, against the bare handler: real processes, real load, for a moment only."""

from __future__ import annotations

import json
import time
from pathlib import Path

import asyncpg
import pytest

from cli.settings import ROOT
from core.errors import Unavailable
from evals.bench import acknowledgements, turns
from evals.bench.acknowledgements import Door, measure_acknowledgements
from evals.bench.imports import measure_imports
from evals.bench.processes import HERE, run_program, serve_baseline
from evals.simulators.telegram import TelegramSimulator
from evals.simulators.telegram.webhook import Webhook
from tests.conftest import TestDatabase


async def drive(url: str, secret: str) -> dict[str, object]:
    orders = {"url": url, "secret": secret, "connections": 4, "fans": 3, "warm_s": 0.1, "seconds": 0.5, "first_id": 100_000_000}
    found: dict[str, object] = json.loads(await run_program(str(HERE / "driver.py"), json.dumps(orders)))
    return found


async def test_the_driver_counts_what_was_acknowledged() -> None:
    async with serve_baseline("ack", BENCH_SECRET="hush") as url:
        found = await drive(url, "hush")
        refused = await drive(url, "wrong")
    assert found["refused"] == {}
    assert float(str(found["rate"])) > 0
    assert 0 < float(str(found["p50_ms"])) <= float(str(found["p99_ms"]))
    assert int(str(found["next_id"])) - 100_000_000 >= float(str(found["rate"])) * 0.5, "each update has a number of its own"
    assert refused["rate"] == 0
    assert set(refused["refused"]) == {"401"}  # type: ignore[call-overload]  # a dictionary


async def test_acknowledgements_are_held_against_both_baselines(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"WARM_S": 0.1, "ROUNDS": 1, "CONNECTIONS": 4}.items():
        monkeypatch.setattr(acknowledgements, name, value)
    async with serve_baseline("ack", BENCH_SECRET="hush") as url:
        figures = await measure_acknowledgements(Door(url, "hush"), database.owner, seconds=0.4)
        with pytest.raises(Unavailable, match="ours webhook did not take"):
            await measure_acknowledgements(Door(f"{url}/elsewhere", "hush"), database.owner, seconds=0.2)
    rates = {figure.name: figure for figure in figures}
    bare, durable = rates["webhook acknowledgements"], rates["the same, baseline: one insert per request"]
    assert bare.baseline
    assert durable.baseline
    assert bare.ours == durable.ours
    assert (bare.ratio, durable.ratio) == (bare.ours / bare.baseline, durable.ours / durable.baseline)
    assert bare.met is (bare.ratio >= 0.9)
    connection = await asyncpg.connect(database.owner)
    inserted = await connection.fetchval("SELECT count(*) FROM bench_events")
    await connection.close()
    assert inserted >= durable.baseline * 0.4, "that baseline wrote each update down before its answer"


async def test_turns_are_timed_from_the_message_to_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PAUSE_S", 0.03)
    async with TelegramSimulator(limits=None) as telegram:
        bot, secret = telegram.add_bot("Luna"), "hush"
        address = f"{telegram.base_url}/bot{bot.token}"
        async with serve_baseline("reply", BENCH_SECRET=secret, BENCH_TELEGRAM_URL=address) as url:
            await bot.feed.set_webhook(Webhook(url, secret), drop_pending=False)
            began = time.monotonic()
            p50, p99 = await turns.measure_turns(telegram, bot, "nobody", samples=5)
            spent_ms = (time.monotonic() - began) * 1000
            await bot.feed.set_webhook(None, drop_pending=False)
    assert 0 < p50.ours <= p99.ours < spent_ms
    assert p50.baseline is not None
    assert p50.baseline > 0
    assert (p50.budget, p99.budget) == ("≤ 30", "≤ 100")


async def test_the_gateway_imports_nothing_heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.bench.imports.ROUNDS", 1)
    took, heavy = await measure_imports(ROOT)
    assert took.baseline is not None
    assert min(took.ours, took.baseline) > 0
    assert (heavy.ours, heavy.met) == (0.0, True), heavy.note


async def test_a_program_that_fails_says_why(tmp_path: Path) -> None:
    program = tmp_path / "broken.py"
    program.write_text("raise SystemExit('it broke')")
    with pytest.raises(Unavailable, match="it broke"):
        await run_program(str(program))
