"""What the graph expects of a tool; the tools themselves stand in `tools/`."""

from __future__ import annotations

from typing import Any, Protocol

from agents.plain_text import keep_storable
from tools.context import ToolContext


class Tool(Protocol):
    """One thing that an agent can do. `parameters` is the JSON schema of the model's arguments."""

    name: str
    description: str
    parameters: dict[str, Any]

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        """Check, stage, and answer in words that the model sees. Raises `MuseError` if it cannot tell."""
        ...


def sells(tool: Tool) -> bool:
    """Whether a tool rests where selling does: every one that does not say `sells = False`."""
    return bool(getattr(tool, "sells", True))


def describe_tool(tool: Tool) -> dict[str, Any]:
    """Write a tool as the function schema that chat models take."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def clean_arguments(value: Any) -> Any:
    """Return a model's arguments without what no text of the ledger can hold: NUL and halves of characters."""
    if isinstance(value, str):
        return keep_storable(value)
    if isinstance(value, dict):
        return {clean_arguments(key): clean_arguments(one) for key, one in value.items()}
    return [clean_arguments(one) for one in value] if isinstance(value, list) else value
