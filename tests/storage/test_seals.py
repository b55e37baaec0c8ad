"""Sealed secrets."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from core.errors import Misconfigured
from core.ids import new_id
from storage.seal import Seal, read_seal


def test_a_secret_opens_only_in_its_own_place_and_with_a_known_key() -> None:
    old, new, account = os.urandom(32), os.urandom(32), new_id()
    sealed = Seal([old]).close(account, "token", "t0p")
    rotated = Seal([new, old])
    assert rotated.open(account, "token", sealed) == "t0p"
    assert rotated.open(account, "token", rotated.close(account, "token", "t0p")) == "t0p"
    for where, name, seal in ((new_id(), "token", rotated), (account, "other", rotated), (account, "token", Seal([new]))):
        with pytest.raises(Misconfigured):
            seal.open(where, name, sealed)


def test_a_broken_key_file_is_named(tmp_path: Path) -> None:
    for content in ("", "short", base64.b64encode(b"x" * 16).decode()):
        (tmp_path / "seal.key").write_text(content)
        with pytest.raises(Misconfigured, match=r"seal\.key"):
            read_seal(tmp_path / "seal.key")
