"""Pictures to be made: what a model is asked, what came of it, and the ports around it. Sizes in pixels, times in seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, Protocol, TypeAlias, runtime_checkable
from uuid import UUID

from msgspec import Meta, Struct

Side: TypeAlias = Annotated[int, Meta(ge=64, le=4096, multiple_of=8, description="pixels")]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
LORA_SOURCE = re.compile(r"(?!\.)[\w.~-]+(/[\w.-]+){1,2}|/[\w./ -]+\.safetensors|/[\w./ -]+")
"""A LoRA's repository, a file in it, or the whole path of a folder or file; `..` is in none."""
MOST_LORAS = 8
"""So many go together in one picture."""


class Lora(Struct, frozen=True, forbid_unknown_fields=True):
    """A LoRA: repository id, folder or file, and how strongly it counts."""

    source: str
    weight: float = 1.0


class PictureRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a model is asked for one picture; JSON as it lies in the queue.

    `model` is a repository id, a local folder, or an outside provider's model. `seed` makes it repeatable. The keys name
    private blobs: a `face` that identity is kept to (IP-Adapter), a `base` picture to start from with `strength` (img2img), a
    `mask` of what is painted anew (inpaint; needs a base), a `pose` drawing (ControlNet). Steps, guidance and scheduler of none
    are the model family's own.
    """

    prompt: str
    negative: str = ""
    model: str
    width: Side = 1024
    height: Side = 1024
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    steps: Annotated[int, Meta(ge=1, le=150)] | None = None
    guidance: Annotated[float, Meta(ge=0, le=30)] | None = None
    scheduler: str | None = None
    loras: tuple[Lora, ...] = ()
    face_key: str | None = None
    face_weight: Share = 0.6
    base_key: str | None = None
    strength: Share = 0.6
    mask_key: str | None = None
    pose_key: str | None = None
    pose_weight: Share = 0.8


class Guides(Struct, frozen=True):
    """The bytes behind a request's keys, as encoded pictures."""

    face: bytes | None = None
    base: bytes | None = None
    mask: bytes | None = None
    pose: bytes | None = None


class PaintOrder(Struct, frozen=True):
    """One request of a batch, with what it is guided by; `id` is its job's."""

    id: UUID
    request: PictureRequest
    guides: Guides = Guides()


class Painted(Struct, frozen=True):
    """What a model gave back: an encoded picture, before anybody looked at it. `seconds` are its share of the batch's time.

    `notes` are sentences about what the model left out of the request: words beyond what it reads, for instance.
    """

    data: bytes
    mime: str
    width: int
    height: int
    seed: int
    model: str
    seconds: float
    notes: tuple[str, ...] = ()


class PictureWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody would like to see, before it is a prompt. `text` may be a fan's: data, never an instruction.

    `category` names a template of the studio, `scene` and `outfit` entries of the persona's look (none: chosen by the seed).
    """

    text: str = ""
    category: str = "portrait"
    shape: Literal["portrait", "square", "landscape"] = "portrait"
    scene: str | None = None
    outfit: str | None = None
    seed: int | None = None


class Judgement(Struct, frozen=True):
    """What a moderator makes of a prompt or a picture. `hold`: a person must look. `judge` names who judged."""

    verdict: Literal["pass", "hold", "refuse"]
    reasons: tuple[str, ...] = ()
    judge: str = ""


class Origin(Struct, frozen=True, kw_only=True):
    """Where a picture comes from, as its provenance tells it; no fan is named in it."""

    job_id: UUID
    influencer_id: UUID
    influencer: str
    model: str
    made_at: datetime
    software: str = "Muse"


class Finished(Struct, frozen=True):
    """A picture ready to be kept: encoded, marked as made by AI. `marks` name the ways: c2pa, metadata, visible."""

    data: bytes
    mime: str
    width: int
    height: int
    thumbnail: bytes
    marks: tuple[str, ...] = ()


class PaintWatch(Protocol):
    """Looks on while a batch is painted; called from any thread."""

    def step(self, done: int, steps: int, previews: Mapping[UUID, bytes]) -> None:
        """`done` of `steps` are over; `previews` are small encoded pictures by order, where the model can show any."""
        ...

    def cancelled(self) -> bool:
        """Whether nobody wants the batch any more; then painting ends with `Withdrawn` at the next step."""
        ...


class Painter(Protocol):
    """Makes pictures: a pipeline on this machine, or somebody's API."""

    name: str

    def batch_key(self, request: PictureRequest) -> str:
        """Return what requests must have in common to be painted in one call."""
        ...

    def warm(self) -> frozenset[str]:
        """Return the models that are in memory now."""
        ...

    async def paint(self, orders: Sequence[PaintOrder], watch: PaintWatch) -> list[Painted]:
        """Paint a batch of one `batch_key`, in its order; a picture depends on its request alone, not on its batch.

        Raises `Misconfigured` (no such weights), `BadInput` (what this model cannot do), `NoRoom` (out of memory: smaller may
        work), `Withdrawn`, `Unavailable`, `RateLimited`, and `OutcomeUnknown` where somebody else may have made and charged it.
        """
        ...

    async def close(self) -> None:
        """Give memory back."""
        ...


@runtime_checkable
class Thrifty(Protocol):
    """A painter that can do with less memory, and then takes longer."""

    def economise(self) -> bool:
        """Take the next slower way that needs less memory, after `NoRoom` for one picture; say whether there was one."""
        ...


class Moderator(Protocol):
    """Looks at what is to be made, and at what was made. Fails closed: what it cannot judge is held."""

    name: str

    async def judge_prompt(self, prompt: str, adult_ok: bool) -> Judgement:
        """Judge a prompt before anything is made of it; `adult_ok` is what the place it is for allows."""
        ...

    async def judge_picture(self, data: bytes, adult_ok: bool) -> Judgement:
        """Judge an encoded picture before anybody sees it."""
        ...


class Finisher(Protocol):
    """Makes of a painted picture one that may be kept and shown."""

    async def finish(self, painted: Painted, origin: Origin, base: bytes | None = None) -> Finished:
        """Upscale where that is set, mark it as made by AI, and draw its thumbnail; `base`: the picture it was begun with.

        Raises `Misconfigured`, `NoRoom`, `BadInput`.
        """
        ...

    async def variant(self, data: bytes, platform: str, origin: Origin) -> Finished:
        """Make of a finished picture what a platform takes, marked anew; the same bytes where they do. Raises likewise."""
        ...
