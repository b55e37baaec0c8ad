"""`python -m evals.moderation`: measure the rules over prompts on both sets."""

from __future__ import annotations

import asyncio

from core.settings import Settings
from evals.moderation.figures import load_set, measure, upper_bound
from studio.moderation import open_moderator


async def show() -> None:
    """Print a line per label."""
    moderator = open_moderator(Settings())
    for name in ("tuned", "seen", "held_out"):
        print(name)
        for count in await measure(moderator, load_set(name)):
            bound = f", at most {upper_bound(count.stopped, count.total):.1%} (95 %)" if count.label == "ordinary" else ""
            print(f"  {count.label:<9} {count.stopped}/{count.total} stopped, {count.refused} refused{bound}")
            for text in count.wrong:
                print(f"    {'stopped' if count.label == 'ordinary' else 'missed'}: {text}")


asyncio.run(show())
