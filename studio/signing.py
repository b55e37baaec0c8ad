"""What signs pictures: the operator's certificate and key by setting, or else the house's own authority."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID
from msgspec import Struct

from core.errors import CredentialExpired, Misconfigured
from studio.authority import CHAIN, KEY, ROOT, make_authority

CURVES = {256: "es256", 384: "es384", 521: "es512"}
ONE_KEY = "one private key in PEM, without a password"
CHAIN_OF = "certificates in PEM, the signer's first"
KINDS = "take P-256, P-384, P-521, Ed25519, or RSA from 2048 bits"
Loaded = TypeVar("Loaded")


class Signing(Struct, frozen=True):
    """What signs: algorithm as C2PA names it, chain and key as PEM, an address of a time-stamping authority or none.

    `own`: the authority of this house. `root`: its certificate as PEM, to know it again.
    """

    algorithm: str
    chain: str
    key: str
    subject: str
    own: bool
    root: str = ""
    timestamp_url: str = ""

    def __repr__(self) -> str:
        """Name the signer; the key stays hidden."""
        return f"Signing({self.algorithm} by {self.subject!r})"


def open_signing(folder: Path, certificate: str, key: str, timestamp_url: str, now: datetime) -> Signing:
    """Return what signs: the operator's files, or the own authority in the folder of secrets, made where it is missing.

    Raises `Misconfigured`, `CredentialExpired`.
    """
    if bool(certificate) != bool(key):
        raise Misconfigured("MUSE_C2PA_CERTIFICATE and MUSE_C2PA_KEY belong together; set both or neither.")
    if timestamp_url and not timestamp_url.startswith(("http://", "https://")):
        raise Misconfigured(f"MUSE_C2PA_TIMESTAMP_URL: {timestamp_url!r} is no http(s) address.")
    if certificate:
        return _read(Path(certificate).expanduser(), Path(key).expanduser(), now, timestamp_url)
    make_authority(folder, now)
    return _read(folder / CHAIN, folder / KEY, now, timestamp_url, folder / ROOT)


def own_root(folder: Path) -> str:
    """Return the own authority's root as PEM; empty where there is none."""
    return (folder / ROOT).read_text() if (folder / ROOT).is_file() else ""


def _read(chain: Path, key: Path, now: datetime, timestamp_url: str, root: Path | None = None) -> Signing:
    certificates = _load(chain, x509.load_pem_x509_certificates, CHAIN_OF)
    secret = _load(key, _one_key, ONE_KEY)
    leaf = certificates[0]
    if leaf.public_key() != secret.public_key():
        raise Misconfigured(f"The key in {key} does not belong to the first certificate in {chain}.")
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        ends = leaf.not_valid_after_utc.date().isoformat()
        raise CredentialExpired(f"The certificate in {chain} that signs pictures is not valid today (it ends {ends}).")
    _check_chain(certificates, chain)
    names = [str(part.value) for part in (*leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME), *leaf.subject)]
    return Signing(
        _algorithm(secret, key),
        chain.read_text(),
        key.read_text(),
        names[0] if names else "nobody named",
        root is not None,
        root.read_text() if root is not None else "",
        timestamp_url,
    )


def _one_key(data: bytes) -> PrivateKeyTypes:
    return serialization.load_pem_private_key(data, None)


def _load(path: Path, read: Callable[[bytes], Loaded], wanted: str) -> Loaded:
    try:
        return read(path.read_bytes())
    except OSError as error:
        raise Misconfigured(f"{path}, which signs pictures, cannot be read ({error.strerror}).") from None
    except (ValueError, TypeError):
        raise Misconfigured(f"{path} does not hold {wanted}.") from None


def _check_chain(certificates: Sequence[x509.Certificate], path: Path) -> None:
    for lower, upper in pairwise(certificates):
        try:
            lower.verify_directly_issued_by(upper)
        except (ValueError, TypeError, InvalidSignature):
            raise Misconfigured(f"The certificates in {path} are no chain: each must be issued by the next.") from None


def _algorithm(key: PrivateKeyTypes, path: Path) -> str:
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size in CURVES:
        return CURVES[key.key_size]
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return "ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise Misconfigured(f"The key in {path} is of a kind that C2PA does not sign with; {KINDS}.")
