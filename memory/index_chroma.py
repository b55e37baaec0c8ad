"""Chroma as a vector index: ids, vectors and scope ids, never a word of text. It may be lost and is then filled anew."""

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

from core.errors import BadInput, SettingInvalid, Unavailable
from core.ports import IndexHit, IndexItem

if TYPE_CHECKING:
    from chromadb.api.models.AsyncCollection import AsyncCollection

PATIENCE_S = 5.0
BATCH = 500


class ChromaIndex:
    """One collection of a Chroma server, by cosine. It is connected to and made when first needed.

    `chromadb` keeps one HTTP client per event loop for the whole process; closing one index closes it for all, and the next
    call opens it again.
    """

    name = "chroma"

    def __init__(self, url: str, collection: str, patience_s: float = PATIENCE_S) -> None:
        """Name server and collection; a call takes at most `patience_s` seconds. Raises `SettingInvalid`."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingInvalid(f"MUSE_CHROMA_URL: {url!r} is not an http://host:port address.")
        self._tls = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port or (443 if self._tls else 8000)
        self._collection_name = collection
        self._patience_s = patience_s
        self._client: Any = None
        self._collection: AsyncCollection | None = None
        self._opening = asyncio.Lock()

    async def warm(self) -> None:
        """Connect and touch the collection, so that the first fan does not wait for it. Raises `Unavailable`."""
        async with self._asking() as collection:
            await collection.get(limit=1, include=[])

    async def upsert(self, items: Sequence[IndexItem]) -> None:
        """Write or replace items. Raises `Unavailable`, and `BadInput` for vectors of another length."""
        for start in range(0, len(items), BATCH):
            part = items[start : start + BATCH]
            async with self._asking() as collection:
                await collection.upsert(
                    ids=[str(item.id) for item in part],
                    embeddings=_vectors(item.vector for item in part),
                    metadatas=[dict(item.scope) for item in part],
                )

    async def query(self, vector: Sequence[float], scope: Mapping[str, str], k: int) -> list[IndexHit]:
        """Return at most `k` hits whose scope matches all of `scope`, best first. Raises `Unavailable`, `BadInput`."""
        clauses: list[Any] = [{key: value} for key, value in scope.items()]
        where = {"$and": clauses} if len(clauses) > 1 else (clauses[0] if clauses else None)
        async with self._asking() as collection:
            found = await collection.query(query_embeddings=_vectors([vector]), n_results=k, where=where, include=["distances"])
        distances = found["distances"] or [[]]
        return [IndexHit(UUID(id_), 1.0 - distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)]

    async def delete(self, ids: Sequence[UUID]) -> None:
        """Forget items; unknown ids are ignored. Raises `Unavailable`."""
        for start in range(0, len(ids), BATCH):
            async with self._asking() as collection:
                await collection.delete(ids=[str(id_) for id_ in ids[start : start + BATCH]])

    async def close(self) -> None:
        """Close connections."""
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            with suppress(Exception):  # a server that is gone already
                await client._server._cleanup()

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[AsyncCollection]:
        """Hand out the collection and translate what goes wrong; a collection that is gone is made anew by the next call."""
        if "chromadb" not in sys.modules:
            await asyncio.to_thread(import_module, "chromadb")  # half a second
        import httpx
        from chromadb.errors import ChromaError, InvalidArgumentError, InvalidDimensionException

        try:
            async with asyncio.timeout(self._patience_s):
                yield self._collection or await self._open()
        except (InvalidArgumentError, InvalidDimensionException) as error:
            raise BadInput(f"Chroma refuses the request: {error}.") from error
        except (ChromaError, httpx.HTTPError, OSError, TimeoutError) as error:
            self._collection = None
            raise Unavailable("Chroma does not answer as it should.") from error

    async def _open(self) -> AsyncCollection:
        async with self._opening:
            if self._collection is None:
                self._client = self._client or await self._connect()
                self._collection = await self._client.get_or_create_collection(
                    self._collection_name, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
                )
            return self._collection

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


def _vectors(vectors: Iterable[Sequence[float]]) -> list[Sequence[float] | Sequence[int]]:
    """Give chromadb the type it asks for."""
    return list(vectors)


def open_facts_index(url: str, embedder: str) -> ChromaIndex:
    """Return the index of facts as one embedder sees them. Raises `SettingInvalid`."""
    return ChromaIndex(url, "muse_facts_" + (re.sub(r"[^a-zA-Z0-9]+", "_", embedder).strip("_") or "custom"))
