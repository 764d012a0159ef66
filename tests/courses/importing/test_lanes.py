"""Batches that PostgreSQL carries out beside one another come to what they would in turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import count
from typing import TypeVar

import pytest
from django.core import mail
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.enrolling import Outcome, enroll
from courses.importing import applying
from courses.importing.imports import confirm
from courses.models import Cohort, Enrollment
from courses.transferring import StudiesThere, transfer
from lms import bulk_lanes
from lms.people.models import ExternalId, User
from tests.courses.importing.making import (
    applied,
    checked,
    csv_of,
    kill_after,
    outcomes,
    person,
    run_again,
)
from tests.factories import CohortFactory, UserFactory, active_enrollment

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
BATCH = 3
turn = count()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(applying, "BATCH", BATCH)


def test_every_row_has_its_outcome_and_every_person_one_letter(cohort):
    content = csv_of([person(n) for n in range(20)])
    done = applied(content, cohort=cohort)
    assert done.counts == {"created": 20}
    for row in done.rows.select_related("learner", "enrollment__learner"):
        assert row.enrollment.learner == row.learner
        assert row.learner.external_ids.get().value == row.value
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(
        f"p{n}@example.org" for n in range(20)
    )
    assert applied(content, cohort=cohort).counts == {"unchanged": 20}


def test_an_address_is_handed_on_to_a_row_that_was_looked_at_earlier(cohort, monkeypatch):
    applied(csv_of([person(n) for n in range(6)]), cohort=cohort)
    carry_out, second_has_tried, tries = applying._carry_out, threading.Event(), []

    def the_second_batch_first(people_import, rows, *, is_alone=True):
        first_line = rows[0][1].number
        tries.append((first_line, is_alone))
        if not is_alone and first_line == 2:
            assert second_has_tried.wait(20)
        try:
            carry_out(people_import, rows, is_alone=is_alone)
        finally:
            if first_line == 2 + BATCH:
                second_has_tried.set()

    monkeypatch.setattr(applying, "_carry_out", the_second_batch_first)
    rows = [person(n) for n in range(6)]
    rows[0], rows[4] = person(0, email="new@example.org"), person(4, email="p0@example.org")
    done = applied(csv_of(rows), cohort=cohort)
    assert outcomes(done) == {2: "updated", 6: "updated"} | dict.fromkeys((3, 4, 5, 7), "unchanged")
    if connection.vendor == "postgresql":
        assert sorted(tries) == [(2, False), (5, False), (5, True)]
    assert ExternalId.objects.get(value="1004").user.email == "p0@example.org"


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    before=st.lists(st.integers(0, 9), min_size=3, max_size=9, unique=True),
    after=st.lists(
        st.tuples(st.integers(0, 14), st.integers(0, 19)),
        min_size=4,
        max_size=14,
        unique_by=(lambda row: row[0], lambda row: row[1]),
    ),
)
def test_a_file_means_the_same_in_lanes_and_in_turn(before, after):
    """``after``: who comes, and with whose address."""
    in_lanes, in_turn = (what_became(before, after, lanes=lanes) for lanes in (True, False))
    assert in_lanes == in_turn


def what_became(before: list[int], after: list[tuple[int, int]], *, lanes: bool) -> list[tuple]:
    """Outcome, errors and address of every row of the second of two files."""
    name = f"{next(turn)}-"
    cohort = CohortFactory()

    def row(number: int, address: int) -> list[str]:
        return person(0, external_id=f"{name}{number}", email=f"{name}{address}@example.org")

    with pytest.MonkeyPatch.context() as patch:
        if not lanes:
            patch.setattr(applying, "can_go_beside", lambda: False)
        applied(csv_of([row(number, number) for number in before]), cohort=cohort)
        done = applied(csv_of([row(*one) for one in after]), cohort=cohort)
    learners = User.objects.filter(external_ids__value__startswith=name)
    emails = dict(learners.values_list("external_ids__value", "email"))
    return [
        (
            one.outcome,
            [error["code"] for error in one.errors],
            (emails.get(one.value) or "").removeprefix(name),
        )
        for one in done.rows.all()
    ]


def test_places_go_to_the_first_in_the_file():
    cohort = CohortFactory(capacity=5)
    done = applied(csv_of([person(n) for n in range(12)]), cohort=cohort)
    assert done.counts == {"created": 5, "rejected": 7}
    assert all(outcome == "created" for line, outcome in outcomes(done).items() if line < 7)


def test_a_kill_in_the_middle_loses_and_doubles_nothing(cohort, monkeypatch):
    found = checked(csv_of([person(n) for n in range(20)]), cohort=cohort)
    with monkeypatch.context() as patch:
        kill_after(patch, applying, batches=2)
        with pytest.raises(KeyboardInterrupt):
            confirm(found)
    assert 0 < Enrollment.objects.count() < 20
    done = run_again(found)
    assert done.counts == {"created": 20}
    assert User.objects.count() == Enrollment.objects.count() == 20


def test_an_error_in_a_lane_is_raised_and_what_has_not_begun_does_not_begin():
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        if item == 0:
            raise ZeroDivisionError
        return User.objects.count()

    with pytest.raises(ZeroDivisionError):
        list(bulk_lanes.beside_one_another(work, range(1000)))
    assert len(begun) < 1000


def enrolled_by_an_import_meanwhile(learner: User, cohort: Cohort, act: Callable[[], T]) -> T:
    """What comes of ``act`` while an import has enrolled the learner and not ended its batch."""
    is_written = threading.Event()

    def batch() -> None:
        with transaction.atomic():
            Enrollment.objects.create(learner=learner, cohort=cohort)
            is_written.set()
            time.sleep(0.5)
        connection.close()

    beside = threading.Thread(target=batch)
    beside.start()
    is_written.wait()
    try:
        return act()
    finally:
        beside.join()


def test_who_asks_for_a_place_while_an_import_gives_it_has_it_once(cohort):
    learner = UserFactory()
    result = enrolled_by_an_import_meanwhile(
        learner, cohort, lambda: enroll(learner=learner, cohort=cohort, source="test")
    )
    assert result.outcome is Outcome.UNCHANGED
    assert result.enrollment == Enrollment.objects.get()


def test_nobody_is_transferred_to_where_an_import_enrols_them(cohort):
    enrollment = active_enrollment(cohort__course=cohort.course)
    with pytest.raises(StudiesThere):
        enrolled_by_an_import_meanwhile(
            enrollment.learner,
            cohort,
            lambda: transfer(enrollment=enrollment, to=cohort, source="test"),
        )
