"""Libraries that would post what fans write to a server of their makers are kept from it."""

from __future__ import annotations

import os
import sys

TRACING = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")
DESTINATIONS = ("LANGSMITH_RUNS_ENDPOINTS", "LANGCHAIN_RUNS_ENDPOINTS", "LANGSMITH_OTEL_ENABLED", "LANGCHAIN_OTEL_ENABLED")


def silence_outside_calls() -> None:
    """Switch LangSmith's tracing off for this process, whatever the environment says; call it before the first turn."""
    for name in (*TRACING, *DESTINATIONS):
        os.environ.pop(name, None)
    os.environ["LANGSMITH_TRACING"] = "false"
    from langsmith.run_trees import configure

    configure(enabled=False)  # outranks the environment, also one that was read before


def is_silent() -> bool:
    """Whether tracing is off; true as well where the library was never loaded."""
    if "langsmith" not in sys.modules:
        return os.environ.get("LANGSMITH_TRACING", "").lower() != "true"
    from langsmith.utils import tracing_is_enabled

    return not tracing_is_enabled()
