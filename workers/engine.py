"""What the jobs of a worker share: the open stores, the adapters, who thinks, and how effects become true."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from core.clock import Clock
from core.ports import Embedder, Platform, Thinker, VectorIndex
from core.settings import Settings
from storage.effects import EffectHandlers
from storage.house import House
from storage.turns import Reader
from workers.figures import Figures
from workers.outbox import Outbox


class Engine(Struct, frozen=True):
    """The parts of a running worker, joined in `workers/app.py`. `episodes`: their index, if they have one."""

    name: str
    settings: Settings
    clock: Clock
    house: House
    platforms: Mapping[str, Platform]
    thinker: Thinker
    embedder: Embedder
    index: VectorIndex
    handlers: EffectHandlers
    figures: Figures
    reader: Reader
    outbox: Outbox
    episodes: VectorIndex | None = None
