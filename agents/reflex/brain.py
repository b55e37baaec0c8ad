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

from agents.reflex.answers import Knowledge, Offer, find_custom_wish, find_wish, is_full, write_answer
from agents.reflex.discounts import find_discount
from agents.reflex.lines import LinePicker

SELLS = "send_pack"
REDUCES = "apply_promo"
PAINTS = "generate_image"
COMING = "being made"
"""What `generate_image` says of a picture that will come."""


class ReflexBrain(BaseChatModel):
    """Answers from intents, lines and facts; calls `send_pack` when the fan asks for content and the tool is bound.

    So with `apply_promo`, when the fan asks for a discount or names a code. A picture that is to be made is ordered with
    `generate_image`; where none is made, there is `send_pack` still.

    `seed` makes it repeatable, `said` is what the persona said before, `titles` returns the packs offered in this turn,
    `reduced` whether at a promo's price.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    knowledge: Knowledge
    seed: str
    said: tuple[str, ...] = ()
    titles: Callable[[], Sequence[str]] = tuple
    reduced: Callable[[], bool] = bool

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
        bound = {tool["function"]["name"] for tool in tools}
        answers = [message for message in messages if isinstance(message, ToolMessage)]
        wish = find_wish(self.knowledge)
        if answers:
            painted = [str(answer.content) for answer in answers if answer.name == PAINTS]
            full = next((said for said in painted if is_full(said)), "")
            coming = any(COMING in said for said in painted if said != full)
            if full and not coming:
                return AIMessage(write_answer(self.knowledge, picker, Offer(None, full, full=True)))
            if wish and answers[-1].name == PAINTS and not coming and SELLS in bound:
                return self._call([(SELLS, {"wish": wish})])
            title = next(iter(self.titles()), None)
            custom = find_custom_wish(self.knowledge) is not None and not coming
            offer = Offer(title, _ended(answers), coming, self.reduced(), custom)
            return AIMessage(write_answer(self.knowledge, picker, offer))
        wanted, ask = find_custom_wish(self.knowledge), find_discount(self.knowledge)
        calls: list[tuple[str, dict[str, str]]] = []
        if wanted and PAINTS in bound:
            calls.append((PAINTS, {"wish": wanted}))
        elif wish and SELLS in bound:
            calls.append((SELLS, {"wish": wish}))
        if ask and REDUCES in bound:
            calls.append((REDUCES, {"code": ask.code} if ask.code else {}))
        return self._call(calls) if calls else AIMessage(write_answer(self.knowledge, picker))

    def _call(self, calls: Sequence[tuple[str, dict[str, str]]]) -> AIMessage:
        made = [{"name": name, "args": arguments, "id": f"reflex-{name}-{self.seed}"} for name, arguments in calls]
        return AIMessage("", tool_calls=made)


def _ended(answers: Sequence[ToolMessage]) -> str:
    """Return how the search for a pack ended, where there was one; else how the last tool answered."""
    return str(next((answer for answer in answers if answer.name == SELLS), answers[-1]).content)
