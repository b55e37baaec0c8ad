"""The OpenAI-compatible door, with the real `openai` client."""

from collections.abc import AsyncIterator

import openai
import pytest

from evals.simulators.ollama import OllamaSimulator, break_off, call_tool, refuse, say

HELLO = [{"role": "user", "content": "hello"}]
TOOL = {
    "type": "function",
    "function": {"name": "send_pack", "parameters": {"type": "object", "properties": {"wish": {"type": "string"}}}},
}


@pytest.fixture
async def api(server: OllamaSimulator) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{server.base_url}/v1", api_key="any", max_retries=0) as opened:
        yield opened


async def test_models(api):
    assert [model.id async for model in await api.models.list()] == ["llama3.2:latest"]
    assert (await api.models.retrieve("llama3.2")).owned_by == "library"
    with pytest.raises(openai.NotFoundError):
        await api.models.retrieve("nope")


async def test_a_whole_answer(server, api):
    server.script(say("Hello you"))
    content = [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,aaaa"}}]
    answer = await api.chat.completions.create(
        model="llama3.2", messages=[{"role": "user", "content": content}], max_tokens=1, response_format={"type": "json_object"}
    )
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("Hello", "length")
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 1
    request = server.calls[0].request
    assert (request.last_user, request.messages[0].images, request.format) == ("look", 1, "json")
    shape = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    answer = await api.chat.completions.create(
        model="llama3.2",
        messages=HELLO,
        response_format={"type": "json_schema", "json_schema": {"name": "n", "schema": shape}},
    )
    assert answer.choices[0].message.content == '{"n":0}'


async def test_a_stream(server, api):
    server.script(say("one two three"))
    stream = await api.chat.completions.create(
        model="llama3.2", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert "".join(chunk.choices[0].delta.content for chunk in chunks[:-1]) == "one two three"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.completion_tokens == 3


@pytest.mark.parametrize("stream", [True, False])
async def test_tool_calls(server, api, stream):
    server.script(call_tool("send_pack", wish="sea"))
    answer = await api.chat.completions.create(model="llama3.2", messages=HELLO, tools=[TOOL], stream=stream)
    if stream:
        chunks = [chunk.choices[0] async for chunk in answer]
        [call], reason = chunks[0].delta.tool_calls, chunks[-1].finish_reason
    else:
        [call], reason = answer.choices[0].message.tool_calls, answer.choices[0].finish_reason
    assert (call.function.name, call.function.arguments, reason) == ("send_pack", '{"wish":"sea"}', "tool_calls")
    server.script(say("done"))
    asked = {"id": call.id, "type": "function", "function": {"name": "send_pack", "arguments": call.function.arguments}}
    messages = [
        *HELLO,
        {"role": "assistant", "content": None, "tool_calls": [asked]},
        {"role": "tool", "tool_call_id": call.id, "content": "offered"},
    ]
    await api.chat.completions.create(model="llama3.2", messages=messages, tools=[TOOL])
    assert server.calls[1].request.messages[1].tool_calls[0].arguments == {"wish": "sea"}
    assert server.calls[1].request.tool_answers[0].content == "offered"


async def test_errors(server, api):
    with pytest.raises(openai.NotFoundError, match="model 'nope' not found"):
        await api.chat.completions.create(model="nope", messages=HELLO)
    server.script(refuse(500, "boom"), break_off("drop"), break_off("error", 1))
    with pytest.raises(openai.InternalServerError, match="boom"):
        await api.chat.completions.create(model="llama3.2", messages=HELLO)
    with pytest.raises(openai.APIConnectionError):
        await api.chat.completions.create(model="llama3.2", messages=HELLO)
    with pytest.raises(openai.APIError, match="unexpected EOF"):
        [_ async for _ in await api.chat.completions.create(model="llama3.2", messages=HELLO, stream=True)]
