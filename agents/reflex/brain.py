"""The reflex brain as a LangChain chat model: made anew for each turn, with what that turn knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from pydantic import ConfigDict

from agents.reflex.answers import Knowledge, Offer, find_custom_wish, find_wish, write_answer
from agents.reflex.lines import LinePicker

SELLS = "send_pack"
PAINTS = "generate_image"
COMING = "being made"
"""What `generate_image` says of a picture that will come."""


class ReflexBrain(BaseChatModel):
    """Answers from intents, lines and facts; calls `send_pack` when the fan asks for content and the tool is bound.

    A picture that is to be made is ordered with `generate_image`; where none is made, there is `send_pack` still.

    `seed` makes it repeatable, `said` is what the persona said before, `titles` returns the packs offered in this turn.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    knowledge: Knowledge
    seed: str
    said: tuple[str, ...] = ()
    titles: Callable[[], Sequence[str]] = tuple

    def __repr__(self) -> str:
        """Name the brain without what it knows of the fan; LangChain writes this into its records at every call."""
        return "ReflexBrain()"

    @property
    def _llm_type(self) -> str:
        return "reflex"

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind tools given as function schemas."""
        return self.bind(tools=list(tools), **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._answer(messages, kwargs.get("tools") or []))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages, stop, None, **kwargs)

    def _answer(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]]) -> AIMessage:
        picker = LinePicker(self.knowledge.persona, self.seed, self.said, self.knowledge.language)
        last = messages[-1] if messages else None
        bound = {tool["function"]["name"] for tool in tools}
        if isinstance(last, ToolMessage):
            coming = last.name == PAINTS and COMING in str(last.content)
            wish = find_wish(self.knowledge)
            if wish and last.name == PAINTS and not coming and SELLS in bound:
                return self._call(SELLS, wish)
            title = next(iter(self.titles()), None)
            return AIMessage(write_answer(self.knowledge, picker, Offer(title, str(last.content), coming)))
        custom, wish = find_custom_wish(self.knowledge), find_wish(self.knowledge)
        if custom and PAINTS in bound:
            return self._call(PAINTS, custom)
        if wish and SELLS in bound:
            return self._call(SELLS, wish)
        return AIMessage(write_answer(self.knowledge, picker))

    def _call(self, tool: str, wish: str) -> AIMessage:
        return AIMessage("", tool_calls=[{"name": tool, "args": {"wish": wish}, "id": f"reflex-{tool}-{self.seed}"}])
