"""Where a model's files lie, and that they may be read: safetensors only, and no hub unless a setting names it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import Misconfigured
from studio.painters.config import PainterConfig
from studio.painters.quiet import silence_libraries

REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
SAFE = ".safetensors"
RISKY = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


def find_model(name: str, config: PainterConfig, index: str = "model_index.json", *, half: bool = False) -> Path:
    """Return the folder of a model, by its folder's or its repository's name; `index` is the file that must lie in it.

    Raises `Misconfigured`, saying what to type, where it is not here, or is in a form that could run code.
    """
    folder = Path(name).expanduser()
    if folder.is_file():
        raise Misconfigured(f"{folder.name} is a single file; a folder as diffusers saves it is needed, with {index} in it.")
    if not folder.is_dir():
        folder = _find_repository(name, config, half=half)
    if not (folder / index).is_file():
        raise Misconfigured(f"{name} is no model that diffusers can load: there is no {index} in it.")
    if not config.pickles and not any(folder.rglob(f"*{SAFE}")) and any(file.suffix in RISKY for file in folder.rglob("*")):
        raise Misconfigured(
            f"The weights of {name} are in a form that can run code; take a safetensors version, or set "
            "MUSE_IMAGE_PICKLES=true if you trust whoever made them."
        )
    return folder


def _find_repository(name: str, config: PainterConfig, *, half: bool) -> Path:
    if not REPOSITORY.fullmatch(name):
        raise Misconfigured(f"There is no folder {name}, and it is no repository's id either, as owner/name.")
    silence_libraries(offline=not config.hub)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except LocalEntryNotFoundError:
        if not config.hub:
            raise Misconfigured(
                f"The weights of {name} are not on this machine; type: hf download {name}, or set MUSE_IMAGE_HUB=true "
                "to have them fetched when they are first needed."
            ) from None
    try:
        return _fetch(name, config, half=half)
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise Misconfigured(f"The weights of {name} could not be fetched ({type(error).__name__}).") from error


def _fetch(name: str, config: PainterConfig, *, half: bool) -> Path:
    """Fetch what is needed of a repository: one precision, and nothing else that lies beside it."""
    from diffusers import DiffusionPipeline
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import EntryNotFoundError

    kind = None if config.pickles else True
    try:
        if half:
            return Path(DiffusionPipeline.download(name, variant="fp16", use_safetensors=kind))
    except ValueError:  # it has no files of half precision
        pass
    try:
        return Path(DiffusionPipeline.download(name, use_safetensors=kind))
    except EntryNotFoundError:  # no pipeline: a ControlNet, an adapter
        return Path(snapshot_download(name, allow_patterns=["*.json", f"*{SAFE}"]))


def find_file(source: str, config: PainterConfig, *, fetch: bool = True) -> Path:
    """Return one file of weights: a path, a folder that holds just one, or `owner/name` and, after it, a path inside.

    Without `fetch` nothing is fetched, whatever the config allows. Raises `Misconfigured`.
    """
    here = Path(source).expanduser()
    if here.is_file():
        return _safe(here, source)
    parts = source.split("/")
    if here.is_dir():
        return _only(here, source)
    if len(parts) < 2 or here.is_absolute():
        raise Misconfigured(f"There is no file or folder {source}.")
    folder = find_repository(source, config, fetch=fetch)
    inside = "/".join(parts[2:])
    if ".." in parts:
        raise Misconfigured(f"{source}: a file inside a repository is named by a plain path.")
    return _safe(folder / inside, source) if inside else _only(folder, source)


def find_repository(source: str, config: PainterConfig, *, fetch: bool = True) -> Path:
    """Return the folder of the repository that a source begins with, fetched where that is allowed. Raises `Misconfigured`."""
    name = "/".join(source.split("/")[:2])
    if not fetch:
        if (folder := cached(name)) is None:
            raise Misconfigured(f"{name} is not on this machine; type: hf download {name}")
        return folder
    silence_libraries(offline=not config.hub)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", f"*{SAFE}"], local_files_only=not config.hub))
    except (LocalEntryNotFoundError, HfHubHTTPError, ValueError, OSError) as error:
        raise Misconfigured(f"{name} is not on this machine; type: hf download {name}") from error


def cached(name: str) -> Path | None:
    """Return the folder of a repository that was fetched before; nobody is asked for it."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True)) if REPOSITORY.fullmatch(name) else None
    except (LocalEntryNotFoundError, ValueError, OSError):
        return None


def find_face_encoder(file: Path, config: PainterConfig, *, fetch: bool = True) -> Path:
    """Return the folder of the picture encoder that an adapter was trained with: beside it, or further up in its repository.

    Raises `Misconfigured`.
    """
    places = [
        file.parent / config.face_encoder,
        file.parent.parent / config.face_encoder,
        Path(config.face_encoder).expanduser(),
    ]
    if not Path(config.face_adapter).expanduser().exists():
        places.insert(0, find_repository(config.face_adapter, config, fetch=fetch) / config.face_encoder)
    found = next((place for place in places if (place / "config.json").is_file()), None)
    if found is None:
        raise Misconfigured(
            f"The face adapter's picture encoder {config.face_encoder} is not there; set MUSE_IMAGE_FACE_ENCODER."
        )
    return found


def _only(folder: Path, source: str) -> Path:
    files = sorted(folder.glob(f"*{SAFE}"))
    if len(files) != 1:
        raise Misconfigured(f"{source} holds {len(files)} safetensors files; name the file that is meant.")
    return files[0]


def _safe(file: Path, source: str) -> Path:
    if file.suffix != SAFE:
        raise Misconfigured(f"{source}: only safetensors files are read.")
    if not file.is_file():
        raise Misconfigured(f"{source} is not on this machine.")
    return file


def read_index(folder: Path, index: str = "model_index.json") -> Mapping[str, Any]:
    """Read a model's description. Raises `Misconfigured`, also where it wants code of its own to be run."""
    try:
        found = json.loads((folder / index).read_bytes())
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{folder.name}: {index} cannot be read.") from error
    if not isinstance(found, dict) or not isinstance(found.get("_class_name"), str):
        raise Misconfigured(f"{folder.name} brings code of its own, which is not run; take a model that diffusers knows.")
    return found


def weigh(folder: Path, *, half: bool) -> int:
    """Return about how many bytes a model takes in memory, by its files; of two precisions the wanted one counts."""
    files = list(folder.glob(f"*/*{SAFE}"))
    variants = [file for file in files if ".fp16." in file.name]
    if half and variants:
        return sum(file.stat().st_size for file in variants)
    plain = [file for file in files if file not in variants]
    return sum(_weigh_file(file, half=half) for file in plain)


def _weigh_file(file: Path, *, half: bool) -> int:
    from safetensors import safe_open

    size = file.stat().st_size
    with safe_open(file, framework="pt") as opened:
        name = next(iter(opened.keys()), None)
        wide = name is not None and opened.get_slice(name).get_dtype() == "F32"
    return size // 2 if half and wide else size * 2 if not half and name is not None and not wide else size


def variant_of(folder: Path, *, half: bool) -> str | None:
    """Return the variant to load: half precision where it is wanted and lies there."""
    return "fp16" if half and any(folder.glob(f"*/*.fp16*{SAFE}")) else None
