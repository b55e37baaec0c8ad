"""The runs that there are, by name: the long one, the short one, and one for each mechanism that a mutation takes away."""

from __future__ import annotations

from msgspec import structs

from evals.chaos.plan import Focus, Strike, every_strike

KILLS = tuple(
    Strike("kill", target, step)
    for target, step in (
        ("gateway", "stored"),
        ("gateway", "acknowledged"),
        ("worker", "leased"),
        ("worker", "thinking"),
        ("worker", "committing"),
        ("worker", "committed"),
        ("worker", "claimed"),
        ("worker", "sending"),
        ("worker", "sent"),
        ("worker", "settling"),
        ("listen", "stored"),
        ("postgres", "committing"),
        ("valkey", "leased"),
        ("chroma", "thinking"),
    )
)
BLOWS = (
    *KILLS,
    Strike("freeze", "worker", "thinking"),
    Strike("flush", "valkey"),
    Strike("cut", "postgres"),
    Strike("cut", "valkey"),
    Strike("restart", "postgres"),
)
MEDIA = (Strike("kill", "media"), Strike("freeze", "media"))
LONG = Focus(
    bursts=10_000, fans=400, awake=32, spare=70, strikes=(*every_strike(), *MEDIA),
    buys=0.4, posts=60, pictures=True, painter=0.1
)  # fmt: skip
SHORT = Focus(bursts=320, fans=60, awake=20, spare=15, strikes=(*BLOWS, *MEDIA), buys=0.5, posts=8, pictures=True, painter=0.15)
STILL = Focus(bursts=120, fans=30, awake=16, rest_s=30.0, platform=0.0, model=0.0, operators=0.0, repeats=0.0, late=0.0)
FOCUSES = {
    "long": LONG,
    "short": SHORT,
    "calm": STILL,
    "trade": structs.replace(STILL, buys=0.7, posts=6, pictures=True, painter=0.15),
    "redelivery": structs.replace(STILL, repeats=0.6, late=0.1),
    "frozen": structs.replace(
        STILL, spare=20, strikes=(Strike("freeze", "worker", "thinking"),), model_delay_s=(0.2, 0.5), bursts=160
    ),
    "flushed": structs.replace(  # most fans write once: nothing that they do later finds what was left of them
        STILL,
        fans=110,
        spare=8,
        strikes=(
            Strike("kill", "worker", "committed"),
            Strike("flush", "valkey"),
            Strike("kill", "worker", "committed"),
            Strike("kill", "worker", "thinking"),
            Strike("cut", "valkey"),
            Strike("kill", "worker", "committed"),
        ),
    ),
    "dropped": structs.replace(STILL, platform=0.3, platform_faults=("drop_after", "error", "late")),
    "taken": structs.replace(STILL, platform=0.4, platform_faults=("rate_limit",), operators=0.4, bursts=160),
    "overlap": structs.replace(STILL, fans=12, awake=12, model_delay_s=(0.2, 0.6), patience_s=0.5),
}
