"""What the jobs of a worker share: the open stores, the adapters, who thinks, and how effects become true."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from core.clock import Clock
from core.platforms import Platform
from core.ports import Embedder, FactExtractor, Summariser, Thinker
from core.settings import Settings
from memory.embedders import Embedders
from memory.tiers import TierIndexes
from storage.effects import EffectHandlers
from storage.house import House
from storage.turns import Reader
from studio.keeping import Fitting
from workers.figures import Figures
from workers.outbox import Outbox


class Engine(Struct, frozen=True):
    """The parts of a running worker, joined in `workers/app.py`. Without a chat model there is no `analyst` or `summariser`.

    `models_local`: what these two read stays on this machine or network.
    """

    name: str
    settings: Settings
    clock: Clock
    house: House
    platforms: Mapping[str, Platform]
    thinker: Thinker
    embedder: Embedder
    embedders: Embedders
    facts: TierIndexes
    episodes: TierIndexes
    handlers: EffectHandlers
    figures: Figures
    reader: Reader
    outbox: Outbox
    analyst: FactExtractor | None = None
    summariser: Summariser | None = None
    fitting: Fitting | None = None
    models_local: bool = True
