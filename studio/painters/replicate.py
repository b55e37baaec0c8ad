"""Pictures by Replicate's API: `MUSE_…MODEL=replicate:owner/name`, or `replicate:owner/name:version`.

An order is never placed twice blindly. Its input, the seed among it, is known again in the provider's list: before ordering,
and after an order whose answer was lost. The same input paints the same picture, so what is found there is taken.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from core.errors import BadInput, MuseError, OutcomeUnknown, Refused, SettingInvalid, Unavailable, Withdrawn
from core.log import get_logger
from core.pictures import Painted, PaintOrder, PaintWatch, PictureRequest
from core.settings import Settings
from core.sniffing import sniff_picture
from studio.encoders import open_rgb
from studio.painters.replicate_api import Model, Prediction, ReplicateApi
from studio.painters.replicate_inputs import describe_input, same_order
from studio.speech import PROVIDER

MODEL = re.compile(r"(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)(?::(?P<version>[0-9a-f]{64}))?")
AT_ONCE = 4
KEPT = 16
"""Finished pictures of failed batches that are kept for the next try."""
SKEW = timedelta(minutes=2)
DATA = re.compile(r"data:image/[a-z+]+;base64,(?P<data>[A-Za-z0-9+/=\s]+)")

log = get_logger(__name__)


class ReplicatePainter:
    """One model at Replicate. A batch is several predictions side by side."""

    def __init__(
        self, model: str, api: ReplicateApi, *, wait_s: int = 5, poll_s: float = 1.0, at_most_s: int = 300,
        looks_s: Sequence[float] = (1.0, 4.0),
    ) -> None:  # fmt: skip
        """Name the model as the setting does. `looks_s`: pauses before a lost order is looked for. Raises `SettingInvalid`."""
        found = MODEL.fullmatch(model.removeprefix(PROVIDER))
        if found is None or not model.startswith(PROVIDER):
            raise SettingInvalid(f"MUSE_IMAGE_MODEL: {model!r} is not replicate:owner/name or replicate:owner/name:version.")
        self.name = model
        self._owner, self._model, self._version = found["owner"], found["name"], found["version"]
        self._api, self._wait_s, self._poll_s, self._at_most_s, self._looks_s = api, wait_s, poll_s, at_most_s, looks_s
        self._described: Model | None = None
        self._kept: OrderedDict[tuple[UUID, int], Painted] = OrderedDict()

    def batch_key(self, request: PictureRequest) -> str:
        """Return the model: every order is a prediction of its own."""
        return request.model

    def warm(self) -> frozenset[str]:
        """Return the model: whether it is in memory over there is not ours to know."""
        return frozenset({self.name})

    async def paint(self, orders: Sequence[PaintOrder], watch: PaintWatch) -> list[Painted]:
        """Paint each order. Raises as `Painter.paint`; what was painted beside a failed one is kept for the next try."""
        places, done = asyncio.Semaphore(AT_ONCE), 0
        failed: list[MuseError] = []

        async def run(order: PaintOrder) -> None:
            nonlocal done
            async with places:
                try:
                    self._keep(order, await self._paint(order, watch))
                except MuseError as error:
                    failed.append(error)
            done += 1
            watch.step(done, len(orders), {})

        async with asyncio.TaskGroup() as group:
            for order in orders:
                group.create_task(run(order))
        if failed:  # what may have been charged weighs most, then what a person must see to
            raise min(failed, key=lambda error: (not isinstance(error, OutcomeUnknown), isinstance(error, Unavailable)))
        return [self._kept.pop(_key(order)) for order in orders]

    async def close(self) -> None:
        """Close connections."""
        self._kept.clear()
        await self._api.close()

    def _keep(self, order: PaintOrder, painted: Painted) -> None:
        self._kept[_key(order)] = painted
        while len(self._kept) > max(KEPT, AT_ONCE):
            self._kept.popitem(last=False)

    async def _paint(self, order: PaintOrder, watch: PaintWatch) -> Painted:
        if (kept := self._kept.get(_key(order))) is not None:
            return kept
        if watch.cancelled():
            raise Withdrawn("Nobody wants the picture any more.")
        wanted = describe_input(order, await self._schema())
        since = _made_at(order.id)
        prediction = await self._find(wanted, since) or await self._order(wanted, since)
        return await self._fetch(await self._follow(prediction, watch), order.request)

    async def _order(self, wanted: dict[str, Any], since: datetime) -> Prediction:
        path, body = await self._door(wanted)
        try:
            return await self._api.create(path, body, wait_s=self._wait_s, at_most_s=self._at_most_s)
        except OutcomeUnknown:
            for pause in self._looks_s:
                await asyncio.sleep(pause)
                try:
                    if found := await self._find(wanted, since):
                        return found
                except MuseError as error:
                    log.warning("lost order not looked for", error=type(error).__name__)
            raise

    async def _find(self, wanted: dict[str, Any], since: datetime) -> Prediction | None:
        """Return an order of the same input that was placed since, and that a picture comes of."""
        for one in await self._api.list_since(since - SKEW):
            if one.status in ("starting", "processing", "succeeded") and not one.data_removed and same_order(one.input, wanted):
                return one
        return None

    async def _follow(self, prediction: Prediction, watch: PaintWatch) -> Prediction:
        """Wait for the end. Raises `Withdrawn`, `Unavailable` after too long, `Refused` where the model failed."""
        ends = asyncio.get_running_loop().time() + self._at_most_s
        while not prediction.ended:
            if watch.cancelled():
                await self._call_off(prediction)
                raise Withdrawn("The picture was called off.")
            if asyncio.get_running_loop().time() > ends:
                await self._call_off(prediction)
                raise Unavailable(f"Replicate did not paint the picture within {self._at_most_s} seconds.")
            await asyncio.sleep(self._poll_s)
            prediction = await self._api.get(prediction.id)
        if prediction.status == "failed":
            log.warning("prediction failed", prediction=prediction.id)
            raise Refused(f"{self.name} could not paint this picture.")
        if prediction.status != "succeeded":
            raise Unavailable("Replicate called the picture off.")
        return prediction

    async def _call_off(self, prediction: Prediction) -> None:
        try:
            await self._api.cancel(prediction.id)
        except MuseError as error:
            raise OutcomeUnknown("The picture could not be called off at Replicate; it may be charged.") from error

    async def _fetch(self, prediction: Prediction, request: PictureRequest) -> Painted:
        output = prediction.output[0] if isinstance(prediction.output, list) and prediction.output else prediction.output
        if not isinstance(output, str):
            raise Refused(f"{self.name} gave no picture.")
        inline = DATA.fullmatch(output)
        try:
            data = base64.b64decode(inline["data"]) if inline else await self._api.fetch(output)
            picture, mime = open_rgb(data), sniff_picture(data)
        except (BadInput, ValueError) as error:
            raise Refused(f"What {self.name} gave is no picture.") from error
        return Painted(data, mime, picture.width, picture.height, request.seed, request.model, prediction.seconds)

    async def _schema(self) -> dict[str, Any]:
        if self._described is None:
            self._described = await self._api.model(self._owner, self._model)
        latest = self._described.latest_version
        return (latest.openapi_schema if latest else None) or {}

    async def _door(self, wanted: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return where and how the model is run: an official one by its name, any other by a version."""
        described = self._described
        version = self._version or (described.latest_version.id if described and described.latest_version else None)
        if version is None or (described is not None and described.is_official and not self._version):
            return f"models/{self._owner}/{self._model}/predictions", {"input": wanted}
        return "predictions", {"version": f"{self._owner}/{self._model}:{version}", "input": wanted}


def open_replicate(model: str, settings: Settings) -> ReplicatePainter:
    """Return the painter of `replicate:owner/name`; nothing is called yet. Raises `SettingInvalid`."""
    if not settings.replicate_token:
        raise SettingInvalid("MUSE_REPLICATE_TOKEN: is empty; pictures by Replicate need its token.")
    hosts = tuple(host.strip().lower() for host in settings.replicate_hosts.split(",") if host.strip())
    return ReplicatePainter(model, ReplicateApi(settings.replicate_url, settings.replicate_token, hosts))


def _key(order: PaintOrder) -> tuple[UUID, int]:
    return order.id, order.request.seed


def _made_at(job_id: UUID) -> datetime:
    """Return when a job was made, which its UUIDv7 tells: nothing can have been ordered for it before. Else an hour ago."""
    if job_id.version == 7:
        return datetime.fromtimestamp((job_id.int >> 80) / 1000, UTC)
    return datetime.now(UTC) - timedelta(hours=1)
