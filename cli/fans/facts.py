"""`muse memory show|correct|retract|add`: what is known of a fan, and setting it right, through the gateway."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from rich.console import Console

from cli.api_client import ApiClient
from cli.desk.short_ids import shorten
from cli.fans.desk import FanDesk
from cli.settings import read_settings
from cli.terminal import tame
from core.errors import BadInput

VERBS = ("show", "correct", "retract", "add")
FAN = "a fan: platform/handle, or its id or enough of its beginning or end"
FACT = "the whole id of a fact, as `muse memory show --ids` prints it"


class FactRow(Struct, frozen=True):
    """A fact with its history."""

    id: UUID
    influencer: str
    text: str
    made_by: str
    seen: int
    standing: bool
    valid_from: datetime
    valid_to: datetime | None
    retracted_at: datetime | None
    retracted_by: str | None


def declare(actions: _SubParsersAction[ArgumentParser]) -> None:
    """Declare the verbs."""
    show = actions.add_parser("show", help="what is and was known of a fan, by whom, from when and until when")
    show.add_argument("fan", help=FAN)
    show.add_argument("--ids", action="store_true", help="print whole ids, for correct and retract")
    correct = actions.add_parser("correct", help="put other words in the place of a fact; it stays as history")
    correct.add_argument("fact", help=FACT)
    correct.add_argument("text", help='one sentence about "the fan"')
    retract = actions.add_parser("retract", help="say that a fact never held")
    retract.add_argument("fact", help=FACT)
    add = actions.add_parser("add", help="write down what you know of a fan")
    add.add_argument("fan", help=FAN)
    add.add_argument("text", help='one sentence about "the fan"')
    add.add_argument("--influencer", help="who is to know it; needed where the fan talks with several")
    add.add_argument("--standing", action="store_true", help="a wish or an instruction that holds in every talk")
    for verb in VERBS:
        actions.choices[verb].add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def run(arguments: Namespace) -> int:
    """Do one of `VERBS`. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    from cli.api_client import open_api
    from cli.terminal import open_console

    api, console = open_api(read_settings()), open_console()
    if arguments.action == "show":
        fan = FanDesk(api, console, False).find(arguments.fan)
        return _print(console, arguments, api.get(f"/api/fans/{fan.id}/facts", list[dict[str, Any]]), "")
    if arguments.action == "add":
        fan = FanDesk(api, console, False).find(arguments.fan)
        order = {"text": arguments.text, "influencer": arguments.influencer, "standing": arguments.standing}
        return _print(console, arguments, api.post(f"/api/fans/{fan.id}/facts", dict[str, Any], order), "Noted.")
    return _change(api, console, arguments)


def _change(api: ApiClient, console: Console, arguments: Namespace) -> int:
    try:
        fact = UUID(arguments.fact)
    except ValueError:
        raise BadInput(f"{arguments.fact!r} is no whole id; type: muse memory show FAN --ids") from None
    body = {"text": arguments.text} if arguments.action == "correct" else None
    answer = api.post(f"/api/facts/{fact}/{arguments.action}", dict[str, Any], body)
    return _print(
        console, arguments, answer, "Corrected." if body else "Retracted: what was said before does not bring it back."
    )


def _print(console: Console, arguments: Namespace, answer: Any, words: str) -> int:
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(answer)).decode())
    elif words:
        console.print(words)
    else:
        rows = msgspec.convert(answer, list[FactRow])
        for row in rows:
            console.print(_describe(row, whole=arguments.ids), soft_wrap=True, style="dim" if _ended(row) else None)
        if not rows:
            console.print("Nothing is known of this fan yet.")
    return 0


def _ended(row: FactRow) -> datetime | None:
    return row.retracted_at or row.valid_to


def _describe(row: FactRow, *, whole: bool) -> str:
    until = f" until {_ended(row):%Y-%m-%d}" if _ended(row) else ""
    how = f", retracted by {row.retracted_by}" if row.retracted_by else ""
    often = f", said {row.seen} times" if row.seen > 1 else ""
    standing = ", in every talk" if row.standing else ""
    name = str(row.id) if whole else shorten(row.id)
    since = f"{row.valid_from:%Y-%m-%d}{until}"
    return tame(f"{name}  {row.text}  ({row.influencer}, since {since}, by {row.made_by}{how}{often}{standing})")
