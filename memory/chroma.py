"""A Chroma server: connected to when first needed, its errors translated, nothing sent to anybody else."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from core.errors import BadInput, NotFound, SettingInvalid, Unavailable
from core.ports import IndexHit, IndexItem

if TYPE_CHECKING:
    from chromadb.api.models.AsyncCollection import AsyncCollection

PATIENCE_S = 5.0
BATCH = 500
WHOLE = "whole"
PARTS = ("agency_id", "influencer_id", "fan_id")
COSINE: Any = {"hnsw": {"space": "cosine", "batch_size": 100, "sync_threshold": 200}}
"""How collections are made. What is not synced lies in a log that each write reads again: at 1,000, writing costs more CPU."""


class ChromaServer:
    """One server. Raises `SettingInvalid` for an address that is none.

    `chromadb` keeps one HTTP client per event loop for the whole process; closing one server closes it for all, and the next
    call opens it again.
    """

    def __init__(self, url: str, patience_s: float = PATIENCE_S) -> None:
        """Name the server; a call takes at most `patience_s` seconds."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingInvalid(f"MUSE_CHROMA_URL: {url!r} is not an http://host:port address.")
        self._tls = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port or (443 if self._tls else 8000)
        self._patience_s = patience_s
        self._client: Any = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def asking(self, patience_s: float | None = None) -> AsyncIterator[Any]:
        """Hand out the client and translate what goes wrong inside.

        Raises `Unavailable`, `BadInput` for vectors of another length, `NotFound` for a collection that is gone.
        """
        if "chromadb" not in sys.modules:
            await asyncio.to_thread(import_module, "chromadb")  # half a second
        import httpx
        from chromadb.errors import ChromaError, InvalidArgumentError, InvalidDimensionException, NotFoundError

        try:
            async with asyncio.timeout(patience_s or self._patience_s):
                yield self._client or await self._open()
        except (InvalidArgumentError, InvalidDimensionException) as error:
            raise BadInput(f"Chroma refuses the request: {error}.") from error
        except NotFoundError as error:
            raise NotFound("Chroma has no such collection.") from error
        except (ChromaError, httpx.HTTPError, OSError, TimeoutError) as error:
            raise Unavailable("Chroma does not answer as it should.") from error

    async def close(self) -> None:
        """Close connections."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):  # a server that is gone already
                await client._server._cleanup()

    async def _open(self) -> Any:
        async with self._opening:
            self._client = self._client or await self._connect()
            return self._client

    async def _connect(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        try:
            # Neither the environment nor a `.env` file may switch telemetry on.
            given: dict[str, Any] = {"_env_file": None, "anonymized_telemetry": False, "chroma_otel_collection_endpoint": ""}
            settings = Settings(**given)
            return await chromadb.AsyncHttpClient(self._host, self._port, ssl=self._tls, settings=settings)
        except ValueError as error:  # how chromadb reports a refused connection
            raise Unavailable("Chroma does not answer.") from error


async def put_items(collection: AsyncCollection, items: Sequence[IndexItem]) -> None:
    """Write or replace at most `BATCH` items."""
    await collection.upsert(
        ids=[str(item.id) for item in items],
        embeddings=as_vectors(item.vector for item in items),
        metadatas=[{**item.scope, **_whole(item.scope)} for item in items],
    )


async def find_hits(collection: AsyncCollection, vector: Sequence[float], scope: Mapping[str, str], k: int) -> list[IndexHit]:
    """Return at most `k` hits whose scope matches, best first."""
    clauses: list[Any] = [{key: value} for key, value in (_whole(scope) or scope).items()]
    where = {"$and": clauses} if len(clauses) > 1 else (clauses[0] if clauses else None)
    found = await collection.query(query_embeddings=as_vectors([vector]), n_results=k, where=where, include=["distances"])
    distances = found["distances"] or [[]]
    return [IndexHit(UUID(id_), 1.0 - distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)]


async def read_items(collection: AsyncCollection, offset: int, limit: int = BATCH) -> list[IndexItem]:
    """Return a page of what a collection holds."""
    found = await collection.get(limit=limit, offset=offset, include=["embeddings", "metadatas"])
    vectors, scopes = found["embeddings"], found["metadatas"]
    if vectors is None or scopes is None:
        return []
    return [
        IndexItem(UUID(id_), [float(x) for x in vector], {key: str(value) for key, value in scope.items() if key != WHOLE})
        for id_, vector, scope in zip(found["ids"], vectors, scopes, strict=True)
    ]


def _whole(scope: Mapping[str, str]) -> dict[str, str]:
    """Return a whole scope under one name, nothing for a part of one.

    Chroma looks each clause of a filter up among the vectors of all collections: "of this agency" alone would find them all,
    and a question would take the longer the more there are (tried: 5 ms of its CPU over 10,000 vectors, 62 ms over 100,000).
    """
    return {WHOLE: "/".join(scope[part] for part in PARTS)} if scope.keys() == set(PARTS) else {}


def as_vectors(vectors: Iterable[Sequence[float]]) -> list[Sequence[float] | Sequence[int]]:
    """Give chromadb the type it asks for."""
    return list(vectors)


def collection_name(tier: str, embedder: str) -> str:
    """Return the name under which a tier lies there, as one embedder sees it."""
    return f"muse_{tier}_" + (re.sub(r"[^a-zA-Z0-9]+", "_", embedder).strip("_") or "custom")
