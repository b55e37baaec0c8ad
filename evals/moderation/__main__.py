"""`python -m evals.moderation`: measure what judges prompts, by the rules alone and with nearness."""

from __future__ import annotations

import asyncio

from core.settings import Settings
from evals.moderation.figures import load_fans, load_held_out, measure
from evals.policy.figures import upper_bound
from memory.embedder import open_embedder
from studio.moderation import open_moderator
from studio.prompt_rules.nearness import load_examples


async def show() -> None:
    """Print a line per label."""
    embedder = open_embedder("bundled")
    rules, both = open_moderator(Settings()), open_moderator(Settings(), embedder)
    for name, moderator, wishes in (
        ("tuned on, rules alone", rules, load_examples()),
        ("held out, rules alone", rules, load_held_out()),
        ("held out, with nearness", both, load_held_out()),
        ("fans' requests, tuned on", both, load_fans("dev")),
        ("fans' requests, held out, rules alone", rules, load_fans("held_out")),
        ("fans' requests, held out", both, load_fans("held_out")),
    ):
        print(name)
        for count in await measure(moderator, wishes):
            if not count.total:
                continue
            bound = f", at most {upper_bound(count.stopped, count.total):.1%} (95 %)" if count.label == "ordinary" else ""
            print(f"  {count.label:<9} {count.stopped}/{count.total} stopped, {count.refused} refused{bound}")
            for text in count.wrong:
                print(f"    {'stopped' if count.label == 'ordinary' else 'missed'}: {text}")
    await embedder.close()


asyncio.run(show())
