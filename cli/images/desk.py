"""What an operator does with pictures: order and look on, list, show, decide, mark, and sort into albums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from cli.api_client import ApiClient
from cli.desk.short_ids import find, read_full, shorten
from cli.terminal import tame
from core.errors import BadInput, NotFound, Refused
from core.sniffing import sniff_picture

ALL = 500
LIST = "muse image list"
DONE = {
    "cancel": "It was taken back; its credits are free again.",
    "approve": "It goes on.",
    "reject": "It was given up; its credits are free again.",
    "favourite": "It is a favourite.",
    "unfavourite": "It is no favourite any more.",
}
WORDS = {
    "queued": "waits its turn",
    "painting": "is being painted",
    "finishing": "is being looked at and marked",
    "held": "waits for a person",
    "done": "is done",
    "failed": "came to nothing",
    "cancelled": "was taken back",
}
COLOURS = {"done": "green", "failed": "red", "held": "yellow"}

NONE_YET = 'No pictures yet. Order one with: muse image "…" --influencer NAME'


class Picture(Struct, frozen=True):
    """A picture as the gateway tells of it."""

    id: UUID
    influencer: str
    source: str
    state: str
    progress: float
    wish: dict[str, Any]
    request: dict[str, Any]
    model: str
    cost: int
    error: str | None
    judged: dict[str, Any] | None
    marks: list[str]
    favourite: bool
    width: int | None
    height: int | None
    created_at: datetime
    seconds: float | None = None
    likeness: float | None = None
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    asset_id: UUID | None = None

    @property
    def words(self) -> str:
        """Say what was wished for."""
        return tame(str(self.wish.get("text") or "")) or "no wish"


class Album(Struct, frozen=True):
    """An album of an influencer."""

    id: UUID
    name: str
    pictures: int


class PackOf(Struct, frozen=True):
    """A pack that a picture is sold in."""

    title: str
    sold: int


class Shown(Struct, frozen=True):
    """A picture, and the packs that it is sold in."""

    picture: Picture
    packs: list[PackOf]


class ImageDesk:
    """An operator's actions over the gateway's API; with `as_json` raw answers are printed instead of words."""

    def __init__(self, api: ApiClient, console: Console, as_json: bool) -> None:
        """Ask through `api` and print to `console`."""
        self._api, self._console, self._as_json = api, console, as_json

    def order(self, order: dict[str, Any], *, wait: bool, out: Path | None) -> None:
        """Order a picture; look on until it ends, and save it. Raises `Refused` for one that came to nothing."""
        if out is not None and not out.parent.is_dir():
            raise BadInput(f"There is no folder {out.parent} to save the picture in.")
        answer = self._api.post("/api/images", dict[str, Any], order)
        row = msgspec.convert(answer, Picture)
        if not wait and out is None:
            self._say(
                answer, f"Ordered: {shorten(row.id)}, {row.cost} credits. Look on with: muse image show {shorten(row.id)}"
            )
            return
        try:
            self._look_on(row)
        except KeyboardInterrupt:
            short = shorten(row.id)
            self._console.print(f"{short} is made all the same; take it back with: muse image cancel {short}", soft_wrap=True)
            raise
        answer = self._api.get(f"/api/images/{row.id}", dict[str, Any])["picture"]
        row = msgspec.convert(answer, Picture)
        if row.state not in ("done", "held"):
            raise Refused(f"The picture {WORDS[row.state]}: {row.error or 'no reason was given'}")
        saved = ""
        if out is not None:
            data = self._api.fetch(f"/api/images/{row.id}/file")
            out.write_bytes(data)
            saved = f" It lies in {out}{kind_beside(data, out)}."
        held = " A person must approve it: muse image approve " + shorten(row.id) + "." if row.state == "held" else ""
        self._say(answer, f"{shorten(row.id)} {WORDS[row.state]}: {row.width}×{row.height}.{held}{saved}")

    def list(self, query: dict[str, object], influencer: str | None = None, album: str | None = None) -> None:
        """Show pictures that answer a query as the gateway takes it; `album` is one of the influencer's, by its name."""
        if album is not None:
            query = query | {"album": self._album(str(influencer), album).id}
        answer = self._api.get("/api/images", list[dict[str, Any]], **query)
        if self._as_json:
            self._print_json(answer)
            return
        table = Table(box=None, pad_edge=False)
        for name in ("id", "of", "state", "by", "wish", "size"):
            table.add_column(name, overflow="fold", no_wrap=name != "wish")
        for row in msgspec.convert(answer, list[Picture]):
            far = f" {row.progress:.0%}" if row.state == "painting" else ""
            size = f"{row.width}×{row.height}" if row.width else ""
            state = Text(row.state + far, COLOURS.get(row.state, ""))
            table.add_row(shorten(row.id), row.influencer, state, row.source, row.words[:80], size)
        none = "No picture answers this." if query.keys() - {"limit"} else NONE_YET
        self._console.print(table if answer else none)

    def show(self, given: str) -> None:
        """Show one picture with all that it is linked with."""
        answer = self._api.get(f"/api/images/{self._find(given)}", dict[str, Any])
        if self._as_json:
            self._print_json(answer)
            return
        shown = msgspec.convert(answer, Shown)
        row, request = shown.picture, shown.picture.request
        lines = {
            "picture": f"{row.id}  {WORDS[row.state]}" + (f", {row.progress:.0%}" if row.state == "painting" else ""),
            "of": row.influencer,
            "wish": row.words,
            "prompt": tame(str(request.get("prompt", ""))),
            "model": f"{row.model}, seed {request.get('seed')}, {request.get('width')}×{request.get('height')}",
            "judged": _judged(row.judged),
            "marks": ", ".join(row.marks) or "none yet",
            "likeness": "" if row.likeness is None else f"{row.likeness:.2f} to the reference",
            "kept as": str(row.asset_id or ""),
            "error": tame(row.error or ""),
            "chat": f"conversation {row.conversation_id}" if row.conversation_id else "",
            "message": str(row.message_id or ""),
            "packs": "; ".join(f"{tame(pack.title)} (sold {pack.sold}×)" for pack in shown.packs),
        }
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="dim", justify="right")
        grid.add_column(overflow="fold")
        for name, words in lines.items():
            if words:
                grid.add_row(name, Text(words))
        self._console.print(grid)

    def act(self, given: str, action: str) -> None:
        """Cancel, approve, reject or mark a picture."""
        marking = action.endswith("favourite")
        body = {"favourite": action == "favourite"} if marking else None
        path = f"/api/images/{self._find(given)}/{'favourite' if marking else action}"
        answer = self._api.post(path, dict[str, Any], body)
        self._say(answer, DONE[action])

    def order_set(self, order: dict[str, Any]) -> None:
        """Order a varied set; all of it or nothing."""
        answer = self._api.post("/api/images/batch", list[dict[str, Any]], order)
        rows = msgspec.convert(answer, list[Picture])
        self._say(answer, f"Ordered: {len(rows)} pictures, {sum(row.cost for row in rows)} credits. Look on with: {LIST}")

    def album(self, influencer: str, action: str, named: Sequence[str]) -> None:
        """List an influencer's albums, put pictures into one, or take some or all out of it."""
        path = f"/api/influencers/{influencer}/albums"
        if action == "list":
            answer: Any = self._api.get(path, list[dict[str, Any]])
            albums = msgspec.convert(answer, list[Album])
            shown = "\n".join(f"{tame(one.name)}: {one.pictures} pictures" for one in albums)
            self._say(
                answer, shown or "No albums yet. Make one with: muse image album add NAME ID … --influencer " + influencer
            )
            return
        name, *ids = named
        change = {"name": name, "pictures": [str(self._find(one)) for one in ids]}
        answer = self._api.post(path if action == "add" else f"{path}/remove", dict[str, Any], change)
        moved = f"{answer['pictures']} pictures {'put in' if action == 'add' else 'taken out'}."
        self._say(answer, "The album was taken apart; its pictures stay." if action == "remove" and not ids else moved)

    def _album(self, influencer: str, name: str) -> Album:
        albums = self._api.get(f"/api/influencers/{influencer}/albums", list[Album])
        found = next((one for one in albums if one.name == name), None)
        if found is None:
            known = ", ".join(tame(one.name) for one in albums) or "none"
            raise NotFound(f"{influencer} has no album {name!r}; there are: {known}.")
        return found

    def _find(self, given: str) -> UUID:
        if full := read_full(given):
            return full
        rows = self._api.get("/api/images", list[Picture], limit=ALL)
        return find(rows, given, "picture", lambda row: row.words[:40], LIST).id

    def asset_of(self, given: str, influencer: str) -> UUID:
        """Return the asset of a picture named as `muse image list` shows it; a full id of anything else is taken as it is.

        Raises `NotFound`, and `BadInput` for one that is not painted yet, or may be several.
        """
        if full := read_full(given):
            try:
                row = msgspec.convert(self._api.get(f"/api/images/{full}", dict[str, Any])["picture"], Picture)
            except NotFound:
                return full
        else:
            rows = self._api.get("/api/images", list[Picture], influencer=influencer, limit=ALL)
            row = find(rows, given, "picture", lambda row: row.words[:40], LIST)
        if row.asset_id is None:
            raise BadInput(f"{given!r} is not painted yet; see: muse image show {given}")
        return row.asset_id

    def _look_on(self, row: Picture) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
        with Progress(*columns, console=self._console, transient=True, disable=self._as_json) as bar:
            task = bar.add_task(WORDS["queued"], total=1.0)
            self._follow(row.id, lambda state, share: bar.update(task, description=WORDS[state], completed=share))

    def _follow(self, job_id: UUID, show: Callable[[str, float], None]) -> None:
        """Hear of a picture until it ends; a stream that breaks is taken up again, a gateway that stays away is not."""
        state = "queued"
        while state not in ("done", "held", "failed", "cancelled"):
            for kind, data in self._api.hear(f"/api/images/{job_id}/events"):
                state = str(data.get("state", state)) if kind == "state" else "painting"
                show(state, float(data.get("share") or 0.0))

    def _say(self, answer: object, words: str) -> None:
        if self._as_json:
            self._print_json(answer)
        else:
            self._console.print(words, soft_wrap=True)

    def _print_json(self, answer: object) -> None:
        self._console.file.write(msgspec.json.format(msgspec.json.encode(answer)).decode() + "\n")


def kind_beside(data: bytes, path: Path) -> str:
    """Say which kind of picture a file holds, where its name says another."""
    kind = sniff_picture(data).partition("/")[2]
    named = path.suffix.lower().removeprefix(".").replace("jpg", "jpeg")
    return "" if named == kind else f" (a {kind.upper()}, whatever its name says)"


def _judged(judged: dict[str, Any] | None) -> str:
    if not judged:
        return ""
    reasons = ", ".join(str(reason) for reason in judged.get("reasons") or ())
    return f"{judged.get('verdict')} by {judged.get('judge')}" + (f": {tame(reasons)}" if reasons else "")
