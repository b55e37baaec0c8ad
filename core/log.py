"""Structured logs: one JSON object a line, with the correlation id that goes from webhook to delivery.

Secrets and what people wrote are redacted by their field's name; `MUSE_LOG_TEXT=1` shows texts, never secrets.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars

SECRET_FIELDS = frozenset({"token", "secret", "password", "authorization", "cookie", "secrets", "url_with_password"})
TEXT_FIELDS = frozenset({"text", "body", "caption", "prompt", "reply", "raw"})


def _redact(show_text: bool) -> structlog.types.Processor:
    def processor(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for name, value in event.items():
            if name in SECRET_FIELDS:
                event[name] = "***"
            elif name in TEXT_FIELDS and not show_text:
                event[name] = f"<{len(value)} chars>" if isinstance(value, str | bytes) else "<redacted>"
        return event

    return processor


def configure(process: str, level: str = "info", show_text: bool = False) -> None:
    """Send this process's logs to standard error, foreign libraries' included, as JSON lines."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact(show_text),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
        foreign_pre_chain=shared,
    )
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx", "httpcore", "aiohttp.access", "uvicorn.access"):  # their lines carry addresses with tokens
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(process=process)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name, module=name)  # bound when first used, after `configure`
    return logger


@contextmanager
def correlated(correlation_id: str) -> Iterator[None]:
    """Put the correlation id on every line logged inside."""
    with bound_contextvars(correlation_id=correlation_id):
        yield


def correlation_id() -> str | None:
    """Return the id that the present work runs under, if any."""
    value = get_contextvars().get("correlation_id")
    return value if isinstance(value, str) else None
