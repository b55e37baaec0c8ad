"""Whether a picture can be painted with what guides it, seen by settings and files: no weights are read, nothing is fetched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from core.errors import BadInput, Misconfigured
from core.pictures import MOST_LORAS, Lora, PictureRequest
from studio.painters.config import PainterConfig
from studio.painters.families import Family, family_of
from studio.painters.headers import check_lora
from studio.painters.schedulers import find_scheduler
from studio.painters.weights import cached, find_face_encoder, find_file, find_model, read_index
from studio.speech import is_outside

NO_FACE_ADAPTER = (
    "The persona keeps to a recorded face, and no face adapter is set: name an IP-Adapter's file in MUSE_IMAGE_FACE_ADAPTER, "
    "or revoke the face (muse look reference revoke)."
)
NO_POSE_MODEL = "No pose model is set; name a ControlNet in MUSE_IMAGE_POSE_MODEL."


class Readiness:
    """Looks before anything is ordered. Files are looked at where the model's own are; elsewhere another machine has them."""

    def __init__(self, config: PainterConfig) -> None:
        """Look at what a painter of this config would be given."""
        self._config = config
        self._outside = is_outside(config.model)

    def check(self, request: PictureRequest) -> None:
        """Raise `Misconfigured`, saying what to do, for a scheduler, LoRA, face or pose that painting would fail by."""
        if request.loras:
            self.check_loras(request.loras)
        if request.scheduler:
            self.check_scheduler(request.scheduler)
        if request.face_key:
            self.check_face()
        if request.pose_key:
            self.check_pose()

    def check_scheduler(self, name: str) -> None:
        """Raise `Misconfigured` for a scheduler that does not go with the model."""
        if (folder := self._here()) is None:
            return
        described = folder / "scheduler" / "scheduler_config.json"
        config = json.loads(described.read_bytes()) if described.is_file() else {}
        try:
            find_scheduler(self._family(folder), config, name)
        except BadInput as error:
            raise Misconfigured(f"MUSE_IMAGE_SCHEDULER: {error}") from None

    def check_loras(self, loras: Sequence[Lora]) -> None:
        """Raise `Misconfigured` for LoRAs that are too many, not here, no LoRAs, or of another model."""
        if self._outside and (len(loras) > 1 or any(one.source.startswith("/") for one in loras)):
            raise Misconfigured(
                f"{self._config.model} is outside: it takes one LoRA at most, by its repository, and no files of this machine; "
                "take some from MUSE_IMAGE_LORAS, or revoke some (muse look reference list)."
            )
        if len(loras) > MOST_LORAS:
            raise Misconfigured(f"At most {MOST_LORAS} LoRAs go together, those of MUSE_IMAGE_LORAS among them.")
        if (here := self._here()) is None:
            return
        for one in loras:
            if self._missing_is_well(one.source):
                continue
            try:
                check_lora(find_file(one.source, self._config, fetch=False), here)
            except Misconfigured as error:
                raise Misconfigured(f"The LoRA {one.source} cannot be used: {error}") from None

    def check_face(self) -> None:
        """Raise `Misconfigured` where no picture can be kept to a face."""
        if self._outside:
            return
        if not self._config.face_adapter:
            raise Misconfigured(NO_FACE_ADAPTER)
        if (folder := self._here()) is None:
            return
        if not self._family(folder).faces:
            raise Misconfigured(
                f"{self._config.model} keeps to no face; record a LoRA of the persona instead (muse look lora), and revoke the "
                "face (muse look reference revoke)."
            )
        if self._missing_is_well(self._config.face_adapter):
            return
        try:
            find_face_encoder(find_file(self._config.face_adapter, self._config, fetch=False), self._config, fetch=False)
        except Misconfigured as error:
            raise Misconfigured(f"MUSE_IMAGE_FACE_ADAPTER cannot be used: {error}") from None

    def check_pose(self) -> None:
        """Raise `Misconfigured` where no picture can be painted by a pose."""
        if self._outside:
            return
        model = self._config.pose_model
        if not model:
            raise Misconfigured(NO_POSE_MODEL)
        if self._here() is None or self._missing_is_well(model):
            return
        folder = Path(model).expanduser()
        folder = folder if folder.is_dir() else cached(model) or folder
        if not folder.is_dir():
            raise Misconfigured(f"MUSE_IMAGE_POSE_MODEL: {model} is not on this machine; type: hf download {model}")
        kind = read_index(find_model(str(folder), self._config, "config.json"), "config.json")["_class_name"]
        if "ControlNet" not in kind:
            raise Misconfigured(f"MUSE_IMAGE_POSE_MODEL: {model} is a {kind}, not a ControlNet.")

    def _here(self) -> Path | None:
        """Return the folder of the model, if it lies on this machine."""
        if self._outside or not self._config.model:
            return None
        folder: Path | None = Path(self._config.model).expanduser()
        if folder is None or not folder.is_dir():
            folder = cached(self._config.model)
        return folder if folder is not None and (folder / "model_index.json").is_file() else None

    def _family(self, folder: Path) -> Family:
        return family_of(read_index(folder)["_class_name"])

    def _missing_is_well(self, source: str) -> bool:
        """Whether what is not here is fetched by the first picture that wants it."""
        name = "/".join(source.split("/")[:2])
        return (
            self._config.hub and not Path(source).expanduser().exists() and not source.startswith("/") and cached(name) is None
        )
