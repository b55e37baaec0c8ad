"""`muse look` against the real gateway and stores: what it shows, what it records, and what it refuses in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.served.terminal_user import TerminalUser
from tests.gateway.conftest import Gateway
from tests.studio.keeping import make_picture
from tests.studio.painting import sheet


@pytest.fixture
def user(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> TerminalUser:
    return TerminalUser(gateway.url, Path(gateway.settings.data_dir), monkeypatch, capsys)


async def test_a_look_is_shown_and_a_wish_tried(user: TerminalUser) -> None:
    shown = await user.see("look", "show", "luna")
    assert "Luna: woman of 27, dark curly hair" in shown
    assert "No face and no LoRA is recorded." in shown
    tried = await user.see("look", "try", "luna", "at the beach", "--seed", "3")
    assert tried.startswith("photo of an adult woman, 27 years old")
    assert "without: child, teenager" in tried
    assert "832 × 1216, seed 3" in tried
    assert await user.see("look", "try", "luna", "at the beach", "--seed", "3") == tried
    code, printed = await user.type("look", "try", "luna", "nude")
    assert (code, printed) == (2, "muse: Pictures here are never explicit; everybody in them is dressed.\n")
    code, _ = await user.type("look", "show", "nobody")
    assert code == 5


async def test_a_face_is_recorded_listed_and_revoked(user: TerminalUser, gateway: Gateway, tmp_path: Path) -> None:
    face = tmp_path / "face.png"
    face.write_bytes(sheet((200, 160, 140), (300, 300)))
    code, printed = await user.type("look", "reference", "add", "luna", str(face), "--ground", "generated")
    assert code == 2
    assert "was not made here" in printed
    consent = ("--ground", "consenting_adult_owner", "--owner", "Vera Invented", "--document", "contract 2026-17")
    said = await user.see("look", "reference", "add", "luna", str(face), *consent)
    assert "pictures are refused until MUSE_IMAGE_FACE_ADAPTER" in said
    assert "face, weight 0.6, consent of Vera Invented, contract 2026-17; attested by ana" in said
    made = await make_picture(
        gateway.house, gateway.webchat.agency_id, gateway.webchat.influencer_id, 1, sheet((9, 9, 9), (300, 300))
    )
    assert "generated" in await user.see("look", "reference", "add", "luna", str(made), "--ground", "generated")
    assert "lora" in await user.see("look", "lora", "luna", "somebody/luna-lora", "--ground", "generated", "--weight", "0.8")
    number = said.removeprefix("Recorded: ").split()[0]
    assert "revoked on" in await user.see("look", "reference", "revoke", "luna", number, "--because", "she took it back")
    listed = (await user.see("look", "reference", "list", "luna")).splitlines()
    assert len(listed) == 3
    assert "she took it back" in listed[-1]
    code, printed = await user.type("look", "reference", "revoke", "luna", "seven", "--because", "x")
    assert (code, printed) == (2, "muse: 'seven' is no id; type: muse look reference list NAME.\n")
