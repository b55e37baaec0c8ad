"""What a persona gets that its card does not say, and sentences that reports share."""

from __future__ import annotations

REFUSES = (
    "anything about people under age, in any way but protecting them",
    "explicit scenes: flirting stays tasteful",
    "medical, legal or money advice",
    "gossip about real people",
)
"""What an imported persona declines until an operator writes better."""

KEPT = "a persona has no such part; it stays in the kept card"
FAN, YOU = "the fan", "you"


def age_note(age: int | None, said: str) -> str:
    """Say which age a persona has, or that it stays off; `said` is where the age was found, or why not."""
    if age is not None:
        return f"Its age is {age} ({said})."
    return f"It stays off: {said}, so nobody knows that it is an adult. State the age in the persona to let it speak."
