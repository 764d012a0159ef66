"""Status lists: the bit of a certificate follows its state."""

from __future__ import annotations

import json

import pytest

from certificates.issuer import current_trust
from certificates.issuing import issue_certificate
from certificates.lifecycle import Action, change_state, supersede
from certificates.models import RegisterEntry
from certificates.numbering import STATUS_LIST_LENGTH, reserve
from certificates.proof import check_proof
from certificates.status_list import LENGTH, is_set
from tests.certificates.factories import completed
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def bits(client, certificate) -> tuple[bool, bool]:
    """Revoked, suspended: as a verifier reads them from the addresses in the credential."""
    found = {}
    for entry in json.loads(certificate.credential)["credentialStatus"]:
        path = entry["statusListCredential"].split("/", 3)[3]
        answer = client.get(f"/{path}")
        assert answer.headers["Content-Type"] == "application/ld+json"
        document = json.loads(answer.content)
        check_proof(document, current_trust().keys)
        assert document["id"] == entry["statusListCredential"]
        encoded = document["credentialSubject"]["encodedList"]
        found[entry["statusPurpose"]] = is_set(encoded, int(entry["statusListIndex"]))
    return found["revocation"], found["suspension"]


def test_the_bits_follow_the_state(client):
    admin = UserFactory()
    certificate = issue_certificate(completed())
    other = issue_certificate(completed(learner=UserFactory()))
    assert bits(client, certificate) == (False, False)
    why = {"actor": admin, "reason": "Проверка"}
    change_state(certificate, Action.SUSPENDED, reason_class="under-review", **why)
    assert bits(client, certificate) == (False, True)
    change_state(certificate, Action.RESTORED, reason_class="review-ended", **why)
    assert bits(client, certificate) == (False, False)
    made = supersede(certificate, Action.DUPLICATED, reason_class="lost", **why)
    assert bits(client, certificate) == (True, False)
    assert bits(client, made) == (False, False)
    change_state(made, Action.REVOKED, reason_class="issued-in-error", **why)
    assert bits(client, made) == (True, False)
    assert bits(client, other) == (False, False)


def test_a_list_is_served_as_a_credential_to_those_who_ask(client):
    issue_certificate(completed())
    answer = client.get("/status/1/revocation/", headers={"accept": "application/vc"})
    assert answer.headers["Content-Type"] == "application/vc"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/status/1/nonsense/").status_code == 404
    assert client.get("/status/2/revocation/").status_code == 404


def test_places_are_random_and_taken_once(monkeypatch):
    assert STATUS_LIST_LENGTH == LENGTH
    monkeypatch.setattr("certificates.numbering.STATUS_LIST_LENGTH", 8)
    places = [
        (entry.status_list, entry.status_index) for entry in (reserve(str(n)) for n in range(6))
    ]
    assert len(set(places)) == 6
    assert [number for number, _index in places] == [1, 1, 1, 1, 2, 2]
    assert reserve("0").status_index == places[0][1]
    assert RegisterEntry.objects.count() == 6
