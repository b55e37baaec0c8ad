"""What the parts of a media worker share."""

from __future__ import annotations

from msgspec import Struct

from core.clock import Clock
from core.pictures import Finisher, Moderator, Painter
from storage.house import House
from storage.image_jobs import Looking, Purse
from studio.identity import Likeness


class MediaEngine(Struct, frozen=True):
    """A media worker's open stores and its tools. Without a moderator every picture waits for a person.

    `likeness`: what pictures with a face to keep to are held to. `house_loras`: those of nobody that the settings
    name. `timeout_s`: how long a call of the painter may take;
    `attempts`: after how many failed ones a picture is given up.
    `grace_s`: how long a painter that should stop may still take; one that does not ends the process.
    """

    name: str
    house: House
    clock: Clock
    painter: Painter
    finisher: Finisher
    moderator: Moderator | None
    purse: Purse
    looking: Looking = Looking()
    likeness: Likeness = Likeness()
    house_loras: frozenset[str] = frozenset()
    timeout_s: float = 900.0
    attempts: int = 3
    beat_s: float = 0.5
    idle_s: float = 2.0
    grace_s: float = 30.0
