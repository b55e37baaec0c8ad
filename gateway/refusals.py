"""How errors look outside: one body, `{"status_code", "detail"}`, and never an inside view."""

from __future__ import annotations

import math
from typing import Any

from litestar import Request, Response

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
log = get_logger(__name__)


def refuse(request: Request[Any, Any, Any], error: MuseError) -> Response[dict[str, Any]]:
    """Answer an error of ours by its place in the tree."""
    status = next(code for kind, code in STATUS if isinstance(error, kind))
    headers: dict[str, str] = {}
    if isinstance(error, TryLater):
        headers["retry-after"] = str(math.ceil(error.retry_after or 2))
    if status == 401 and request.url.path.startswith(OPERATORS_PATHS):
        headers["www-authenticate"] = 'Basic realm="Muse operator", charset="UTF-8"'
    detail = str(error) if status < 500 or status == 503 else "Something is wrong on our side."
    if status == 500:
        log.error("request_failed", error=type(error).__name__, detail=str(error))
    return Response({"status_code": status, "detail": detail}, status_code=status, headers=headers)


def fail(_request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Answer a fault of ours without showing it; the log has it."""
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return Response({"status_code": 500, "detail": "Something is wrong on our side."}, status_code=500)
