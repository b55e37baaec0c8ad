"""The page: in the browser's language of six, without a token, a script or anything from outside."""

from __future__ import annotations

import tomllib
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromQuery

from gateway.languages import pick_language
from gateway.paper import lay_out

FOLDER = Path(__file__).parent
ANYWHERE = "findahelpline.com"


@cache
def load_texts() -> dict[str, dict[str, Any]]:
    """Read the page's texts by language."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / "texts").glob("*.toml"))}


@cache
def load_lines() -> list[dict[str, str]]:
    """Read the numbers to call, each with country and name."""
    found: list[dict[str, str]] = tomllib.loads((FOLDER / "lines.toml").read_text(encoding="utf-8"))["lines"]
    return found


def choose_language(wanted: str | None, accepted: str) -> str:
    """Return the language asked for, else the first that the browser accepts and there are texts for, by its own weights."""
    there = load_texts()
    return wanted.lower() if wanted and wanted.lower() in there else pick_language(accepted, there)


def draw_page(language: str, contact: str) -> bytes:
    """Return the page; `contact` is how the operator is reached, empty where that is not set."""
    text = load_texts()[language]
    others = " · ".join(f"<a href='/safety?lang={code}' hreflang={code}>{code}</a>" for code in load_texts())
    rows = "".join(
        f"<tr><td>{escape(line['country'])}<td>{escape(line['name'])}<td class=number><b>{escape(line['call'])}</b>"
        for line in load_lines()
    )
    rows += f"<tr><td>{escape(text['elsewhere'])}<td colspan=2><a href=https://{ANYWHERE} rel=noopener>{ANYWHERE}</a>"
    reach = f"{text['contact']} {contact}" if contact else text["nobody"]
    body = (
        f"<p class=soft>{others}</p><h1>{escape(text['title'])}</h1><p>{escape(text['lead'])}</p>"
        f"<h2>{escape(text['crisis_title'])}</h2><p><b>{escape(text['danger'])}</b></p>{_list(text['crisis'])}"
        f"<h2>{escape(text['lines_title'])}</h2><div class=card><table>{rows}</table></div>"
        f"<h2>{escape(text['ai_title'])}</h2>{_list(text['ai'])}"
        f"<h2>{escape(text['age_title'])}</h2>{_list(text['age'])}"
        f"<h2>{escape(text['stop_title'])}</h2><p>{escape(text['stop'])}</p>"
        f"<h2>{escape(text['contact_title'])}</h2><p>{escape(reach)}</p>"
    )
    return lay_out(text["title"], body, language)


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(item)}" for item in items) + "</ul>"


@get("/safety", sync_to_thread=False, summary="The crisis protocol, for everybody", tags=["Safety"])
def show_safety(request: Request[Any, Any, Any], state: State, lang: FromQuery[str | None] = None) -> Response[bytes]:
    """Return the page in the language asked for, or in the browser's; it needs no token and no database."""
    language = choose_language(lang, request.headers.get("accept-language", ""))
    headers = {"content-language": language, "vary": "accept-language"}
    return Response(draw_page(language, state.safety_contact), media_type="text/html; charset=utf-8", headers=headers)
