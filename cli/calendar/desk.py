"""What an operator does with the calendar: each action asks the gateway and says in words what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.api_client import ApiClient
from cli.desk.short_ids import find, shorten
from cli.desk.vault_pictures import find_pictures
from cli.terminal import tame
from core.errors import BadInput

ALL = 500
LISTING = "muse post list"
COLOURS = {"unknown": "bold red", "failed": "red", "proposed": "yellow", "published": "green", "cancelled": "dim"}
CHANGES = ("at", "zone", "caption", "target", "language", "made_by_ai", "asset_ids")


class PostRow(Struct, frozen=True):
    """One post, as far as the terminal shows it."""

    id: UUID
    influencer: str
    platform: str
    account: str
    state: str
    local_at: datetime
    zone: str
    planned_at: datetime
    target: str
    caption: str
    language: str
    made_by_ai: bool
    asset_ids: list[UUID]
    platform_ids: list[str]
    error: str | None
    published_at: datetime | None
    made_by: str
    approved_by: str | None
    conversation_id: UUID | None
    rule: dict[str, Any] | None

    @property
    def place(self) -> str:
        """Name where it goes, as a person types it."""
        return f"{self.platform}/{self.account}" + (f":{self.target}" if self.target else "")

    @property
    def time(self) -> str:
        """Write the local time with its zone."""
        return f"{self.local_at:%Y-%m-%d %H:%M} {self.zone}"


class CalendarDesk:
    """An operator's actions over the gateway's API; with `as_json` the raw answers are printed instead of words."""

    def __init__(self, api: ApiClient, console: Console, as_json: bool) -> None:
        """Ask through `api` and print to `console`."""
        self._api, self._console, self._as_json = api, console, as_json

    def list_posts(self, influencer: str | None, states: list[str], since: str | None, limit: int) -> None:
        """Show the calendar."""
        if not 1 <= limit <= ALL:
            raise BadInput(f"The limit must be between 1 and {ALL}.")
        query: dict[str, object] = {"limit": limit, "state": states}
        query |= {"influencer": influencer} if influencer else {}
        query |= {"since": since} if since else {}
        answer = self._api.get("/api/posts", object, **query)
        if self._as_json:
            self._print_json(answer)
        else:
            show_posts(self._console, msgspec.convert(answer, list[PostRow]), chosen=bool(influencer or states or since))

    def add(self, wish: dict[str, Any]) -> None:
        """Plan a post; pictures are named by the beginning or end of their ids."""
        if given := wish.get("asset_ids"):
            wish = {**wish, "asset_ids": find_pictures(self._api, wish["influencer"], given)}
        answer = self._api.post("/api/posts", object, wish)
        if self._as_json:
            self._print_json(answer)
            return
        for row in msgspec.convert(answer, list[PostRow]):
            again = ", and again as its plan says" if row.rule else ""
            self._console.print(f"{shorten(row.id)} is planned for {row.time} on {tame(row.place)}{again}.")

    def show(self, given: str) -> None:
        """Show one post in full."""
        answer = self._api.get(f"/api/posts/{self._find(given).id}", object)
        if self._as_json:
            self._print_json(answer)
        else:
            show_post(self._console, msgspec.convert(answer, PostRow))

    def edit(self, given: str, change: dict[str, Any]) -> None:
        """Change a post."""
        if not change:
            raise BadInput("Say what to change: --at, --zone, --caption, --target, --language, --picture, --ai or --not-ai.")
        if pictures := change.get("asset_ids"):
            change = {**change, "asset_ids": find_pictures(self._api, self._find(given).influencer, pictures)}
        self._do(given, "edit", change, "{id} is changed; it is planned for {time}.")

    def cancel(self, given: str, series: bool) -> None:
        """Take a post off the calendar, or all that its plan was still to bring."""
        words = "The plan of {id} brings no more posts." if series else "{id} is off the calendar."
        self._do(given, "cancel", {"series": series}, words)

    def approve(self, given: str, at: str | None) -> None:
        """Let a proposal go out."""
        self._do(given, "approve", {"at": at}, "{id} goes out at {time}.")

    def publish_now(self, given: str) -> None:
        """Let a post go out at once."""
        self._do(given, "publish", None, "{id} goes out now; see: muse post show {id}")

    def settle(self, given: str, outcome: str) -> None:
        """Say what became of a post in doubt."""
        words = {
            "published": "Noted: {id} is out.",
            "failed": "Noted: {id} did not go out.",
            "again": "{id} goes out once more.",
        }
        self._do(given, "settle", {"outcome": outcome}, words[outcome])

    def set_place(self, account: str, target: str) -> None:
        """Set where posts of an account go when nobody says otherwise."""
        answer = self._api.post("/api/places", object, {"account": account, "target": target})
        if self._as_json:
            self._print_json(answer)
        else:
            self._console.print(f"Posts of {tame(account)} go to {tame(target)} when nobody says otherwise.")

    def _do(self, given: str, action: str, body: object, words: str) -> None:
        answer = self._api.post(f"/api/posts/{self._find(given).id}/{action}", object, body)
        if self._as_json:
            self._print_json(answer)
            return
        row = msgspec.convert(answer, PostRow)
        self._console.print(words.format(id=shorten(row.id), time=row.time))

    def _find(self, given: str) -> PostRow:
        rows = self._api.get("/api/posts", list[PostRow], limit=ALL)
        return find(rows, given, "post", lambda row: f"{row.state}, {tame(row.caption[:30])}", LISTING)

    def _print_json(self, answer: object) -> None:
        self._console.file.write(msgspec.json.format(msgspec.json.encode(answer)).decode() + "\n")


def show_posts(console: Console, rows: list[PostRow], *, chosen: bool = False) -> None:
    """Print the calendar, or what was `chosen` of it."""
    if not rows:
        console.print(f"Nothing {'of that ' if chosen else ''}stands on the calendar.", style="green")
        return
    table = Table("ID", "WHEN", "STATE", "WHO", "WHERE", "WHAT", box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for row in rows:
        pictures = f"[{len(row.asset_ids)} picture{'s' * (len(row.asset_ids) > 1)}] " if row.asset_ids else ""
        table.add_row(
            Text(shorten(row.id), "bold"),
            row.time + (" ↻" if row.rule else ""),
            Text(row.state, COLOURS.get(row.state, "")),
            row.influencer,
            tame(row.place),
            tame(pictures + (row.error or row.caption)[:80]),
        )
    console.print(table)


def show_post(console: Console, row: PostRow) -> None:
    """Print one post in full."""
    console.print(Text.assemble((shorten(row.id), "bold"), f"  {row.time}  ", (row.state, COLOURS.get(row.state, ""))))
    console.print(f"{row.influencer} on {tame(row.place)}, in {row.language}" + (", made by AI" if row.made_by_ai else ""))
    who = f"by {tame(row.made_by)}" + (f", decided by {tame(row.approved_by)}" if row.approved_by else "")
    console.print(who + (f", proposed in conversation {shorten(row.conversation_id)}" if row.conversation_id else ""))
    if row.platform_ids:
        console.print(f"out as {tame(', '.join(row.platform_ids))}")
    if row.error:
        console.print(tame(row.error), style="red")
    console.print()
    console.print(tame(row.caption) or "(no words)")
    for asset_id in row.asset_ids:
        console.print(f"[picture {asset_id}]", style="dim")
