"""One small client for the gateway's JSON API, with the operator token from the data folder."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from core.errors import BadInput, MuseError, NotFound, RateLimited, Refused, Unauthorised, Unavailable
from core.settings import Settings

T = TypeVar("T")
PATIENCE_S = 15.0
SILENCE_S = 60.0
ERRORS: dict[int, type[Refused]] = {400: BadInput, 404: NotFound}


class ApiClient:
    """Asks the gateway as the operator.

    Every call raises `Unavailable`, `Unauthorised`, `NotFound`, `Refused`, `BadInput` or `RateLimited`.
    """

    def __init__(self, url: str, token: str, token_file: str = "") -> None:
        """Speak to the gateway at `url`, an http address without a path; `token_file` is named when the token is refused."""
        self.url = url
        self._token = token
        self._token_file = token_file
        place = urlsplit(url)
        self._host, self._port = place.hostname or "", place.port

    def get(self, path: str, kind: type[T], **query: object) -> T:
        """Read `path` as `kind`; a list in the query is given once per value."""
        found = self._ask("GET", f"{path}?{urlencode(query, doseq=True)}" if query else path, b"")
        return msgspec.json.decode(found, type=kind)

    def post(self, path: str, kind: type[T], body: object = None) -> T:
        """Send a body as JSON and read the answer as `kind`."""
        return msgspec.json.decode(self._ask("POST", path, msgspec.json.encode(body) if body is not None else b""), type=kind)

    def fetch(self, path: str) -> bytes:
        """Read a file."""
        return self._ask("GET", path, b"")

    def hear(self, path: str, patience_s: float = SILENCE_S) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield server-sent events as (kind, data) until the stream ends, or nothing was heard for so long."""
        connection = HTTPConnection(self._host, self._port, timeout=patience_s)
        try:
            connection.request("GET", path, headers={"authorization": f"Bearer {self._token}", "accept": "text/event-stream"})
            answer = connection.getresponse()
            if answer.status >= 400:
                raise self._error(answer.status, answer.read())
            kind = ""
            while line := answer.readline():
                name, _, value = line.decode().strip().partition(":")
                if name == "event":
                    kind = value.strip()
                elif name == "data" and value.strip():  # a ping has none
                    yield kind, msgspec.json.decode(value.strip())
        except (OSError, HTTPException):
            raise Unavailable(f"The gateway at {self.url} does not answer; type: muse status") from None
        finally:
            connection.close()

    def upload(self, path: str, kind: type[T], data: bytes) -> T:
        """Send bytes as they are and read the answer as `kind`."""
        return msgspec.json.decode(self._ask("POST", path, data, "application/octet-stream"), type=kind)

    def _ask(self, method: str, path: str, body: bytes, mime: str = "application/json") -> bytes:
        headers = {"authorization": f"Bearer {self._token}", "content-type": mime}
        connection = HTTPConnection(self._host, self._port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            raw = answer.read()
        except (OSError, HTTPException):
            raise Unavailable(f"The gateway at {self.url} does not answer; type: muse status") from None
        finally:
            connection.close()
        if answer.status >= 400:
            raise self._error(answer.status, raw)
        return raw

    def _error(self, status: int, raw: bytes) -> MuseError:
        detail = read_detail(raw)
        if status == 401:
            where = f" in {self._token_file}" if self._token_file else ""
            return Unauthorised(f"The gateway at {self.url} does not know the operator token{where}; was it started elsewhere?")
        if status == 429:
            return RateLimited(detail)
        if status >= 500:
            return Unavailable(f"The gateway says: {detail} Type: muse logs gateway")
        return ERRORS.get(status, Refused)(detail)


def read_detail(raw: bytes) -> str:
    """Return the one sentence that an error answer of the gateway holds."""
    try:
        found: Any = msgspec.json.decode(raw)
        detail = found["detail"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return "no reason was given."
    return str(detail)


def open_api(settings: Settings) -> ApiClient:
    """Return a client for the running stack. Raises `Unavailable` with what to type when nothing runs."""
    from cli.stack.connection import operator_door

    url, token = operator_door(settings)
    return ApiClient(url, token, str(Path(settings.data_dir) / "secrets" / "operator.token"))
