"""Calls to an app, and the one seam where its refusals and the network's failures become our errors.

An app's address may hold a secret, and aiohttp's exceptions carry addresses: none of them leaves this module.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from msgspec import Struct
from yarl import URL

from core.errors import BadInput, CredentialExpired, MuseError, NotFound, OutcomeUnknown, RateLimited, Unavailable, Unreachable
from gateway.platforms.foreign import decode
from gateway.platforms.http.addresses import PublicResolver
from gateway.platforms.http.wire import Answer
from gateway.platforms.pool import Pool, Trail

CALL_S = 20.0
FILE_S = 60.0
ANSWER_BYTES = 65_536
LISTING_BYTES = 1_048_576
LONGEST_WAIT_S = 86_400.0
UNREACHABLE = "unreachable"

Network = (aiohttp.ClientError, TimeoutError, OSError)


class Heard(Struct, frozen=True):
    """What an app answered; `retry_after` in seconds."""

    status: int
    body: bytes
    retry_after: float | None


class AppClient:
    """Speaks to apps at any number of addresses. Nothing follows a redirect: it would carry the signature elsewhere."""

    def __init__(self, call_s: float = CALL_S) -> None:
        self._call_s = call_s
        self._pool = Pool()
        self._outside = Pool(PublicResolver)

    async def push(self, url: URL, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
        """Post something that a fan sees. Raises `OutcomeUnknown` where it may have happened."""
        trail, lost, heard = Trail(), "", None
        try:
            async with self._pool.session().post(
                url,
                data=body,
                headers={**headers, "content-type": "application/json"},
                allow_redirects=False,
                timeout=_within(self._call_s),
                trace_request_ctx=trail,
            ) as response:
                heard = Heard(response.status, b"", _retry_after(response.headers.get("retry-after"), now))
                heard = Heard(response.status, await _read(response, ANSWER_BYTES), heard.retry_after)
        except (*Network, BadInput) as error:
            lost = type(error).__name__
        if heard is None:  # outside the handler, so that no context with the address hangs on it
            if trail.left:
                raise OutcomeUnknown(f"The app did not answer ({lost}); the message may have arrived.")
            raise Unavailable(f"The app cannot be reached ({lost}); nothing was sent.")
        return _outcome(heard)

    async def ask(self, url: URL, headers: Mapping[str, str], now: datetime) -> bytes:
        """Read what an app lists. Raises `TryLater`, `Refused` and below."""
        heard = await self._get(self._pool, url, headers, LISTING_BYTES, self._call_s, now)
        if not 200 <= heard.status < 300:
            raise _refusal(heard, Unavailable(f"The app answered {heard.status} to the question for its list."))
        return heard.body

    async def fetch(self, url: URL, limit: int, now: datetime, *, nearby: bool) -> bytes:
        """Read a fan's file of at most `limit` bytes; only `nearby` may it lie in our own network.

        Raises `BadInput`, `NotFound`, `Unavailable`.
        """
        heard = await self._get(self._pool if nearby else self._outside, url, {}, limit, FILE_S, now)
        if heard.status == 200:
            return heard.body
        if heard.status in (400, 401, 403, 404, 410):
            raise NotFound("The app does not hand this file out.")
        raise Unavailable(f"The file did not arrive (status {heard.status}).", heard.retry_after)

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.close()
        await self._outside.close()

    async def _get(self, pool: Pool, url: URL, headers: Mapping[str, str], limit: int, seconds: float, now: datetime) -> Heard:
        try:
            async with pool.session().get(url, headers=headers, allow_redirects=False, timeout=_within(seconds)) as response:
                body = await _read(response, limit)
                return Heard(response.status, body, _retry_after(response.headers.get("retry-after"), now))
        except Network as error:
            lost = type(error).__name__
        raise Unavailable(f"The app cannot be reached ({lost}).")


def _within(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, connect=10, sock_connect=10)


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read a body and stop as soon as it is too large, whatever its length was announced as."""
    data = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        data += chunk
        if len(data) > limit:
            raise BadInput(f"The app's answer is larger than {limit} bytes.")
    return bytes(data)


def _retry_after(header: str | None, now: datetime) -> float | None:
    """Read `Retry-After`, seconds or a date; None for what is neither."""
    if not header:
        return None
    with suppress(ValueError, OverflowError, TypeError):
        seconds = float(header) if header.strip().isdigit() else (_utc(parsedate_to_datetime(header)) - now).total_seconds()
        return min(max(seconds, 0.0), LONGEST_WAIT_S) if math.isfinite(seconds) else None
    return None


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _outcome(heard: Heard) -> Answer:
    """Read the answer to a message: 2xx is success, whatever stands in it."""
    if 200 <= heard.status < 300:
        return _said(heard)
    raise _refusal(heard, OutcomeUnknown(f"The app answered {heard.status}; the message may have arrived."))


def _refusal(heard: Heard, unclear: MuseError) -> MuseError:
    """Translate a refusal by its status, and `unreachable` by its code; what says nothing for sure is `unclear`."""
    code = heard.status
    match code:
        case 429:
            return RateLimited("The app asks to slow down.", heard.retry_after)
        case 503 if heard.retry_after is not None:
            return RateLimited("The app asks to come back later.", heard.retry_after)
        case 401:
            return CredentialExpired("The app does not accept our signature (401); look at its keys.")
        case 408 | 425:
            return Unavailable(f"The app could not take the call just now ({code}).", heard.retry_after)
        case 410:
            return BadInput("The app wants nothing more from this account (410); connect it anew or switch it off.")
        case _ if 300 <= code < 400:
            return BadInput(f"The app's address redirects ({code}), which is not followed; set the address it leads to.")
        case _ if 400 <= code < 500 and _said(heard).error == UNREACHABLE:
            return Unreachable("The app says that this fan cannot be written to.")
        case _ if 400 <= code < 500:
            return BadInput(f"The app refused the call ({code}).")
        case _:
            return unclear


def _said(heard: Heard) -> Answer:
    try:
        return decode(heard.body, Answer) if heard.body else Answer()
    except BadInput:
        return Answer()
