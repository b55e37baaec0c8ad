"""ChatOllama, the client that the agents use, against the simulator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import ollama
import pytest
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_ollama import ChatOllama

from evals.simulators.ollama import call_tool, say


@tool
def send_pack(wish: str) -> str:
    """Offer a pack that fits a wish."""
    return f"offered {wish}"


@asynccontextmanager
async def opened(**settings: object) -> AsyncIterator[ChatOllama]:
    """ChatOllama has no door to close its connections by."""
    model = ChatOllama(**settings)
    yield model
    await model._async_client.close()
    model._client.close()


async def test_a_conversation_with_a_tool(server):
    server.script(call_tool("send_pack", wish="beach"), say("Have a look."))
    messages = [SystemMessage("You are Luna."), HumanMessage("Something at the beach?")]
    async with opened(model="llama3.2", base_url=server.base_url, keep_alive="30m") as plain:
        model = plain.bind_tools([send_pack])
        first = await model.ainvoke(messages)
        [call] = first.tool_calls
        assert (call["name"], call["args"]) == ("send_pack", {"wish": "beach"})
        second = await model.ainvoke([*messages, first, ToolMessage("offered", tool_call_id=call["id"])])
    assert second.content == "Have a look."
    assert second.usage_metadata["output_tokens"] == 3
    assert server.calls[0].request.system == "You are Luna."
    assert server.calls[0].request.keep_alive == "30m"


async def test_streaming_and_a_missing_model(server):
    server.script(say("a b c"))
    async with opened(model="llama3.2", base_url=server.base_url) as model:
        assert [chunk.content async for chunk in model.astream("x") if chunk.content] == ["a", " b", " c"]
    async with opened(model="nope", base_url=server.base_url) as model:
        with pytest.raises(ollama.ResponseError, match="not found") as caught:
            await model.ainvoke("x")
    assert caught.value.status_code == 404
