"""Which chat model speaks for a persona: its own choice, the house's where that cannot be reached, the reflex brain at last."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from agents.models import ChatBrain, open_chat_model
from agents.providers import ModelConfig, Tuning, is_local
from agents.tokens import Calibration
from core.errors import MuseError
from core.log import get_logger
from personas.traits import ModelChoice

log = get_logger(__name__)

MOST_MODELS = 16
"""Models beside the house's that one worker opens: each has connections, a bound and a breaker of its own."""


class Brains:
    """The house's chat model and those that personas chose; each is opened once, when it is first wanted."""

    def __init__(self, house: ChatBrain, config: ModelConfig | None = None) -> None:
        """Speak through `house`; without `config` nothing else can be opened. `house` stays its owner's to close."""
        self.house = house
        self._config = config
        self._chosen: dict[str, ChatBrain | None] = {}
        self._kept: dict[str, Calibration] = {}

    def of(self, choice: ModelChoice) -> tuple[ChatBrain, ...]:
        """Return who is asked, in this order; a persona that wants the reflex brain is not spoken for by a model."""
        name = choice.chat_model
        if name is None or name == self.house.name:
            return (self.house,)
        chosen = self._open(name)
        if chosen is None:
            return (self.house,)
        return (chosen, self.house) if chosen.speaks else (chosen,)

    def is_local(self, brain: ChatBrain) -> bool:
        """Whether what a brain reads stays on this machine or network; a model that nothing is known of counts as outside."""
        if not brain.speaks:
            return True
        return self._config is not None and is_local(structs.replace(self._config, chat_model=brain.name))

    def _open(self, name: str) -> ChatBrain | None:
        if name in self._chosen:
            return self._chosen[name]
        if self._config is None or len(self._chosen) >= MOST_MODELS:
            log.warning("a persona's model is not opened", model=name, opened=len(self._chosen))
            return None
        try:
            brain: ChatBrain | None = open_chat_model(structs.replace(self._config, chat_model=name))
        except MuseError as error:
            log.warning("a persona's model cannot be opened", model=name, detail=str(error))
            brain = None
        if brain is not None and name in self._kept:
            brain.scale.restore(self._kept[name])
        self._chosen[name] = brain
        return brain

    def restore(self, states: Iterable[Calibration]) -> None:
        """Go on from what was learnt of models before, also of those that are opened later."""
        self._kept |= {state.model: state for state in states}
        for brain in self._all():
            if brain.name in self._kept:
                brain.scale.restore(self._kept[brain.name])

    def calibrations(self) -> list[Calibration]:
        """Return what has been learnt of each model that answered."""
        states = [brain.scale.state for brain in self._all()]
        return [state for state in states if state.plain_seen + state.tooled_seen]

    def _all(self) -> list[ChatBrain]:
        return [self.house, *(brain for brain in self._chosen.values() if brain is not None)]

    async def close(self) -> None:
        """Close what was opened here."""
        for brain in self._chosen.values():
            if brain is not None:
                await brain.close()


def tuning_of(choice: ModelChoice) -> Tuning:
    """Return how a persona wants its calls to be made."""
    return Tuning(choice.temperature, choice.reply_tokens, choice.window_tokens)
