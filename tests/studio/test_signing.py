"""Who signs: the house's own authority, made once and kept private, or the operator's certificate, checked before use."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from core.errors import CredentialExpired, Misconfigured
from studio.authority import CHAIN, KEY, ROOT, ROOT_KEY
from studio.reading import read_provenance
from studio.signing import Signing, open_signing, own_root
from tests.studio.made import NOW, ORIGIN, finisher, painted, painting, saved

PEM = serialization.Encoding.PEM


def opened(folder: Path, certificate: Path | str = "", key: Path | str = "", days: int = 0) -> Signing:
    return open_signing(folder, str(certificate), str(key), "", NOW + timedelta(days=days))


def issue(folder: Path, key, *, days: int = 30) -> tuple[Path, Path]:  # type: ignore[no-untyped-def]  # any private key
    """Write a chain and a key as an outside authority would hand them out."""
    upper = ec.generate_private_key(ec.SECP256R1())
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Agency")])
        for name in ("An outside root", "Agency's pictures")
    ]
    chain = b""
    for subject, public, last in ((names[1], key.public_key(), True), (names[0], upper.public_key(), False)):
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(names[0])
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=days))
            .add_extension(x509.BasicConstraints(not last, None), True)
            .add_extension(x509.KeyUsage(last, False, False, False, False, not last, not last, False, False), True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(upper.public_key()), False)
        )
        if last:
            made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
        chain += made.sign(upper, hashes.SHA256()).public_bytes(PEM)
    certificate, secret = folder / "chain.pem", folder / "key.pem"
    certificate.write_bytes(chain)
    secret.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return certificate, secret


def test_the_own_authority_is_made_once_and_is_private(tmp_path: Path) -> None:
    assert own_root(tmp_path) == ""
    first = opened(tmp_path)
    assert first.own
    assert own_root(tmp_path) == first.root
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    assert {file.name for file in tmp_path.iterdir()} == {ROOT, ROOT_KEY, CHAIN, KEY, "c2pa.lock"}
    assert opened(tmp_path) == first


def test_processes_that_begin_together_make_one_authority(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: opened(tmp_path), range(8)))
    assert len({one.chain for one in made}) == 1


def test_a_leaf_that_ends_soon_is_renewed_by_the_same_root(tmp_path: Path) -> None:
    first, later = opened(tmp_path), opened(tmp_path, days=3500)
    assert later.chain != first.chain
    assert later.root == first.root


def test_keys_are_never_shown(tmp_path: Path) -> None:
    assert "PRIVATE" not in repr(opened(tmp_path))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="MUSE_C2PA_CERTIFICATE"):
        opened(tmp_path / "file" / "secrets")


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "es256"),
        (ec.generate_private_key(ec.SECP384R1()), "es384"),
        (ec.generate_private_key(ec.SECP521R1()), "es512"),
        (rsa.generate_private_key(65537, 2048), "ps256"),
        (ed25519.Ed25519PrivateKey.generate(), "ed25519"),
    ],
    ids=["es256", "es384", "es512", "ps256", "ed25519"],
)
async def test_the_operators_certificate_signs_by_its_own_kind_of_key(tmp_path: Path, key, algorithm: str) -> None:  # type: ignore[no-untyped-def]  # any
    certificate, secret = issue(tmp_path, key)
    signing = opened(tmp_path, certificate, secret)
    assert (signing.algorithm, signing.subject, signing.own) == (algorithm, "Agency's pictures", False)
    finish = finisher(tmp_path, c2pa_certificate=str(certificate), c2pa_key=str(secret))
    made = await finish.finish(painted(saved(painting())), ORIGIN)
    anchors = certificate.read_text()[certificate.read_text().rindex("-----BEGIN") :]
    told = read_provenance(made.data, own_root(tmp_path), anchors)
    assert (told.state, told.signer) == ("trusted", "Agency's pictures")


def test_half_a_pair_is_refused(tmp_path: Path) -> None:
    certificate, secret = issue(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    for pair in ((certificate, ""), ("", secret)):
        with pytest.raises(Misconfigured, match="belong together"):
            opened(tmp_path, *pair)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    certificate, _ = issue(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    _, other = issue(tmp_path / "other", ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(Misconfigured, match="does not belong"):
        opened(tmp_path, certificate, other)


def test_an_ended_certificate_is_renewed_by_a_person(tmp_path: Path) -> None:
    certificate, secret = issue(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(CredentialExpired, match="2026-12-26"):
        opened(tmp_path, certificate, secret, days=31)


def test_a_chain_in_the_wrong_order_is_refused(tmp_path: Path) -> None:
    certificate, secret = issue(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    (tmp_path / "other").mkdir()
    strange, _ = issue(tmp_path / "other", ec.generate_private_key(ec.SECP256R1()))
    leaf = certificate.read_text().partition("-----END CERTIFICATE-----\n")
    certificate.write_text(leaf[0] + leaf[1] + strange.read_text())
    with pytest.raises(Misconfigured, match="no chain"):
        opened(tmp_path, certificate, secret)


@pytest.mark.parametrize("content", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_files_that_hold_something_else_are_named(tmp_path: Path, content: str) -> None:
    certificate, secret = issue(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    for file in (certificate, secret):
        kept = file.read_text()
        file.write_text(content)
        with pytest.raises(Misconfigured, match=file.name):
            opened(tmp_path, certificate, secret)
        file.write_text(kept)
    certificate.unlink()
    with pytest.raises(Misconfigured, match="cannot be read"):
        opened(tmp_path, certificate, secret)


def test_a_key_with_a_password_and_keys_too_weak_are_refused(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate, secret = issue(tmp_path, key)
    locked = serialization.BestAvailableEncryption(b"word")
    secret.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, locked))
    with pytest.raises(Misconfigured, match="without a password"):
        opened(tmp_path, certificate, secret)
    weak = issue(tmp_path, dsa.generate_private_key(1024))
    with pytest.raises(Misconfigured, match="P-256"):
        opened(tmp_path, *weak)


def test_a_time_stamp_comes_from_an_address(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="MUSE_C2PA_TIMESTAMP_URL"):
        open_signing(tmp_path, "", "", "tsa.example", NOW)
