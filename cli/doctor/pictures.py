"""Pictures: whether any are made here, by what, and whether somebody must look at each."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from cli.doctor.finding import Finding, broken, good, missing
from cli.stack.folder import DataFolder
from cli.stack.state import read_living_state
from core.settings import Settings

NAME = "pictures"


def pictures(settings: Settings) -> Iterator[Finding]:
    """Look at what makes pictures; no weights are read."""
    model = settings.image_model
    if not model:
        yield missing(
            NAME,
            "none are made: MUSE_IMAGE_MODEL is empty; who asks for one of their own is offered the packs of the vault",
            "MUSE_IMAGE_MODEL=<diffusers repository or folder> in .env",
        )
        return
    if not model.startswith("replicate:"):
        if find_spec("diffusers") is None or find_spec("torch") is None:
            yield broken(NAME, f"{model} is set, but diffusers or torch is not installed", "make up")
            return
        if model.startswith((".", "/", "~")) and not Path(model).expanduser().is_dir():
            yield broken(NAME, f"MUSE_IMAGE_MODEL names the folder {model}, which is not there")
            return
    yield good(NAME, f"{model}, painted by `muse media` on {settings.image_device}, up to {settings.image_batch} at once")
    yield from _living(settings)


def _living(settings: Settings) -> Iterator[Finding]:
    """Say how the media worker of a running Muse is; nothing while none runs here."""
    state = read_living_state(DataFolder(Path(settings.data_dir)).run)
    if state is None:
        return
    part = state.parts.get("media")
    if part is None:
        yield missing("media worker", "Muse runs without one: it was started before a model was set", "muse down && muse up")
    elif part.state != "running":
        last = f", its last exit: {part.last_exit}" if part.last_exit else ""
        yield missing("media worker", f"it is {part.state} after {part.restarts} restarts{last}", "muse logs media")
    else:
        yield good("media worker", f"up as process {part.pid}, {part.restarts} restarts")
