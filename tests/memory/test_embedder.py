from __future__ import annotations

import asyncio
import math
from pathlib import Path

import pytest

from core.errors import Misconfigured, SettingInvalid, Unavailable
from memory.batching import Batcher
from memory.embedder import BUNDLED_DIMENSIONS, SentenceEmbedder, open_embedder, verify


async def test_the_bundled_embedder_makes_unit_vectors_of_meaning(minilm: SentenceEmbedder) -> None:
    asked, dog, job = await minilm.embed(["what was my dog's name?", "I have a dog called Rex.", "I work as a nurse."])
    assert {len(v) for v in (asked, dog, job)} == {BUNDLED_DIMENSIONS}
    assert all(math.isclose(math.hypot(*v), 1.0, abs_tol=1e-4) for v in (asked, dog, job))
    assert likeness(asked, dog) > 0.4 > likeness(asked, job) + 0.15
    assert minilm.ready


async def test_loading_does_not_stop_the_event_loop(minilm: SentenceEmbedder) -> None:
    fresh = open_embedder("bundled")
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    await minilm.warm()  # the imports are over; reading and checking the weights is what runs beside the loop
    ticking = asyncio.ensure_future(tick())
    await fresh.warm()
    ticking.cancel()
    await fresh.close()
    assert fresh.ready
    assert ticks >= 3


async def test_no_text_no_vectors(minilm: SentenceEmbedder) -> None:
    assert await minilm.embed([]) == []


def test_other_weights_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    with pytest.raises(Misconfigured, match="cannot be read"):
        verify(weights, "00")
    weights.write_bytes(b"others")
    with pytest.raises(Misconfigured, match="not the published ones"):
        verify(weights, "00")


async def test_a_folder_that_holds_no_model_is_unavailable(tmp_path: Path) -> None:
    embedder = open_embedder(str(tmp_path))
    with pytest.raises(Unavailable, match="does not work"):
        await embedder.embed(["hi"])
    await embedder.close()


def test_a_name_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(SettingInvalid, match="MUSE_EMBEDDER"):
        open_embedder("http://somewhere/model")


async def test_calls_at_once_share_a_batch() -> None:
    batches: list[list[str]] = []

    async def compute(texts: list[str]) -> list[list[float]]:
        batches.append(texts)
        await asyncio.sleep(0)
        return [[float(len(text))] for text in texts]

    batcher = Batcher(compute, largest=3)
    answers = await asyncio.gather(*(batcher.embed(["x" * n]) for n in range(1, 6)))
    assert answers == [[[float(n)]] for n in range(1, 6)]
    assert [len(batch) for batch in batches] == [3, 2]


async def test_a_failed_batch_fails_its_callers_and_not_the_next() -> None:
    async def compute(texts: list[str]) -> list[list[float]]:
        if "bad" in texts:
            raise Unavailable("The model is away.")
        return [[1.0] for _ in texts]

    batcher = Batcher(compute, largest=2)
    first = await asyncio.gather(batcher.embed(["bad", "too"]), batcher.embed(["good"]), return_exceptions=True)
    assert isinstance(first[0], Unavailable)
    assert first[1] == [[1.0]]


async def test_a_caller_that_leaves_is_not_computed_for() -> None:
    seen: list[str] = []
    gate = asyncio.Event()

    async def compute(texts: list[str]) -> list[list[float]]:
        seen.extend(texts)
        await gate.wait()
        return [[1.0] for _ in texts]

    batcher = Batcher(compute, largest=1)
    tasks = [asyncio.ensure_future(batcher.embed([text])) for text in ("a", "b", "c")]
    await asyncio.sleep(0.01)
    tasks[1].cancel()
    await asyncio.sleep(0)
    gate.set()
    assert await tasks[0] == [[1.0]]
    assert await tasks[2] == [[1.0]]
    assert seen == ["a", "c"]


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
