"""Made pictures judged by image classifiers of transformers; any repository id or folder whose labels can be read.

A classifier that does not load, fails, or has no label that is known here judges nothing: then the picture is held.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from core.errors import Misconfigured, NoRoom, Unavailable
from core.log import get_logger
from studio.pictures import flat

ADULT_YEARS = 18
RANGE = re.compile(r"^\D*?(\d{1,3})\s*(?:-|–|to|_)\s*(\d{1,3})\D*$")
AND_MORE = re.compile(r"^\D*?(\d{1,3})\s*\+|^(?:more than|over|above)[ _]?(\d{1,3})", re.IGNORECASE)
log = get_logger(__name__)


class PictureClassifier:
    """One image-classification model, loaded by the first picture; one picture at a time, beside the event loop."""

    def __init__(self, source: str) -> None:
        """Name it: a repository id or a folder."""
        self.name = Path(source).name if Path(source).expanduser().is_dir() else source
        self._source = source
        self._pipeline: Any = None
        self._one = asyncio.Lock()

    async def labels(self) -> tuple[str, ...]:
        """Return the labels that the model knows, lower-case. Raises `Misconfigured`."""
        async with self._one:
            await asyncio.to_thread(self._load)
        return tuple(str(label).lower() for label in self._pipeline.model.config.id2label.values())

    async def classify(self, picture: Image.Image) -> dict[str, float]:
        """Return the probability of each label. Raises `Misconfigured`, `NoRoom`, `Unavailable`."""
        async with self._one:
            return await asyncio.to_thread(self._classify, flat(picture))

    def _classify(self, picture: Image.Image) -> dict[str, float]:
        import torch

        self._load()
        try:
            with torch.inference_mode():
                found = self._pipeline(picture, top_k=None)
        except (torch.OutOfMemoryError, MemoryError):
            raise NoRoom(f"There is not enough memory to judge a picture with {self.name}.") from None
        except Exception as error:  # a picture that no classifier judged is not shown
            log.warning("classifier_failed", model=self.name, error=repr(error))
            raise Unavailable(f"The classifier {self.name} failed ({type(error).__name__}).") from None
        return {str(one["label"]).lower(): float(one["score"]) for one in found}

    def _load(self) -> None:
        if self._pipeline is not None:
            return
        import torch
        from transformers import AutoImageProcessor, AutoModelForImageClassification, pipeline
        from transformers.utils import logging as chatter

        chatter.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers is not typed here
        folder = Path(self._source).expanduser()
        local = folder.is_dir()
        source = str(folder) if local else self._source
        try:
            prepare = AutoImageProcessor.from_pretrained(source, local_files_only=local)  # type: ignore[no-untyped-call]  # as above
            model = AutoModelForImageClassification.from_pretrained(source, local_files_only=local)
            device = "cuda" if torch.cuda.is_available() else "cpu"
            self._pipeline = pipeline("image-classification", model=model, image_processor=prepare, device=device)
        except Exception as error:  # whatever a file holds or a hub answers: there is no classifier
            log.warning("classifier_not_loaded", model=self.name, error=repr(error))
            raise Misconfigured(f"The image classifier {self._source!r} cannot be loaded; see the log.") from None


def young_labels(labels: tuple[str, ...]) -> frozenset[str]:
    """Return the labels whose age range begins below 18; empty when no label names an age."""
    begins = {label: begin for label in labels if (begin := first_year(label)) is not None}
    return frozenset(label for label, begin in begins.items() if begin < ADULT_YEARS)


def first_year(label: str) -> int | None:
    """Return where the age range of a label begins; none for a label that names no age."""
    if found := RANGE.match(label.strip()):
        return int(found[1])
    if found := AND_MORE.match(label.strip()):
        return int(found[1] or found[2])
    return None


def share(found: Mapping[str, float], labels: frozenset[str]) -> float:
    """Return the probability that falls on some labels together."""
    return sum(probability for label, probability in found.items() if label in labels)
