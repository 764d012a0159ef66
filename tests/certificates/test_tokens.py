"""Keys in a hardware module, played by SoftHSM: made, used and rotated there, never read out."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from certificates.checking import check_file
from certificates.identity import trust_of
from certificates.issuer import current_issuer, current_keys
from certificates.issuing import issue_certificate
from certificates.keys import KeysUnreadable
from certificates.problems import in_words
from tests.certificates.factories import completed, make_template
from tests.tools import needed

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
PIN = "1234"


@pytest.fixture(scope="module")
def softhsm(tmp_path_factory) -> str:
    """A fresh token «berezhno»; the library reads its configuration once for all."""
    tool = needed("softhsm2-util")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    command = [tool, "--init-token", "--free", "--label", "berezhno", "--pin", PIN, "--so-pin", "1"]
    subprocess.run([*command[:-1], "12345678"], check=True, capture_output=True)
    return next(path for path in MODULES if Path(path).exists())


@pytest.fixture
def folder(softhsm, settings, tmp_path):
    settings.ISSUER_KEYS_DIR = tmp_path / "keys"
    settings.ISSUER_PKCS11_MODULE = softhsm
    settings.ISSUER_PKCS11_PIN = PIN
    return settings.ISSUER_KEYS_DIR


@pytest.mark.django_db
def test_a_certificate_is_signed_in_the_token_and_no_private_key_is_on_the_disk(folder, settings):
    call_command("make_issuer_keys", verbosity=0)
    assert not list(folder.glob("*.key.pem"))
    make_template()
    certificate = issue_certificate(completed())
    with certificate.pdf.open("rb") as file:
        found = check_file(file.read(), trust=trust_of(current_keys(), url=settings.PUBLIC_URL))
    assert (found.state, found.credential_state) == ("intact", "valid")
    with pytest.raises(TypeError):
        current_keys().document.private_numbers()
    before = current_issuer().kid
    call_command("rotate_issuer_keys", verbosity=0)
    assert current_issuer().kid != before
    assert len(current_keys().history) == 4


@pytest.mark.parametrize(
    "wrong", [{"ISSUER_PKCS11_TOKEN": "another"}, {"ISSUER_PKCS11_MODULE": "/nowhere.so"}]
)
def test_a_token_that_is_not_there_is_told(folder, settings, wrong):
    call_command("make_issuer_keys", verbosity=0)
    for name, value in wrong.items():
        setattr(settings, name, value)
    with pytest.raises(KeysUnreadable) as error:
        current_keys()
    assert "Ключи для подписи не читаются" in in_words(error.value)
    settings.ISSUER_KEYS_DIR = folder.parent / "others"
    with pytest.raises(CommandError):
        call_command("make_issuer_keys", verbosity=0)
    assert not settings.ISSUER_KEYS_DIR.exists()
