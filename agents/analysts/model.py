"""The one pydantic-ai model of the house: it asks through the seam for chat models, with its bound, time limit and breaker."""

from __future__ import annotations

import re
from collections.abc import Iterable

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from agents.models import DataBrain

PROFILE = ModelProfile(
    supports_tools=False,
    supports_json_schema_output=False,
    supports_json_object_output=False,
    default_structured_output_mode="prompted",
)
"""Any chat model answers a prompt; not all call tools or keep to a schema."""

_THINKING = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)


class SeamModel(Model):
    """A pydantic-ai model over our own seam. Raises our own errors: `Unavailable`, `RateLimited`, `Misconfigured`."""

    def __init__(self, brain: DataBrain) -> None:
        """Ask this brain."""
        super().__init__(profile=PROFILE)
        self._brain = brain

    @property
    def model_name(self) -> str:
        """Return the model's name, as in MUSE_CHAT_MODEL."""
        return self._brain.name

    @property
    def system(self) -> str:
        """Return who provides it."""
        return "muse"

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Ask once and return the answer's text."""
        _, parameters = self.prepare_request(model_settings, model_request_parameters)
        orders = self._get_instruction_parts(messages, parameters) or []
        asked: list[AnyMessage] = [SystemMessage("\n\n".join(part.content for part in orders))] if orders else []
        asked += [line for message in messages for line in _translate(message)]
        answer = await self._brain.answer_data(asked)
        read = answer.usage_metadata or {"input_tokens": 0, "output_tokens": 0}
        usage = RequestUsage(input_tokens=read["input_tokens"], output_tokens=read["output_tokens"])
        return ModelResponse(parts=[TextPart(_text_of(answer))], model_name=self.model_name, usage=usage)


def _translate(message: ModelMessage) -> Iterable[AnyMessage]:
    if isinstance(message, ModelResponse):
        yield AIMessage("".join(part.content for part in message.parts if isinstance(part, TextPart)))
        return
    if isinstance(message, ModelRequest):
        for part in message.parts:
            if isinstance(part, SystemPromptPart):
                yield SystemMessage(part.content)
            elif isinstance(part, UserPromptPart):
                yield HumanMessage(part.content if isinstance(part.content, str) else str(part.content))


def _text_of(answer: AIMessage) -> str:
    return _THINKING.sub("", answer.text if isinstance(answer.text, str) else str(answer.content)).strip()
