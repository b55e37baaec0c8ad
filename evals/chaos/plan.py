"""What happens in a run, all of it from one seed: who writes what and when, what goes wrong, and where."""

from __future__ import annotations

import random
from itertools import product

from msgspec import Struct

from evals.chaos.steps import STEPS

PROCESSES = ("gateway", "listen", "worker", "postgres", "valkey", "chroma")
TALK = (
    "how was the sea today",
    "tell me something about the harbour",
    "I made soup and it was good",
    "the rain will not stop here",
    "what are you reading just now",
    "I walked home along the river",
    "that song is still in my head",
    "do you like old films",
)
WISHES = ("do you have pictures of the sea {}", "send me some pictures of the beach {}")
DISCOUNTS = ("is there a discount for me {}", "can I have that pack a little cheaper {}")
CUSTOM = ("please make a picture of the lighthouse {}", "can you paint a picture of the harbour {}")
FACTS = ("my cat is called {}", "my sister is called {}")
LETTERS = "bcdfghjklmnpqrst"


class Burst(Struct, frozen=True):
    """Messages that a fan writes one after the other; `gaps` are the seconds before each, `waits`: for an answer before it."""

    fan: int
    texts: tuple[str, ...]
    gaps: tuple[float, ...]
    waits: bool
    repeats: tuple[int, ...]
    late: tuple[float, ...]


class Strike(Struct, frozen=True):
    """One blow: `kind` is kill, freeze, quit, restart, flush or cut; `step` is where on a message's way, empty: anywhere."""

    kind: str
    target: str
    step: str = ""

    def __str__(self) -> str:
        """Name it as the report does."""
        return f"{self.kind} {self.target}" + (f" at {self.step}" if self.step else "")


class Focus(Struct, frozen=True, kw_only=True):
    """What a run stresses.

    Rates are shares: of messages redelivered or overtaken, of calls that go wrong (`painter`: of those to who paints),
    of bursts that an operator interrupts.
    `buys`: how often a fan who was answered pays for a pack that is open in their chat; `posts`: how many are put on the
    calendar; `pictures`: fans ask for some of their own, and somebody outside paints them.
    `awake`: fans who write at the same time; `spare`: bursts between two strikes; `patience_s`: how long a fan waits;
    `rest_s`: how long all that is open may take to end after the last burst.
    """

    bursts: int
    fans: int = 60
    awake: int = 20
    repeats: float = 0.15
    late: float = 0.05
    platform: float = 0.04
    painter: float = 0.0
    model: float = 0.04
    operators: float = 0.02
    buys: float = 0.0
    posts: int = 0
    pictures: bool = False
    spare: int = 14
    patience_s: float = 6.0
    rest_s: float = 240.0
    strikes: tuple[Strike, ...] = ()
    platform_faults: tuple[str, ...] = ("late", "stall", "error", "rate_limit", "drop_before", "drop_after")
    model_delay_s: tuple[float, float] = (0.005, 0.05)


def every_strike() -> tuple[Strike, ...]:
    """Return every kill of a process at a step, and the blows that are no kill."""
    kills = tuple(Strike("kill", process, step) for step, process in product(STEPS, PROCESSES))
    frozen = tuple(Strike("freeze", "worker", step) for step in ("leased", "thinking", "claimed", "sending"))
    others = (
        Strike("flush", "valkey"),
        Strike("cut", "valkey"),
        Strike("cut", "postgres"),
        Strike("quit", "postgres"),
        Strike("restart", "postgres"),
    )
    return (*kills, *frozen, *others, *others)


def marker(fan: int, burst: int, number: int) -> str:
    """Return a word that stands in one message only: no figures, which rules about ages and prices would read."""
    spelt, value = "", fan * 1_000_000 + burst * 10 + number
    while value:
        value, rest = divmod(value, len(LETTERS))
        spelt = LETTERS[rest] + spelt
    return f"zq{spelt.rjust(9, LETTERS[0])}"


def plan_bursts(seed: int, focus: Focus) -> list[Burst]:
    """Return the bursts in the order in which fans begin them."""
    chance = random.Random(f"bursts {seed}")  # noqa: S311 — repeatable, nothing secret
    return [_burst(chance, focus, number) for number in range(focus.bursts)]


def plan_strikes(seed: int, focus: Focus) -> list[tuple[int, Strike]]:
    """Return strikes with the number of bursts that come before each; all of them are used before one comes again."""
    chance = random.Random(f"strikes {seed}")  # noqa: S311 — repeatable, nothing secret
    found: list[tuple[int, Strike]] = []
    pool: list[Strike] = []
    for number in range(focus.spare, focus.bursts, focus.spare) if focus.strikes else ():
        if not pool:
            pool = list(focus.strikes)
            chance.shuffle(pool)
        found.append((number, pool.pop()))
    return found


def _words(chance: random.Random, focus: Focus) -> str:
    kind = chance.random()
    if kind < 0.05:
        return chance.choice(FACTS)
    if kind < (0.2 if focus.buys else 0.1):
        return chance.choice(WISHES)
    if kind < 0.26 and focus.buys:
        return chance.choice(DISCOUNTS)
    if kind < 0.34 and focus.pictures:
        return chance.choice(CUSTOM)
    return chance.choice(tuple(f"{talk} {{}}" for talk in TALK))


def _burst(chance: random.Random, focus: Focus, number: int) -> Burst:
    fan = chance.randrange(focus.fans)
    size = chance.choice((1, 1, 2, 2, 3, 4, 5))
    words = [marker(fan, number, n) for n in range(size)]
    texts = [_words(chance, focus).format(word) for word in words]
    return Burst(
        fan=fan,
        texts=tuple(texts),
        gaps=tuple(chance.choice((0.0, 0.02, 0.1, 0.25)) for _ in texts),
        waits=chance.random() < 0.8,
        repeats=tuple(chance.randint(1, 4) if chance.random() < focus.repeats else 0 for _ in texts),
        late=tuple(chance.uniform(0.05, 0.6) if chance.random() < focus.late else 0.0 for _ in texts),
    )
