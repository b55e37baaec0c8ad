"""`muse fan`, `muse memory` and `muse agency` against the real gateway and stores."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from cli.commands import agency, fan
from cli.desk.short_ids import shorten
from cli.main import build_parser
from core.errors import BadInput, NotFound
from core.settings import Settings
from tests.cli.served.terminal_user import TerminalUser
from tests.gateway.conftest import Gateway
from tests.storage.fans_world import Side, write_in


@pytest.fixture
def user(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> TerminalUser:
    return TerminalUser(gateway.url, Path(gateway.settings.data_dir), monkeypatch, capsys)


@pytest.fixture
async def pair(gateway: Gateway) -> tuple[Side, Side]:
    here = await write_in(gateway.house, gateway.telegram, "7001", "I keep bees", display_name="Mia")
    return here, await write_in(gateway.house, gateway.webchat, "a" * 32, "hello from the page")


async def direct(settings: Settings, *typed: str) -> int:
    """Run what a command does with the stores themselves, in this loop."""
    arguments = build_parser().parse_args(list(typed))
    if typed[0] == "agency":
        wanted = {kind: getattr(arguments, kind) for kind in agency.KINDS if getattr(arguments, kind) is not None}
        return await agency._retention(settings, wanted)
    if arguments.action == "export":
        return await fan._export(settings, arguments.fan, Path(arguments.out))
    return await (fan._forget_again(settings) if arguments.again else fan._forget_one(settings, arguments))


async def test_fans_are_found_linked_and_split(user: TerminalUser, pair: tuple[Side, Side]) -> None:
    one, two = pair
    printed = await user.see("fan", "list", "mia")
    assert "Mia (telegram/7001)" in printed
    assert shorten(one.fan) in printed
    said = await user.see("fan", "link", "telegram/7001", shorten(two.fan), "--evidence", "the same bees")
    assert "one person now" in said
    shown = await user.see("fan", "show", "telegram/7001")
    assert "the same bees" in shown
    assert "webchat/aaaa" in shown
    assert [link["state"] for link in await user.read("fan", "links", "--state", "confirmed")] == ["confirmed"]
    assert "1 link undone" in await user.see("fan", "split", "telegram/7001")
    code, printed = await user.type("fan", "show", "telegram/1")
    assert (code, printed) == (5, "muse: There is no fan 'telegram/1'; type: muse fan list\n")


async def test_memory_is_shown_and_set_right(user: TerminalUser, pair: tuple[Side, Side]) -> None:
    assert "Nothing is known" in await user.see("memory", "show", "telegram/7001")
    await user.see("memory", "add", "telegram/7001", "The fan keeps ants.")
    (known,) = await user.read("memory", "show", "telegram/7001")
    assert "Corrected" in await user.see("memory", "correct", known["id"], "The fan keeps bees.")
    printed = await user.see("memory", "show", "telegram/7001", "--ids")
    assert "The fan keeps bees." in printed
    assert "operator:ana" in printed
    assert "until" in printed
    newest = (await user.read("memory", "show", "telegram/7001"))[0]
    assert "Retracted" in await user.see("memory", "retract", newest["id"])
    code, printed = await user.type("memory", "retract", "abc")
    assert (code, "no whole id" in printed) == (2, True)


async def test_an_export_is_written_once_as_a_report_and_for_programs(
    gateway: Gateway, pair: tuple[Side, Side], tmp_path: Path
) -> None:
    await direct(gateway.settings, "fan", "export", "telegram/7001", "--out", str(tmp_path / "mia.zip"))
    with ZipFile(tmp_path / "mia.zip") as archive:
        report, document = archive.read("report.md").decode(), json.loads(archive.read("fan.json"))
    assert "**You**: I keep bees" in report
    assert [row["text"] for row in document["messages"]] == ["I keep bees"]
    assert document["about"]["facts"].startswith("What was learned")
    assert (tmp_path / "mia.zip").stat().st_mode & 0o077 == 0
    with pytest.raises(BadInput, match="exists already"):
        await direct(gateway.settings, "fan", "export", "telegram/7001", "--out", str(tmp_path / "mia.zip"))
    await direct(gateway.settings, "fan", "export", shorten(pair[0].fan), "--out", str(tmp_path / "mia.json"))
    assert "file_contents_base64" in json.loads((tmp_path / "mia.json").read_text())


async def test_forgetting_asks_first_and_then_forgets(
    gateway: Gateway, pair: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert await direct(gateway.settings, "fan", "forget", "telegram/7001") == 1
    assert "removes everything about telegram/7001" in capsys.readouterr().out
    assert await direct(gateway.settings, "fan", "forget", "telegram/7001", "--yes") == 0
    assert "Forgotten: 1 conversations" in capsys.readouterr().out
    with pytest.raises(NotFound, match="Nobody has written as telegram/7001"):
        await direct(gateway.settings, "fan", "forget", "telegram/7001", "--yes")
    assert await direct(gateway.settings, "fan", "forget", "--again") == 0
    assert "0 fans" in capsys.readouterr().out


async def test_retention_is_set_kind_by_kind(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    await direct(gateway.settings, "agency", "retention", "--messages", "365", "--media", "90")
    await direct(gateway.settings, "agency", "retention", "--media", "forever")
    printed = capsys.readouterr().out.splitlines()[-5:]
    assert [line.split()[1] for line in printed] == ["365", "forever", "forever", "forever", "forever"]
    with pytest.raises(SystemExit):
        build_parser().parse_args(["agency", "retention", "--facts", "soon"])
