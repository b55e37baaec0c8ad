"""What every method gets, and what it may give back beside the plain result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from msgspec import Struct

from evals.simulators.telegram.bots import Bot
from evals.simulators.telegram.params import Params


class Described(Struct, frozen=True):
    """A result that comes with a sentence, as setWebhook's does."""

    result: object
    description: str


Method: TypeAlias = Callable[[Bot, Params], Awaitable[object]]
