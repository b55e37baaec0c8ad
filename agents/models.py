"""The one seam for chat models: a bound on calls, a time limit, a circuit breaker, and our own errors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from agents.answer_text import clean_answer
from agents.breaker import Breaker, BreakerState
from agents.providers import ModelConfig, Opened, Tuning, open_provider
from agents.tokens import TokenScale
from agents.translation import translate_error
from core.errors import Unavailable

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage

REFLEX = "reflex"
AS_SET = Tuning()
"""A call with nothing of its own."""

FULL = 0.97
"""Share of its window from which a counted prompt may have been cut off by the server."""


class BrainHealth(Struct, frozen=True):
    """How a brain is doing, for metrics and health pages."""

    name: str
    breaker: BreakerState
    failures_in_row: int
    in_flight: int
    answered: int
    failed: int
    last_error: str | None


class ChatBrain(Protocol):
    """A chat model behind the seam. `speaks` is false when there is none and the reflex brain must answer.

    `window_tokens` bounds prompt and answer together; `scale` estimates a prompt's tokens and learns from each answer.
    """

    name: str
    speaks: bool
    window_tokens: int
    scale: TokenScale

    async def answer(
        self,
        messages: Sequence[BaseMessage],
        tools: Sequence[dict[str, Any]] = (),
        speaker: str = "",
        tuning: Tuning = AS_SET,
    ) -> AIMessage:
        """Return the model's next message; `speaker` is cut off where it stands before the words.

        Raises `Unavailable`, `RateLimited`, `Misconfigured`.
        """
        ...

    async def check(self) -> None:
        """See whether server and model are there. Raises like `answer`."""
        ...

    def health(self) -> BrainHealth:
        """Return how it is doing."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class DataBrain(Protocol):
    """A chat model that is asked for data instead of words: same bound, time limit and breaker, answer as it came."""

    name: str
    speaks: bool

    async def answer_data(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]] = ()) -> AIMessage:
        """Return the model's next message as it came. Raises like `ChatBrain.answer`."""
        ...


class NoModel:
    """The setting `reflex`: no language model at all."""

    name = REFLEX
    speaks = False
    window_tokens = 8192

    def __init__(self) -> None:
        self.scale = TokenScale(REFLEX)

    async def answer(
        self,
        messages: Sequence[BaseMessage],
        tools: Sequence[dict[str, Any]] = (),
        speaker: str = "",
        tuning: Tuning = AS_SET,
    ) -> AIMessage:
        """Raise `Unavailable`: there is nobody to ask."""
        raise Unavailable("No chat model is set; the reflex brain answers.")

    async def answer_data(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]] = ()) -> AIMessage:
        """Raise `Unavailable`: there is nobody to ask."""
        raise Unavailable("No chat model is set.")

    async def check(self) -> None:
        """Find nothing wrong: nothing is expected."""

    def health(self) -> BrainHealth:
        """Return an even pulse."""
        return BrainHealth(REFLEX, BreakerState.CLOSED, 0, 0, 0, 0, None)

    async def close(self) -> None:
        """Close nothing."""


class ModelBrain:
    """A real chat model. Calls beyond the bound wait, within their time limit."""

    speaks = True

    def __init__(self, config: ModelConfig, opened: Opened, breaker: Breaker | None = None) -> None:
        self.name = config.chat_model
        self.window_tokens = config.window_tokens
        self.scale = TokenScale(config.chat_model)
        self._opened = opened
        self._timeout = config.timeout_s
        self._slots = asyncio.Semaphore(config.calls)
        self._breaker = breaker or Breaker(config.breaker_failures, config.breaker_rest_s)
        self._takes_tools = True
        self._in_flight = self._answered = self._failed = 0
        self._last_error: str | None = None

    async def answer(
        self,
        messages: Sequence[BaseMessage],
        tools: Sequence[dict[str, Any]] = (),
        speaker: str = "",
        tuning: Tuning = AS_SET,
    ) -> AIMessage:
        """Return the model's next message, its words cleaned. Raises `Unavailable`, `RateLimited`, `Misconfigured`."""
        return await self._guarded(messages, tools, lambda message: clean_answer(message, speaker), tuning)

    async def answer_data(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]] = ()) -> AIMessage:
        """Return the model's next message as it came. Raises `Unavailable`, `RateLimited`, `Misconfigured`."""
        return await self._guarded(messages, tools, None, AS_SET)

    async def _guarded(
        self,
        messages: Sequence[BaseMessage],
        tools: Sequence[dict[str, Any]],
        clean: Callable[[AIMessage], str] | None,
        tuning: Tuning,
    ) -> AIMessage:
        if not self._breaker.admit():
            raise Unavailable(f"{self.name} failed {self._breaker.failures} times in a row and is left alone for a while.")
        waiting = True
        try:
            async with asyncio.timeout(self._timeout), self._slots:
                waiting = False
                message = await self._call(messages, tools, tuning)
            if clean is not None and not message.tool_calls:
                message = message.model_copy(update={"content": clean(message)})
        except asyncio.CancelledError:
            self._breaker.give_up()
            raise
        except Exception as error:
            if waiting:  # says nothing about the model
                self._breaker.give_up()
                raise Unavailable(f"{self.name} is busy with other turns.") from error
            self._note_failure(type(error).__name__)
            raise translate_error(error, self.name, self._opened.where) from error
        self._answered += 1
        self._breaker.succeed()
        return message

    async def _call(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]], tuning: Tuning) -> AIMessage:
        self._in_flight += 1
        try:
            return await self._ask(messages, tools if self._takes_tools else (), tuning)
        except Exception as error:
            # 400 with tools bound: models without tool calling answer so; they are asked once more without.
            if not tools or not self._takes_tools or getattr(error, "status_code", None) != 400:
                raise
            message = await self._ask(messages, (), tuning)
            self._takes_tools = False
            return message
        finally:
            self._in_flight -= 1

    async def _ask(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]], tuning: Tuning) -> AIMessage:
        chat, extra = self._opened.model, self._opened.call(tuning)
        model = chat.bind_tools(list(tools), **extra) if tools else chat.bind(**extra)
        message: AIMessage = await model.ainvoke(list(messages))
        usage, window = message.usage_metadata, tuning.window_tokens or self.window_tokens
        if usage and usage["input_tokens"] < FULL * window:  # a prompt that was cut off tells how long the window is
            self.scale.learn(messages, tools, usage["input_tokens"])
        return message

    def _note_failure(self, cause: str) -> None:
        self._failed += 1
        self._last_error = cause
        self._breaker.fail()

    async def check(self) -> None:
        """See whether server and model are there. Raises `Unavailable`, `Misconfigured`."""
        await self._opened.check()

    def health(self) -> BrainHealth:
        """Return how it is doing."""
        state, row = self._breaker.state, self._breaker.failures
        return BrainHealth(self.name, state, row, self._in_flight, self._answered, self._failed, self._last_error)

    async def close(self) -> None:
        """Close connections."""
        await self._opened.close()


def open_chat_model(config: ModelConfig) -> ModelBrain | NoModel:
    """Open what MUSE_CHAT_MODEL names: reflex, ollama:<model>, openai:<model> or a LangChain provider string.

    Nothing is called yet; `check` looks whether it is there. Raises `SettingInvalid`, `Misconfigured`.
    """
    return NoModel() if config.chat_model == REFLEX else ModelBrain(config, open_provider(config))
