"""`muse chat` against the real gateway, piped and in a real terminal; a small worker in this process answers."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cli.settings import ROOT
from core.ids import new_id
from core.money import Money
from core.nouns import Lease
from core.outbound import PackPart, Part, Sent, TextPart
from core.recall import RecalledFact
from core.turns import Hold, Outcome, Send, Trace, Verdict
from storage import deliveries
from storage.leases import claim_turns
from tests.gateway.conftest import Gateway
from tests.storage.ledger_steps import commit, gathered

FACT = RecalledFact(new_id(), "trait", "pet", "The fan has a dog called Rex.", 0.91, "vector")
PACK = PackPart(new_id(), new_id(), "The sea at dusk", "My evening swim", Money(799, "USD"), "payload", None, ())


class Echo:
    """A worker that answers each burst by its words, typing first, and on until it `may_answer`."""

    def __init__(self, gateway: Gateway) -> None:
        self.house, self.account, self.may_answer = gateway.house, gateway.webchat, asyncio.Event()
        self.may_answer.set()

    async def run(self) -> None:
        while True:
            for lease in (await claim_turns(self.house.app, "echo", 30, 8, 8, ahead=False)).leases:
                await self.type_on(lease)
                await self.answer(lease)
            await asyncio.sleep(0.05)

    async def type_on(self, lease: Lease) -> None:
        typing = True
        while typing:
            typing = not self.may_answer.is_set()
            await self.house.live.publish(lease.conversation_id, {"event": "typing", "seconds": 5})
            await asyncio.sleep(0.1)

    async def answer(self, lease: Lease) -> None:
        turn = await gathered(self.house, lease)
        verdict = self.decide(" + ".join(message.text for message in turn.burst))
        await commit(self.house, turn, Outcome(verdict, Trace("echo", (FACT,), timings={"think": 1.5})))
        async with self.house.app.unit(self.account.agency_id) as unit:
            while claimed := await deliveries.claim_next(unit, turn.conversation.id, "echo"):
                await deliveries.settle_sent(unit, claimed.id, claimed.message_id, Sent((str(claimed.id),)))
        await self.house.live.publish(turn.conversation.id, {"event": "change"})

    def decide(self, said: str) -> Verdict:
        parts: tuple[Part, ...] = (TextPart(f"You said: {said}"),)
        if "hold" in said:
            return Hold("approval", parts)
        return Send((*parts, PACK) if "pictures" in said else parts)


@pytest.fixture
async def echo(gateway: Gateway) -> AsyncIterator[Echo]:
    """Somebody who answers."""
    answering = Echo(gateway)
    working = asyncio.create_task(answering.run())
    yield answering
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


@pytest.fixture
def luna(gateway: Gateway, echo: Echo) -> Gateway:
    """A gateway with somebody who answers."""
    return gateway


def environment(gateway: Gateway) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MUSE_")}
    port = gateway.url.rpartition(":")[2]
    return kept | {"MUSE_DATA_DIR": gateway.settings.data_dir, "MUSE_PORT": port, "TERM": "xterm", "COLUMNS": "120"}


async def chat(gateway: Gateway, *lines: str, words: tuple[str, ...] = ("luna",)) -> tuple[int, str]:
    """Pipe lines into the command; return its exit code and all it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "muse_cli.py"), "chat", *words, env=environment(gateway),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    printed, _ = await asyncio.wait_for(process.communicate("".join(f"{line}\n" for line in lines).encode()), 60)
    return process.returncode or 0, printed.decode()


async def test_piped_lines_are_answered_one_after_the_other(luna: Gateway) -> None:
    code, printed = await chat(luna, "yes", "hello", "how are you?")
    assert code == 0, printed
    places = [printed.index(words) for words in ("is an AI", "18 or older", "you: hello", "Luna: You said: hello")]
    assert places == sorted(places)
    assert printed.index("Luna: You said: hello") < printed.index("you: how are you?") < printed.index("said: how are you?")
    assert printed.endswith("Bye.\n")


async def test_only_adults_are_let_in(luna: Gateway) -> None:
    code, printed = await chat(luna, "no", "hello")
    assert (code, printed.splitlines()[-1]) == (5, "muse: This chat is for adults only.")
    code, printed = await chat(luna)
    assert code == 5
    assert "You said" not in printed


async def test_the_same_fan_comes_back_until_a_new_one_is_wanted(luna: Gateway) -> None:
    await chat(luna, "yes", "my first words")
    cookie = Path(luna.settings.data_dir) / "secrets" / "chat-luna.cookie"
    assert stat.S_IMODE(cookie.stat().st_mode) == 0o600
    first = cookie.read_text()
    code, printed = await chat(luna, "more words")
    assert code == 0
    assert "18 or older" not in printed
    assert "you: my first words" in printed, "what was said before is shown"
    assert cookie.read_text() == first
    code, printed = await chat(luna, "hi", words=("luna", "--new", "--adult"))
    assert code == 0
    assert "my first words" not in printed
    assert cookie.read_text() != first


async def test_the_inside_is_shown_on_demand(luna: Gateway) -> None:
    code, printed = await chat(luna, "one", "/inside", "two", "/inside", "three", words=("luna", "--adult"))
    assert code == 0, printed
    steps = ("said: one", "inside is shown", "called Rex", "said: two", "called Rex", "inside is hidden", "said: three")
    rest = printed
    for step in steps:
        rest = rest.partition(step)[2]
        assert rest, f"{step} is missing or out of order in {printed}"
    assert "called Rex" not in rest
    assert "think 1.5 ms" in printed
    code, printed = await chat(luna, "four", words=("luna", "--inside"))
    assert printed.count("verdict  send") == 1


async def test_a_pack_is_a_card_with_a_number(luna: Gateway) -> None:
    code, printed = await chat(luna, "pictures please", "/unlock 2", words=("luna", "--adult"))
    for expected in ("The sea at dusk", "My evening swim", "$7.99", "/unlock 1"):
        assert expected in printed
    assert (code, printed.splitlines()[-1]) == (5, "muse: There is no pack 2 here.")


async def test_a_held_answer_is_said_to_be_held(luna: Gateway) -> None:
    code, printed = await chat(luna, "hold this", words=("luna", "--adult"))
    assert code == 0
    assert "You said" not in printed
    assert "The answer waits for a person: muse inbox show" in printed


async def test_without_an_answer_or_an_influencer_it_says_so(gateway: Gateway) -> None:
    code, printed = await chat(gateway, "hello", words=("luna", "--adult", "--patience", "1"))
    assert (code, printed.splitlines()[-1]) == (4, "muse: Luna has not answered within 1 s; type: muse status")
    code, printed = await chat(gateway, "hello", words=("nobody",))
    assert (code, printed) == (5, "muse: nobody: There is nobody here.\n")
    (Path(gateway.settings.data_dir) / "secrets" / "operator.token").unlink()
    code, printed = await chat(gateway, "hello")
    assert (code, printed.splitlines()[-1].endswith("type: muse up")) == (4, True)


class Terminal:
    """A real terminal with the command in it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway, self.seen = gateway, ""

    async def __aenter__(self) -> Terminal:
        self._ours, theirs = os.openpty()
        os.set_blocking(self._ours, False)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "muse_cli.py"), "chat", "luna",
            env=environment(self._gateway), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        os.close(self._ours)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    async def until(self, words: str, within: float = 20.0) -> str:
        """Read on until some words were shown; return what was shown since the last time."""
        async with asyncio.timeout(within):
            while words not in self.seen:
                try:
                    self.seen += os.read(self._ours, 65536).decode(errors="replace")
                except BlockingIOError:
                    await asyncio.sleep(0.02)
        shown, self.seen = self.seen.split(words, 1)
        return shown


async def test_in_a_terminal_answers_come_while_the_fan_types(luna: Gateway, echo: Echo) -> None:
    echo.may_answer.clear()
    async with Terminal(luna) as terminal:
        await terminal.until("18 or older")
        terminal.type("yes\n")
        await terminal.until("you › ")
        terminal.type("hello\n")
        await terminal.until("you › ")
        terminal.type("half a th")
        await terminal.until("is typing …")  # who is not heard yet when the first word arrives is heard when it goes on
        echo.may_answer.set()
        shown = await terminal.until("You said: hello")
        assert "\x1b[1A" in shown, "the typing sign is taken away"
        await terminal.until("you › half a th")  # what was being typed stands below the answer again
        terminal.type("ought\n")
        await terminal.until("You said: half a thought")
        terminal.type("/quit\n")
        await terminal.until("Bye.")
        assert await asyncio.wait_for(terminal.process.wait(), 10) == 0
