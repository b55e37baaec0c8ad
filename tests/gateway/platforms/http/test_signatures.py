"""Standard Webhooks: the specification's own vectors, rotation, the window on both sides, and what must not pass."""

from __future__ import annotations

import ast
import base64
import inspect
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from core.errors import BadInput, Misconfigured, Unauthorised
from gateway.platforms.http import signatures
from gateway.platforms.http.signatures import new_private_key, new_secret, public_half, sign, verify

AT = datetime.fromtimestamp(1614265330, UTC)
ID, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}'
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PRIVATE = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk="
V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
V1A = "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="


@pytest.mark.parametrize(("key", "signature"), [(SECRET, V1), (PRIVATE, V1A)])
def test_the_official_vectors(key: str, signature: str) -> None:
    """The reference repository's own: tests of its Go and Python libraries."""
    headers = sign([key], ID, AT, BODY)
    assert headers == {"webhook-id": ID, "webhook-timestamp": "1614265330", "webhook-signature": signature}
    assert verify([key], headers, BODY, AT) == ID
    if key is PRIVATE:
        assert verify([public_half(key)], headers, BODY, AT) == ID


@pytest.mark.parametrize(
    ("seed", "public", "message", "signature"),
    [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ],
    ids=["RFC 8032 test 1", "RFC 8032 test 2"],
)
def test_the_pairs_are_those_of_rfc_8032(seed: str, public: str, message: str, signature: str) -> None:
    private = "whsk_" + base64.b64encode(bytes.fromhex(seed)).decode()
    assert public_half(private) == "whpk_" + base64.b64encode(bytes.fromhex(public)).decode()
    key = signatures.read_key(private)
    assert not isinstance(key, bytes)
    assert key.sign(bytes.fromhex(message)).hex() == signature  # type: ignore[union-attr]  # a private key


def test_the_reference_library_reads_what_we_sign_and_we_what_it_signs() -> None:
    now, secret = datetime.now(UTC), new_secret()
    headers = sign([new_private_key(), secret], "evt_1", now, BODY)
    Webhook(secret).verify(BODY, headers)
    theirs = {**headers, "webhook-signature": Webhook(secret).sign("evt_1", now, BODY.decode())}
    assert verify([secret], theirs, BODY, now) == "evt_1"


def test_while_keys_are_rotated_either_is_enough() -> None:
    old, new, pair = new_secret(), new_secret(), new_private_key()
    by_old = sign([old], ID, AT, BODY)
    assert verify([new, old], by_old, BODY, AT) == ID
    by_both = sign([new, old, pair], ID, AT, BODY)
    assert by_both["webhook-signature"].count(" ") == 2
    for keys in ([old], [new], [public_half(pair)], [new_secret(), public_half(pair)]):
        assert verify(keys, by_both, BODY, AT) == ID
    with pytest.raises(Unauthorised):
        verify([new], by_old, BODY, AT)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_are_let_pass_on_both_sides(seconds: int) -> None:
    assert verify([SECRET], sign([SECRET], ID, AT, BODY), BODY, AT + timedelta(seconds=seconds)) == ID


@pytest.mark.parametrize("seconds", [-301, 301, -86_400 * 365, 86_400 * 365])
def test_more_are_a_replay_on_both_sides(seconds: int) -> None:
    with pytest.raises(Unauthorised, match="five minutes"):
        verify([SECRET], sign([SECRET], ID, AT, BODY), BODY, AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("key", [SECRET, PRIVATE])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", "msg_other"),
        ("webhook-id", ""),
        ("webhook-id", "msg.1"),
        ("webhook-id", "msg 1"),
        ("webhook-id", "m" * 257),
        ("webhook-timestamp", "1614265331"),
        ("webhook-timestamp", ""),
        ("webhook-timestamp", "1614265330.0"),
        ("webhook-timestamp", "-1614265330"),
        ("webhook-timestamp", "9" * 5000),
        ("webhook-timestamp", "٣"),
        ("webhook-signature", ""),
        ("webhook-signature", "v1,"),
        ("webhook-signature", "v1a,"),
        ("webhook-signature", "v1"),
        ("webhook-signature", "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="),
        ("webhook-signature", "v1a,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="),
        ("webhook-signature", V1.replace("v1,", "v2,")),
        ("webhook-signature", V1.replace("v1,", "V1,")),
        ("webhook-signature", V1.removeprefix("v1,")),
        ("webhook-signature", V1.replace("v1,", "v1a,")),
        ("webhook-signature", V1A.replace("v1a,", "v1,")),
        ("webhook-signature", "v1,\u00e9\u20ac"),
        ("webhook-signature", " ".join([V1, V1A] * 9)),
    ],
)
def test_a_changed_head_is_refused(key: str, name: str, value: str) -> None:
    with pytest.raises(Unauthorised):
        verify([key], {**sign([key], ID, AT, BODY), name: value}, BODY, AT)


@pytest.mark.parametrize("key", [SECRET, PRIVATE])
@pytest.mark.parametrize("body", [b"", BODY + b" ", BODY[:-1], BODY.replace(b"2432", b"2433")])
def test_a_changed_body_is_refused(key: str, body: bytes) -> None:
    with pytest.raises(Unauthorised):
        verify([key], sign([key], ID, AT, BODY), body, AT)


def test_a_good_signature_is_found_among_others() -> None:
    wrong = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
    for key, good in ((SECRET, V1), (PRIVATE, V1A)):
        headers = {**sign([key], ID, AT, BODY), "webhook-signature": f"{wrong} v2,x ,, {good} v1a,AAAA {wrong}"}
        assert verify([key], headers, BODY, AT) == ID


def test_nothing_passes_without_keys() -> None:
    with pytest.raises(Unauthorised):
        verify([], sign([SECRET], ID, AT, BODY), BODY, AT)


def test_an_id_that_could_be_read_two_ways_is_not_signed() -> None:
    """`a.1` at 2 and `a` at `1.2` would be the same bytes."""
    for webhook_id in ("a.1", "", "a b", "a\n", "é"):
        with pytest.raises(BadInput):
            sign([SECRET], webhook_id, AT, BODY)


def test_a_shared_secret_is_compared_in_constant_time() -> None:
    """What can be measured of a comparison is read from its code: no operator ever sees a signature, and no loop ends early."""
    tree = {node.name: node for node in ast.walk(ast.parse(inspect.getsource(signatures))) if isinstance(node, ast.FunctionDef)}
    compared = [ast.unparse(node) for node in ast.walk(tree["_fits"]) if isinstance(node, ast.Compare)]
    assert compared == ["signature is None", "version != ('v1' if isinstance(key, bytes) else 'v1a')"]
    assert "hmac.compare_digest(signature, hmac.digest(" in ast.unparse(tree["_fits"])
    loops = [node for node in ast.walk(tree["verify"]) if isinstance(node, ast.For)]
    assert loops
    assert not [inner for loop in loops for inner in ast.walk(loop) if isinstance(inner, ast.Break | ast.Return | ast.If)]


@pytest.mark.parametrize("size", [24, 32, 64])
def test_secrets_of_24_to_64_bytes_are_taken_padded_or_not(size: int) -> None:
    secret = "whsec_" + base64.b64encode(b"k" * size).decode()
    assert sign([secret], ID, AT, BODY) == sign([secret.rstrip("=")], ID, AT, BODY)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "whsec_",
        "whsec_" + base64.b64encode(b"k" * 23).decode(),
        "whsec_" + base64.b64encode(b"k" * 65).decode(),
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_not base64!",
        "whsk_" + base64.b64encode(b"k" * 31).decode(),
        "whpk_" + base64.b64encode(b"k" * 33).decode(),
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        sign([key], ID, AT, BODY)
    assert not key[6:] or key[6:] not in str(refused.value)


def test_a_public_key_cannot_sign_and_only_pairs_have_one() -> None:
    with pytest.raises(Misconfigured):
        sign([public_half(PRIVATE)], ID, AT, BODY)
    with pytest.raises(Misconfigured):
        public_half(SECRET)


def test_made_keys_differ_and_are_long_enough() -> None:
    made = [new_secret() for _ in range(20)]
    assert len(set(made)) == 20
    assert {len(base64.b64decode(secret.removeprefix("whsec_"))) for secret in made} == {32}
    assert len({new_private_key() for _ in range(20)}) == 20
