"""The simulated app: proves, dedupes, lists and repeats as an integrator's would."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from evals.simulators.http import AppFan, AppKeys, HttpAppSimulator, Retries
from evals.simulators.http.signing import new_pair, proven, sign
from evals.simulators.serving import LoopbackServer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "A" * 32
PAIR = new_pair()


class Muse:
    """A door that takes events, or answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.proofs: list[tuple[str, ...]] = []
        self.answers: deque[web.Response] = deque()
        app = web.Application()
        app.router.add_post("/door", self._take)
        self._server = LoopbackServer(app)

    async def __aenter__(self) -> Muse:
        await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop()

    @property
    def url(self) -> str:
        return f"{self._server.base_url}/door"

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.proofs.append(proven([SECRET, PAIR[1]], dict(request.headers), body))
        if self.answers:
            return self.answers.popleft()
        self.taken.append((request.headers["webhook-id"], json.loads(body)))
        return web.Response()


@pytest.fixture
async def muse() -> AsyncIterator[Muse]:
    async with Muse() as running:
        yield running


@pytest.fixture
async def app(muse: Muse) -> AsyncIterator[HttpAppSimulator]:
    async with HttpAppSimulator(retries=Retries(pauses_s=(0.01, 0.02), longest_wait_s=0.05)) as running:
        running.connect(muse.url, AppKeys([SECRET, PAIR[0]], [SECRET, PAIR[1]]))
        yield running


@pytest.fixture
def mia(app: HttpAppSimulator) -> AppFan:
    return app.add_fan("Mia")


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


def message(mia: AppFan, text: str = "Hello") -> bytes:
    return json.dumps({"type": "message.send", "data": {"conversation": mia.chat.key, "text": text}}).encode()


async def test_what_a_fan_does_is_told_signed_both_ways(app: HttpAppSimulator, muse: Muse, mia: AppFan) -> None:
    hello = mia.write("Hi")
    mia.edit(hello, "Hi!")
    mia.delete(hello)
    mia.block()
    with pytest.raises(ValueError, match="blocked"):
        mia.write("Still?")
    mia.unblock()
    mia.staff_writes("It's Ana")
    await app.feed.drained()
    kinds = [event["type"] for _, event in muse.taken]
    assert kinds == [
        "message.created", "message.edited", "message.deleted", "fan.blocked", "fan.unblocked", "message.sent"
    ]  # fmt: skip
    assert set(muse.proofs) == {("v1:0", "v1a:1")}
    assert str(mia.chat) == "Mia: Hi! (edited) (deleted)\nStaff: It's Ana"


async def test_an_event_is_repeated_under_its_id_until_it_is_taken(app: HttpAppSimulator, muse: Muse, mia: AppFan) -> None:
    muse.answers.extend([web.Response(status=503, headers={"Retry-After": "1"}), web.Response(status=401)])
    hello = mia.write("Hi")
    push = await app.feed.acknowledged(hello.key)
    assert (push.attempt, [one.status for one in app.feed.pushes]) == (3, [503, 401, 200])
    assert app.feed.pushes[1].at - app.feed.pushes[0].ended_at >= 0.05  # Retry-After, as far as the test waits
    assert [key for key, _ in muse.taken] == [hello.key]


async def test_it_is_given_up_after_the_schedule_and_at_once_for_gone(app: HttpAppSimulator, muse: Muse, mia: AppFan) -> None:
    muse.answers.extend([web.Response(status=500) for _ in range(3)] + [web.Response(status=410)])
    mia.write("Hi")
    mia.write("Anybody?")
    await app.feed.drained()
    assert [push.status for push in app.feed.pushes] == [500, 500, 500, 410]
    assert muse.taken == []


async def test_events_are_held_reordered_and_redelivered(app: HttpAppSimulator, muse: Muse, mia: AppFan) -> None:
    app.feed.hold()
    said = [mia.write(text) for text in ("one", "two", "three")]
    app.feed.release([2, 0, 1])
    await app.feed.drained()
    assert [event["data"]["message"]["text"] for _, event in muse.taken] == ["three", "one", "two"]
    pushes = await app.feed.redeliver(said[0].key, 3)
    assert [push.taken for push in pushes] == [True] * 3
    assert [key for key, _ in muse.taken].count(said[0].key) == 4


async def test_a_message_is_proven_shown_once_and_listed(
    app: HttpAppSimulator, mia: AppFan, session: aiohttp.ClientSession
) -> None:
    body = message(mia)
    answers = []
    for key in ("k1", "k1", "k2"):
        async with session.post(app.url, data=body, headers=sign([SECRET], key, body)) as response:
            answers.append(await response.json())
    assert answers[0] == answers[1] != answers[2]
    assert [entry.key for entry in await mia.chat.wait_for(2)] == ["k1", "k2"]
    query = f"conversation={mia.chat.key}&since=2020-01-01T00:00:00%2B00:00"
    async with session.get(f"{app.list_url}?{query}", headers=sign([SECRET], "q1", query.encode())) as response:
        listed = (await response.json())["items"]
    assert [item["key"] for item in listed] == ["k1", "k2"]
    async with session.get(f"{app.list_url}?{query}", headers=sign([SECRET], "q1", b"")) as response:
        assert response.status == 401


@pytest.mark.parametrize("keys", [[], [OTHER], [new_pair()[0]]])
async def test_what_is_not_proven_is_not_shown(
    app: HttpAppSimulator, mia: AppFan, session: aiohttp.ClientSession, keys: list[str]
) -> None:
    body = message(mia)
    for headers in (sign(keys, "k1", body), sign([SECRET, PAIR[0]], "k1", body, at=time.time() - 301)):
        async with session.post(app.url, data=body, headers=headers) as response:
            assert response.status == 401
    assert mia.chat.transcript == []


async def test_faults_happen_in_order_and_are_used_up(
    app: HttpAppSimulator, mia: AppFan, session: aiohttp.ClientSession
) -> None:
    app.faults.refuse("message.send", 429, retry_after="3")
    app.faults.garbage("message.send")
    app.faults.drop_before("message.send")
    app.faults.drop_after("*")
    seen: list[object] = []
    for n in range(5):
        body = message(mia, str(n))
        try:
            async with session.post(app.url, data=body, headers=sign([PAIR[0]], f"k{n}", body)) as response:
                seen.append((response.status, response.headers.get("Retry-After"), response.content_type))
        except aiohttp.ClientError:
            seen.append("broken")
    assert seen == [
        (429, "3", "application/octet-stream"), (200, None, "text/html"), "broken", "broken", (200, None, "application/json")
    ]  # fmt: skip
    assert [entry.text for entry in mia.chat.messages()] == ["1", "3", "4"]
    calls = await app.wait_for_calls("message.send", 5)
    assert [call.fault for call in calls] == ["refuse", "garbage", "drop_before", "drop_after", ""]


async def test_an_app_without_memory_shows_repeats(muse: Muse, session: aiohttp.ClientSession) -> None:
    async with HttpAppSimulator(dedupes=False) as app:
        app.connect(muse.url, AppKeys([SECRET], [SECRET]))
        mia = app.add_fan()
        body = message(mia)
        for _ in range(2):
            async with session.post(app.url, data=body, headers=sign([SECRET], "k1", body)) as response:
                assert response.status == 200
        assert len(mia.chat.messages()) == 2


async def test_waiting_in_vain_says_what_the_chat_shows(app: HttpAppSimulator, mia: AppFan) -> None:
    mia.write("Hello?")
    with pytest.raises(TimeoutError, match=r"No 1 message.*\nMia: Hello\?"):
        await mia.chat.wait_for(1, timeout_s=0.01)
    with pytest.raises(TimeoutError, match="0 of 1 calls of list"):
        await app.wait_for_calls("list", timeout_s=0.01)
