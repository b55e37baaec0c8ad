"""The app's side of Standard Webhooks, apart from Muse's: v1 by the specification's own library, v1a by `cryptography`."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct
from standardwebhooks import Webhook, WebhookVerificationError

WINDOW_S = 300


class AppKeys(Struct, frozen=True):
    """What an app signs with (`whsec_…`, `whsk_…`) and what it accepts of Muse (`whsec_…`, `whpk_…`)."""

    signs_with: Sequence[str] = ()
    accepts: Sequence[str] = ()

    def __repr__(self) -> str:
        """Tell how many there are."""
        return f"AppKeys({len(self.signs_with)} to sign, {len(self.accepts)} to accept)"


def new_pair() -> tuple[str, str]:
    """Make an app's own key pair: the private half (`whsk_…`) and the public one (`whpk_…`)."""
    private = Ed25519PrivateKey.generate()
    halves = (private.private_bytes_raw(), private.public_key().public_bytes_raw())
    return "whsk_" + base64.b64encode(halves[0]).decode(), "whpk_" + base64.b64encode(halves[1]).decode()


def sign(keys: Sequence[str], webhook_id: str, body: bytes, at: float | None = None) -> dict[str, str]:
    """Return the headers of one attempt; `at` in Unix seconds, now if it is not given."""
    seconds = int(time.time() if at is None else at)
    signatures = " ".join(_sign(key, webhook_id, seconds, body) for key in keys)
    return {"webhook-id": webhook_id, "webhook-timestamp": str(seconds), "webhook-signature": signatures}


def proven(keys: Sequence[str], headers: Mapping[str, str], body: bytes) -> tuple[str, ...]:
    """Return the keys by which a request proves itself, as the version and the key's place: `v1:0`, `v1a:2`."""
    return tuple(
        f"{'v1a' if key.startswith('whpk_') else 'v1'}:{n}"
        for n, key in enumerate(keys)
        if (_proven_by_pair if key.startswith("whpk_") else _proven_by_secret)(key, headers, body)
    )


def _sign(key: str, webhook_id: str, seconds: int, body: bytes) -> str:
    if key.startswith("whsk_"):
        private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.removeprefix("whsk_")))
        return "v1a," + base64.b64encode(private.sign(f"{webhook_id}.{seconds}.".encode() + body)).decode()
    return Webhook(key).sign(webhook_id, datetime.fromtimestamp(seconds, UTC), body.decode())


def _proven_by_secret(key: str, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        Webhook(key).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True


def _proven_by_pair(key: str, headers: Mapping[str, str], body: bytes) -> bool:
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_")))
    given = {name.lower(): value for name, value in headers.items()}
    webhook_id, seconds = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not seconds.isdigit() or abs(time.time() - int(seconds)) > WINDOW_S:
        return False
    for one in given.get("webhook-signature", "").split(" "):
        version, _, signature = one.partition(",")
        if version == "v1a" and _verified(public, signature, f"{webhook_id}.{seconds}.".encode() + body):
            return True
    return False


def _verified(public: Ed25519PublicKey, signature: str, content: bytes) -> bool:
    try:
        public.verify(base64.b64decode(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True
