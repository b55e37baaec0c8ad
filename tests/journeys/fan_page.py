"""The chat page as a fan uses it: through what can be seen, clicked and typed in a real browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct
from playwright.async_api import BrowserContext, Locator, Page, expect

PATIENCE_MS = 40_000
# What a browser logs by itself when a request is refused or a server is away; journeys cause both on purpose.
NETWORK_WORDS = ("Failed to load resource", "net::ERR_")


STICKING_OUT = """() => [document.documentElement, document.querySelector('#scroller'),
  ...document.querySelectorAll('#log .bubble, #log .pack, #log .line, .composer, .top')]
  .filter(part => part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > innerWidth + 1)
  .map(part => `${part.tagName}.${part.className}`)"""


class Line(Struct, frozen=True):
    """One row of the log: who wrote, what kind it is, and its words."""

    author: str
    kind: str
    text: str


class FanPage:
    """One tab of one fan."""

    def __init__(self, page: Page, address: str) -> None:
        """Watch a fresh page; `address` is the chat's."""
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"page: {error}"))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self._watch(request.url))

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def rows(self) -> Locator:
        """All messages, of both sides."""
        return self.page.locator("#log .msg")

    @property
    def own(self) -> Locator:
        return self.page.locator("#log .msg-own")

    @property
    def others(self) -> Locator:
        return self.page.locator("#log .msg-other")

    @property
    def banner(self) -> Locator:
        return self.page.locator("#banner")

    async def open(self) -> FanPage:
        """Go to the chat's address."""
        await self.page.goto(self.address)
        return self

    async def enter(self) -> FanPage:
        """Say at the door that the fan is an adult, and wait for the chat."""
        await self.page.get_by_role("button", name="Yes, I am 18 or older").click()
        await expect(self.page.locator("#hello")).to_be_visible()
        return self

    async def type(self, text: str) -> None:
        """Write and send, without waiting for anything."""
        await self.page.locator("#text").fill(text)
        await self.page.locator(".send").click()

    async def say(self, text: str, replies: int = 1) -> list[str]:
        """Send, wait for so many new messages of the influencer at least, and return what they say."""
        before = await self.others.count()
        await self.type(text)
        await self.settled(own=None, others=before + replies)
        return [line.text for line in await self.read() if line.author != "fan"][before:]

    async def settled(self, own: int | None, others: int) -> None:
        """Wait until all of the fan's messages are with the house and so many replies (at least) are here."""
        await expect(self.others.nth(others - 1)).to_be_visible()
        if own is not None:
            await expect(self.own).to_have_count(own)
        await expect(self.page.locator('#log .msg-own:not([data-state="sent"])')).to_have_count(0)

    async def read(self) -> list[Line]:
        """Return the messages as they stand on the page; a pack's words are its title."""
        found: list[dict[str, str]] = await self.rows.evaluate_all(
            """rows => rows.map(row => ({author: row.dataset.from, kind: row.dataset.kind,
                 text: (row.querySelector('.msg-text') ?? row.querySelector('.pack-title'))?.textContent ?? ''}))"""
        )
        return [Line(**line) for line in found]

    async def notices(self) -> list[str]:
        """Return the lines between the messages: AI notices, purchases."""
        found: list[str] = await self.page.locator("#log .line p").all_text_contents()
        return found

    async def thread(self) -> list[dict[str, Any]]:
        """Ask the house what it has, with this fan's cookie."""
        answer = await self.context.request.get(f"{self.address}/thread")
        assert answer.status == 200, await answer.text()
        items: list[dict[str, Any]] = (await answer.json())["items"]
        return items

    async def handle(self) -> str:
        """Return the name under which the house knows this fan."""
        cookies = {cookie["name"]: cookie["value"] for cookie in await self.context.cookies()}
        return cookies[f"muse_fan_{self.address.rsplit('/', 1)[-1]}"].partition(".")[0]

    async def take(self, path: Path) -> None:
        """Take a screenshot in light and one in dark, when all that moves has come to rest."""
        for scheme in ("light", "dark"):
            await self.page.emulate_media(color_scheme=scheme)
            await self.page.screenshot(path=f"{path}-{scheme}.png", animations="disabled")

    async def overflow(self) -> list[str]:
        """Return what sticks out of the page sideways."""
        found: list[str] = await self.page.evaluate(STICKING_OUT)
        return found

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(words in text for words in NETWORK_WORDS):
            self.complaints.append(f"{kind}: {text}")

    def _watch(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).netloc != urlsplit(self.address).netloc:
            self.foreign.append(url)


OpenPage = Callable[..., Awaitable[FanPage]]
