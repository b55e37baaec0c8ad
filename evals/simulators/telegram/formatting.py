"""Texts with markup: what is left of them, and where the markup was."""

from __future__ import annotations

from html.parser import HTMLParser

from evals.simulators.telegram.errors import bad_request
from evals.simulators.telegram.nouns import Json
from evals.simulators.telegram.params import Params

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_TAGS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
}


def units(text: str) -> int:
    """Count UTF-16 code units, Telegram's measure of length."""
    return len(text.encode("utf-16-le")) // 2


def read_text(params: Params, name: str = "text") -> tuple[str, list[Json]]:
    """Return a message's text and entities. Raises `ApiError` when nothing is left, or too much."""
    if not params.text(name):
        raise bad_request("message text is empty")
    text, entities = _parse(params, name)
    if not text:
        raise bad_request("text must be non-empty")
    if units(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return text, entities


def read_caption(params: Params) -> Json:
    """Return the caption's fields of a message, none without a caption. Raises `ApiError` when it is too long."""
    text, entities = _parse(params, "caption")
    if units(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return {**({"caption": text} if text else {}), **({"caption_entities": entities} if entities else {})}


def _parse(params: Params, name: str) -> tuple[str, list[Json]]:
    given, mode = params.text(name), params.text("parse_mode").lower()
    if not mode or mode == "none":
        return given.strip(), params.objects("entities" if name == "text" else "caption_entities")
    if mode != "html":
        raise bad_request(f"unsupported parse_mode (this simulator reads plain text and HTML, not {mode})")
    reader = _HtmlReader()
    reader.feed(given)
    reader.close()
    if reader.open:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag {reader.open[-1][0]}")
    return reader.text.strip(), reader.entities


class _HtmlReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[Json] = []
        self.open: list[tuple[str, int, str]] = []

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self.getpos()[1]}')
        self.open.append((tag, units(self.text), dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise bad_request(f"can't parse entities: Unexpected end tag at byte offset {self.getpos()[1]}")
        _, offset, href = self.open.pop()
        entity: Json = {"type": _TAGS[tag], "offset": offset, "length": units(self.text) - offset}
        self.entities.append({**entity, "url": href} if href else entity)
