"""One contract over both file stores, the folder and S3; what is said when a store is not there or not ours."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import Misconfigured, NotFound, Unavailable
from core.ids import new_id
from core.ports import Blobs
from core.settings import Settings
from storage.blobs import check_blobs, keep_once, open_blobs
from tests.storage.s3_server import S3Server, serve_s3

KEYS = {"blobs_access_key": "key", "blobs_secret_key": "secret"}


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[S3Server]:
    async with serve_s3(tmp_path_factory.mktemp("s3")) as running:
        await running.make_bucket("luna")
        yield running


@pytest.fixture(params=["folder", "s3", "s3 below a prefix"])
async def blobs(request: pytest.FixtureRequest, tmp_path: Path, server: S3Server) -> AsyncIterator[Blobs]:
    if request.param == "folder":
        opened = open_blobs((tmp_path / "blobs").as_uri())
    else:
        url = "s3://luna" if request.param == "s3" else f"s3://luna/{new_id()}/vault"
        opened = open_blobs(url, Settings(blobs_endpoint=server.endpoint, **KEYS))
    yield opened
    await opened.close()


async def test_what_is_written_comes_back_until_it_is_deleted(blobs: Blobs) -> None:
    key = f"media/{new_id()}"
    with pytest.raises(NotFound):
        await blobs.get(key)
    await blobs.put(key, b"one", "image/png")
    await blobs.put(key, b"two \x00\xff" * 50_000, "image/png")
    assert await blobs.get(key) == b"two \x00\xff" * 50_000
    await blobs.delete(key)
    await blobs.delete(key)
    with pytest.raises(NotFound):
        await blobs.get(key)


async def test_an_empty_file_is_a_file(blobs: Blobs) -> None:
    await blobs.put("media/empty", b"", "text/plain")
    assert await blobs.get("media/empty") == b""


async def test_a_new_file_never_replaces_another(blobs: Blobs) -> None:
    key = f"media/{new_id()}"
    first = await asyncio.gather(*(blobs.put_new(key, b"%d" % n, "text/plain") for n in range(8)), return_exceptions=True)
    assert sorted(map(bool, first)) == [False] * 7 + [True]
    assert await blobs.get(key) == b"%d" % first.index(True)
    assert not await blobs.put_new(key, b"later", "text/plain")
    assert await blobs.get(key) == b"%d" % first.index(True)


async def test_the_same_bytes_are_one_file_under_their_digest(blobs: Blobs) -> None:
    key = await keep_once(blobs, "assets", b"picture", "image/png")
    assert key == await keep_once(blobs, "assets", b"picture", "image/png")
    assert key.startswith("assets/")
    assert len(key) == len("assets/") + 64
    assert key != await keep_once(blobs, "assets", b"another", "image/png")
    assert await blobs.get(key) == b"picture"


@pytest.mark.parametrize("key", ["../secrets/seal.key", "/etc/passwd", "media/../../x", "", "media", "Media/x", "media/a b"])
async def test_a_key_is_one_of_ours(blobs: Blobs, key: str) -> None:
    for call in (blobs.get(key), blobs.put(key, b"", "x/y"), blobs.put_new(key, b"", "x/y"), blobs.delete(key)):
        with pytest.raises(ValueError, match="not a blob key"):
            await call


async def test_a_store_is_tried_by_writing_reading_and_deleting(blobs: Blobs) -> None:
    await check_blobs(blobs)


async def test_it_opens_again_after_it_was_closed(blobs: Blobs) -> None:
    await blobs.put("media/one", b"bytes", "image/png")
    await blobs.close()
    assert await blobs.get("media/one") == b"bytes"


async def test_a_folder_keeps_files_from_other_users_and_leaves_no_rests(tmp_path: Path) -> None:
    blobs = open_blobs(tmp_path.as_uri() + "/my%20blobs")
    await blobs.put("media/one", b"bytes", "image/png")
    assert not await blobs.put_new("media/one", b"other", "image/png")
    assert await blobs.put_new("media/two", b"other", "image/png")
    files = sorted((tmp_path / "my blobs" / "media").iterdir())
    assert [file.name for file in files] == ["one", "two"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]


async def test_prefixes_of_one_bucket_do_not_see_each_other(server: S3Server) -> None:
    settings = Settings(blobs_endpoint=server.endpoint, **KEYS)
    one, two = open_blobs("s3://luna/one", settings), open_blobs("s3://luna/two/", settings)
    await one.put("media/x", b"one", "text/plain")
    with pytest.raises(NotFound):
        await two.get("media/x")
    await one.close()
    await two.close()


async def test_a_bucket_that_is_not_there_is_a_fault_of_the_settings(server: S3Server) -> None:
    blobs = open_blobs("s3://nobody", Settings(blobs_endpoint=server.endpoint, **KEYS))
    for call in (check_blobs(blobs), blobs.get("media/x"), blobs.put_new("media/x", b"", "x/y"), blobs.delete("media/x")):
        with pytest.raises(Misconfigured, match="s3://nobody"):
            await call
    await blobs.close()


async def test_a_server_that_does_not_answer_is_tried_again_later(unused_tcp_port: int) -> None:
    blobs = open_blobs("s3://luna", Settings(blobs_endpoint=f"http://127.0.0.1:{unused_tcp_port}", **KEYS))
    with pytest.raises(Unavailable, match="does not answer"):
        await blobs.get("media/x")
    await blobs.close()


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("http://example.org/x", Settings()),
        ("file://elsewhere/x", Settings()),
        ("s3:///x", Settings()),
        ("s3://luna/a//b", Settings()),
        ("s3://luna/ä", Settings()),
        ("s3://luna", Settings(blobs_access_key="key")),
        ("s3://luna", Settings(blobs_endpoint="127.0.0.1:9000")),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(url: str, settings: Settings) -> None:
    with pytest.raises(Misconfigured, match="MUSE_BLOBS"):
        open_blobs(url, settings)


def test_keys_are_never_shown() -> None:
    settings = Settings(blobs_access_key="AKIA-visible", blobs_secret_key="hidden")
    assert "hidden" not in repr(settings)
    assert "AKIA" not in repr(settings)
    with pytest.raises(Misconfigured) as caught:
        open_blobs("s3://luna", Settings(blobs_secret_key="hidden"))
    assert "hidden" not in str(caught.value)
