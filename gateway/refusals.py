"""How errors look outside: one body, `{"status_code", "detail"}`, and never an inside view."""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import ValidationException

from core.errors import BadInput, MuseError, NotFound, RateLimited, Refused, TryLater, Unauthorised
from core.log import get_logger

STATUS: tuple[tuple[type[MuseError], int], ...] = (
    (Unauthorised, 401),
    (NotFound, 404),
    (BadInput, 400),
    (Refused, 409),
    (RateLimited, 429),
    (TryLater, 503),
    (MuseError, 500),
)
OPERATORS_PATHS = ("/api", "/health", "/metrics")  # where a browser may ask a person for the token
PLAIN = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Expected `str` of length >= 1$", "it must not be empty"),
        (r"Expected `(?:str|array)` of length >= (\d+)", r"it must be at least \1 long"),
        (r"Expected `str` of length <= (\d+)", r"it may have at most \1 characters"),
        (r"Expected `array` of length <= (\d+)", r"at most \1 may be given"),
        (r"Expected `(?:int|float)` >= (\S+)", r"it must be \1 or more"),
        (r"Expected `(?:int|float)` <= (\S+)", r"it must be \1 or less"),
        (r"Invalid UUID", "it is no id"),
        (r"Invalid RFC3339 encoded datetime", "it is no moment; write it as 2026-05-01T12:00:00Z"),
        (r"Expected `str` matching regex '\^\[a-z\]\{2\}\$'", "it is two small letters, such as en"),
    )
)
WRONG = "Something is wrong on our side."
TOO_LARGE = (413, {"connection": "close"}, b'{"status_code":413,"detail":"The body is too large."}')
log = get_logger(__name__)


def refuse(request: Request[Any, Any, Any], error: MuseError) -> Response[dict[str, Any]]:
    """Answer an error of ours by its place in the tree."""
    status, headers, detail = _place(error)
    if status == 401 and request.url.path.startswith(OPERATORS_PATHS):
        headers["www-authenticate"] = 'Basic realm="Muse operator", charset="UTF-8"'
    return Response({"status_code": status, "detail": detail}, status_code=status, headers=headers)


def refuse_request(request: Request[Any, Any, Any], error: ValidationException) -> Response[dict[str, Any]]:
    """Answer a request that is not as its route wants it: which field, and what is wrong with it; never what was in it."""
    found = [one for one in (error.extra or ()) if isinstance(one, dict)]
    told = [(one.get("key"), plain(str(one.get("message")))) for one in found]
    detail = "; ".join(f"{key}: {message}" if key else message for key, message in told)
    status = error.status_code
    return Response({"status_code": status, "detail": f"{detail}." if detail else error.detail}, status_code=status)


def plain(message: str) -> str:
    """Say in words for a person what the reader of a request found wrong; what it has no words for stays as it is."""
    for pattern, words in PLAIN:
        if found := pattern.search(message):
            return found.expand(words)
    return message


def describe(error: Exception) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and JSON body of the answer to an error, for a door that answers by itself."""
    if isinstance(error, MuseError):
        status, headers, detail = _place(error)
    else:
        log.error("request_failed", error=type(error).__name__, exc_info=error)
        status, headers, detail = 500, {}, WRONG
    return status, headers, msgspec.json.encode({"status_code": status, "detail": detail})


def _place(error: MuseError) -> tuple[int, dict[str, str], str]:
    status = next(code for kind, code in STATUS if isinstance(error, kind))
    headers: dict[str, str] = {}
    if isinstance(error, TryLater):
        headers["retry-after"] = str(math.ceil(error.retry_after or 2))
    if status == 500:
        log.error("request_failed", error=type(error).__name__, detail=str(error))
    return status, headers, str(error) if status < 500 or status == 503 else WRONG


def fail(_request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Answer a fault of ours without showing it; the log has it."""
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return Response({"status_code": 500, "detail": WRONG}, status_code=500)
