"""The issuer's keys: made once, kept from others, rotated without losing what came before."""

from __future__ import annotations

import io
import json
import stat
import threading

import pytest
from cryptography import x509
from django.core.management import CommandError, call_command

from certificates.identity import did_document, did_web
from certificates.issuer import current_issuer
from certificates.keys import (
    HISTORY,
    KeysExist,
    KeysMissing,
    KeysUnreadable,
    load_keys,
    make_keys,
    rotate_keys,
)


@pytest.fixture
def folder(tmp_path, settings):
    settings.ISSUER_KEYS_DIR = tmp_path / "var" / "keys"
    return settings.ISSUER_KEYS_DIR


def test_private_keys_are_for_the_owner_alone(folder):
    call_command("make_issuer_keys", verbosity=0)
    private = list(folder.glob("*.key.pem"))
    assert len(private) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "PRIVATE" not in (folder / HISTORY).read_text()


def test_keys_are_never_overwritten(folder):
    call_command("make_issuer_keys", verbosity=0)
    before = (folder / HISTORY).read_text()
    call_command("make_issuer_keys", stdout=io.StringIO())
    assert (folder / HISTORY).read_text() == before
    with pytest.raises(KeysExist):
        make_keys(folder, organisation="Бережно")
    assert list(folder.parent.iterdir()) == [folder]  # nothing half made beside it


def test_two_processes_at_once_make_one_set(folder):
    outcomes = []

    def make() -> None:
        try:
            make_keys(folder, organisation="Бережно")
            outcomes.append("made")
        except KeysExist:
            outcomes.append("there")

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "there", "there", "there"]
    load_keys(folder)
    assert list(folder.parent.iterdir()) == [folder]


def test_a_rotation_keeps_the_history_and_is_taken_up_by_running_processes(folder):
    call_command("make_issuer_keys", verbosity=0)
    first = current_issuer()
    call_command("rotate_issuer_keys", verbosity=0)
    second = current_issuer()
    assert first.kid != second.kid
    history = load_keys(folder).history
    assert [bool(key.retired_at) for key in history] == [False, False, True, True]
    ids = [
        method["id"]
        for method in did_document(history, url="https://a.example")["verificationMethod"]
    ]
    assert ids == [f"did:web:a.example#{second.kid}", f"did:web:a.example#{first.kid}"]


def test_without_keys_everything_says_so(folder):
    with pytest.raises(KeysMissing):
        current_issuer()
    with pytest.raises(KeysMissing):
        rotate_keys(folder)
    with pytest.raises(CommandError, match="make_issuer_keys"):
        call_command("rotate_issuer_keys")


def open_to_all(folder):
    next(folder.glob("credential-*.key.pem")).chmod(0o644)


def lost(folder):
    next(folder.glob("document-*.key.pem")).unlink()


def exchanged(folder):
    next(folder.glob("document-*.key.pem")).write_bytes((folder / "root.key.pem").read_bytes())


def damaged(folder):
    (folder / HISTORY).write_text("[{]")


@pytest.mark.parametrize("harm", [open_to_all, lost, exchanged, damaged])
def test_keys_that_cannot_be_trusted_are_not_used(folder, harm):
    make_keys(folder, organisation="Бережно")
    harm(folder)
    with pytest.raises(KeysUnreadable):
        load_keys(folder)


def test_the_certificate_is_for_signing_documents_and_outlives_us(folder):
    make_keys(folder, organisation="Бережно")
    keys = load_keys(folder)
    leaf = keys.document_certificate
    leaf.verify_directly_issued_by(keys.root)
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert leaf.not_valid_after_utc < keys.root.not_valid_after_utc
    assert leaf.not_valid_after_utc.year - leaf.not_valid_before_utc.year >= 29


@pytest.mark.parametrize(
    ("url", "did"),
    [
        ("https://lms.example.org", "did:web:lms.example.org"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
    ],
)
def test_the_host_is_the_identity(url, did):
    assert did_web(url) == did


def test_anybody_can_fetch_keys_and_root(client, folder, db):
    assert client.get("/.well-known/did.json").status_code == 404
    assert client.get("/.well-known/certificate-issuer.pem").status_code == 404
    call_command("make_issuer_keys", verbosity=0)
    answer = client.get("/.well-known/did.json")
    assert json.loads(answer.content)["verificationMethod"][0]["type"] == "Multikey"
    assert answer["Access-Control-Allow-Origin"] == "*"
    root = client.get("/.well-known/certificate-issuer.pem").content
    assert x509.load_pem_x509_certificate(root) == load_keys(folder).root
    assert b"PRIVATE" not in root + answer.content
