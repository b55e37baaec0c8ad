"""Private files and sealed secrets."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest

from core.errors import Misconfigured, NotFound
from core.ids import new_id
from storage.blobs import FolderBlobs, open_blobs
from storage.seal import Seal, read_seal


async def test_a_file_is_kept_privately_and_forgotten(tmp_path: Path) -> None:
    blobs = open_blobs(tmp_path.as_uri() + "/blobs")
    await blobs.put("media/one", b"bytes", "image/png")
    assert await blobs.get("media/one") == b"bytes"
    assert stat.S_IMODE((tmp_path / "blobs" / "media" / "one").stat().st_mode) == 0o600
    await blobs.delete("media/one")
    await blobs.delete("media/one")
    with pytest.raises(NotFound):
        await blobs.get("media/one")


@pytest.mark.parametrize("key", ["../secrets/seal.key", "/etc/passwd", "media/../../x", "", "media"])
async def test_a_key_never_leaves_the_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="not a blob key"):
        await FolderBlobs(tmp_path / "blobs").get(key)


def test_only_file_addresses_are_taken() -> None:
    with pytest.raises(Misconfigured):
        open_blobs("http://example.org/x")


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
