"""The doctor proposes a multilingual embedder where personas or fans need one, and says nothing of it where they do not."""

from __future__ import annotations

import asyncio

from cli.doctor.finding import Finding
from cli.doctor.languages import PROPOSED, judge, languages
from core.nouns import Account
from core.settings import Settings
from storage.house import House
from tests.conftest import Agency
from tests.memory.lived import live_through
from tests.memory.world import open_chat
from tests.storage.world import make_account

ENGLISH = [f"I went to the market this morning and bought {thing}" for thing in ("apples", "bread", "flowers", "fish")] * 5
GERMAN = ["Ich war heute Morgen auf dem Markt und habe Blumen gekauft", "Was machst du denn heute Abend noch Schönes?"]


def test_english_alone_needs_nothing() -> None:
    assert judge({"luna": {"en"}}, ENGLISH) == Finding("languages", "good", "English, which the bundled embedder knows")


def test_a_persona_that_speaks_another_language_needs_a_model_for_it() -> None:
    found = judge({"luna": {"en"}, "matteo": {"it", "en"}}, ENGLISH)
    assert found.state == "missing"
    assert "matteo speaks it" in found.says
    assert f"MUSE_EMBEDDER={PROPOSED}" in found.remedy


def test_fans_who_write_in_another_language_need_it_too() -> None:
    assert judge({"luna": {"en"}}, [*ENGLISH, GERMAN[0]]).state == "good", "one in twenty is none"
    found = judge({"luna": {"en"}}, [*ENGLISH, *GERMAN * 2])
    assert "17% of the newest messages are in other languages (de)" in found.says
    assert judge({"luna": {"en"}}, GERMAN).state == "good", "two messages tell nothing"


def test_another_embedder_is_taken_at_its_word() -> None:
    (found,) = languages(Settings(embedder=PROPOSED))
    assert (found.state, PROPOSED in found.says) == ("good", True)


async def test_the_running_house_is_looked_at(house: House, agency: Agency, settings: Settings) -> None:
    account: Account = await make_account(house, agency.id)
    chat = await open_chat(house, account)
    await live_through(house, chat, *ENGLISH, *GERMAN * 5)

    def look() -> list[Finding]:
        return list(languages(settings))

    (found,) = await asyncio.to_thread(look)
    assert (found.state, "33% of the newest messages are in other languages (de)" in found.says) == ("missing", True)


def test_a_house_that_does_not_run_is_not_judged(tmp_path) -> None:  # type: ignore[no-untyped-def]  # a fixture's type
    (found,) = languages(Settings(data_dir=str(tmp_path)))
    assert (found.state, "while Muse runs" in found.says) == ("good", True)
