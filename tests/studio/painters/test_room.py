"""Memory: several models within a limit, what is done when it is not enough, and that nothing changes by saving it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from studio.painters.cache import ModelCache
from studio.painters.economy import Economy, first_step, next_step
from studio.painters.weights import weigh
from tests.architecture.tree import ROOT
from tests.studio.painters.conftest import Models, Open
from tests.studio.painters.orders import Watch, apart, order

GB = 1_000_000_000
PROGRAM = """
import asyncio, resource, sys
from core.errors import NoRoom
from studio.painters.local import LocalPainter
from studio.painters.config import PainterConfig
from tests.studio.painters.orders import Watch, order

async def main(model):
    painter = LocalPainter(PainterConfig(model=model, device="cpu"))
    await painter.paint([order(model, 1)], Watch())
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 150_000_000, resource.RLIM_INFINITY))
    try:
        await painter.paint([order(model, n, width=4096, height=4096, steps=1) for n in range(8)], Watch())
    except NoRoom as error:
        print("no room:", error)
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print("slower:", painter.economise(), painter.economise())
    print("then:", len(await painter.paint([order(model, 1)], Watch())))
    await painter.close()
asyncio.run(main(sys.argv[1]))
"""


def test_without_memory_it_says_so_and_paints_on(models: Models) -> None:
    """A process with hardly any memory left, for the processor's own allocator to fail in earnest."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(models["sd15"])], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == [
        "no room: There is not enough memory on cpu for 8 pictures at once of 4096×4096.",
        "slower: True False",  # a processor has nowhere to put weights
        "then: 1",
    ]


@pytest.mark.parametrize("family", ["sd15", "sdxl", "sd3", "flux"])
async def test_saving_memory_changes_no_picture(family: str, models: Models, open_local: Open) -> None:
    model = models[family]  # type: ignore[index]  # one of the families
    [usual] = await open_local(model).paint([order(model, 1)], Watch())
    [saving] = await open_local(model, slicing="on").paint([order(model, 1)], Watch())
    assert apart(usual, saving) <= 1


@pytest.mark.parametrize(
    ("offload", "slicing", "weights", "device", "step"),
    [
        ("auto", "auto", 7 * GB, "cuda", Economy.NONE),
        ("auto", "auto", 22 * GB, "cuda", Economy.BY_MODEL),
        ("auto", "on", 7 * GB, "cuda", Economy.SLICED),
        ("none", "auto", 22 * GB, "cuda", Economy.NONE),
        ("sequential", "auto", 7 * GB, "cuda", Economy.BY_LAYER),
        ("model", "auto", 7 * GB, "cpu", Economy.NONE),
        ("auto", "on", 7 * GB, "mps", Economy.SLICED),
    ],
)
def test_where_weights_lie_at_first(offload: str, slicing: str, weights: int, device: str, step: Economy) -> None:
    assert first_step(offload, slicing, weights, 24 * GB, device) is step  # type: ignore[arg-type]  # words of the settings


def test_a_card_has_three_slower_ways_and_a_processor_one() -> None:
    ways = [next_step(step, "cuda") for step in Economy]
    assert ways == [Economy.BY_MODEL, Economy.BY_MODEL, Economy.BY_LAYER, None], "slices alone save nothing on a card"
    assert [next_step(step, "cpu") for step in (Economy.NONE, Economy.SLICED)] == [Economy.SLICED, None]


class Thing:
    """Something of a size."""

    def __init__(self, size: int) -> None:
        self.bytes = size


def test_the_model_that_was_not_used_for_longest_goes_first() -> None:
    dropped: list[int] = []
    cache: ModelCache[Thing] = ModelCache(100, lambda thing: dropped.append(thing.bytes))

    def get(name: str, size: int) -> Thing:
        return cache.get(name, lambda: size, lambda: Thing(size))

    get("a", 30), get("b", 40), get("a", 30)
    get("c", 50)
    assert dropped == [40]
    assert cache.names() == {"a", "c"}
    get("d", 150)  # larger than the limit by itself: it stays, alone
    assert cache.names() == {"d"}
    assert cache.bytes() == 150
    assert not cache.shrink("d")


async def test_two_models_stay_within_the_limit_and_the_third_pushes_one_out(models: Models, open_local: Open) -> None:
    sizes = {family: weigh(models[family], half=False) for family in ("sd15", "sdxl", "sdxl-turbo")}  # type: ignore[index]  # a family's name
    painter = open_local(models["sd15"], memory_gb=(sizes["sd15"] + 1.2 * sizes["sdxl"]) / 1e9)
    for family in ("sd15", "sdxl-turbo", "sd15", "sdxl"):
        [painted] = await painter.paint([order(models[family], 1)], Watch())  # type: ignore[index]  # a family's name
        assert painted.model == str(models[family])  # type: ignore[index]  # a family's name
    assert painter.warm() == {str(models["sd15"]), str(models["sdxl"])}
