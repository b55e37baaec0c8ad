"""The real gateway, for commands that speak to it."""

from __future__ import annotations

from tests.gateway.conftest import gateway  # noqa: F401 — a fixture, found here by its name
