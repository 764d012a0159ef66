"""A POST that is sent twice with one key is carried out once."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from courses.enrolling import move
from courses.models import PeopleImport
from lms.api import enrolments
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


@pytest.mark.django_db(transaction=True)
def test_however_long_the_first_takes_it_is_done_once_and_gets_its_answer(
    caller, path, monkeypatch
):
    begun, may_end = threading.Event(), threading.Event()
    answers = {}

    def slow_move(**said):
        begun.set()
        assert may_end.wait(30)
        return move(**said)

    def call(name: str) -> None:
        try:
            answers[name] = send(caller, path, "k")
        finally:
            connection.close()

    monkeypatch.setattr(enrolments, "move", slow_move)
    first = threading.Thread(target=call, args=["first"])
    first.start()
    assert begun.wait(30)
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        second = threading.Thread(target=call, args=["second"])
        second.start()
        second.join(30 if connection.vendor == "postgresql" else 1)
        may_end.set()
        first.join(30)
        second.join(30)
    assert answers["first"].status_code == 200
    assert answers["first"].data["outcome"] == "updated"
    if connection.vendor == "postgresql":  # SQLite lets nobody write meanwhile
        assert answers["second"].data["code"] == "request-still-running"
    else:
        assert answers["second"].data == answers["first"].data
    assert send(caller, path, "k").data == answers["first"].data


class ProcessDies(BaseException):
    pass


@pytest.mark.django_db(transaction=True)
def test_of_a_request_whose_process_died_nothing_was_done_and_its_key_is_free(
    caller, path, monkeypatch
):
    def move_and_die(**said):
        move(**said)
        raise ProcessDies

    with monkeypatch.context() as patched:
        patched.setattr(enrolments, "move", move_and_die)
        with pytest.raises(ProcessDies):
            send(caller, path, "k")
    assert IdempotentRequest.objects.get().status is None
    assert send(caller, path, "k").data["outcome"] == "updated"


def test_a_key_is_forgotten_after_a_day(caller, path):
    send(caller, path, "k")
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert send(caller, path, "k").data["outcome"] == "unchanged"


def test_a_kept_answer_tells_nothing_of_who_is_erased(caller, path):
    learner = send(caller, path, "k").data["enrolment"]["learner"]["id"]
    assert "Иванова" in str(IdempotentRequest.objects.get(key="k").body)
    caller.send("POST", f"/learners/{learner}/erase", {"reason": "заявление"})
    assert IdempotentRequest.objects.get(key="k").body == {}
    again = send(caller, path, "k")
    assert (again.status_code, again.data) == (200, {})


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
