"""Files of ours as an answer: their bytes, their type, and who may keep a copy."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Response

from gateway.doorway import Doorway

UNKEPT = {"cache-control": "private, no-store"}
"""For what no browser and no proxy may keep."""


async def serve_file(doorway: Doorway, blob_key: str, mime: str, headers: Mapping[str, str] = UNKEPT) -> Response[bytes]:
    """Return a kept file. Raises `NotFound`, `Unavailable`."""
    return Response(await doorway.house.blobs.get(blob_key), media_type=mime, headers=headers)
