"""The doctor tries the file store, and says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from cli.doctor.stores import files
from core.settings import Settings


def test_a_folder_that_is_not_there_yet_will_be_made(tmp_path: Path) -> None:
    (found,) = files(Settings(data_dir=str(tmp_path)))
    assert found.state == "good"
    assert "will be made" in found.says
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_written_read_and_left_empty(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    (found,) = files(Settings(data_dir=str(tmp_path)))
    assert found.state == "good"
    assert "written, read and deleted" in found.says
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_is_a_file_is_broken(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file")
    (found,) = files(Settings(data_dir=str(tmp_path)))
    assert found.state == "broken"


def test_a_bucket_that_does_not_answer_is_broken_and_says_where(unused_tcp_port: int) -> None:
    settings = Settings(
        blobs_url="s3://luna",
        blobs_endpoint=f"http://127.0.0.1:{unused_tcp_port}",
        blobs_access_key="k",
        blobs_secret_key="hush",
    )
    (found,) = files(settings)
    assert found.state == "broken"
    assert "s3://luna" in found.says
    assert "hush" not in found.says


def test_an_address_of_nothing_known_is_broken() -> None:
    (found,) = files(Settings(blobs_url="ftp://somewhere/x"))
    assert found.state == "broken"
    assert "s3://bucket" in found.says
