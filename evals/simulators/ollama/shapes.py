"""The smallest value that fits a JSON schema, for requests that ask for structured output."""

from __future__ import annotations

import msgspec

from evals.simulators.ollama.answers import Json

_PLAIN: dict[str, object] = {"string": "", "integer": 0, "number": 0.0, "boolean": False, "null": None, "array": []}


def example(shape: object) -> str:
    """Return JSON that fits `shape`: a schema, or the word "json" for any object."""
    definitions = shape.get("$defs") if isinstance(shape, dict) else None
    value = value_of(shape, definitions if isinstance(definitions, dict) else {}) if isinstance(shape, dict) else {}
    return msgspec.json.encode(value).decode()


def value_of(shape: object, definitions: Json) -> object:
    """Return the smallest value of a schema; `definitions` holds what its references mean."""
    if not isinstance(shape, dict):
        return ""
    if isinstance(reference := shape.get("$ref"), str):
        return value_of(definitions.get(reference.rsplit("/", 1)[-1]), definitions)
    for key in ("const", "default"):
        if key in shape:
            return shape[key]
    for key in ("enum", "anyOf", "oneOf", "allOf"):
        if isinstance(choices := shape.get(key), list) and choices:
            return choices[0] if key == "enum" else value_of(choices[0], definitions)
    fields = shape.get("properties")
    if isinstance(fields, dict):
        required = shape.get("required")
        names = required if isinstance(required, list) else []
        return {name: value_of(fields.get(name), definitions) for name in names}
    kind = shape.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    least = shape.get("minItems")
    if kind == "array" and isinstance(least, int):
        return [value_of(shape.get("items"), definitions) for _ in range(least)]
    minimum = shape.get("minimum")
    return minimum if minimum is not None else _PLAIN.get(str(kind), {})
