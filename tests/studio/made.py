"""Pictures as models and strangers send them, and what finishing is told of them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from msgspec.structs import replace
from PIL import Image, ImageDraw

from core.pictures import Origin, Painted
from core.settings import Settings
from studio.finishing import Finish, open_finisher

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
JOB = UUID("019ac000-0000-7000-8000-000000000001")
ORIGIN = Origin(
    job_id=JOB, influencer_id=UUID("019ac000-0000-7000-8000-000000000002"), influencer="Luna", model="tiny/sd", made_at=NOW
)


def painting(width: int = 96, height: int = 128, mode: str = "RGB") -> Image.Image:
    """Draw something that is the same nowhere: its upper left is red, its lower right blue."""
    picture = Image.linear_gradient("L").resize((width, height)).convert(mode)
    ink = ImageDraw.Draw(picture)
    ink.rectangle((0, 0, width // 3, height // 3), fill="red" if mode != "L" else 60)
    ink.rectangle((width * 2 // 3, height * 2 // 3, width, height), fill="blue" if mode != "L" else 200)
    return picture


def noise(width: int, height: int) -> Image.Image:
    """Return what no encoder makes small."""
    return Image.merge("RGB", [Image.effect_noise((width, height), 90) for _ in range(3)])


def saved(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """Encode as anybody would."""
    out = io.BytesIO()
    picture.save(out, kind, **options)  # type: ignore[arg-type]  # whatever that kind takes
    return out.getvalue()


def shown(data: bytes) -> Image.Image:
    """Decode as a viewer would."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def painted(data: bytes) -> Painted:
    """Say that a model made these bytes."""
    picture = shown(data)
    return Painted(data, "image/png", picture.width, picture.height, 7, "tiny/sd", 0.5)


def finisher(folder: Path, **more: object) -> Finish:
    """Open the real finisher with its own authority in a folder."""
    (folder / "secrets").mkdir(mode=0o700, exist_ok=True)
    return open_finisher(replace(Settings(data_dir=str(folder)), **more), NOW)
