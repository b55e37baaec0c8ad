"""`muse image` against the real gateway, a painter with tiny weights and the real finisher: from a wish to a marked file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec import structs

from core.settings import Settings
from storage import credits
from studio.painters.tiny import build_tiny
from tests.cli.served.terminal_user import TerminalUser
from tests.gateway.conftest import Gateway
from tests.workers.pictures_world import states
from workers.media.app import open_media
from workers.media.loop import MediaLoop

WISH = ("a walk on the beach", "-i", "luna", "--seed", "7")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model with tiny random weights."""
    return str(build_tiny(tmp_path_factory.mktemp("models") / "tiny", "sd15"))


@pytest.fixture
def settings(settings: Settings, model: str) -> Settings:
    """Settings of a house that paints with tiny weights on the processor."""
    return structs.replace(settings, image_model=model, image_device="cpu", image_steps=2, image_cost=2, image_batch=2)


@pytest.fixture
def user(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> TerminalUser:
    return TerminalUser(gateway.url, Path(gateway.settings.data_dir), monkeypatch, capsys)


@asynccontextmanager
async def media(settings: Settings) -> AsyncIterator[None]:
    """Run a media worker for as long as the block lasts."""
    async with open_media(settings, "media-1") as engine:
        loop = MediaLoop(engine)
        task = asyncio.create_task(loop.run())
        try:
            yield
        finally:
            loop.stop()
            await task


async def test_a_wish_becomes_a_marked_file_once_a_person_has_looked(
    user: TerminalUser, gateway: Gateway, settings: Settings, tmp_path: Path
) -> None:
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        await credits.grant(unit, 10, "ana")
    out = tmp_path / "beach.jpg"
    async with media(settings):
        said = await user.see("image", *WISH, "--wait", "--out", str(out))
    assert "waits for a person: 512×768. A person must approve it" in said
    number = next(line for line in said.splitlines() if "waits for a person" in line).split()[0]
    told = await user.see("image", "verify", str(out))
    assert "yes, it says so" in told
    assert "own authority, which readers elsewhere show as untrusted" in told
    assert "trainedAlgorithmicMedia · Muse" in told
    assert "tiny" in told
    assert str(tmp_path) not in told.replace(str(out), "")
    code, printed = await user.type("look", "reference", "add", "luna", str(out), "--ground", "generated")
    assert (code, "generated" in printed) == (0, True)
    assert "It goes on." in await user.see("image", "approve", number)
    shown = await user.see("image", "show", number)
    for words in ("is done", "a walk on the beach", "pass by ana", "c2pa, metadata", "MUSE_IMAGE_MODERATOR"):
        assert words in shown, words
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        balance = await credits.balance(unit, gateway.telegram.influencer_id)
    assert (balance.available, balance.reserved, balance.spent) == (8, 0, 2)
    assert number in await user.see("image", "list", "-q", '"walk on the beach" -kiln', "-s", "done")
    assert "No pictures yet" in await user.see("image", "list", "-q", "walk -beach")


async def test_sets_albums_and_favourites(user: TerminalUser, gateway: Gateway, settings: Settings) -> None:
    assert "Ordered: 3 pictures, 6 credits" in await user.see("image", "batch", "luna", "3", "--seed", "5")
    async with media(settings), asyncio.timeout(60):
        while (await states(gateway.house, gateway.telegram.agency_id))["held"] < 3:  # noqa: ASYNC110 — the rows are what counts
            await asyncio.sleep(0.2)
    rows = await user.read("image", "list", "--oldest-first")
    assert len({row["wish"]["category"] for row in rows}) == 3
    first, second, third = (row["id"] for row in rows)
    assert "2 pictures put in." in await user.see("image", "album", "add", "Sea side", first, second, "-i", "luna")
    assert "It is a favourite." in await user.see("image", "favourite", first)
    assert await user.see("image", "album", "list", "-i", "luna") == "Sea side: 2 pictures\n"
    listed = await user.read("image", "list", "--album", "Sea side", "-i", "luna", "--favourites")
    assert [row["id"] for row in listed] == [first]
    assert "1 pictures taken out." in await user.see("image", "album", "remove", "Sea side", first, "-i", "luna")
    assert "taken apart" in await user.see("image", "album", "remove", "Sea side", "-i", "luna")
    code, printed = await user.type("image", "list", "--album", "Sea side", "-i", "luna")
    assert (code, "there are: none" in printed) == (5, True)
    assert "given up" in await user.see("image", "reject", third)
    assert (await user.read("image", "show", third))["picture"]["judged"]["judge"] == "ana"
