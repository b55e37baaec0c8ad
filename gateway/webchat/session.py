"""Who a webchat fan is: a random handle in a signed, httpOnly cookie that holds for one account only."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import uuid4

from litestar.datastructures import Cookie

from core.errors import Unauthorised
from core.nouns import Account

LASTS_S = 400 * 24 * 3600


class FanSessions:
    """Makes and reads the cookies."""

    def __init__(self, key: bytes, secure: bool) -> None:
        """Sign with a 32-byte key; `secure` cookies go over HTTPS only."""
        self._key = key
        self._secure = secure

    def make(self, account: Account) -> tuple[str, Cookie]:
        """Return a new fan's handle and the cookie that proves it."""
        handle = uuid4().hex
        cookie = Cookie(
            key=_name(account),
            value=f"{handle}.{self._sign(account, handle)}",
            path=f"/chat/{account.key}",
            max_age=LASTS_S,
            httponly=True,
            secure=self._secure,
            samesite="lax",
        )
        return handle, cookie

    def read(self, account: Account, cookies: dict[str, str]) -> str:
        """Return the handle that a request proves. Raises `Unauthorised`."""
        handle, _, signature = cookies.get(_name(account), "").partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(account, handle).encode()):
            raise Unauthorised("Please open the chat anew.")
        return handle

    def _sign(self, account: Account, handle: str) -> str:
        digest = hmac.digest(self._key, f"webchat:{account.id}:{handle}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _name(account: Account) -> str:
    return f"muse_fan_{account.key}"
