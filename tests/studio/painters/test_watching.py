"""Who watches a picture being painted: steps, previews, withdrawing; and nobody else has to wait for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from types import SimpleNamespace
from uuid import UUID

import pytest

from core.errors import Withdrawn
from studio.painters.previews import fit_preview
from studio.painters.tiny import FAMILIES, Family
from tests.studio.painters.conftest import Models, Open
from tests.studio.painters.orders import Watch, apart, order, pixels


@pytest.mark.parametrize("family", FAMILIES)
async def test_previews_come_early_for_each_picture(family: Family, models: Models, open_local: Open) -> None:
    watch = Watch()
    orders = [order(models[family], seed, steps=5) for seed in (1, 2)]
    await open_local(models[family]).paint(orders, watch)
    assert watch.steps[-1][0] == watch.steps[-1][1] >= 5
    shown = {one.id: watch.previews[one.id] for one in orders}
    assert all(shown.values()), "the first step shows something of each"
    one, other = (pixels(watch.previews[one.id][-1]) for one in orders)
    assert one.shape == other.shape == (8, 8, 3)
    assert abs(one - other).max() > 1


def test_the_map_to_colours_is_fitted_to_the_decoder() -> None:
    import torch

    class Decoder:
        """Turns a latent into colours by a line, and four times its size: what the fit must find again."""

        config = SimpleNamespace(latent_channels=4, scaling_factor=0.5, shift_factor=None)
        dtype, weights, bias = torch.float32, torch.linspace(-0.3, 0.3, 12).view(4, 3), torch.tensor([0.1, 0.0, -0.1])

        def decode(self, latents: torch.Tensor) -> SimpleNamespace:
            colours = torch.einsum("nchw,ck->nkhw", latents * 0.5, self.weights) + self.bias[:, None, None]
            return SimpleNamespace(sample=colours.repeat_interleave(4, 2).repeat_interleave(4, 3))

    decoder = Decoder()
    preview = fit_preview(decoder, "cpu")
    assert preview is not None
    latents = torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(1))
    shown = pixels(preview.show(latents)[0])
    true = decoder.decode(latents / 0.5).sample[0, :, ::4, ::4].permute(1, 2, 0) / 2 + 0.5
    assert abs(shown.mean(axis=(0, 1)) / 255 - true.clamp(0, 1).mean(dim=(0, 1)).numpy()).max() < 0.02


async def test_a_withdrawn_batch_ends_at_the_next_step(models: Models, open_local: Open) -> None:
    painter, watch = open_local(models["sd15"]), Watch(withdraw_after=2)
    with pytest.raises(Withdrawn):
        await painter.paint([order(models["sd15"], 1, steps=20)], watch)
    assert len(watch.steps) == 2
    [first] = await painter.paint([order(models["sd15"], 1)], Watch())
    [again] = await painter.paint([order(models["sd15"], 1)], Watch())
    assert apart(first, again) == 0


class Held:
    """Waits in the first step until it is let go."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        self.steps = 0

    def step(self, done: int, steps: int, previews: Mapping[UUID, bytes]) -> None:
        self.steps = done
        self.reached.set()
        self.go.wait()

    def cancelled(self) -> bool:
        return False


async def test_the_loop_is_free_while_a_picture_is_painted(models: Models, open_local: Open) -> None:
    held = Held()
    painting = asyncio.create_task(open_local(models["sd15"]).paint([order(models["sd15"], 1)], held))
    await asyncio.to_thread(held.reached.wait)
    assert not painting.done()  # here the loop turns, in the middle of a step
    held.go.set()
    assert len(await painting) == 1


async def test_a_cancelled_task_leaves_no_painting_behind(models: Models, open_local: Open) -> None:
    held, painter = Held(), open_local(models["sd15"])
    painting = asyncio.create_task(painter.paint([order(models["sd15"], 1, steps=20)], held))
    await asyncio.to_thread(held.reached.wait)
    painting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await painting
    held.go.set()
    await painter.paint([order(models["sd15"], 1)], Watch())
    assert held.steps == 1


async def test_what_is_painted_first_warms_the_model(models: Models, open_local: Open) -> None:
    painter = open_local(models["sd3"], slicing="on", pickles=True)  # nobody else's
    assert painter.warm() == frozenset()
    assert await painter.paint([], Watch()) == []
    await painter.paint([order(models["sd3"])], Watch())
    assert painter.warm() == frozenset({str(models["sd3"])})
