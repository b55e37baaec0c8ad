"""What a worker has done since it started, as counters; its sign of life carries them to the gateway's `/metrics`."""

from __future__ import annotations

# Every counter with its meaning, as Prometheus shows it.
MEANINGS = {
    "turns_send": "Turns that ended in a reply.",
    "turns_hold": "Turns held for a person.",
    "turns_refuse": "Turns that needed no reply.",
    "turns_failed": "Attempts at a turn that failed.",
    "turns_stale": "Attempts at a turn thrown away because the fan went on.",
    "turns_lost": "Attempts at a turn whose lease was lost.",
    "fallbacks": "Turns in which the reflex brain stood in for the chat model.",
    "rethought": "Turns whose reply breached the persona and was thought again.",
    "breaches": "Breaches of style in replies that went out all the same.",
    "thinking_seconds": "Seconds spent thinking turns.",
    "deliveries_sent": "Deliveries that a platform took.",
    "deliveries_retry": "Sends that are tried again.",
    "deliveries_not_sent": "Deliveries that surely did not leave.",
    "deliveries_unknown": "Deliveries with an unknown outcome.",
    "takeovers": "Messages that a person wrote in a platform's own app.",
    "media_stored": "Fans' files kept.",
    "checkouts_accepted": "Payments that were let go on.",
    "checkouts_refused": "Payments that were refused before any money moved.",
    "checkouts_late": "Payments whose platform took no answer any more.",
    "refunds_done": "Payments that were given back.",
    "posts_published": "Posts of the calendar that went out.",
    "posts_pending": "Posts that are tried again.",
    "posts_failed": "Posts that surely did not go out.",
    "posts_unknown": "Posts of which nobody knows whether they went out.",
    "analysed_facts": "Facts that the analyst found and memory let pass.",
    "analyses_failed": "Attempts to have a turn read by the analyst that failed.",
    "analyses_put_off": "Turns that found as many at the analyst as may be, and are read later.",
    "refunds_failed": "Attempts at a refund that failed or were refused.",
}


class Figures:
    """Counts by the names above."""

    def __init__(self) -> None:
        """Start at nothing."""
        self._counts: dict[str, float] = dict.fromkeys(MEANINGS, 0.0)

    def count(self, name: str, amount: float = 1) -> None:
        """Add to a counter. Raises `KeyError` for a name that is not above."""
        self._counts[name] += amount

    def read(self) -> dict[str, float]:
        """Return all counters."""
        return dict(self._counts)
