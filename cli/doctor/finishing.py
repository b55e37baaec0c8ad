"""Made pictures: who signs them, and who looks at them before anybody else does. Nothing heavy is loaded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from cli.doctor.finding import Finding, broken, good, missing
from core.clock import SystemClock
from core.errors import MuseError
from core.settings import Settings
from studio.authority import CHAIN
from studio.classifiers import young_labels
from studio.finishing import open_finisher
from studio.moderation import named_labels

SIGNING, LOOKING, AGES, ENLARGING = "picture signing", "picture moderator", "picture ages", "picture upscaler"
UNTRUSTED = "the house's own authority signs: readers elsewhere show it as untrusted (docs/provenance.md)"


def signing(settings: Settings) -> Iterator[Finding]:
    """Sign a small picture and read it again."""
    own = not settings.c2pa_certificate and not settings.c2pa_key
    if own and not (Path(settings.data_dir) / "secrets" / CHAIN).exists():
        yield good(SIGNING, "an authority of the house's own will be made by the first start")
        return
    now = SystemClock().now()
    try:
        finisher = open_finisher(settings, now)
        asyncio.run(finisher.check(now))
    except MuseError as error:
        yield broken(SIGNING, str(error), "MUSE_C2PA_CERTIFICATE=… and MUSE_C2PA_KEY=… in .env")
    else:
        yield good(SIGNING, UNTRUSTED if own else f"signed by {finisher.signer!r} from {settings.c2pa_certificate}")


def moderator(settings: Settings) -> Iterator[Finding]:
    """Look at the classifiers that are set, by what their folders say."""
    if not settings.image_moderator:
        yield missing(
            LOOKING,
            "no image classifier is set: every made picture is held for an operator",
            "MUSE_IMAGE_MODERATOR=<repository id or folder> in .env",
        )
    else:
        known = named_labels(settings)
        yield _classifier(LOOKING, settings.image_moderator, lambda labels: bool(known & set(labels)), ", ".join(sorted(known)))
    if settings.image_age_model:
        yield _classifier(AGES, settings.image_age_model, lambda labels: bool(young_labels(labels)), "an age range below 18")
    if settings.image_upscaler:
        there = settings.image_upscaler == "lanczos" or Path(settings.image_upscaler).expanduser().is_dir()
        yield good(ENLARGING, f"{settings.image_upscaler} ({'here' if there else 'fetched by transformers'})")


def _classifier(name: str, source: str, fits: Callable[[tuple[str, ...]], bool], wanted: str) -> Finding:
    folder = Path(source).expanduser()
    if not folder.is_dir():
        return good(name, f"{source}, fetched by transformers at the first picture; until it works, pictures are held")
    try:
        told = json.loads((folder / "config.json").read_text())
        labels = tuple(str(label).lower() for label in told["id2label"].values())
    except (OSError, ValueError, KeyError, AttributeError):
        return broken(name, f"{folder} holds no image classifier; every picture is held")
    if not fits(labels):
        return broken(name, f"{folder} knows {', '.join(labels)}, and none of it is {wanted}; every picture is held")
    return good(name, f"{folder}, which knows {', '.join(labels)}")
