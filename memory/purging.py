"""What is forgotten leaves every index: ids are dropped from all collections of ours, whichever embedder or shard made them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from core.errors import SettingInvalid, Unavailable

OURS = "muse_"
BATCH = 500
PAGE = 200
PATIENCE_S = 60.0


async def purge_vectors(url: str, ids: Sequence[str]) -> int:
    """Drop ids from every collection of ours on a Chroma server; return how many collections were asked.

    Unknown ids are ignored. Raises `Unavailable`; then some may be gone already, and asking again does no harm.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingInvalid(f"MUSE_CHROMA_URL: {url!r} is not an http://host:port address.")
    if "chromadb" not in sys.modules:
        await asyncio.to_thread(import_module, "chromadb")  # half a second
    import httpx
    from chromadb.errors import ChromaError

    try:
        async with asyncio.timeout(PATIENCE_S):
            client = await _connect(parts.hostname, parts.port or (443 if parts.scheme == "https" else 8000), parts.scheme)
            names = await _collections(client)
            for name in names:
                await _drop(await client.get_collection(name, embedding_function=None), ids)
            return len(names)
    except (ChromaError, httpx.HTTPError, OSError, TimeoutError, ValueError) as error:
        raise Unavailable("Chroma does not answer as it should.") from error


async def _drop(collection: Any, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), BATCH):
        await collection.delete(ids=list(ids[start : start + BATCH]))


async def _collections(client: Any) -> list[str]:
    names: list[str] = []
    while True:
        page = await client.list_collections(limit=PAGE, offset=len(names))
        names += [collection.name for collection in page]
        if len(page) < PAGE:
            return [name for name in names if name.startswith(OURS)]


async def _connect(host: str, port: int, scheme: str) -> Any:
    import chromadb
    from chromadb.config import Settings

    # Neither the environment nor a `.env` file may switch telemetry on.
    given: dict[str, Any] = {"_env_file": None, "anonymized_telemetry": False, "chroma_otel_collection_endpoint": ""}
    return await chromadb.AsyncHttpClient(host, port, ssl=scheme == "https", settings=Settings(**given))
