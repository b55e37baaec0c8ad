"""Standard Webhooks: what is signed, with which keys, and whether a request proves itself.

`v1` is HMAC-SHA256 with a shared secret (`whsec_…`), `v1a` Ed25519 with a key pair (`whsk_…` signs, `whpk_…` verifies).
Both sign `{id}.{timestamp}.{body}` over the exact bytes of the body.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.errors import BadInput, Misconfigured, Unauthorised

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
SHARED, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
WINDOW_S = 300
SHARED_BYTES = range(24, 65)
FRESH_BYTES = 32
MOST_SIGNATURES = 16
"""A list longer than any rotation needs would only make us work."""

IDS = re.compile(r"[!-\-/-~]{1,256}")
"""Printable, and without a full stop: that one parts what is signed."""
SECONDS = re.compile(r"[0-9]{1,12}")

Key: TypeAlias = bytes | Ed25519PrivateKey | Ed25519PublicKey


def read_key(text: str) -> Key:
    """Read a key by its prefix. Raises `Misconfigured`, without the key in its words."""
    prefix, body = text[: text.find("_") + 1], text[text.find("_") + 1 :]
    raw = _decode(body)
    if raw is not None and prefix == SHARED and len(raw) in SHARED_BYTES:
        return raw
    if raw is not None and prefix == PRIVATE and len(raw) in (32, 64):  # some write the public half behind the seed
        return Ed25519PrivateKey.from_private_bytes(raw[:32])
    if raw is not None and prefix == PUBLIC and len(raw) == 32:
        return Ed25519PublicKey.from_public_bytes(raw)
    raise Misconfigured("This is no key of Standard Webhooks: whsec_ with 24 to 64 bytes, whsk_ or whpk_ with 32, in base64.")


def sign(keys: Sequence[str], webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers, with a signature by every key, in their order.

    Raises `BadInput` for an id that cannot be signed safely, `Misconfigured` for keys that cannot sign.
    """
    if not IDS.fullmatch(webhook_id):
        raise BadInput("A webhook's id is printable and has no full stop in it.")
    seconds = str(int(at.timestamp()))
    content = _content(webhook_id, seconds, body)
    return {ID: webhook_id, TIMESTAMP: seconds, SIGNATURE: " ".join(_sign(read_key(key), content) for key in keys)}


def verify(keys: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Return the webhook's id, if one of the keys signed it within five minutes of now; header names are lower-case.

    Raises `Unauthorised`, and `Misconfigured` for keys that are none.
    """
    webhook_id, seconds = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not IDS.fullmatch(webhook_id) or not SECONDS.fullmatch(seconds):
        raise Unauthorised("The request carries no usable webhook-id and webhook-timestamp.")
    if abs(now.timestamp() - int(seconds)) > WINDOW_S:
        raise Unauthorised("The request was signed more than five minutes before or after now.")
    given = headers.get(SIGNATURE, "").split()
    if not keys or not given or len(given) > MOST_SIGNATURES:
        raise Unauthorised("The request carries no signature that could be checked.")
    content = _content(webhook_id, seconds, body)
    fits = False
    for key in map(read_key, keys):
        for version, _, signature in (one.partition(",") for one in given):
            fits |= _fits(key, version, _decode(signature), content)
    if not fits:
        raise Unauthorised("The request is not signed with a key of this account.")
    return webhook_id


def new_secret() -> str:
    """Make a shared secret."""
    return SHARED + base64.b64encode(secrets.token_bytes(FRESH_BYTES)).decode()


def new_private_key() -> str:
    """Make the private half of a key pair."""
    return PRIVATE + base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def public_half(private: str) -> str:
    """Return the half of a pair that may be shown. Raises `Misconfigured` for anything but a private key."""
    key = read_key(private)
    if not isinstance(key, Ed25519PrivateKey):
        raise Misconfigured("Only a private key has a public half.")
    return PUBLIC + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def _content(webhook_id: str, seconds: str, body: bytes) -> bytes:
    return f"{webhook_id}.{seconds}.".encode() + body


def _sign(key: Key, content: bytes) -> str:
    if isinstance(key, Ed25519PublicKey):
        raise Misconfigured("A public key cannot sign.")
    if isinstance(key, Ed25519PrivateKey):
        return "v1a," + base64.b64encode(key.sign(content)).decode()
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()


def _fits(key: Key, version: str, signature: bytes | None, content: bytes) -> bool:
    """Tell whether a signature of the key's own version is the key's; a shared secret compares in constant time."""
    if signature is None or version != ("v1" if isinstance(key, bytes) else "v1a"):
        return False
    if isinstance(key, bytes):
        return hmac.compare_digest(signature, hmac.digest(key, content, "sha256"))
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    try:
        public.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _decode(text: str) -> bytes | None:
    """Read base64, padded or not; None where it is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
