"""`muse image verify FILE`: read a picture's manifest and metadata, and say what they show."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

import msgspec

from cli.settings import read_settings
from core.errors import BadInput
from studio.pictures import MOST_BYTES
from studio.reading import Provenance, read_provenance
from studio.signing import own_root

HELP = "Say what a picture tells of its making: its C2PA manifest, checked, and its metadata. Exit code 1 when it was changed."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the file and who is trusted."""
    parser.add_argument("file", type=Path, help="JPEG, PNG or WebP")
    parser.add_argument("--anchors", type=Path, metavar="PEM", help="certificates of authorities that you trust")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(arguments: Namespace) -> int:
    """Read and print; return 1 for a manifest that does not fit its picture. Raises `NotFound`, `BadInput`."""
    anchors = _read(arguments.anchors).decode("ascii", "replace") if arguments.anchors else ""
    root = own_root(Path(read_settings().data_dir) / "secrets")
    told = read_provenance(_read(arguments.file), root, anchors)
    if arguments.json:
        print(json.dumps(msgspec.to_builtins(told), indent=2, ensure_ascii=False))
    else:
        print("\n".join(f"{name:<12} {words}" for name, words in lines(told)))
    return int(told.state == "broken")


def lines(told: Provenance) -> Iterator[tuple[str, str]]:
    """Yield what there is to say, as name and words."""
    yield "picture", f"{told.mime.partition('/')[2].upper()}, {told.width} × {told.height}"
    yield "made by AI", "yes, it says so" if told.made_by_ai else "nothing sound says so"
    yield "manifest", told.says
    for name, words in (
        ("signed by", told.signer),
        ("title", told.title),
        ("software", told.software),
        ("model", ", ".join(told.models)),
        ("actions", ", ".join(told.actions)),
        ("made from", ", ".join(told.parents)),
        ("remarks", ", ".join(told.problems)),
        ("metadata", " · ".join(part for part in (told.metadata_source, told.metadata_software) if part)),
    ):
        if words:
            yield name, words


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{path} is larger than {MOST_BYTES // 1_000_000} MB.")
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}).") from None
