"""A simulated Ollama and the real client."""

from collections.abc import AsyncIterator

import ollama
import pytest

from evals.simulators.ollama import OllamaSimulator


@pytest.fixture
async def server() -> AsyncIterator[OllamaSimulator]:
    async with OllamaSimulator() as running:
        yield running


@pytest.fixture
async def client(server: OllamaSimulator) -> AsyncIterator[ollama.AsyncClient]:
    opened = ollama.AsyncClient(server.base_url)
    yield opened
    await opened.close()
