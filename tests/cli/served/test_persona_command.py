"""`muse persona` against a running house: folders become versions, versions come and go, and an age must be stated."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from shutil import copytree

import pytest

from cli.settings import ROOT
from core.nouns import Lease
from core.outbound import Sent, TextPart
from core.turns import Hold, Outcome, Send, Trace
from personas.loader import LIBRARY, load_persona
from storage import deliveries
from storage.accounts import find_influencer
from storage.personas import list_influencers
from tests.cli.served.terminal_user import TerminalUser
from tests.cli.served.test_chat_command import Echo, environment
from tests.gateway.conftest import Gateway
from tests.storage.ledger_steps import commit, gathered


@pytest.fixture
def user(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> TerminalUser:
    for name in ("postgres_app_url", "postgres_sweep_url", "redis_url", "chroma_url"):
        monkeypatch.setenv(f"MUSE_{name.upper()}", getattr(gateway.settings, name) or "http://127.0.0.1:9")
    return TerminalUser(gateway.url, Path(gateway.settings.data_dir), monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(copytree(LIBRARY / "luna", tmp_path / "luna"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / f"{file}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


async def spoken_by(gateway: Gateway, slug: str = "luna") -> tuple[int, object]:
    async with gateway.house.app.unit(gateway.webchat.agency_id) as unit:
        found = await find_influencer(unit, slug)
    return found.persona_version, found.persona["voice"]["emoji_rate"]


async def test_a_folder_becomes_a_version_and_is_rolled_back(gateway: Gateway, user: TerminalUser, folder: Path) -> None:
    assert await user.see("persona", "load", str(folder)) == "luna speaks by version 1 already.\n"
    change(folder, "voice", "emoji_rate = 0.5", "emoji_rate = 0.1")
    assert await user.see("persona", "load", str(folder), "--note", "fewer emoji") == (
        "luna speaks by version 2 from the next turn on.\n"
    )
    assert await spoken_by(gateway) == (2, 0.1)
    printed = await user.see("persona", "diff", "luna@1", "luna")
    assert re.search(r"voice\.emoji_rate\n +- 0\.5\n +\+ 0\.1\n", printed)
    assert "one difference between luna version 1 and luna version 2" in printed
    assert "No difference" in await user.see("persona", "diff", str(folder), "luna@2")
    assert await user.see("persona", "rollback", "luna", "1", "--note", "too dry") == (
        "luna speaks by version 1 from the next turn on, no longer by version 2.\n"
    )
    assert await spoken_by(gateway) == (1, 0.5)
    listed = await user.read("persona", "versions", "luna")
    assert [(one["version"], one["made_by"], one["note"], one["in_force"]) for one in listed] == [
        (2, "ana", "fewer emoji", False), (1, "operator", "", True),
    ]  # fmt: skip
    assert (listed[1]["used_by"], listed[1]["used_note"]) == ("ana", "too dry")
    printed = await user.see("persona", "versions", "luna")
    assert "in force" in printed
    assert "too dry" in printed
    assert (await user.type("persona", "rollback", "luna", "7")) == (5, "muse: There is no version 7; there are: 1, 2.\n")


async def test_a_version_may_be_kept_without_speaking(gateway: Gateway, user: TerminalUser, folder: Path) -> None:
    change(folder, "voice", "emoji_rate = 0.5", "emoji_rate = 0.1")
    printed = await user.see("persona", "load", str(folder), "--keep")
    assert printed == "Version 2 of luna is kept; the one in force speaks on.\n"
    assert await spoken_by(gateway) == (1, 0.5)
    assert '"emoji_rate": 0.1' in await user.see("persona", "show", "luna@2", "--json")
    assert "27, she/her  luna version 1" in await user.see("persona", "show", "luna")


async def test_a_wrong_folder_is_told_whole_and_nothing_is_loaded(gateway: Gateway, user: TerminalUser, folder: Path) -> None:
    change(folder, "voice", "emoji_rate = 0.5", "emoji_rate = 5")
    change(folder, "persona", "age = 27", "age = 15")
    code, printed = await user.type("persona", "validate", str(folder))
    assert code == 1
    assert re.search(r"persona\.toml:5: age is 15; give an age from 18", printed)
    assert re.search(r"voice\.toml:10: emoji_rate is 5; give a number from 0 to 1\.", printed)
    code, printed = await user.type("persona", "load", str(folder))
    assert code == 3
    assert "voice.toml:10: emoji_rate is 5" in printed
    assert await spoken_by(gateway) == (1, 0.5)
    assert await user.type("persona", "validate", str(LIBRARY / "matteo")) == (0, "matteo: Matteo is well formed.\n")


async def test_who_has_no_age_is_loaded_silent_until_it_is_stated(gateway: Gateway, user: TerminalUser, tmp_path: Path) -> None:
    await user.see("persona", "new", "Mira", "--age", "30", "--in", str(tmp_path))
    folder = tmp_path / "mira"
    change(folder, "persona", "age = 30", 'age = "unstated"')
    assert "says nothing until an operator states one" in await user.see("persona", "validate", str(folder))
    change(folder, "look", "wardrobe = []", 'wardrobe = ["blue shirt", "wool coat on the roof at night"]')
    code, printed = await user.type("persona", "validate", str(folder))
    assert code == 0
    assert 'advice: wardrobe: entry 2, "wool coat on the roof at night", says where or when ("roof")' in printed
    printed = await user.see("persona", "load", str(folder))
    assert "without an account yet. It says nothing until its age is stated: muse persona age mira YEARS." in printed
    code, printed = await user.type("persona", "load", str(folder), "--page")
    assert code == 5
    assert "Nobody has stated this influencer's age yet" in printed
    assert await user.type("persona", "age", "mira", "17") == (5, "muse: The age is 17; nobody here is younger than 18.\n")
    async with gateway.house.app.unit(gateway.webchat.agency_id) as unit:
        assert {one.slug: one.active for one in await list_influencers(unit)} == {"luna": True, "mira": False}
    assert await user.see("persona", "age", "mira", "30") == "mira speaks by version 2 from the next turn on.\n"
    change(folder, "persona", 'age = "unstated"', "age = 30")
    assert "Its chat page is /chat/mira" in await user.see("persona", "load", str(folder), "--page")
    assert load_persona(folder).age == 30
    code, printed = await user.type("persona", "rollback", "mira", "1")
    assert code == 5
    assert "states no age, and mira speaks to fans" in printed
    assert "mira" in await user.see("persona", "versions")


class Parrot(Echo):
    """A worker that answers by the tagline of the version that speaks."""

    async def answer(self, lease: Lease) -> None:
        turn = await gathered(self.house, lease)
        said = turn.burst[-1].text
        words = TextPart(f"{turn.influencer.persona['tagline']} You said: {said}")
        verdict = Hold("it asks for a person", (words,)) if "hold" in said else Send((words,))
        await commit(self.house, turn, Outcome(verdict, Trace("parrot", notes=("a note",), timings={"think": 2.0})))
        async with self.house.app.unit(self.account.agency_id) as unit:
            while claimed := await deliveries.claim_next(unit, turn.conversation.id, "parrot"):
                await deliveries.settle_sent(unit, claimed.id, claimed.message_id, Sent((str(claimed.id),)))


async def talk(gateway: Gateway, *words: str, lines: tuple[str, ...]) -> str:
    """Pipe lines into `muse persona chat` while somebody answers; return what it printed."""
    names = ("postgres_app_url", "postgres_sweep_url", "redis_url", "chroma_url")
    stores = {f"MUSE_{name.upper()}": str(getattr(gateway.settings, name) or "http://127.0.0.1:9") for name in names}
    working = asyncio.create_task(Parrot(gateway).run())
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "muse_cli.py"), "persona", "chat", *words, env=environment(gateway) | stores,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        printed, _ = await asyncio.wait_for(process.communicate("".join(f"{line}\n" for line in lines).encode()), 90)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    assert process.returncode == 0, printed.decode()
    return printed.decode()


async def test_a_folder_is_talked_to_before_anybody_else_does(gateway: Gateway, folder: Path) -> None:
    change(folder, "persona", "Once read stars for a living.", "Tried out.")
    printed = await talk(gateway, str(folder), "--inside", lines=("hi", "", "hold on", "/quit", "never said"))
    assert "Luna, version 2" in printed
    assert "Tried out." in printed
    assert "You said: hi" in printed
    assert "held: it asks for a person" in printed
    assert "parrot; a note; think 2 ms" in printed
    assert "never said" not in printed
    assert (await spoken_by(gateway))[0] == 1, "fans go on with the version in force"


async def test_two_versions_answer_side_by_side(gateway: Gateway, user: TerminalUser, folder: Path) -> None:
    change(folder, "persona", "Once read stars for a living.", "The second.")
    await user.see("persona", "load", str(folder), "--keep")
    printed = await talk(gateway, "luna@1", "luna@2", lines=("good evening",))
    assert re.search(r"Luna, version 1 +Luna, version 2", printed)
    assert re.search(r"Once read stars .*The second\..*", printed), printed
    assert printed.count("evening") >= 3
    code, said = await user.type("persona", "chat", "luna@1", "luna@2", "luna")
    assert (code, said) == (2, "muse: Two can be talked to side by side, not more.\n")


async def test_wrong_names_get_a_clear_no(user: TerminalUser, tmp_path: Path) -> None:
    assert await user.type("persona", "show", "nobody") == (
        5, "muse: There is no influencer 'nobody'; there are: luna.\n",
    )  # fmt: skip
    code, printed = await user.type("persona", "show", str(tmp_path / "gone"))
    assert code == 2
    assert "neither a folder nor an influencer's short name" in printed
    assert (await user.type("persona", "new", "Ann", "--in", str(tmp_path)))[0] == 2
