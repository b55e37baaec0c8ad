"""`muse memory reindex` and `muse memory verify`: vectors and their indexes, for all agencies, while Muse runs."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cli.settings import read_settings

if TYPE_CHECKING:
    from rich.console import Console

    from core.settings import Settings
    from memory.embedder import SentenceEmbedder
    from memory.embedders import Embedders
    from memory.tiers import TierIndexes
    from memory.verifying import Verified
    from storage.house import House

ACTIONS = ("reindex", "verify")
TIERS = ("facts", "episodes")
REBUILD = "muse memory reindex --{tier} --from-rows"
ANEW = "muse memory reindex --{tier}"


def declare(actions: Any) -> None:
    """Declare both actions below a group's."""
    again = actions.add_parser("reindex", help="make vectors anew and put them into their index; recall goes on meanwhile")
    for tier in (*TIERS, "packs"):
        again.add_argument(f"--{tier}", action="append_const", dest="tiers", const=tier, help=f"only {tier} (all three)")
    again.add_argument(
        "--from-rows", action="store_true", help="embed nothing: put the vectors that the rows have into the index"
    )
    compare = actions.add_parser("verify", help="compare rows and index; exit code 1 when they differ")
    compare.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(arguments: Namespace) -> int:
    """Do it beside the running stack. Raises `Unavailable`, `Misconfigured`."""
    from cli.stack.connection import connect
    from cli.terminal import open_console

    settings = connect(read_settings())
    if arguments.action == "reindex":
        return asyncio.run(_reindex(settings, open_console(), arguments.tiers or [*TIERS, "packs"], arguments.from_rows))
    found = asyncio.run(_verify(settings))
    if arguments.json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        show(open_console(), found)
    return 1 if any(one.faults for one in found) else 0


def show(console: Console, found: list[Verified]) -> None:
    """Print what was found, and what to type."""
    for one in found:
        where = "in their rows" if one.indexed is None else f"{one.indexed} in Chroma"
        console.print(f"{one.tier}: {one.rows} by {one.embedder}, {where}; {one.waiting} wait for the job", soft_wrap=True)
        for count, what in (
            (one.missing, "missing in the index"),
            (one.dead, "in the index although no row holds"),
            (one.misplaced, "under another fan than their row's"),
            (one.wrong, "with another vector than their row's"),
        ):
            if count:
                console.print(f"  {count} {what}; type: {REBUILD.format(tier=one.tier)}", style="red", soft_wrap=True)
        if one.odd:
            said = f"  {one.odd} rows with a vector that no embedder makes; type: {ANEW.format(tier=one.tier)}"
            console.print(said, style="red", soft_wrap=True)


class _Desk:
    """Open stores, embedder and tiers."""

    def __init__(self, house: House, model: SentenceEmbedder, embedders: Embedders, tiers: list[TierIndexes]) -> None:
        self.house, self.model, self.embedders, self.tiers = house, model, embedders, tiers

    async def agencies(self) -> list[UUID]:
        """Return whose memory there is."""
        from storage.sweep import agencies_with_accounts, agencies_with_embedders

        found = [*await agencies_with_accounts(self.house.sweep), *await agencies_with_embedders(self.house.sweep)]
        return sorted(set(found))


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[_Desk]:
    from memory.embedder import open_embedder
    from memory.embedders import Embedders
    from memory.tiers import open_tier
    from storage.house import open_house

    async with open_house(settings, "memory", connections=4) as house:
        model = open_embedder(settings.embedder)
        embedders = Embedders(house.app, model, settings.embedder, open_embedder)
        tiers = [
            open_tier("facts", settings.facts_index, settings.chroma_url),
            open_tier("episodes", settings.episodes_index, settings.chroma_url),
        ]
        try:
            yield _Desk(house, model, embedders, tiers)
        finally:
            for tier in tiers:
                await tier.close()
            await embedders.close()
            await model.close()


async def _reindex(settings: Settings, console: Console, wanted: list[str], from_rows: bool) -> int:
    async with _open(settings) as desk:
        for agency_id in await desk.agencies():
            for tier in desk.tiers:
                if tier.tier in wanted:
                    await _rebuild(desk, console, tier, agency_id, from_rows)
            if "packs" in wanted:
                await _packs(desk, console, agency_id, from_rows)
    return 0


async def _rebuild(desk: _Desk, console: Console, tier: TierIndexes, agency_id: UUID, from_rows: bool) -> None:
    from memory.reindexing import drop_strangers, rebuild

    embedder = await desk.embedders.begin(agency_id)
    index = tier.of(embedder.name)
    if from_rows and index is None:
        console.print(f"{tier.tier}: searched in their rows, there is no index to rebuild (MUSE_{tier.tier.upper()}_INDEX)")
        return

    def told(done: int, of: int) -> None:
        console.print(f"  {tier.tier}: {done} of {of}", style="dim")

    done = await rebuild(desk.house, tier.tier, embedder, index, agency_id, from_rows=from_rows, told=told)
    dropped = await drop_strangers(desk.house, tier.tier, embedder, index, agency_id) if index else 0
    console.print(f"{tier.tier}: {done} by {embedder.name}" + (f", {dropped} dropped that no row holds" if dropped else ""))


async def _packs(desk: _Desk, console: Console, agency_id: UUID, from_rows: bool) -> None:
    from shop.indexing import reembed_packs

    if from_rows:
        console.print("packs: searched in their rows, there is no index to rebuild")
        return
    console.print(f"packs: {await reembed_packs(desk.house, desk.model, agency_id)} by {desk.model.name}")


async def _verify(settings: Settings) -> list[Verified]:
    from memory.verifying import verify

    found = []
    async with _open(settings) as desk:
        for agency_id in await desk.agencies():
            embedder = await desk.embedders.of(agency_id)
            for tier in desk.tiers:
                found.append(await verify(desk.house, tier.tier, embedder, tier.of(embedder.name), agency_id))
    return found
