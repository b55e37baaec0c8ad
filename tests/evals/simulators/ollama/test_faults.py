"""The ways in which a model server breaks, as its clients see them."""

import asyncio

import aiohttp
import httpx
import ollama
import pytest

from evals.simulators.ollama import break_off, say

HELLO = [{"role": "user", "content": "hello"}]


async def streamed(client) -> str:
    text = ""
    async for part in await client.chat("llama3.2", HELLO, stream=True):
        text += part.message.content
    return text


@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("drop", httpx.RemoteProtocolError),
        ("broken_json", ValueError),
        ("garbage", ValueError),
        ("error", ollama.ResponseError),
    ],
)
async def test_a_stream_breaks(server, client, fault, error, after):
    server.script(break_off(fault, after))
    with pytest.raises(error):
        await streamed(client)
    [call] = await server.wait_for_calls(1)
    assert call.outcome == "broken"
    assert (call.first_token_at is not None) == (after > 0)
    assert await streamed(client)  # the next one is whole again


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("drop", httpx.RemoteProtocolError),
        ("broken_json", ValueError),
        ("garbage", ValueError),
        ("error", ollama.ResponseError),
    ],
)
async def test_a_whole_answer_breaks(server, client, fault, error):
    server.script(break_off(fault))
    with pytest.raises(error):
        await client.chat("llama3.2", HELLO)
    assert server.calls[0].outcome == "broken"


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("after", [0, 2])
async def test_a_hanging_answer_ends_when_the_client_goes(server, client, stream, after):
    server.script(break_off("hang", after))
    asking = asyncio.create_task(streamed(client) if stream else client.chat("llama3.2", HELLO))
    [call] = await server.wait_for_calls(1, ended=False)
    await asyncio.sleep(0.05)
    assert (server.in_flight, call.ended_at, asking.done()) == (1, None, False)
    asking.cancel()
    await server.wait_for_calls(1)
    assert (call.outcome, server.in_flight) == ("gone", 0)
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_slow_stream_can_be_left(server, client):
    server.script(say("word " * 200, token_s=0.02))
    async for part in await client.chat("llama3.2", HELLO, stream=True):
        assert part.message.content
        break
    await client.close()
    [call] = await server.wait_for_calls(1)
    assert call.outcome == "gone"


async def test_an_empty_answer(server, client):
    server.script(say(""), times=2)
    assert await streamed(client) == ""
    assert (await client.chat("llama3.2", HELLO)).message.content == ""


async def test_bodies_that_make_no_sense(server):
    async with aiohttp.ClientSession(server.base_url) as session:
        for path, body in [
            ("/api/chat", b"{"),
            ("/api/chat", b""),
            ("/api/chat", b'{"model": "llama3.2", "messages": "hi"}'),
            ("/api/chat", b'{"messages": [{"role": "user", "content": "hi"}]}'),
            ("/api/chat", b'{"model": "llama3.2", "messages": [{"tool_calls": [{"function": {"arguments": "{}"}}]}]}'),
            ("/v1/chat/completions", b'{"model": "llama3.2", "messages": []}'),
        ]:
            async with session.post(path, data=body) as response:
                assert response.status == 400, body
                assert (await response.json())["error"]
        async with session.get("/") as response:
            assert await response.text() == "Ollama is running"
        async with session.get("/api/version") as response:
            assert (await response.json())["version"][0].isdigit()
