"""Which platforms there are: an explicit list, one line each."""

from __future__ import annotations

from core.clock import Clock, SystemClock
from core.platforms import Platform
from core.ports import Blobs
from core.settings import Settings
from gateway.platforms.http.adapter import HttpPlatform
from gateway.platforms.telegram.adapter import TelegramPlatform
from gateway.platforms.webchat.adapter import WebchatPlatform

PREVIEW = "preview"
"""Where operators try personas out: conversations that no fan sees."""


def open_platforms(settings: Settings, blobs: Blobs, clock: Clock | None = None) -> dict[str, Platform]:
    """Make every adapter, by name. Nothing connects before its first use; each must be closed at the end."""
    time = clock or SystemClock()
    adapters: list[Platform] = [
        TelegramPlatform(settings.telegram_api_url, blobs, time),
        WebchatPlatform(),
        WebchatPlatform(PREVIEW),
        HttpPlatform(time),
    ]
    return {adapter.name: adapter for adapter in adapters}
