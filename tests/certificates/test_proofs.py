"""Credentials and their proofs, against the vectors of the standard and somebody else's code."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openbadgeslib.ob3 import OB3VerificationError
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from pyld import jsonld

from certificates import multibase
from certificates.credential import credential_of, hashed_recipient, issue_credential
from certificates.identity import did_document, did_web, public_key
from certificates.linked_data import DocumentError, canonical, context, expand_plainly
from certificates.proof import SUITE, BadProof, UnknownKey, check_proof, with_proof
from certificates.status_list import (
    LENGTH,
    decode_bits,
    encode_bits,
    is_set,
    status_list_credential,
)
from tests.certificates.making import CLAIMS, ISSUED, URL

# The test vector of W3C vc-di-eddsa (Recommendation of 15 May 2025), B.1: eddsa-rdfc-2022.
EXAMPLES = {
    "https://www.w3.org/ns/credentials/examples/v2": {
        "@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
    }
}
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
PRIVATE = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
METHOD = f"did:key:{PUBLIC}#{PUBLIC}"
UNSIGNED = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
    ],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
CREATED = "2023-02-24T23:36:38Z"
DOCUMENT_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
OPTIONS_HASH = "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"
SIGNATURE = (
    "4d8e53c2d5b3f2a7891753eb16ca993325bdb0d3cfc5be1093d0a18426f5ef85"
    "78cadc0fd4b5f4dd0d1ce0aefd15ab120b7a894d0eb094ffda4e6553cd1ed50d"
)
PROOF_VALUE = (
    "z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"
)


def test_the_vectors_of_the_standard_come_out_byte_for_byte():
    key = Ed25519PrivateKey.from_private_bytes(multibase.decode(PRIVATE)[2:])
    secured = with_proof(
        UNSIGNED, key=key, verification_method=METHOD, created=CREATED, further=EXAMPLES
    )
    assert sha256(canonical(UNSIGNED, further=EXAMPLES).encode()).hexdigest() == DOCUMENT_HASH
    options = {key: value for key, value in secured["proof"][0].items() if key != "proofValue"}
    options["@context"] = UNSIGNED["@context"]
    assert sha256(canonical(options, further=EXAMPLES).encode()).hexdigest() == OPTIONS_HASH
    assert multibase.decode(secured["proof"][0]["proofValue"]).hex() == SIGNATURE
    assert secured["proof"][0]["proofValue"] == PROOF_VALUE
    check_proof(secured, {METHOD: public_key(PUBLIC)}, further=EXAMPLES)
    bare = {**secured, "proof": secured["proof"][0]}  # the form of the standard's own sample
    check_proof(bare, {METHOD: public_key(PUBLIC)}, further=EXAMPLES)


def test_the_contexts_are_those_that_were_published():
    hashes = {
        "credentials-v2.json": "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        "open-badges-3.0.3.json": (
            "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"
        ),
    }
    from certificates.linked_data import _FOLDER

    for name, digest in hashes.items():
        assert sha256((_FOLDER / name).read_bytes()).hexdigest() == digest
    with pytest.raises(DocumentError):
        context("https://example.org/context")


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
addresses = st.sampled_from(["https://a.example/ж", "urn:uuid:1", "did:web:b", "https://c.d/#5"])


@hypothesis_settings(max_examples=40)
@given(words, words, words, addresses, st.booleans())
def test_the_kept_shape_gives_what_the_plain_way_gives(issuer, name, story, salt, place, hashed):
    claims = replace(
        CLAIMS,
        id=place,
        name=name,
        recipient_salt=salt,
        recipient_hash=hashed_recipient(name, salt) if hashed else "",
        achievement=replace(CLAIMS.achievement, id=place, criteria=story),
    )
    document = credential_of(claims, issuer)
    plain = jsonld.normalize(
        expand_plainly(document, {}),
        {"algorithm": "URDNA2015", "format": "application/n-quads", "base": None},
    )
    assert canonical(document) == plain


@pytest.mark.parametrize(
    "change",
    [
        {"nonsense": "1"},
        {"type": ["VerifiableCredential", "OpenBadgeCredential", "Unheard"]},
        {"id": "relative"},
        {"@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/other"]},
    ],
)
def test_what_no_context_defines_is_not_signed(issuer, change):
    document = {**credential_of(CLAIMS, issuer), **change}
    with pytest.raises(DocumentError):
        canonical(document)


@pytest.fixture
def credential(issuer):
    return issue_credential(CLAIMS, issuer)


@pytest.fixture
def their_verifier(keys):
    """openbadgeslib, which resolves the issuer's key from what our did.json would say."""
    addresses = {
        f"{URL}/.well-known/did.json": did_document(keys.history, url=URL),
    }

    def make(**lists):
        def download(url, *args, **more):
            return json.dumps({**addresses, **lists}[url]).encode()

        return OB3LdpVerifier.for_issuer_did(did_web(URL)), download

    return make


def test_somebody_elses_library_verifies_the_credential(credential, their_verifier):
    verifier, download = their_verifier()
    read = verifier.verify(credential, download=download)
    assert read.achievement.name == CLAIMS.achievement.name
    assert read.issuer.id == "did:web:berezhno.example.org"
    assert read.identifiers[0].identity_hash == CLAIMS.recipient_hash


def test_it_is_an_open_badge_with_one_proof_in_an_array(credential):
    assert credential["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert [proof["cryptosuite"] for proof in credential["proof"]] == [SUITE]
    assert credential["credentialSchema"][0]["type"] == "JsonSchema"
    assert "Салтыкова" not in json.dumps(credential, ensure_ascii=False)  # names stay on paper


def changed(credential, path, value):
    other = copy.deepcopy(credential)
    node = other
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return other


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), "Другой"),
        (("validFrom",), "2020-01-01T00:00:00Z"),
        (("credentialSubject", "achievement", "criteria", "narrative"), "Ничего"),
        (("credentialStatus", 0, "statusListIndex"), "5"),
        (("proof", 0, "created"), "2020-01-01T00:00:00Z"),
        (("proof", 0, "proofValue"), "z1"),
        (("proof", 0, "proofValue"), "0OIl"),
        (("proof", 0, "cryptosuite"), "eddsa-jcs-2022"),
    ],
)
def test_any_change_is_caught_by_both(credential, trust, their_verifier, path, value):
    other = changed(credential, path, value)
    with pytest.raises(BadProof):
        check_proof(other, trust.keys)
    verifier, download = their_verifier()
    with pytest.raises(OB3VerificationError):
        verifier.verify(other, download=download)


def test_a_key_that_is_not_ours_is_named(credential):
    with pytest.raises(UnknownKey):
        check_proof(credential, {})


def test_the_status_list_flips_for_somebody_elses_library(issuer, credential, their_verifier):
    lists = {}
    for entry in CLAIMS.status:
        lists[entry.list_url] = status_list_credential(
            url=entry.list_url,
            purpose=entry.purpose,
            set_indexes=[],
            issuer=issuer,
            valid_from=ISSUED,
        )
    verifier, download = their_verifier(**lists)
    checks = {"download": download, "check_status": True, "verify_status_list": False}
    verifier.verify(credential, **checks)
    entry = CLAIMS.status[0]
    lists[entry.list_url] = status_list_credential(
        url=entry.list_url,
        purpose=entry.purpose,
        set_indexes=[entry.index],
        issuer=issuer,
        valid_from=ISSUED,
    )
    verifier, download = their_verifier(**lists)
    checks["download"] = download
    with pytest.raises(OB3VerificationError, match="'revocation' is set"):
        verifier.verify(credential, **checks)


def test_a_status_list_is_signed_and_small(issuer, trust):
    made = status_list_credential(
        url=f"{URL}/certificates/status/1/",
        purpose="revocation",
        set_indexes=[7],
        issuer=issuer,
        valid_from=ISSUED,
    )
    check_proof(made, trust.keys)
    encoded = made["credentialSubject"]["encodedList"]
    assert is_set(encoded, 7)
    assert not is_set(encoded, 8)
    assert len(decode_bits(encoded)) * 8 == LENGTH
    assert len(encoded) < 200


@hypothesis_settings(max_examples=30)
@given(st.sets(st.integers(0, LENGTH - 1), max_size=50))
def test_status_bits_survive_the_way(indexes):
    bits = decode_bits(encode_bits(indexes))
    assert {place for place in range(LENGTH) if bits[place // 8] & (0x80 >> place % 8)} == indexes


@pytest.mark.parametrize("index", [-1, LENGTH])
def test_a_place_outside_of_the_list_is_refused(index):
    with pytest.raises(ValueError, match="no place"):
        encode_bits([index])


@given(st.binary(max_size=64))
def test_multibase_survives_the_way(data):
    assert multibase.decode(multibase.encode(data)) == data
