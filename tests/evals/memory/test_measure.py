"""Scores by hand, and one small corpus through the product's own path."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from evals.memory.jsonl import read_jsonl
from evals.memory.report import show_report
from evals.memory.run import OURS, Bench, measure
from evals.memory.scores import Answer, ndcg_at, recall_at, score
from memory.extraction import RuleExtractor
from storage.house import House
from tests.conftest import Agency
from tests.evals.memory.test_readers import FAN_CHATS
from tests.memory.world import bundled


def answer(ranking: str, evidence: str, talk: str = "t") -> Answer:
    return Answer(talk, "c", tuple(ranking), frozenset(evidence))


def test_recall_and_ndcg_count_messages() -> None:
    one = answer("abcdefghijkl", "bkz")
    assert (recall_at(one, 5), recall_at(one, 25)) == (1 / 3, 2 / 3)
    assert ndcg_at(answer("ab", "a"), 10) == 1.0
    assert ndcg_at(answer("ba", "a"), 10) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg_at(answer("", "a"), 10) == 0.0


def test_intervals_resample_whole_talks() -> None:
    alike = score([answer("a", "a", talk) for talk in "xyz"])
    assert (alike.recall["5"].low, alike.recall["5"].value, alike.recall["5"].high) == (1.0, 1.0, 1.0)
    apart = score([*(answer("a", "a", "x") for _ in range(9)), answer("b", "a", "y")])
    assert apart.recall["5"].value == 0.9
    assert (apart.recall["5"].low, apart.recall["5"].high) == (0.0, 1.0)


async def test_a_corpus_goes_through_the_products_own_path(house: House, agency: Agency) -> None:
    said: list[str] = []
    report = await measure(Bench(house, agency.id, bundled(), RuleExtractor(), said.append), "fan chats", read_jsonl(FAN_CHATS))
    assert (report.talks, report.messages, report.questions, report.skipped_evidence) == (2, 32, 8, 1)
    everything = report.tables[0]
    assert set(everything.ways) == {OURS, "BM25", "BM25 ±1", "vectors"}
    assert everything.ways[OURS].recall["5"].value == 1.0
    assert everything.ways[OURS].recall["5"].value >= everything.ways["BM25"].recall["5"].value
    assert [table.category for table in report.tables] == ["all", "family", "home"]
    async with house.app.unit(agency.id) as unit:
        assert await unit.connection.fetchval("SELECT count(*) FROM episodes WHERE embedding IS NOT NULL") == 32
        assert await unit.connection.fetchval("SELECT count(*) FROM messages WHERE remembered_at IS NULL") == 0
    paper = io.StringIO()
    show_report(Console(file=paper, width=120), report)
    assert "RECALL@10" in paper.getvalue()
    assert "1 pieces of evidence that name no message" in paper.getvalue()
    assert len(said) == 2
