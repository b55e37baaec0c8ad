"""An authority of this house's own that signs pictures: a root and a leaf that it signed, made at set-up.

Nobody else knows the root, so that readers elsewhere show its signature as sound and its signer as untrusted;
docs/provenance.md says so. Keys lie in the folder of secrets, readable by this user only.
"""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from core.errors import Misconfigured

ROOT, ROOT_KEY, CHAIN, KEY, LOCK = "c2pa-root.pem", "c2pa-root.key", "c2pa.pem", "c2pa.key", "c2pa.lock"
ROOT_DAYS, LEAF_DAYS, RENEW_DAYS = 20 * 365, 10 * 365, 365
"""Without a clock that others vouch for, a signature is worth no more than its certificate's days: they are many."""


def make_authority(folder: Path, now: datetime) -> None:
    """Make the authority where there is none, and a new leaf when the old one ends soon. Raises `Misconfigured`."""
    if _stands(folder, now):
        return
    try:
        with open(os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # several processes of one house may come here at once
            if not (folder / ROOT).exists():
                _make_root(folder, now)
            if not _stands(folder, now):
                _make_leaf(folder, now)
    except OSError as error:
        words = f"No authority to sign pictures can be made in {folder} ({error.strerror})"
        raise Misconfigured(f"{words}; let it be written to, or set MUSE_C2PA_CERTIFICATE and MUSE_C2PA_KEY.") from None


def _stands(folder: Path, now: datetime) -> bool:
    return (folder / ROOT).exists() and (folder / CHAIN).exists() and _days_left(folder / CHAIN, now) >= RENEW_DAYS


def _make_root(folder: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Muse, an authority of this house's own")
    usage = _usage(sign=False, certify=True)
    root = _begin(name, name, key.public_key(), now, ROOT_DAYS).add_extension(x509.BasicConstraints(True, 0), True)
    made = root.add_extension(usage, True).sign(key, hashes.SHA256())
    _write(folder / ROOT_KEY, _pem_of(key))
    _write(folder / ROOT, made.public_bytes(serialization.Encoding.PEM))


def _make_leaf(folder: Path, now: datetime) -> None:
    root = x509.load_pem_x509_certificate((folder / ROOT).read_bytes())
    root_key = serialization.load_pem_private_key((folder / ROOT_KEY).read_bytes(), None)
    if not isinstance(root_key, ec.EllipticCurvePrivateKey):
        raise Misconfigured(f"{folder / ROOT_KEY} is not the key that Muse made.")
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = (
        _begin(_name("Muse, pictures made with AI"), root.subject, key.public_key(), now, LEAF_DAYS)
        .add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(_usage(sign=True, certify=False), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)  # as C2PA asks of signers
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    _write(folder / KEY, _pem_of(key))
    _write(folder / CHAIN, leaf.public_bytes(pem) + root.public_bytes(pem))


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    began = now.astimezone(UTC) - timedelta(days=1)  # clocks elsewhere may be behind
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Muse"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*, sign: bool, certify: bool) -> x509.KeyUsage:
    return x509.KeyUsage(sign, False, False, False, False, certify, certify, False, False)


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    beside.replace(path)


def _days_left(chain: Path, now: datetime) -> float:
    try:
        leaf = x509.load_pem_x509_certificate(chain.read_bytes())
    except ValueError:
        return 0.0
    return (leaf.not_valid_after_utc - now).total_seconds() / 86_400
