"""The real `ollama` client finds nothing missing."""

import asyncio
import time

import ollama
import pytest

from evals.simulators.ollama import Answer, Model, OllamaSimulator, ToolCall, call_tool, refuse, say

HELLO = [{"role": "system", "content": "You are Luna."}, {"role": "user", "content": "hello"}]


def send_pack(wish: str) -> str:
    """Offer a pack.

    Args:
      wish: what the fan would like
    """
    return wish


async def heard(client: ollama.AsyncClient, model: str, stream: bool, **more: object) -> str:
    answer = await client.chat(model, HELLO, stream=stream, **more)
    return "".join([part.message.content async for part in answer]) if stream else answer.message.content


async def test_models(server, client):
    listed = await client.list()
    assert [(model.model, model.details.parameter_size) for model in listed.models] == [("llama3.2:latest", "3.2B")]
    assert "tools" in (await client.show("llama3.2")).capabilities
    with pytest.raises(ollama.ResponseError, match="model 'nope' not found") as caught:
        await client.show("nope")
    assert caught.value.status_code == 404


async def test_chat_whole(server, client):
    server.script(say("Hello you, how nice."))
    answer = await client.chat("llama3.2", HELLO, keep_alive="10m", options={"temperature": 0.2})
    assert (answer.message.role, answer.message.content) == ("assistant", "Hello you, how nice.")
    assert (answer.done, answer.done_reason, answer.eval_count) == (True, "stop", 4)
    assert answer.prompt_eval_count > 0
    assert answer.total_duration > 0
    [call] = await server.wait_for_calls(1)
    assert (call.request.system, call.request.last_user, call.request.stream) == ("You are Luna.", "hello", False)
    assert (call.request.keep_alive, call.request.options["temperature"]) == ("10m", 0.2)
    assert (call.outcome, call.status, call.request.door) == ("done", 200, "/api/chat")


async def test_chat_streamed(server, client):
    server.script(say("One two  three.\nFour"))
    parts = [part async for part in await client.chat("llama3.2", HELLO, stream=True)]
    assert "".join(part.message.content for part in parts) == "One two  three.\nFour"
    assert [part.done for part in parts] == [False] * 4 + [True]
    assert (parts[-1].done_reason, parts[-1].eval_count) == ("stop", 4)


async def test_tool_calls_and_their_answers(server, client):
    server.script(call_tool("send_pack", wish="beach", most=3), say("There you go."))
    answer = await client.chat("llama3.2", HELLO, tools=[send_pack])
    [call] = answer.message.tool_calls
    assert (call.function.name, call.function.arguments) == ("send_pack", {"wish": "beach", "most": 3})
    messages = [*HELLO, answer.message, {"role": "tool", "tool_name": "send_pack", "content": "offered"}]
    assert (await client.chat("llama3.2", messages, tools=[send_pack])).message.content == "There you go."
    first, second = server.calls
    assert first.request.tool("send_pack")["parameters"]["required"] == ["wish"]
    assert first.request.tool("other") is None
    assert [message.content for message in second.request.tool_answers] == ["offered"]
    assert second.request.messages[2].tool_calls == (ToolCall("send_pack", {"wish": "beach", "most": 3}),)


async def test_tool_calls_in_a_stream(server, client):
    server.script(Answer(text="Wait,", tool_calls=(ToolCall("send_pack", {"wish": "sea"}),)))
    parts = [part async for part in await client.chat("llama3.2", HELLO, tools=[send_pack], stream=True)]
    assert [part.message.content for part in parts] == ["Wait,", "", ""]
    assert parts[1].message.tool_calls[0].function.arguments == {"wish": "sea"}


async def test_errors_of_the_real_server(server, client):
    server.shelf.add(Model("tiny", capabilities=("completion",)))
    server.script(refuse(500, "out of memory"))
    for model, more, status, words in [
        ("nope", {}, 404, "model 'nope' not found"),
        ("tiny", {"tools": [send_pack]}, 400, "tiny does not support tools"),
        ("llama3.2", {"keep_alive": "soon"}, 400, "invalid duration"),
        ("llama3.2", {}, 500, "out of memory"),
    ]:
        for stream in (False, True):
            if status == 500 and stream:
                server.script(refuse(500, "out of memory"))
            with pytest.raises(ollama.ResponseError, match=words) as caught:
                await heard(client, model, stream, **more)
            assert caught.value.status_code == status
    assert {call.outcome for call in server.calls} == {"refused"}


async def test_thinking_pictures_and_length(server, client):
    server.script(Answer(text="four words of text", thinking="hm"))
    messages = [{"role": "user", "content": "look", "images": ["aGVsbG8="]}]
    answer = await client.chat("llama3.2", messages, think=True, options={"num_predict": 2})
    assert (answer.message.content, answer.message.thinking, answer.done_reason) == ("four words", "hm", "length")
    assert server.calls[0].request.messages[0].images == 1


async def test_keep_alive_and_ps(server, client):
    assert (await client.ps()).models == []
    await client.chat("llama3.2", HELLO)
    [running] = (await client.ps()).models
    assert running.model == "llama3.2:latest"
    assert 290 < running.expires_at.timestamp() - time.time() <= 300
    assert (await client.chat("llama3.2", [], keep_alive=0)).done_reason == "unload"
    assert (await client.ps()).models == []
    assert (await client.generate("llama3.2", "", keep_alive=-1)).done_reason == "load"
    assert (await client.ps()).models[0].expires_at.year > 2100


async def test_generate(server, client):
    server.script(say("Once upon"))
    assert (await client.generate("llama3.2", "a tale", system="short")).response == "Once upon"
    assert (server.calls[0].request.system, server.calls[0].request.last_user) == ("short", "a tale")
    server.script(say("Once upon"))
    parts = [part.response async for part in await client.generate("llama3.2", "a tale", stream=True)]
    assert parts == ["Once", " upon", ""]


async def test_pull(server, client):
    lines = [line async for line in await client.pull("qwen3:4b", stream=True)]
    assert (lines[0].status, lines[-1].status) == ("pulling manifest", "success")
    assert [line.completed for line in lines if line.total][-1] == lines[1].total
    assert (await client.chat("qwen3:4b", HELLO)).message.content
    assert (await client.pull("phi4")).status == "success"
    server.pullable = frozenset()
    with pytest.raises(ollama.ResponseError, match="file does not exist"):
        await client.pull("unheard-of")
    with pytest.raises(ollama.ResponseError, match="file does not exist"):
        [_ async for _ in await client.pull("unheard-of", stream=True)]
    server.shelf.remove("phi4")
    assert server.shelf.find("phi4") is None


async def test_pauses_and_calls_side_by_side():
    async with OllamaSimulator(delay_s=0.1, token_s=0.02) as server:
        client = ollama.AsyncClient(server.base_url)
        started = time.monotonic()
        await asyncio.gather(*(client.chat("llama3.2", HELLO) for _ in range(5)))
        assert 0.1 <= time.monotonic() - started < 1.0
        assert (server.most_in_flight, server.in_flight) == (5, 0)
        await client.close()


async def test_a_bounded_server_makes_others_wait_and_turns_away_too_many():
    async with OllamaSimulator(delay_s=0.1, load_s=0.1, parallel=1, queue=1) as server:
        client = ollama.AsyncClient(server.base_url)
        started = time.monotonic()
        answers = await asyncio.gather(*(client.chat("llama3.2", HELLO) for _ in range(3)), return_exceptions=True)
        busy = [answer for answer in answers if isinstance(answer, ollama.ResponseError)]
        assert [(error.status_code, "server busy" in error.error) for error in busy] == [(503, True)]
        assert time.monotonic() - started >= 0.3  # load, then two answers one after the other
        assert max(answer.load_duration for answer in answers if answer not in busy) == 100_000_000
        await client.close()


async def test_waiting_for_calls_in_vain(server):
    with pytest.raises(TimeoutError, match="0 of 1 calls"):
        await server.wait_for_calls(1, 0.01)
