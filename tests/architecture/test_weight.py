"""What is imported at start is what a fan or an operator waits for. Each import runs in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

THINKING = {
    "torch",
    "langgraph",
    "langchain",
    "langchain_core",
    "pydantic_ai",
    "chromadb",
    "sentence_transformers",
    "transformers",
}
SERVING = {"litestar", "uvicorn", "asyncpg", "redis", "arq", "aiohttp", "cryptography", "numpy", "PIL"}


def loaded_by(module: str) -> set[str]:
    """Import a module in a new interpreter and return the top-level names that came with it."""
    script = f"import json, sys; import {module}; print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("module", ["gateway.app", "gateway.listen"])
def test_the_gateway_does_not_load_what_thinks(module: str) -> None:
    loaded = loaded_by(module)
    assert "asyncpg" in loaded
    assert not loaded & (THINKING | {"agents", "tools"})


def test_the_listener_needs_no_http_server() -> None:
    assert not loaded_by("gateway.listen") & {"litestar", "uvicorn"}


def test_a_worker_starts_without_the_weights() -> None:
    assert not loaded_by("workers.app") & {"torch", "sentence_transformers", "transformers", "litestar"}


@pytest.mark.parametrize("module", ["cli.main", "muse_cli"])
def test_the_command_line_is_light(module: str) -> None:
    assert not loaded_by(module) & (THINKING | SERVING | {"rich", "msgspec"})
