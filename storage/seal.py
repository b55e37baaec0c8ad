"""Sealing of accounts' secrets: AES-256-GCM, with the key's id in front so that keys can be rotated.

A sealed value is bound to its account and name, so that it cannot be moved to another row.
"""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import Misconfigured

NONCE = 12
KEY_ID = 4


class Seal:
    """Seals and opens with the newest key; opens with older ones too."""

    def __init__(self, keys: list[bytes]) -> None:
        """Take 32-byte keys, the newest first."""
        self._ciphers = {hashlib.sha256(key).digest()[:KEY_ID]: AESGCM(key) for key in keys}
        self._newest = hashlib.sha256(keys[0]).digest()[:KEY_ID]

    def close(self, account_id: UUID, name: str, secret: str) -> bytes:
        """Seal a secret for one account."""
        nonce = os.urandom(NONCE)
        return self._newest + nonce + self._ciphers[self._newest].encrypt(nonce, secret.encode(), _bound(account_id, name))

    def open(self, account_id: UUID, name: str, sealed: bytes) -> str:
        """Open a sealed secret. Raises `Misconfigured` when the key is not ours."""
        cipher = self._ciphers.get(sealed[:KEY_ID])
        try:
            if cipher is None:
                raise InvalidTag
            opened = cipher.decrypt(sealed[KEY_ID : KEY_ID + NONCE], sealed[KEY_ID + NONCE :], _bound(account_id, name))
        except InvalidTag as error:
            raise Misconfigured(
                f"The secret {name!r} of an account was sealed with a key that is not in secrets/seal.key."
            ) from error
        return opened.decode()


def read_seal(path: Path) -> Seal:
    """Read the keys, one in base64 a line, the newest first. Raises `Misconfigured`."""
    try:
        keys = [base64.b64decode(line, validate=True) for line in path.read_text().split()]
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{path.name} cannot be read; run `muse up` once, which makes it.") from error
    if not keys or any(len(key) != 32 for key in keys):
        raise Misconfigured(f"{path.name} must hold 32-byte keys in base64, one a line.")
    return Seal(keys)


def read_key(path: Path) -> bytes:
    """Read one key: 32 bytes in base64. Raises `Misconfigured`."""
    try:
        key = base64.b64decode(path.read_text().strip(), validate=True)
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{path.name} cannot be read; run `muse up` once, which makes it.") from error
    if len(key) != 32:
        raise Misconfigured(f"{path.name} must hold 32 bytes in base64.")
    return key


def _bound(account_id: UUID, name: str) -> bytes:
    return account_id.bytes + name.encode()
