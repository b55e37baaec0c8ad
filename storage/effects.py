"""How staged effects become true: each kind has one handler, given by the room that it belongs to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias
from uuid import UUID

from msgspec import Struct

from core.nouns import Account, Conversation
from core.platform_policy import STRICTEST, PlatformPolicy
from core.turns import Effect
from storage.unit import Unit


class EffectContext(Struct, frozen=True):
    """Where an effect happens, and what that platform allows."""

    account: Account
    conversation: Conversation
    turn_id: UUID
    policy: PlatformPolicy = STRICTEST


# A handler checks that its effect still stands and makes it true, or raises `EffectRefused` with what is true instead.
EffectHandler: TypeAlias = Callable[[Unit, EffectContext, Any], Awaitable[None]]
EffectHandlers: TypeAlias = Mapping[type[Any], EffectHandler]


async def apply(unit: Unit, context: EffectContext, effects: tuple[Effect, ...], handlers: EffectHandlers) -> None:
    """Make effects true in their order. Raises `EffectRefused`; the transaction must then be given up."""
    for effect in effects:
        await handlers[type(effect)](unit, context, effect)
