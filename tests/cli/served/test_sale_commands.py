"""`muse pack` and `muse promo` against the real gateway."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from cli.sale.folder import read_folder, read_price
from core.errors import BadInput
from core.money import Money
from tests.cli.served.terminal_user import TerminalUser
from tests.gateway.conftest import Gateway
from tests.storage.fans_world import write_in

WORDS = """
title = "The sea"
description = "An evening swim."
tags = ["beach", "dusk"]
[prices]
webchat = { amount = 499, unit = "USD" }
"""


@pytest.fixture
def user(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> TerminalUser:
    return TerminalUser(gateway.url, Path(gateway.settings.data_dir), monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sea"
    made.mkdir()
    (made / "pack.toml").write_text(WORDS)
    for name in ("2.png", "1.png"):
        Image.new("RGB", (120, 160), "navy" if name == "1.png" else "teal").save(made / name)
    return made


async def test_a_folder_becomes_a_pack_and_is_kept_by_its_name(user: TerminalUser, folder: Path) -> None:
    assert "luna/sea is made: 2 pictures, sfw." in await user.see("pack", "import", str(folder), "--influencer", "luna")
    listed = await user.see("pack", "list")
    for words in ("luna/sea", "The sea", "webchat $4.99", "on sale"):
        assert words in listed
    assert "costs 250 Stars on telegram" in await user.see("pack", "price", "sea", "telegram=250 XTR")
    assert "not sold on telegram" in await user.see("pack", "price", "sea", "telegram=none")
    assert "changed" in await user.see("pack", "edit", "sea", "--rating", "suggestive", "--tag", "sea")
    assert "beach" not in await user.see("pack", "show", "luna/sea")
    assert "off sale" in await user.see("pack", "retire", "sea")
    assert "on sale again" in await user.see("pack", "retire", "sea", "--back")
    code, printed = await user.type("pack", "import", str(folder), "--influencer", "luna")
    assert (code, "has a pack 'sea' already" in printed) == (5, True)


async def test_pictures_of_the_vault_become_a_pack(user: TerminalUser, folder: Path) -> None:
    kept = (await user.see("pack", "assets", "luna", "--add", str(folder / "1.png"))).strip()
    assert "120×160" in await user.see("pack", "assets", "luna")
    made = ("pack", "add", "bay", "--influencer", "luna", "--title", "Bay", "--description", "Quiet.", "--picture", kept)
    assert "It has no price yet" in await user.see(*made)
    assert (await user.read("pack", "show", "bay"))["prices"] == {}


async def test_a_promo_is_made_given_codes_and_ended(user: TerminalUser, folder: Path) -> None:
    await user.see("pack", "import", str(folder), "--influencer", "luna")
    made = ("promo", "add", "hello", "--influencer", "luna", "--title", "Hello")
    assert "luna/hello: first purchase for $1.99." in await user.see(*made, "--first", "199 USD", "--way", "asked")
    assert "20 % off. It has no code yet" in await user.see("promo", "add", "spring", *made[3:], "--percent", "20")
    assert len((await user.see("promo", "codes", "spring", "--make", "3")).split()) == 3
    code, printed = await user.type("promo", "codes", "spring", "--make", "0")
    assert code != 0
    assert "1 or more" in printed
    listed = await user.see("promo", "list")
    for words in ("luna/hello", "when asked", "luna/spring", "with 3 codes", "stands"):
        assert words in listed
    assert "1 a fan" in await user.see("promo", "show", "spring")
    assert "offered no more" in await user.see("promo", "end", "spring")
    code, printed = await user.type("promo", "add", "b", *made[3:], "--off", "100 USD", "--least", "300 XTR")
    assert (code, "one unit" in printed) == (2, True)


async def test_what_cannot_be_is_told_with_what_to_type(gateway: Gateway, user: TerminalUser, folder: Path) -> None:
    await user.see("pack", "import", str(folder), "--influencer", "luna")
    made = ("promo", "add", "b", "--influencer", "luna", "--title", "B")
    for words, told in (
        (("--off", "100"), "--off: '100' is no amount"),
        (("--off", "4.99 USD"), "as 499 USD"),
        (("--off", "100 EUR"), "Nothing is sold for EUR here"),
        (("--percent", "10", "--least", "-5 USD"), "--least: '-5 USD' is no amount"),
        (("--percent", "10", "--ends", "tomorrow"), "'tomorrow' is no moment"),
        (("--percent", "10", "--ends", "2020-01-01T10:00"), "over before it begins"),
    ):
        code, printed = await user.type(*made, *words)
        assert (code, told in printed) == (2, True), printed
    assert await user.read("promo", "list") == []
    for command in (("pack",), ("promo",), ("post",), ("image",)):
        assert (await user.type(*command, "list", "--influencer", "nobody"))[0] == 5, command
    assert "luna/b" in await user.see(*made, "--percent", "10", "--pack", "luna/sea"), "a pack as the list names it"


async def test_a_file_that_is_no_picture_is_named(user: TerminalUser, folder: Path, tmp_path: Path) -> None:
    (folder / "3.png").write_bytes(b"not a picture")
    large = tmp_path / "large.jpg"
    with large.open("wb") as out:
        out.truncate(40_000_000)
    code, printed = await user.type("pack", "import", str(folder), "--influencer", "luna")
    assert (code, printed.startswith(f"muse: {folder / '3.png'}: ")) == (2, True), printed
    code, printed = await user.type("pack", "assets", "luna", "--add", str(folder / "1.png"), str(large))
    assert (code, printed) == (2, f"muse: {large}: A picture holds at most 10 MB; make it smaller.\n")


async def test_a_code_for_one_fan_is_made_by_the_name_that_lists_show(gateway: Gateway, user: TerminalUser) -> None:
    mia = await write_in(gateway.house, gateway.telegram, "7001", "hi", display_name="Mia")
    await user.see("promo", "add", "b", "--influencer", "luna", "--title", "B", "--percent", "10")
    (code,) = await user.read("promo", "codes", "b", "--fan", "telegram/7001")
    assert (code["fan_id"], code["once"]) == (str(mia.fan), True)
    ended, printed = await user.type("promo", "codes", "b", "--fan", "telegram/nobody")
    assert (ended, "There is no fan 'telegram/nobody'" in printed) == (5, True)


def test_a_folder_without_what_it_needs_is_refused(folder: Path) -> None:
    assert (read_folder(folder).slug, [one.name for one in read_folder(folder).pictures]) == ("sea", ["1.png", "2.png"])
    (folder / "pack.toml").write_text(WORDS.replace("tags", "tagz"))
    with pytest.raises(BadInput, match="tagz"):
        read_folder(folder)
    (folder / "pack.toml").write_text(WORDS, encoding="utf-16")
    with pytest.raises(BadInput, match="save it as UTF-8"):
        read_folder(folder)
    (folder / "pack.toml").unlink()
    with pytest.raises(BadInput, match=r"no pack\.toml"):
        read_folder(folder)


def test_a_price_is_read_in_minor_units() -> None:
    for given in ("webchat=499 usd", "webchat='499 USD'"):
        assert read_price(given) == ("webchat", Money(499, "USD"))
    with pytest.raises(BadInput, match="as 499 USD"):
        read_price("webchat=4.99 USD")
    for wrong in ("499 USD", "webchat=4.99 USD", "webchat=499", "=499 USD", "webchat=-1 USD"):
        with pytest.raises(BadInput, match="no price"):
            read_price(wrong)
    assert str(Money(-5, "USD")) == "-$0.05"
