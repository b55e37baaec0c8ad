"""Scratch folders with short paths, and one started stack that the peaceful tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.stage import NOBODY, Stage, on_stage


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for data, not made yet; its parent is closed to others (0700)."""
    return tmp_path_factory.mktemp("d") / "m"


@pytest.fixture
def ordinary_data(data: Path) -> Path:
    """The same in a parent that belongs to an ordinary user."""
    if os.geteuid() == 0:
        os.chown(data.parent, NOBODY, NOBODY)
    return data


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stack that runs for all tests of a module."""
    with on_stage(tmp_path_factory.mktemp("d") / "m") as stage:
        started = stage.up()
        assert started.returncode == 0, started.stderr
        yield stage
