"""Tiny models of every family, made once, and painters that are closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from studio.painters.config import PainterConfig
from studio.painters.local import LocalPainter
from studio.painters.tiny import Family, build_tiny

Open = Callable[..., LocalPainter]


class Models:
    """The folders of tiny models, each built when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, family: Family) -> Path:
        folder = self.folder / family
        return folder if folder.is_dir() else build_tiny(folder, family)


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    import torch

    torch.set_num_threads(1)  # so small are they that threads only get in each other's way
    return Models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
async def open_local() -> AsyncIterator[Open]:
    """Open painters on the processor, the same one for the same choices; they are closed at the end."""
    opened: dict[str, LocalPainter] = {}

    def open_one(model: Path | str, **choices: Any) -> LocalPainter:
        config = PainterConfig(model=str(model), device="cpu", **choices)
        return opened.setdefault(repr(config), LocalPainter(config))

    yield open_one
    for painter in opened.values():
        await painter.close()
