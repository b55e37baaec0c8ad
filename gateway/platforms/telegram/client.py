"""Calls to the Bot API, and the one seam where its refusals and the network's failures become our errors.

The token stands in every address, and aiohttp's exceptions carry addresses: none of them leaves this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import quote

import aiohttp
import msgspec

from core.errors import (
    BadInput,
    CredentialExpired,
    MuseError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
    Unreachable,
    WindowClosed,
)
from core.nouns import Account
from gateway.platforms.foreign import decode
from gateway.platforms.pool import Pool, Trail
from gateway.platforms.telegram.wire import GONE, REFUNDED, WINDOW_OVER, Answer

T = TypeVar("T")

TOKEN = re.compile(r"[A-Za-z0-9_:-]+")
CALL_S = 30.0
UPLOAD_S = 120.0

Network = (aiohttp.ClientError, TimeoutError, OSError)


class Conflict(Unavailable):
    """Telegram hands a bot's updates to one reader at a time, and it is not us."""


class AlreadyRefunded(BadInput):
    """The Stars of this charge were given back before."""


class BotClient:
    """The Bot API at one address, for any number of bots."""

    def __init__(self, api_url: str, call_s: float = CALL_S) -> None:
        self._api_url = api_url.rstrip("/")
        self._call_s = call_s
        self._pool = Pool()

    async def act(self, account: Account, method: str, body: Mapping[str, object] | aiohttp.FormData, kind: type[T]) -> T:
        """Do something that a fan sees, and cannot be done twice. Raises `OutcomeUnknown` where it may have happened."""
        return await self._call(account, method, body, kind, acts=True)

    async def ask(self, account: Account, method: str, body: Mapping[str, object], kind: type[T], wait_s: float = 0) -> T:
        """Make a call that may be repeated; the server may keep it for `wait_s` seconds. Raises `Unavailable` on failure."""
        return await self._call(account, method, body, kind, acts=False, wait_s=wait_s)

    async def fetch(self, account: Account, file_path: str, limit: int) -> bytes:
        """Read a file of at most `limit` bytes from the API's own host. Raises `BadInput`, `NotFound`, `Unavailable`."""
        if file_path.startswith("/") or ".." in file_path.split("/") or "://" in file_path:
            raise BadInput("Telegram named a file outside its own file store.")
        url = f"{self._api_url}/file/bot{token(account)}/{quote(file_path)}"
        try:
            async with self._pool.session().get(url, allow_redirects=False, timeout=_within(UPLOAD_S)) as response:
                if response.status == 200:
                    return await _read(response, limit)
                status = response.status
        except Network as error:
            lost = type(error).__name__
        else:
            if status in (400, 404):
                raise NotFound("Telegram does not have this file any more.")
            lost = f"status {status}"
        raise Unavailable(f"Telegram's file did not arrive ({lost}).")

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.close()

    async def _call(
        self,
        account: Account,
        method: str,
        body: Mapping[str, object] | aiohttp.FormData,
        kind: type[T],
        *,
        acts: bool,
        wait_s: float = 0,
    ) -> T:
        url = f"{self._api_url}/bot{token(account)}/{method}"
        trail = Trail()
        upload = isinstance(body, aiohttp.FormData)
        data = body if upload else _encoded(body)
        try:
            async with self._pool.session().post(
                url,
                data=data,
                headers={} if upload else {"content-type": "application/json"},
                allow_redirects=False,  # another host must never see the token
                timeout=_within((UPLOAD_S if upload else self._call_s) + wait_s),
                trace_request_ctx=trail,
            ) as response:
                status, raw = response.status, await response.read()
        except Network as error:
            lost = type(error).__name__
        else:
            return _result(status, raw, kind, acts)
        raise _lost(lost, acts and trail.left)  # outside the handler, so that no context with the address hangs on it


def token(account: Account) -> str:
    """Return the account's bot token. Raises `CredentialExpired` when there is none, or nothing that could be one."""
    value = account.secrets.get("token", "")
    if not TOKEN.fullmatch(value):
        raise CredentialExpired(f"The account {account.platform}/{account.key} has no usable bot token.")
    return value


def _within(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, connect=10, sock_connect=10)


def _encoded(body: Mapping[str, object] | aiohttp.FormData) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:
        raise BadInput("The text has half a character (a lone surrogate) in it.") from None


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read a body and stop as soon as it is too large, whatever its length was announced as."""
    data = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        data += chunk
        if len(data) > limit:
            raise BadInput(f"The file is larger than {limit} bytes.")
    return bytes(data)


def _lost(what: str, may_have_happened: bool) -> MuseError:
    if may_have_happened:
        return OutcomeUnknown(f"Telegram did not answer ({what}); the message may have been sent.")
    return Unavailable(f"Telegram cannot be reached ({what}); nothing was sent.")


def _result(status: int, raw: bytes, kind: type[T], acts: bool) -> T:
    """Read an answer. A sent message whose answer cannot be read is not known to be sent."""
    try:
        answer = decode(raw, Answer)
        if answer.ok and status == 200:
            return decode(answer.result, kind)
    except BadInput:
        answer = Answer(ok=False, description="an answer that is not Telegram's")
    raise _refusal(answer.error_code or status, answer, acts)


def _refusal(code: int, answer: Answer, acts: bool) -> MuseError:
    """Translate a refusal by its code."""
    said = answer.description[:200] or f"code {code}"
    match code:
        case 429:
            return RateLimited("Telegram asks to slow down.", retry_after=answer.parameters.retry_after)
        case 401 | 404:
            return CredentialExpired("Telegram does not know this bot token, or the API address is not Telegram's.")
        case 400 | 403 if _says(answer, WINDOW_OVER):
            return WindowClosed("The fan has not written for a day; Telegram lets nobody write in their chat until they do.")
        case 403:
            return Unreachable(f"The fan cannot be written to: {said}.")
        case 409:
            return Conflict("Another program, or a webhook, is fetching this bot's updates.")
        case 400 if _says(answer, GONE):
            return Unreachable(f"The fan cannot be written to: {said}.")
        case 400 if _says(answer, REFUNDED):
            return AlreadyRefunded("These Stars were given back already.")
        case _ if 400 <= code < 500:
            return BadInput(f"Telegram refused the call: {said}.")
        case _ if acts:
            return OutcomeUnknown(f"Telegram answered {code} ({said}); the message may have been sent.")
        case _:
            return Unavailable(f"Telegram answered {code} ({said}).")


def _says(answer: Answer, phrases: tuple[str, ...]) -> bool:
    return any(phrase in answer.description for phrase in phrases)
