"""The sample packs and promos that come with a persona's folder: what is sold, for how much where, what the pictures show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from core.money import Money
from personas.documents import Problem, open_document, read_document
from personas.findings import look_over
from personas.traits import Slug, Text


class PackSeed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pack to be. `prices` are keyed by platform; `scenes` say what each of the `pictures` shows, repeated as needed."""

    slug: Slug
    title: Text
    description: Text
    tags: Annotated[tuple[str, ...], Meta(min_length=2)]
    prices: Annotated[dict[str, Money], Meta(min_length=1)]
    pictures: Annotated[int, Meta(ge=1, le=10)]
    scenes: Annotated[tuple[Text, ...], Meta(min_length=1)]


class PromoSeed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One promo to be, without an end and without a number: nothing about it is scarce.

    `percent` off any pack, for who names the `code`, or for who asks where there is none.
    """

    slug: Slug
    title: Text
    percent: Annotated[int, Meta(ge=1, le=99)]
    code: Text | None = None


class _Packs(Struct, frozen=True, forbid_unknown_fields=True):
    packs: tuple[PackSeed, ...]
    promos: tuple[PromoSeed, ...] = ()


def load_packs(folder: Path) -> tuple[PackSeed, ...]:
    """Read `packs.toml` of a persona's folder; empty if there is none. Raises `Misconfigured`, naming file and key."""
    path = folder / "packs.toml"
    return read_document(path, _Packs).packs if path.is_file() else ()


def load_promos(folder: Path) -> tuple[PromoSeed, ...]:
    """Read the promos in `packs.toml` of a persona's folder; empty if there are none. Raises as `load_packs`."""
    path = folder / "packs.toml"
    return read_document(path, _Packs).promos if path.is_file() else ()


def look_at_packs(folder: Path) -> list[Problem]:
    """Return all that is wrong with the `packs.toml` of a persona's folder."""
    path = folder / "packs.toml"
    if not path.is_file():
        return []
    document = open_document(path)
    if isinstance(document, Problem):
        return [document]
    return [document.problem(found.path, found.sentence) for found in look_over(document.table, _Packs)]
