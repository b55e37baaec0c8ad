"""An account's keys by name: which are accepted, which sign, and how a new one takes an old one's place.

While a rotation runs there are two of each: requests are accepted by either, and signed by both, until it is finished.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import Misconfigured, Refused
from gateway.platforms.http.signatures import PUBLIC, new_private_key, new_secret, read_key

PREVIOUS = "_previous"
INBOUND_SECRET, INBOUND_PUBLIC = "inbound_secret", "inbound_public_key"
OUTBOUND_SECRET, OUTBOUND_PRIVATE = "outbound_secret", "outbound_private_key"
ACCEPTING = (INBOUND_SECRET, INBOUND_PUBLIC)
SIGNING = (OUTBOUND_SECRET, OUTBOUND_PRIVATE)


def accepting(secrets: Mapping[str, str]) -> list[str]:
    """Return the keys by which an app may prove itself."""
    return _present(secrets, ACCEPTING)


def signing(secrets: Mapping[str, str]) -> list[str]:
    """Return the keys that sign what goes to an app, the newest of each kind first."""
    return _present(secrets, SIGNING)


def fresh_keys(app_public_key: str | None = None) -> dict[str, str]:
    """Make the keys of a new account: a secret for each direction, and a pair to sign with. Raises `Misconfigured`."""
    keys = {INBOUND_SECRET: new_secret(), OUTBOUND_SECRET: new_secret(), OUTBOUND_PRIVATE: new_private_key()}
    return add_public_key(keys, app_public_key)


def add_public_key(secrets: Mapping[str, str], app_public_key: str | None) -> dict[str, str]:
    """Return an account's keys with the app's public one set, where one is given. Raises `Misconfigured`."""
    return dict(secrets) if app_public_key is None else {**secrets, INBOUND_PUBLIC: _public(app_public_key)}


def rotate(secrets: Mapping[str, str], app_public_key: str | None = None) -> dict[str, str]:
    """Make new keys and keep the old ones beside them. Raises `Refused` while another rotation runs, `Misconfigured`."""
    if under_way(secrets):
        raise Refused("A rotation is under way already; end it with --finish first.")
    fresh = fresh_keys(app_public_key)
    return {**secrets, **{name + PREVIOUS: secrets[name] for name in fresh if secrets.get(name)}, **fresh}


def under_way(secrets: Mapping[str, str]) -> list[str]:
    """Return the names of the old keys that are still in use."""
    return [name for name in secrets if name.endswith(PREVIOUS)]


def _present(secrets: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    found = (secrets.get(name + age) for name in names for age in ("", PREVIOUS))
    return [key for key in found if key]


def _public(key: str) -> str:
    if not key.startswith(PUBLIC):
        raise Misconfigured("An app's public key begins with whpk_; its private one stays with the app.")
    read_key(key)
    return key
