from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from cli.stack.servers import Servers
from core.ids import new_id
from core.nouns import Account
from memory.embedder import SentenceEmbedder
from memory.index_chroma import ChromaIndex
from storage.house import House
from tests.conftest import Agency
from tests.memory.world import Chat, WordEmbedder, bundled, open_chat
from tests.storage.world import make_account


@pytest.fixture(scope="session")
def minilm() -> SentenceEmbedder:
    return bundled()


@pytest.fixture
def words() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
async def chroma(servers: Servers) -> AsyncIterator[ChromaIndex]:
    index = ChromaIndex(servers.chroma_url, "muse_facts_words")
    yield index
    await index.close()


@pytest.fixture
async def account(house: House, agency: Agency) -> Account:
    return await make_account(house, agency.id)


@pytest.fixture
async def chat(house: House, account: Account) -> Chat:
    return await open_chat(house, account)


@pytest.fixture
async def index(servers: Servers) -> AsyncIterator[ChromaIndex]:
    index = ChromaIndex(servers.chroma_url, f"muse_episodes_{new_id().hex}")
    yield index
    await index.drop()
    await index.close()
