"""`muse image` against the real gateway, a painter with tiny weights and the real finisher: from a wish to a marked file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from msgspec import structs

from cli.api_client import ApiClient
from cli.desk.short_ids import shorten
from cli.doctor.guides import guides
from core.settings import Settings
from storage import credits
from storage.references import own_picture
from studio.painters.tiny import build_tiny
from tests.cli.served.terminal_user import TerminalUser
from tests.gateway.conftest import Gateway
from tests.studio.keeping import make_picture
from tests.studio.painting import sheet
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
    assert "No picture answers this" in await user.see("image", "list", "-q", "walk -beach")


async def test_who_stops_looking_on_hears_that_the_picture_is_made_all_the_same(
    user: TerminalUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt  # Ctrl-C comes while the stream is listened to

    monkeypatch.setattr(ApiClient, "hear", stop)
    code, printed = await user.type("image", *WISH, "--wait")
    (row,) = await user.read("image", "list")
    short = shorten(UUID(row["id"]))
    assert (code, f"{short} is made all the same; take it back with: muse image cancel {short}" in printed) == (130, True)


async def test_a_picture_is_begun_with_another_and_a_face_without_an_adapter_is_said_at_once(
    user: TerminalUser, gateway: Gateway, settings: Settings, tmp_path: Path
) -> None:
    mask, photo = tmp_path / "mask.png", tmp_path / "face.png"
    mask.write_bytes(sheet((0, 0, 0), (128, 128), stripe=64))
    photo.write_bytes(sheet((200, 160, 140), (300, 300)))
    base = await make_picture(gateway.house, gateway.telegram.agency_id, gateway.telegram.influencer_id, 1)
    async with media(settings):
        await user.see("image", *WISH, "--from", str(base), "--mask", str(mask), "--strength", "0.5", "--wait")
    (made,) = await user.read("image", "list")
    assert (made["state"], made["request"]["strength"], bool(made["request"]["mask_key"])) == ("held", 0.5, True)
    code, printed = await user.type("image", *WISH, "--from", made["id"])
    assert (code, "approve it first" in printed) == (5, True)
    await user.see("image", "approve", made["id"])
    await user.see("image", *WISH, "--from", made["id"][-8:])
    again = (await user.read("image", "list"))[0]
    assert again["request"]["base_key"] == await key_of(gateway, made["asset_id"])
    for words, says in (
        (("--pose", str(photo)), "photographs are not taken"),
        (("--pose", str(tmp_path / "none.png")), "cannot be read as a file"),
        (("--from", str(base), "--mask", str(photo.with_suffix(".txt"))), "cannot be read as a file"),
        (("--from", again["id"]), "not painted yet"),
    ):
        code, printed = await user.type("image", *WISH, *words)
        assert (code != 0, says in printed) == (True, True), printed
    code, printed = await user.type(
        "look", "reference", "add", "luna", str(photo), "--ground", "consenting_adult_owner", "--owner", "Vera Invented",
        "--document", "contract 2026-17",
    )  # fmt: skip
    assert (code, "pictures are refused until MUSE_IMAGE_FACE_ADAPTER" in printed) == (0, True)
    code, printed = await user.type("image", *WISH)
    assert (code, "name an IP-Adapter's file in MUSE_IMAGE_FACE_ADAPTER, or revoke the face" in printed) == (5, True)
    assert "mask, weight 1, drawn; attested by ana" in await user.see("look", "reference", "list", "luna")
    found = [one for one in await asyncio.to_thread(lambda: list(guides(settings))) if one.state == "missing"]
    assert [one.remedy for one in found] == ["muse look reference list luna"]
    assert "no picture of luna is made" in found[0].says
    assert len(await user.read("image", "list")) == 2, "what was refused is no order"


async def key_of(gateway: Gateway, asset_id: str) -> str:
    """Return where a picture's file lies."""
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        return (await own_picture(unit, gateway.telegram.influencer_id, UUID(asset_id))).blob_key


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
