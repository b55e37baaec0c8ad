"""The chat page's own door: `/chat/{account}`. Every answer is for one fan, proven by the cookie, and no other."""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide
from litestar.static_files import create_static_files_router

from gateway.webchat.entrance import enter, show_entrance
from gateway.webchat.events import listen
from gateway.webchat.media import show_avatar, show_media
from gateway.webchat.packs import unlock
from gateway.webchat.pages import STATIC, show_page, show_privacy
from gateway.webchat.session import FanSessions
from gateway.webchat.streams import Streams
from gateway.webchat.talk import read, write
from gateway.webchat.visitors import provide_account, provide_handle
from gateway.webchat.wording import provide_words


def webchat_routers(sessions: FanSessions) -> list[Router]:
    """Return the page's routes and its static files."""
    streams = Streams()
    chat = Router(
        "/chat/{account_key:str}",
        route_handlers=[show_page, show_privacy, show_entrance, enter, read, write, unlock, show_media, show_avatar, listen],
        dependencies={
            "account": Provide(provide_account),
            "handle": Provide(provide_handle),
            "words": Provide(provide_words),
            "sessions": Provide(lambda: sessions, sync_to_thread=False),
            "streams": Provide(lambda: streams, sync_to_thread=False),
        },
        tags=["Chat page"],
    )
    return [chat, create_static_files_router("/chat-static", [STATIC], name="chat-static", include_in_schema=False)]
