"""Python's collector of reference cycles in a process that lives for long."""

from __future__ import annotations

import gc

COLLECT_AFTER = (25_000, 20, 50)


def settle_memory() -> None:
    """Let the collector leave alone what lives as long as the process, and look at the rest less often.

    Every request and turn leaves some hundred objects that die with it; looking for rings among the living cost the gateway an
    eighth of its time, and a worker holds the million objects of its models.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
