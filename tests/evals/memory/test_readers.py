"""Each format is read as its page says, and what cannot be read is said with its place."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import BadInput
from evals.memory.beam import read_beam
from evals.memory.jsonl import read_jsonl
from evals.memory.locomo import read_locomo

FAN_CHATS = Path(__file__).parent / "fan_chats.jsonl"


def test_locomo_is_read_with_its_odd_evidence(tmp_path: Path) -> None:
    sample = {
        "sample_id": "conv-x",
        "conversation": {
            "speaker_a": "Ana",
            "speaker_b": "Ben",
            "session_1_date_time": "1:56 pm on 8 May, 2023",
            "session_1": [
                {"speaker": "Ana", "dia_id": "D1:1", "text": "I planted leeks.", "blip_caption": "a photo of a garden"},
                {"speaker": "Ben", "dia_id": "D1:2", "text": "Lovely!"},
            ],
            "session_10_date_time": "9:00 am on 1 June, 2023",
            "session_10": [{"speaker": "Ana", "dia_id": "D10:1", "text": "They drowned."}],
        },
        "qa": [
            {"question": "What did Ana plant?", "evidence": ["D1:1; D:10:1", "D"], "category": 4},
            {"question": "Who?", "evidence": ["D7:7"], "category": 1},
            {"question": "Why?", "evidence": [], "category": 5},
        ],
    }
    file = tmp_path / "some.json"
    file.write_text(json.dumps([sample]))
    corpus = read_locomo(file)
    (talk,) = corpus.talks
    assert [(line.id, line.author) for line in talk.lines] == [("D1:1", "fan"), ("D1:2", "agent"), ("D10:1", "fan")]
    assert talk.lines[0].text == "I planted leeks. [shares a photo of a garden]"
    assert talk.lines[1].at == datetime(2023, 5, 8, 13, 57, tzinfo=UTC)
    assert [(q.evidence, q.category) for q in talk.questions] == [(frozenset({"D1:1", "D10:1"}), "4")]
    assert (corpus.skipped, corpus.unasked, corpus.apart) == (2, 2, frozenset({"5"}))


def test_beam_is_read_with_every_shape_of_source(tmp_path: Path) -> None:
    folder = tmp_path / "100K" / "7"
    (folder / "probing_questions").mkdir(parents=True)
    said = [
        {"role": "user", "id": 0, "time_anchor": "March-15-2024", "content": "I plan a garden. ->-> 1,1"},
        {"role": "assistant", "id": 1, "content": "Start with soil."},
    ]
    later = [{"role": "user", "id": 2, "time_anchor": "April-02-2024", "content": "The soil is sandy. ->-> 2,1"}]
    chat = [{"batch_number": 1, "turns": [said]}, {"batch_number": 2, "turns": [later]}]
    (folder / "chat.json").write_text(json.dumps(chat))
    probes = {
        "abstention": [{"question": "What car?"}],
        "information_extraction": [{"question": "What do I plan?", "source_chat_ids": [0, 99]}],
        "knowledge_update": [{"question": "And the soil?", "source_chat_ids": {"original_info": [1], "updated_info": [2]}}],
    }
    (folder / "probing_questions" / "probing_questions.json").write_text(json.dumps(probes))
    for path in (folder, tmp_path):
        corpus = read_beam(path)
        (talk,) = corpus.talks
        assert [line.text for line in talk.lines] == ["I plan a garden.", "Start with soil.", "The soil is sandy."]
        assert talk.lines[2].at == datetime(2024, 4, 2, 12, tzinfo=UTC)
        assert [sorted(q.evidence) for q in talk.questions] == [["0"], ["1", "2"]]
        assert (corpus.skipped, corpus.unasked) == (1, 1)


def test_jsonl_is_read_as_the_page_says() -> None:
    corpus = read_jsonl(FAN_CHATS)
    assert [(talk.name, talk.fan, talk.influencer, len(talk.lines)) for talk in corpus.talks] == [
        ("spring", "Sam", "Luna", 16),
        ("summer", "Sam", "Luna", 16),
    ]
    assert (corpus.skipped, corpus.unasked) == (1, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"type": "message", "conversation": "c"}', "line 2: Object missing required field `id`"),
        (
            '{"type": "question", "conversation": "d", "text": "?", "evidence": []}',
            "questions about d, in which nothing was said",
        ),
        ("nonsense", "line 2: JSON is malformed"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "broken.jsonl"
    first = {"type": "message", "conversation": "c", "id": "a", "author": "fan", "text": "hi", "at": "2026-03-01T18:00:00Z"}
    file.write_text(f"{json.dumps(first)}\n{line}\n")
    with pytest.raises(BadInput, match=said):
        read_jsonl(file)


def test_what_is_not_of_the_format_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    file.write_text('[{"a": 1}]')
    with pytest.raises(BadInput, match="not in LoCoMo's format"):
        read_locomo(file)
    with pytest.raises(BadInput, match=r"no chat\.json"):
        read_beam(tmp_path)
