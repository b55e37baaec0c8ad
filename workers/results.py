"""What becomes of a send by the place of its error in the tree; what may have left is not decided here."""

from __future__ import annotations

from core.errors import Misconfigured, MuseError, OutcomeUnknown, RateLimited, Refused, TryLater, Unreachable
from storage.deliveries import Result

ATTEMPTS = 10
LONGEST_PAUSE_S = 60.0
HOLD_S = 60.0  # an account whose token is refused is tried again so often


def decide(error: Exception, attempts: int) -> Result | None:
    """Return what an error means for a delivery that was tried so often; nothing when it may have left all the same.

    A platform that asks to wait is no failure, however often it asks. A server that is away is tried again for some minutes. A
    refused token is the whole account's matter: its deliveries wait until a person has renewed it.
    """
    if isinstance(error, RateLimited):
        return Result("retry", after_s=error.retry_after or pause(attempts), counted=False, error=error)
    if isinstance(error, TryLater):
        if attempts >= ATTEMPTS:
            return Result("not_sent", error=error)
        return Result("retry", after_s=max(error.retry_after or 0.0, pause(attempts)), error=error)
    if isinstance(error, Misconfigured):
        return Result("held", after_s=HOLD_S, counted=False, error=error)
    if isinstance(error, Unreachable):
        return Result("unreachable", error=error)
    if isinstance(error, Refused):
        return Result("not_sent", error=error)
    return None


def pause(attempts: int) -> float:
    """Return the seconds before the next attempt."""
    return min(LONGEST_PAUSE_S, float(2**attempts))


def repeat(attempts: int, error: Exception) -> Result:
    """Send once more under the same key, some times; a person looks at last."""
    if attempts >= ATTEMPTS:
        return Result("unknown", error=as_unknown(error))
    return Result("retry", after_s=pause(attempts), error=error)


def as_unknown(error: Exception) -> OutcomeUnknown:
    """Say in words fit for a row why nobody knows; the text of a foreign error may hold a secret."""
    if isinstance(error, MuseError):
        return OutcomeUnknown(str(error))
    return OutcomeUnknown(f"{type(error).__name__} inside the adapter")
