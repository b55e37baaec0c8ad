"""Pictures made on this machine by diffusers, in a thread of its own: the event loop stays free, the device has one master."""

from __future__ import annotations

import asyncio
import io
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import msgspec

from core.errors import BadInput, MuseError, Unavailable
from core.pictures import Painted, PaintOrder, PaintWatch, PictureRequest
from studio.painters.config import PainterConfig
from studio.painters.quiet import silence_libraries

if TYPE_CHECKING:
    from studio.painters.cache import ModelCache
    from studio.painters.economy import Economy
    from studio.painters.model import LoadedModel
    from studio.painters.painting import Stroke

Result = TypeVar("Result")
ENCODERS = 4
"""Threads that write PNG files while the device paints on."""

log = logging.getLogger(__name__)  # the house's handler takes it; structlog would be one more need of the standalone bench


class LocalPainter:
    """The `Painter` of diffusers' pipelines. torch is imported, and a model read, by the first picture that wants it."""

    def __init__(self, config: PainterConfig) -> None:
        """Nothing heavy happens yet."""
        self.name = f"diffusers:{config.model}"
        self._config = config
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="painter")
        self._encoders = ThreadPoolExecutor(ENCODERS, thread_name_prefix="encoder")
        self._device = ""
        self._models: ModelCache[LoadedModel] | None = None
        self._warm: frozenset[str] = frozenset()
        self._steps: dict[str, Economy] = {}
        self._last = config.model

    def batch_key(self, request: PictureRequest) -> str:
        """Return all that a pipeline is told once for a whole batch; prompts, seeds and guiding pictures may differ."""
        once = (
            request.model, request.width, request.height, request.steps, request.guidance, request.scheduler, request.loras,
            request.face_weight if request.face_key else None,
            request.strength if request.base_key else None, bool(request.mask_key),
            request.pose_weight if request.pose_key else None,
        )  # fmt: skip
        return msgspec.json.encode(once).decode()

    def warm(self) -> frozenset[str]:
        """Return the models that are loaded."""
        return self._warm

    async def paint(self, orders: Sequence[PaintOrder], watch: PaintWatch) -> list[Painted]:
        """Paint a batch of one `batch_key`, in its order; see the port. What is lost of a request stands in `notes`."""
        if not orders:
            return []
        if len({self.batch_key(order.request) for order in orders}) != 1:
            raise BadInput("Only requests of one batch key are painted together.")
        stop = threading.Event()
        began = time.monotonic()
        try:
            strokes = await self._do(lambda: self._paint(orders, watch, stop))
        except asyncio.CancelledError:
            stop.set()  # the thread ends at its next step
            raise
        seconds = (time.monotonic() - began) / len(orders)
        loop = asyncio.get_running_loop()
        encoding = [loop.run_in_executor(self._encoders, _encode, stroke) for stroke in strokes]
        return [
            _painted(order.request, stroke, await data, seconds)
            for order, stroke, data in zip(orders, strokes, encoding, strict=True)
        ]

    def economise(self) -> bool:
        """Take the next slower way that needs less memory, for the model that was painted with last; say whether there was one.

        To be called after `NoRoom` for a single picture. The way stays until the model is dropped.
        """
        from studio.painters.economy import Economy, next_step

        models = self._models
        step = self._steps.get(self._last, Economy.NONE)
        slower = next_step(step, self._device) if models is not None else None
        if slower is None:
            return False
        self._steps[self._last] = slower
        log.warning("saving memory by a slower way: %s, step %s", self._last, slower.name)
        return True

    async def load(self, model: str | None = None) -> int:
        """Read a model now, by default the configured one, and return its bytes. Raises `Misconfigured`, `NoRoom`."""
        return await self._do(lambda: self._model(model or self._config.model).bytes)

    async def close(self) -> None:
        """Give memory back; what is painted at the moment is finished first."""
        models, self._models = self._models, None
        if models is not None:
            await self._do(models.clear)
        self._warm = frozenset()
        await asyncio.to_thread(self._thread.shutdown)
        self._encoders.shutdown()

    async def _do(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _paint(self, orders: Sequence[PaintOrder], watch: PaintWatch, stop: threading.Event) -> list[Stroke]:
        silence_libraries(offline=not self._config.hub)
        from studio.painters.devices import free_memory, is_no_room, no_room
        from studio.painters.painting import paint_batch

        request = orders[0].request
        self._last = request.model
        try:
            model = self._model(request.model)
            return paint_batch(model, orders, watch, stop, self._config)
        except MuseError:
            raise
        except Exception as error:
            if not is_no_room(error):
                raise self._translated(error, request) from error
        # out of the handler: until here the error's frames held the batch's tensors
        if self._models is not None and self._models.shrink(request.model):
            self._warm = self._models.names()
        free_memory(self._device)
        raise no_room(len(orders), request.width, request.height, self._device)

    def _model(self, name: str) -> LoadedModel:
        from studio.painters.cache import ModelCache
        from studio.painters.devices import choose_device, free_memory, memory_limit
        from studio.painters.model import expected_bytes, load_model
        from studio.painters.quiet import hush_libraries

        if self._models is None:
            hush_libraries()
            self._device = choose_device(self._config.device)
            limit = memory_limit(self._device, self._config.memory_gb)
            self._models = ModelCache(limit, lambda model: self._drop(model, free_memory))
        models, device = self._models, self._device
        model = models.get(
            name, lambda: expected_bytes(name, self._config, device), lambda: load_model(name, self._config, device)
        )
        self._warm = models.names()
        model.step = self._steps.setdefault(name, model.step)
        return model

    def _drop(self, model: LoadedModel, free: Callable[[str], None]) -> None:
        self._steps.pop(model.name, None)
        model.close()
        free(self._device)

    def _translated(self, error: Exception, request: PictureRequest) -> MuseError:
        """Say what a pipeline's own error means. Its words may quote the prompt: they are not passed on."""
        if self._models is not None:
            self._models.forget(request.model)  # nobody knows what state it was left in
            self._warm = self._models.names()
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f"{where.tb_frame.f_code.co_filename.rpartition('/')[2]}:{where.tb_lineno}" if where else ""
        log.error("a pipeline failed: %s at %s, model %s", type(error).__name__, place, request.model)
        if isinstance(error, ValueError | TypeError):
            return BadInput(f"This model cannot paint what was asked ({type(error).__name__} at {place}).")
        return Unavailable(f"The picture model failed ({type(error).__name__} at {place}).")


def _encode(stroke: Stroke) -> bytes:
    out = io.BytesIO()
    stroke.picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _painted(request: PictureRequest, stroke: Stroke, data: bytes, seconds: float) -> Painted:
    width, height = stroke.picture.size
    return Painted(data, "image/png", width, height, request.seed, request.model, seconds, stroke.notes)
