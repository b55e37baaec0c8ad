"""The API's own description: OpenAPI as JSON, and a page for people that needs nothing from outside."""

from __future__ import annotations

from html import escape
from typing import Any

from litestar import Request, Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from gateway.operators.auth import require_operator
from gateway.paper import lay_out

METHODS = ("get", "post", "put", "patch", "delete")


class PageRenderPlugin(OpenAPIRenderPlugin):
    """Renders the description as one plain page: every route with its words, parameters, body and answers."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the page."""
        groups: dict[str, list[str]] = {}
        for path, operations in sorted(openapi_schema["paths"].items()):
            for method in METHODS:
                if operation := operations.get(method):
                    groups.setdefault((operation.get("tags") or ["Other"])[0], []).append(_route(method, path, operation))
        body = "".join(f"<h2>{escape(tag)}</h2>{''.join(routes)}" for tag, routes in groups.items())
        schemas = openapi_schema.get("components", {}).get("schemas", {})
        shapes = "".join(
            f'<details id="{escape(n)}"><summary><code>{escape(n)}</code></summary>{_shape(s)}</details>'
            for n, s in schemas.items()
        )
        info = openapi_schema["info"]
        head = (
            f"<h1>{escape(info['title'])} API</h1><p>{escape(info.get('description') or '')}</p>"
            "<p class=soft>Machine-readable: <a href=/api/docs/openapi.json>openapi.json</a></p>"
        )
        return lay_out(f"{info['title']} API", f"{head}{body}<h2>Shapes</h2>{shapes}")


def _route(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(p['name'])}</code><td>{escape(p['in'])}<td>{escape(_name(p.get('schema', {})))}"
        f"<td>{'required' if p.get('required') else ''}"
        for p in operation.get("parameters", [])
    )
    contents = operation.get("requestBody", {}).get("content", {}).values()
    body = "".join(f"<p>Body: <code>{escape(_name(c.get('schema', {})))}</code></p>" for c in contents)
    answers = "".join(f"<tr><td>{escape(code)}<td>{_answer(a)}" for code, a in operation.get("responses", {}).items())
    key = '<span class="key">operator token</span>' if operation.get("security") else ""
    summary = escape(operation.get("summary") or "")
    head = f'<b class="method">{method.upper()}</b> <code>{escape(path)}</code> <span>{summary}</span> {key}'
    table = f"<table>{rows}</table>" if rows else ""
    words = f"<p>{escape(operation.get('description') or '')}</p>"
    return f"<details><summary>{head}</summary>{words}{table}{body}<table>{answers}</table></details>"


def _answer(answer: dict[str, Any]) -> str:
    names = [_name(c.get("schema", {})) for c in answer.get("content", {}).values()]
    return f"{escape(answer.get('description', ''))} <code>{escape(', '.join(names))}</code>"


def _shape(schema: dict[str, Any]) -> str:
    rows = "".join(f"<tr><td><code>{escape(n)}</code><td>{escape(_name(p))}" for n, p in schema.get("properties", {}).items())
    return f"<p>{escape(schema.get('description') or '')}</p><table>{rows}</table>"


def _name(schema: dict[str, Any]) -> str:
    if reference := schema.get("$ref"):
        return str(reference).rsplit("/", 1)[-1]
    if "oneOf" in schema or "anyOf" in schema:
        return " or ".join(_name(s) for s in schema.get("oneOf", schema.get("anyOf", [])))
    if schema.get("type") == "array":
        return f"list of {_name(schema.get('items', {}))}"
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = schema.get("type", "any")
    return str(schema.get("format") or (" or ".join(kind) if isinstance(kind, list) else kind))


def describe_api() -> OpenAPIConfig:
    """Return the API's description, served under `/api/docs`."""
    return OpenAPIConfig(
        title="Muse",
        version="1",
        description="Routes fans' messages to AI influencers and lets operators look after the conversations.",
        openapi_router=Router("/api/docs", route_handlers=[], guards=[require_operator], include_in_schema=False),
        render_plugins=[PageRenderPlugin(path="/"), JsonRenderPlugin(path="/openapi.json")],
        components=Components(
            security_schemes={
                "operator": SecurityScheme(
                    type="http", scheme="bearer", description="The token in secrets/operator.token of the data folder."
                )
            }
        ),
        use_handler_docstrings=True,
    )
