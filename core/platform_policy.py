"""What a platform allows and how it counts, and what follows of it for an account: how freely and how soon it answers."""

from __future__ import annotations

from msgspec import Struct

from core.nouns import Account

AUTONOMIES = ("auto", "risk", "approve", "off")  # each is stricter than the one before


class Rate(Struct, frozen=True):
    """A platform's limit: `calls` in `seconds`, at most `burst` at once, counted by `scope`: chat, account or platform."""

    scope: str
    calls: float
    seconds: float
    burst: int = 1


class PlatformPolicy(Struct, frozen=True, kw_only=True):
    """What a platform allows and how it counts. `text_limit` is in `text_unit` (chars, utf16 or bytes); times in seconds.

    `sells_by`: the ways in which a pack can be sold, where there are several; the first is the default.
    `connections`: an account may speak in somebody's own chats, when they let it. `least_price` and `most_price`: what may be
    asked for a pack, in minor units of `priced_media`; `most_pictures`: how many one may hold.
    """

    text_limit: int
    text_unit: str = "chars"
    autonomy_ceiling: str = "auto"
    adult_ok: bool = False
    priced_media: str | None = None
    typing_seconds: float | None = None
    quiet_seconds: float | None = None
    opt_out_words: tuple[str, ...] = ("stop", "unsubscribe")
    rates: tuple[Rate, ...] = ()
    sells_by: tuple[str, ...] = ()
    connections: bool = False
    least_price: int = 1
    most_price: int | None = None
    most_pictures: int | None = None


class PublishPolicy(Struct, frozen=True, kw_only=True):
    """How a platform takes posts: `text_limit` without pictures and `caption_limit` with some, in the platform's text unit.

    `target_hint` says in words which places can be named (empty: an account has but one); `marks_ai`: what is made by AI is
    marked in the words, as the platform has no field for it.
    """

    text_limit: int
    caption_limit: int
    most_pictures: int = 10
    target_hint: str = ""
    marks_ai: bool = True


STRICTEST = PlatformPolicy(text_limit=4000)
"""What holds where nobody says which platform it is: nothing that a platform would have to allow."""


def effective_autonomy(account_autonomy: str, ceiling: str) -> str:
    """Return the autonomy in force: the account's, or the platform's ceiling where that is stricter."""
    return max(account_autonomy, ceiling, key=AUTONOMIES.index)


def quiet_time(account: Account, policy: PlatformPolicy, default_s: float) -> float:
    """Return the quiet time of an account in seconds: its own, else its persona's, its platform's, the house's."""
    if account.pace.overlap == "enqueue":
        return 0.0  # each message is answered by itself: there is no burst to wait for
    for seconds in (account.quiet_s, account.pace.quiet_s, policy.quiet_seconds):
        if seconds is not None:
            return seconds
    return default_s


def quiet_bound(account: Account, quiet_s: float, default_s: float) -> float:
    """Return how long a burst may put its answer off, seconds: the persona's bound or the house's, at least the quiet time."""
    chosen = account.pace.quiet_max_s
    return max(quiet_s, default_s if chosen is None else chosen)
