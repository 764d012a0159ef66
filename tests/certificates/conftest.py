import pytest

from certificates.identity import Issuer, Trust, trust_of
from certificates.keys import Keys
from certificates.sealing import SealedCertificate
from tests.certificates.making import URL, new_issuer, new_keys, sealed


@pytest.fixture(scope="session")
def keys(tmp_path_factory) -> Keys:
    return new_keys(tmp_path_factory.mktemp("issuer") / "keys")


@pytest.fixture(scope="session")
def issuer(keys) -> Issuer:
    return new_issuer(keys)


@pytest.fixture(scope="session")
def trust(keys) -> Trust:
    return trust_of(keys, url=URL)


@pytest.fixture(scope="session")
def certificate(issuer) -> SealedCertificate:
    return sealed(issuer)
