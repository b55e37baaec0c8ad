"""Exit codes: what a script can tell from how a command ended."""

from __future__ import annotations

from core.errors import BadInput, LeaseLost, Misconfigured, MuseError, OutcomeUnknown, Refused, TryLater

EXIT_CODES: tuple[tuple[type[MuseError], int], ...] = (
    (BadInput, 2),  # what was typed, or a file that it names, cannot be used
    (Misconfigured, 3),  # a person must change something
    (TryLater, 4),  # the same command may work later
    (Refused, 5),  # the other side said no
    (LeaseLost, 6),
    (OutcomeUnknown, 7),
    (MuseError, 1),
)


def exit_code(error: MuseError) -> int:
    """Return the exit code of an error."""
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))
