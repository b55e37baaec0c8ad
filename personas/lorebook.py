"""A lorebook: knowledge that enters the prompt when its keys are spoken of. The shape is that of the character card specs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One piece of knowledge. It is told when a key is spoken of, or always (`constant`); `content` may begin with decorators.

    `selective`: one of `secondary_keys` must be spoken of as well. `use_regex`: keys are patterns of a linear-time engine.
    `insertion_order`: the lower stands higher; `priority`: the lower is left out first where the budget is spent.
    """

    keys: tuple[str, ...] = ()
    content: Annotated[str, Meta(max_length=20_000)]
    secondary_keys: tuple[str, ...] = ()
    enabled: bool = True
    constant: bool = False
    selective: bool = False
    case_sensitive: bool = False
    use_regex: bool = False
    insertion_order: float = 100.0
    priority: float = 100.0
    position: Literal["before_char", "after_char"] = "after_char"
    name: str = ""
    comment: str = ""
    extensions: dict[str, Any] = field(default_factory=dict)


class Lorebook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All entries. `scan_depth` messages are searched for keys, with `recursive` also what is told; at most `token_budget`."""

    entries: Annotated[tuple[Entry, ...], Meta(max_length=2000)] = ()
    name: str = ""
    description: str = ""
    scan_depth: Annotated[int, Meta(ge=0, le=200)] = 8
    token_budget: Annotated[int, Meta(ge=0, le=32_000)] = 600
    recursive: bool = False
    extensions: dict[str, Any] = field(default_factory=dict)
