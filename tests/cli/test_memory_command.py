"""`muse memory reindex` and `verify` as a person types them, over a house whose index was lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from cli import main
from core.nouns import Account
from core.settings import Settings
from memory.indexing import index_episodes
from memory.tiers import open_tier
from storage.house import House
from tests.memory.lived import live_through
from tests.memory.world import bundled, open_chat
from tests.storage.world import make_account

Typed = Callable[..., int]


@pytest.fixture
async def account(house: House, agency) -> Account:  # type: ignore[no-untyped-def]  # a fixture's type
    return await make_account(house, agency.id)


@pytest.fixture
def typed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Return what runs `muse memory …` against the test's servers, episodes in Chroma."""
    for name in ("data_dir", "postgres_app_url", "postgres_sweep_url", "redis_url", "chroma_url"):
        monkeypatch.setenv(f"MUSE_{name.upper()}", getattr(settings, name))
    monkeypatch.setenv("MUSE_EPISODES_INDEX", "chroma")

    def run(*words: str) -> int:
        return main.run(["memory", *words])

    return run


async def test_an_index_that_was_lost_is_noticed_and_rebuilt(
    house: House, account: Account, settings: Settings, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    minilm, tier = bundled(), open_tier("episodes", "chroma", settings.chroma_url)
    index = tier.of(minilm.name)
    assert index is not None
    await live_through(house, await open_chat(house, account), "we saw the sea", "and ate ice cream")
    assert await index_episodes(house, minilm, index, account.agency_id) == 2
    assert await asyncio.to_thread(typed, "verify") == 0
    assert "episodes: 2 by minilm-l6-v2, 2 in Chroma; 0 wait for the job" in capsys.readouterr().out
    await index.drop()
    assert await asyncio.to_thread(typed, "verify") == 1
    shown = capsys.readouterr().out
    assert "2 missing in the index; type: muse memory reindex --episodes --from-rows" in shown
    assert await asyncio.to_thread(typed, "verify", "--json") == 1
    (facts, episodes) = json.loads(capsys.readouterr().out)
    assert (facts["tier"], facts["indexed"], episodes["missing"]) == ("facts", None, 2)
    assert await asyncio.to_thread(typed, "reindex", "--from-rows") == 0
    shown = capsys.readouterr().out
    assert "facts: searched in their rows, there is no index to rebuild (MUSE_FACTS_INDEX)" in shown
    assert "episodes: 2 by minilm-l6-v2" in shown
    assert await asyncio.to_thread(typed, "verify") == 0
    await tier.close()


async def test_vectors_are_made_anew_by_the_model(
    house: House, account: Account, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    await live_through(house, await open_chat(house, account), "we saw the sea")
    await index_episodes(house, bundled(), None, account.agency_id)
    assert await asyncio.to_thread(typed, "reindex", "--episodes") == 0
    assert "episodes: 1 by minilm-l6-v2" in capsys.readouterr().out
    assert await asyncio.to_thread(typed, "verify") == 0


def test_without_a_running_stack_it_says_so(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]  # a fixture's type
    monkeypatch.setenv("MUSE_DATA_DIR", str(tmp_path))
    assert main.run(["memory", "verify"]) != 0
    assert "Muse is not running" in capsys.readouterr().err
