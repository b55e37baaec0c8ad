"""A visit: through the door, line by line, until the fan leaves."""

from __future__ import annotations

import sys
from pathlib import Path

import aiohttp
from msgspec import Struct

from cli.api_client import ApiClient
from cli.chat.background import BackgroundLoop
from cli.chat.cookies import cookie_file, keep_cookie, read_cookie
from cli.chat.door import ChatDoor, Entrance
from cli.chat.screen import COMMANDS, Screen
from cli.chat.talk import Talk
from cli.terminal import open_console
from core.errors import Refused, TryLater

YES = ("y", "yes")
BYE = "Bye."


class Wishes(Struct, frozen=True):
    """How the visit was asked for; `patience_s` is how long a piped line waits for its answer."""

    slug: str
    new: bool
    adult: bool
    inside: bool
    patience_s: float


def visit(api: ApiClient, secrets: Path, wishes: Wishes) -> int:
    """Talk until /quit or the end of the input; return the exit code. Raises `MuseError` where nothing can be done."""
    interactive = sys.stdin.isatty()
    screen = Screen(open_console(), interactive)
    file = cookie_file(secrets, wishes.slug)
    with BackgroundLoop() as loop:
        http = loop.run(_open_http())
        try:
            door = ChatDoor(http, api.url, wishes.slug, "" if wishes.new else read_cookie(file))
            entrance = loop.run(door.entrance())
            screen.welcome(entrance)
            if not _admit(screen, entrance, wishes.adult):
                raise Refused("This chat is for adults only.")
            if not entrance.confirmed:
                keep_cookie(file, loop.run(door.enter()))
            if entrance.waking:
                screen.note(f"{entrance.influencer.name} is waking up; the first answer takes a moment.")
            talk = Talk(door, api, screen, entrance.influencer.name, wishes.inside)
            loop.run(talk.begin())
            loop.start(talk.listen())
            if interactive:
                loop.start(talk.follow())
            return _converse(loop, talk, screen, None if interactive else wishes.patience_s)
        finally:
            loop.run(http.close())


async def _open_http() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())


def _admit(screen: Screen, entrance: Entrance, said_adult: bool) -> bool:
    if entrance.confirmed or said_adult:
        return True
    try:
        return screen.ask("Are you 18 or older? (yes/no) ").lower() in YES
    except EOFError:
        return False


def _converse(loop: BackgroundLoop, talk: Talk, screen: Screen, patience_s: float | None) -> int:
    """Read lines to the end. Piped (with patience), each waits for its answer and the first error ends the visit."""
    while (line := screen.read_line()) is not None:
        if line == "/quit":
            break
        try:
            if line and _act(loop, talk, screen, line) and patience_s is not None:
                loop.run(talk.settled(patience_s))
        except (Refused, TryLater) as error:
            if patience_s is not None:
                raise
            screen.note(str(error), "red")
    screen.note(BYE)
    return 0


def _act(loop: BackgroundLoop, talk: Talk, screen: Screen, line: str) -> bool:
    """Do what a line says; return whether an answer is to be waited for. Raises `MuseError`."""
    word, _, rest = line.partition(" ")
    if word == "/inside":
        talk.inside = not talk.inside
        screen.note(f"The turn's inside is {'shown' if talk.inside else 'hidden'}.")
        loop.run(talk.look())
        return False
    if word == "/unlock":
        loop.run(talk.unlock(int(rest) if rest.strip().isdecimal() else 0))
    elif word.startswith("/"):
        screen.note(COMMANDS)
        return False
    else:
        loop.run(talk.say(line))
    return True
