"""Private files in a bucket of S3 or of a server that speaks it (MinIO, Ceph, …), through aiobotocore.

The client is opened by the first call. Paths carry the bucket, since most own servers know no other way. What the server
says is translated into our errors here, by its codes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from core.errors import BadInput, Misconfigured, MuseError, NotFound, RateLimited, Refused, Unavailable
from storage.blob_keys import check_key

if TYPE_CHECKING:
    from types_aiobotocore_s3.client import S3Client

CONNECT_S, READ_S = 5, 30
TRIES = 3
"""How often a call is made at most, while the server does not answer or asks to wait."""

UNKNOWN = frozenset({"NoSuchKey", "404", "NotFound"})
TAKEN = frozenset({"PreconditionFailed", "412"})
SLOWER = frozenset({"SlowDown", "Throttling", "ThrottlingException", "TooManyRequests", "RequestLimitExceeded"})
OURS = frozenset(
    {
        "NoSuchBucket", "InvalidBucketName", "AccessDenied", "AllAccessDisabled", "InvalidAccessKeyId", "SignatureDoesNotMatch",
        "PermanentRedirect", "AuthorizationHeaderMalformed", "ExpiredToken", "InvalidToken", "RequestTimeTooSkewed",
    }
)  # fmt: skip


class Bucket(Struct, frozen=True):
    """A bucket and how it is reached; no keys: as the machine is allowed (its role, or the AWS files of its user)."""

    name: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = ""

    def __repr__(self) -> str:
        """Name the place; keys stay hidden."""
        return f"s3://{self.name}/{self.prefix} at {self.endpoint or 'AWS'}"


class S3Blobs:
    """Files as private objects of one bucket, below a prefix."""

    def __init__(self, bucket: Bucket) -> None:
        """Name the bucket; nothing is opened yet. Raises `Misconfigured` for half a pair of keys."""
        if bool(bucket.access_key) != bool(bucket.secret_key):
            raise Misconfigured("MUSE_BLOBS_ACCESS_KEY and MUSE_BLOBS_SECRET_KEY belong together; set both or neither.")
        if bucket.endpoint and not bucket.endpoint.startswith(("http://", "https://")):
            raise Misconfigured(f"MUSE_BLOBS_ENDPOINT: {bucket.endpoint!r} is no http(s) address.")
        self._bucket = bucket
        self._client: S3Client | None = None
        self._opening = asyncio.Lock()
        self._open = AsyncExitStack()

    async def put(self, key: str, data: bytes, mime: str) -> None:
        """Store a file; the same key is replaced. Raises `Unavailable`, `RateLimited`, `Misconfigured`."""
        at = self._at(key)
        with self._translated():
            client = await self._connect()
            await client.put_object(Bucket=self._bucket.name, Key=at, Body=data, ContentType=mime)

    async def put_new(self, key: str, data: bytes, mime: str) -> bool:
        """Store a file unless the key has one; false when it has."""
        name, at = self._bucket.name, self._at(key)
        try:
            with self._translated():
                client = await self._connect()
                await client.put_object(Bucket=name, Key=at, Body=data, ContentType=mime, IfNoneMatch="*")
        except _Taken:
            return False
        except _Unspoken:  # a server that knows no conditions: the look before is not as sure, and the keys are digests
            if await self._has(key):
                return False
            await self.put(key, data, mime)
        return True

    async def get(self, key: str) -> bytes:
        """Read a file. Raises `NotFound`, and as `put`."""
        at = self._at(key)
        with self._translated():
            client = await self._connect()
            found = await client.get_object(Bucket=self._bucket.name, Key=at)
            async with found["Body"] as body:
                data: bytes = await body.read()
                return data

    async def delete(self, key: str) -> None:
        """Remove a file; an unknown key is ignored. Raises as `put`."""
        at = self._at(key)
        with self._translated():
            client = await self._connect()
            await client.delete_object(Bucket=self._bucket.name, Key=at)

    async def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        async with self._opening:
            self._client = None
            await self._open.aclose()

    async def _has(self, key: str) -> bool:
        try:
            with self._translated():
                client = await self._connect()
                await client.head_object(Bucket=self._bucket.name, Key=self._at(key))
        except NotFound:
            return False
        return True

    def _at(self, key: str) -> str:
        return f"{self._bucket.prefix}/{check_key(key)}" if self._bucket.prefix else check_key(key)

    async def _connect(self) -> S3Client:
        async with self._opening:
            if self._client is None:
                from aiobotocore.config import AioConfig
                from aiobotocore.session import get_session

                settled = AioConfig(
                    connect_timeout=CONNECT_S,
                    read_timeout=READ_S,
                    retries={"total_max_attempts": TRIES, "mode": "standard"},
                    s3={"addressing_style": "path"},
                    signature_version="s3v4",
                    request_checksum_calculation="when_required",  # the newer checksums are unknown to many own servers
                    response_checksum_validation="when_required",
                )
                client = get_session().create_client(
                    "s3",
                    region_name=self._bucket.region,
                    endpoint_url=self._bucket.endpoint or None,
                    aws_access_key_id=self._bucket.access_key or None,
                    aws_secret_access_key=self._bucket.secret_key or None,
                    config=settled,
                )
                opened: S3Client = await self._open.enter_async_context(client)
                self._client = opened
            return self._client

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from botocore import exceptions as boto

        place = repr(self._bucket)
        try:
            yield
        except boto.ClientError as error:
            raise _translate(error, place) from None
        except (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError):
            raise Misconfigured(f"No keys for {place}: set MUSE_BLOBS_ACCESS_KEY and MUSE_BLOBS_SECRET_KEY.") from None
        except (boto.ParamValidationError, boto.InvalidRegionError, ValueError):
            names = "MUSE_BLOBS_URL, MUSE_BLOBS_ENDPOINT and MUSE_BLOBS_REGION"
            raise Misconfigured(f"{place} cannot be asked like this; look at {names}.") from None
        except (boto.BotoCoreError, boto.HTTPClientError, OSError, TimeoutError) as error:
            raise Unavailable(f"The file store {place} does not answer ({type(error).__name__}).") from None


class _Taken(Refused):
    """The key has a file already."""


class _Unspoken(Refused):
    """The server does not know this way of asking."""


def _translate(error: Exception, place: str) -> MuseError:
    answer = getattr(error, "response", {})
    code = str(answer.get("Error", {}).get("Code", ""))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in UNKNOWN:
        return NotFound("There is no such file.")
    if code in TAKEN or status == 412:
        return _Taken("There is a file of this key already.")
    if code == "NotImplemented" or status == 501:
        return _Unspoken(f"{place} does not know this call.")
    if code in SLOWER or status == 429:
        return RateLimited(f"The file store {place} asks us to slow down.")
    if code in OURS or status in (301, 403):
        return Misconfigured(f"{place} refuses us ({code or status}): look at the bucket, its region and the keys.")
    if status >= 500 or status == 409:  # 409: another write of the same key runs just now
        return Unavailable(f"The file store {place} fails ({code or status}).")
    return BadInput(f"The file store {place} does not take this ({code or status}).")
