"""A POST that is sent twice with one key is carried out once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import PeopleImport
from lms.api.models import IdempotentRequest
from tests.api.test_imports import upload
from tests.courses.importing.making import csv_of, person
from tests.factories import CohortFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(caller):
    enrolment = caller.enrol(CohortFactory()).data["enrolment"]
    return f"/enrolments/{enrolment['id']}/transitions"


def send(caller, path, key, body=None):
    return caller.send("POST", path, body or {"to": "withdrawn"}, **{"Idempotency-Key": key})


def test_the_second_answer_is_the_first(caller, path):
    first, second = send(caller, path, '"k-1"'), send(caller, path, "k-1")
    assert first.data["outcome"] == "updated"
    assert second.data == first.data
    assert second.headers["Idempotent-Replayed"] == "true"
    assert send(caller, path, "k-2").data["outcome"] == "unchanged"


def test_the_same_key_with_another_body_is_refused(caller, path):
    send(caller, path, "k")
    refused = send(caller, path, "k", {"to": "withdrawn", "reason": "другое"})
    assert (refused.status_code, refused.data["code"]) == (422, "idempotency-key-reused")


def test_a_refused_request_may_be_corrected_under_its_key(caller, path):
    assert send(caller, path, "k", {"to": "nowhere"}).status_code == 422
    assert send(caller, path, "k").status_code == 200


def test_keys_of_two_clients_are_two(caller, caller_of, path, tomsk):
    send(caller, path, "k")
    other = send(caller_of(tomsk), path, "k")
    assert other.data["outcome"] == "unchanged"


def test_a_request_that_still_runs_is_waited_for_and_one_that_was_cut_off_is_not(caller, path):
    send(caller, path, "k")
    IdempotentRequest.objects.update(status=None)
    running = send(caller, path, "k")
    assert (running.status_code, running.data["code"]) == (409, "request-still-running")
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    assert send(caller, path, "k").data["outcome"] == "unchanged"


def test_a_key_is_forgotten_after_a_day(caller, path):
    send(caller, path, "k")
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert send(caller, path, "k").data["outcome"] == "unchanged"


@pytest.mark.parametrize("key", ["", " ", '""', "ключ".encode().decode("latin-1"), "k" * 256])
def test_a_key_that_cannot_be_one_is_refused(caller, path, key):
    refused = send(caller, path, key)
    assert (refused.status_code, refused.data["code"]) == (400, "idempotency-key-invalid")


def test_a_file_that_is_sent_twice_is_one_import(caller):
    content = csv_of([person(1)])
    first = upload(caller, content, headers={"Idempotency-Key": "file-1"})
    again = upload(caller, content, headers={"Idempotency-Key": "file-1"})
    assert first.data["id"] == again.data["id"]
    assert PeopleImport.objects.count() == 1
    other = upload(caller, csv_of([person(2)]), headers={"Idempotency-Key": "file-1"})
    assert other.data["code"] == "idempotency-key-reused"
