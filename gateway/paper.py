"""The look of the pages for operators, API description and health: plain HTML that needs nothing from outside."""

from __future__ import annotations

import base64
import hashlib
from html import escape

STYLE = """
:root { color-scheme: light dark; --ground: #f7f1ed; --surface: #fffcfa; --line: #e8ddd7; --ink: #2a2225; --soft: #6a5e62;
  --accent: #9c4160; --ok: #1f7a4d; --degraded: #8a5a00; --down: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ground: #141012; --surface: #1e191c; --line: #3a3136; --ink: #f3ecee;
  --soft: #b3a6ab; --accent: #e59ab4; --ok: #6fd3a0; --degraded: #f0c060; --down: #ff9a8f; } }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--ground); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { margin: 0 0 .25rem; font: 600 2rem/1.2 ui-serif, Georgia, serif; }
h2 { margin: 2.5rem 0 .75rem; font: 600 1.25rem/1.3 ui-serif, Georgia, serif; }
a { color: var(--accent); } p { margin: .5rem 0; } .soft { color: var(--soft); }
code, pre { font: 14px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
details, .card { margin: .4rem 0; border: 1px solid var(--line); border-radius: .75rem; background: var(--surface); }
summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: .15rem .75rem; padding: .6rem .9rem; cursor: pointer; }
summary::-webkit-details-marker { display: none; }
summary:hover code, details[open] summary code { color: var(--accent); }
details > :not(summary), .card > * { margin-inline: .9rem; } details > :last-child { margin-bottom: .8rem; }
.method { min-width: 3.4rem; color: var(--accent); font-size: .8rem; letter-spacing: .05em; }
.key { margin-left: auto; color: var(--soft); font-size: .85rem; }
table { border-collapse: collapse; } td, th { padding: .3rem 1.2rem .3rem 0; text-align: left; vertical-align: top; }
.card { padding: .4rem 0; overflow-x: auto; } .card table { width: calc(100% - 1.8rem); } .card td { padding-block: .5rem; }
.number { text-align: right; white-space: nowrap; }
.state { font-weight: 600; white-space: nowrap; } .state::before { content: "● "; }
.ok { color: var(--ok); } .degraded, .warming { color: var(--degraded); } .down { color: var(--down); }
"""

# The pages' own style, by its hash, for the content security policy.
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"


def lay_out(title: str, body: str, language: str = "en") -> bytes:
    """Return a whole page; `body` is HTML whose data has been escaped, in this language."""
    return (
        f"<!doctype html><html lang={language}><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        "<link rel=icon href=/chat-static/icon.svg type=image/svg+xml>"
        f"<title>{escape(title)}</title><style>{STYLE}</style><main>{body}</main></html>"
    ).encode()
