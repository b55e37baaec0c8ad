"""Packs and promos at the desk: each action asks the gateway and says in words what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.api_client import ApiClient
from cli.desk.short_ids import choose, fits, shorten
from cli.desk.vault_pictures import Picture, find_pictures
from cli.fans.desk import FanDesk
from cli.sale.folder import PackFolder, read_folder
from cli.sale.shapes import Code, Kept, Pack, Promo
from cli.terminal import tame
from core.errors import BadInput
from core.money import Money
from shop.previews import LARGEST_BYTES

PACKS, PROMOS = "muse pack list", "muse promo list"


class Addressed(Protocol):
    """Something with an id and a name of the form influencer/slug."""

    @property
    def id(self) -> Any:
        """Return the id."""
        ...

    @property
    def slug(self) -> str:
        """Return the short name."""
        ...

    @property
    def address(self) -> str:
        """Return influencer and short name."""
        ...


T = TypeVar("T", bound=Addressed)


class SaleDesk:
    """An operator's actions on packs and promos; with `as_json` the raw answers are printed instead of words."""

    def __init__(self, api: ApiClient, console: Console, as_json: bool) -> None:
        """Ask through `api` and print to `console`."""
        self._api, self._console, self._as_json = api, console, as_json

    def list_packs(self, influencer: str | None) -> None:
        """Show the packs."""
        answer = self._api.get("/api/packs", object, **({"influencer": influencer} if influencer else {}))
        self._show(answer, list[Pack], self._print_packs)

    def show_pack(self, given: str) -> None:
        """Show one pack."""
        answer = self._api.get(f"/api/packs/{self._pack(given).id}", object)
        self._show(answer, Pack, self._print_pack)

    def add_pack(self, influencer: str, body: dict[str, Any]) -> None:
        """Make a pack of pictures in the vault, named by the beginning or end of their ids."""
        pictures = find_pictures(self._api, influencer, body["pictures"])
        self._say_pack(
            self._api.post("/api/packs", dict[str, Any], {**body, "influencer": influencer, "pictures": pictures}), "made"
        )

    def import_pack(self, influencer: str, path: Path) -> None:
        """Make a pack of a folder: its pictures go into the vault first."""
        folder: PackFolder = read_folder(path)
        kept = [self._keep(influencer, one) for one in folder.pictures]
        words: dict[str, Any] = msgspec.to_builtins(folder.words)
        body = {**words, "influencer": influencer, "slug": folder.slug, "pictures": [one.asset_id for one in kept]}
        self._say_pack(self._api.post("/api/packs", dict[str, Any], body), "made")

    def edit_pack(self, given: str, change: dict[str, Any]) -> None:
        """Change a pack; `pictures` are named like those of `add_pack`."""
        pack = self._pack(given)
        if not change:
            raise BadInput("Say what is to be different: --title, --description, --tag, --rating or --picture.")
        if "pictures" in change:
            change = {**change, "pictures": find_pictures(self._api, pack.influencer, change["pictures"])}
        self._say_pack(self._api.post(f"/api/packs/{pack.id}/edit", dict[str, Any], change), "changed")

    def price_pack(self, given: str, platform: str, price: Money | None) -> None:
        """Price a pack on a platform, or sell it there no more."""
        pack = self._pack(given)
        answer = self._api.post(f"/api/packs/{pack.id}/price", dict[str, Any], {"platform": platform, "price": price})
        self._say(
            answer,
            f"{pack.address} costs {price} on {platform}." if price else f"{pack.address} is not sold on {platform} any more.",
        )

    def retire_pack(self, given: str, back: bool) -> None:
        """Take a pack off sale, or put it back."""
        pack = self._pack(given)
        answer = self._api.post(f"/api/packs/{pack.id}/retire{'?back=true' if back else ''}", dict[str, Any])
        self._say(
            answer, f"{pack.address} is on sale again." if back else f"{pack.address} is off sale; who bought it keeps it."
        )

    def list_pictures(self, influencer: str, limit: int) -> None:
        """Show the vault."""
        answer = self._api.get(f"/api/influencers/{influencer}/assets", object, limit=limit)
        self._show(answer, list[Picture], self._print_pictures)

    def keep_pictures(self, influencer: str, paths: Sequence[Path]) -> None:
        """Put pictures into the vault."""
        for path in paths:
            if not path.is_file():
                raise BadInput(f"There is no file {path}.")
        kept = [self._keep(influencer, path) for path in paths]
        self._say(msgspec.to_builtins(kept), "\n".join(shorten(one.asset_id) for one in kept))

    def _keep(self, influencer: str, path: Path) -> Kept:
        """Put one file into the vault; what is wrong with it names it."""
        try:
            if path.stat().st_size > LARGEST_BYTES:  # told here: a gateway hangs up on what is far too large
                raise BadInput(f"A picture holds at most {LARGEST_BYTES // 1_000_000} MB; make it smaller.")
            return self._api.upload(f"/api/influencers/{influencer}/assets", Kept, path.read_bytes())
        except BadInput as error:
            raise BadInput(f"{path}: {error}") from None
        except OSError as error:
            raise BadInput(f"{path} cannot be read ({error.strerror}).") from None

    def list_promos(self, influencer: str | None) -> None:
        """Show the promos."""
        answer = self._api.get("/api/promos", object, **({"influencer": influencer} if influencer else {}))
        self._show(answer, list[Promo], self._print_promos)

    def show_promo(self, given: str) -> None:
        """Show one promo."""
        answer = self._api.get(f"/api/promos/{self._promo(given).id}", object)
        self._show(answer, Promo, self._print_promo)

    def add_promo(self, plan: dict[str, Any]) -> None:
        """Make a promo."""
        answer = self._api.post("/api/promos", dict[str, Any], plan)
        promo = msgspec.convert(answer, Promo)
        more = "" if promo.way != "code" or promo.codes else f" It has no code yet: muse promo codes {promo.address} --make 10"
        self._say(answer, f"{promo.address}: {promo.gives}.{more}")

    def end_promo(self, given: str) -> None:
        """End a promo."""
        promo = self._promo(given)
        answer = self._api.post(f"/api/promos/{promo.id}/end", dict[str, Any])
        self._say(answer, f"{promo.address} is offered no more; offers that hold a place keep it for their time.")

    def codes(self, given: str, make: int | None, fan: str | None) -> None:
        """Show a promo's codes, or make new ones and show those."""
        if make is not None and make < 1:
            raise BadInput("--make takes a number of codes, 1 or more.")
        promo = self._promo(given)
        if make is None and fan is None:
            answer = self._api.get(f"/api/promos/{promo.id}/codes", object)
        else:
            fan_id = None if fan is None else FanDesk(self._api, self._console, self._as_json).find(fan).id
            answer = self._api.post(f"/api/promos/{promo.id}/codes", object, {"count": make or 1, "fan": fan_id})
        self._show(answer, list[Code], self._print_codes)

    def _pack(self, given: str) -> Pack:
        return _named(self._api.get("/api/packs", list[Pack]), given, "pack", PACKS)

    def _promo(self, given: str) -> Promo:
        return _named(self._api.get("/api/promos", list[Promo]), given, "promo", PROMOS)

    def _print_packs(self, rows: list[Pack]) -> None:
        table = _table("PACK", "TITLE", "RATING", "PRICES", "PICTURES", "SOLD", "STATE")
        for row in rows:
            prices = ", ".join(f"{platform} {price}" for platform, price in row.prices.items()) or "none"
            state = "on sale" if row.active and row.prices and row.pictures else "off sale"
            table.add_row(tame(row.address), tame(row.title), row.rating, prices, str(len(row.pictures)), str(row.sold), state)
        self._console.print(table if rows else "There are no packs yet; type: muse pack import FOLDER --influencer NAME")

    def _print_pack(self, row: Pack) -> None:
        self._print_packs([row])
        self._console.print(Text(tame(row.description)))
        self._console.print(Text(f"tags: {tame(', '.join(row.tags))}", "dim"))
        self._console.print(Text("pictures: " + " ".join(shorten(one) for one in row.pictures), "dim"))
        if not row.embedded:
            self._console.print(Text("Its words are not read for meaning yet; a worker does so within a minute.", "dim"))

    def _print_pictures(self, rows: list[Picture]) -> None:
        table = _table("ID", "SIZE", "KIND", "KB", "IN PACKS")
        for row in rows:
            size = f"{row.width}×{row.height}"
            table.add_row(shorten(row.id), size, row.mime.partition("/")[2], str(row.bytes // 1000), ", ".join(row.packs))
        self._console.print(table if rows else "The vault is empty; type: muse pack assets NAME --add FILE…")

    def _print_promos(self, rows: list[Promo]) -> None:
        table = _table("PROMO", "GIVES", "HOW", "FOR", "USED", "UNTIL", "STATE")
        for row in rows:
            used = f"{row.redeemed}{f' of {row.total}' if row.total else ''}{f', {row.held} held' if row.held else ''}"
            how = {
                "code": ("with a code" if row.codes == 1 else f"with {row.codes} codes"),
                "asked": "when asked",
                "always": "always",
            }[row.way]
            until = row.ends_at.astimezone().strftime("%Y-%m-%d %H:%M") if row.ends_at else "you end it"
            table.add_row(tame(row.address), row.gives, how, tame(", ".join(row.packs)) or "any pack", used, until, row.state)
        self._console.print(table if rows else "There are no promos yet; type: muse promo add --help")

    def _print_promo(self, row: Promo) -> None:
        self._print_promos([row])
        where = ", ".join(row.platforms) or "every platform"
        least = f", for {Money(row.least, row.unit)} at least" if row.least and row.unit else ""
        both = "may be combined with others that may" if row.stacks else "alone"
        self._console.print(Text(f"{tame(row.title)}: on {where}{least}, {row.per_fan} a fan, {both}", "dim"))

    def _print_codes(self, rows: list[Code]) -> None:
        for row in rows:
            note = " (used)" if row.redeemed and row.once else f" (used {row.redeemed} times)" if row.redeemed else ""
            self._console.print(f"{row.code}{note}", highlight=False)
        if not rows:
            self._console.print("The promo has no codes; make some with --make.")

    def _say_pack(self, answer: dict[str, Any], what: str) -> None:
        pack = msgspec.convert(answer, Pack)
        count = f"{len(pack.pictures)} picture{'' if len(pack.pictures) == 1 else 's'}"
        warning = "" if pack.prices else " It has no price yet: muse pack price"
        self._say(answer, f"{pack.address} is {what}: {count}, {pack.rating}.{warning}")

    def _show(self, answer: object, kind: Any, show: Any) -> None:
        if self._as_json:
            self._print_json(answer)
        else:
            show(msgspec.convert(answer, kind))

    def _say(self, answer: object, words: str) -> None:
        if self._as_json:
            self._print_json(answer)
        else:
            self._console.print(words, highlight=False)

    def _print_json(self, answer: object) -> None:
        self._console.file.write(msgspec.json.format(msgspec.json.encode(answer)).decode() + "\n")


def _named(rows: Sequence[T], given: str, what: str, listing: str) -> T:
    """Return the one that a person names: by influencer/slug, by slug alone, or by its id."""
    exact = [row for row in rows if given in (row.address, row.slug)] or [row for row in rows if fits(row.id, given)]
    return choose(exact, given, what, lambda row: row.address, listing)


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
