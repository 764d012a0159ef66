"""Withdrawing whom a file does not name, and taking an import back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.importing import undoing
from courses.importing.imports import (
    NotInThisState,
    RemovalsNotConfirmed,
    TooLateToUndo,
    cancel,
    confirm,
    forget_old_imports,
    undo,
)
from courses.models import Enrollment, EnrollmentTransition, ImportState, PeopleImport
from lms.api.events.models import Event
from lms.jobs import queue
from lms.jobs.models import Job
from lms.mail.models import Letter
from lms.people.models import ExternalId, Organisation, User
from tests.courses.importing.making import (
    HEADINGS,
    applied,
    checked,
    csv_of,
    kill_after,
    outcomes,
    person,
    run_again,
    worked,
)
from tests.factories import CohortFactory, UserFactory, active_enrollment

pytestmark = pytest.mark.django_db


def states(cohort) -> dict[str, str]:
    """By external id."""
    rows = cohort.enrollments.order_by("pk")
    return dict(rows.values_list("learner__external_ids__value", "state"))


def addresses() -> dict[str, str]:
    """By external id."""
    return dict(ExternalId.objects.values_list("value", "user__email"))


def sync(rows, cohort, **options) -> PeopleImport:
    return checked(csv_of(rows), cohort=cohort, mode="sync", **options)


def test_absence_alone_withdraws_nobody(cohort):
    applied(csv_of([person(1), person(2)]), cohort=cohort)
    applied(csv_of([person(1)]), cohort=cohort)
    assert states(cohort) == {"1001": "invited", "1002": "invited"}


def test_a_sync_withdraws_after_confirmation_whom_it_does_not_name(cohort):
    applied(csv_of([person(1), person(2), person(3)]), cohort=cohort)
    by_own_wish = active_enrollment(cohort=cohort)
    done = Enrollment.objects.get(learner__external_ids__value="1003")
    for state in (EnrollmentState.ACTIVE, EnrollmentState.COMPLETED):
        move(enrollment=done, to=state, source="test")
    found = sync([person(1)], cohort)
    assert (found.state, found.removals) == (ImportState.CHECKED, 1)
    assert states(cohort)["1002"] == "invited"
    confirm(found)
    worked(found)
    assert states(cohort) == {
        "1001": "invited", "1002": "withdrawn", "1003": "completed", None: "active",
    }  # fmt: skip
    by_own_wish.refresh_from_db()
    assert by_own_wish.state == "active", "the file's system has never named them"


def test_many_withdrawals_need_their_number_repeated(cohort):
    applied(csv_of([person(n) for n in range(13)]), cohort=cohort)
    found = sync([person(0)], cohort)
    for said in (None, 11):
        with pytest.raises(RemovalsNotConfirmed):
            confirm(found, removals=said)
    confirm(found, removals=12)
    worked(found)
    assert list(states(cohort).values()).count("withdrawn") == 12


def test_a_limit_of_ones_own_goes_before_the_usual_one(cohort):
    applied(csv_of([person(1), person(2)]), cohort=cohort)
    found = sync([person(1)], cohort, max_removals=0)
    with pytest.raises(RemovalsNotConfirmed):
        confirm(found)


def test_an_import_that_applies_itself_still_asks_before_withdrawing(cohort):
    applied(csv_of([person(1), person(2)]), cohort=cohort)
    assert sync([person(1)], cohort, applies_itself=True).state == ImportState.CHECKED
    whole = sync([person(1), person(2)], cohort, applies_itself=True)
    assert whole.state == ImportState.APPLIED


def test_a_rejected_row_still_names_its_person(cohort):
    applied(csv_of([person(1), person(2)]), cohort=cohort)
    assert sync([person(1), person(2, email="broken")], cohort).removals == 0


def test_where_a_number_cannot_be_read_nobody_is_withdrawn(cohort):
    applied(csv_of([person(1), person(2)]), cohort=cohort)
    found = sync([person(1), person(2, external_id="")], cohort)
    assert (found.removals, found.problem["code"]) == (0, "removals-need-ids")


def test_a_row_may_say_itself_that_the_person_leaves(cohort):
    applied(csv_of([person(1), person(2)]), cohort=cohort)
    rows = [[*person(1), "active"], [*person(2), "tobedeleted"]]
    found = checked(csv_of(rows, headings=[*HEADINGS, "status"]), cohort=cohort, mode="sync")
    confirm(found)
    worked(found)
    assert states(cohort) == {"1001": "invited", "1002": "withdrawn"}


def test_a_scope_of_one_organisation_leaves_the_others(cohort):
    headings = [*HEADINGS, "Организация"]
    rows = [[*person(n), name] for n, name in ((1, "А"), (2, "А"), (3, "Б"))]
    applied(csv_of(rows, headings=headings), cohort=cohort)
    found = checked(
        csv_of(rows[:1], headings=headings),
        cohort=cohort,
        mode="sync",
        organisation=Organisation.objects.get(name="А"),
    )
    confirm(found)
    worked(found)
    assert states(cohort) == {"1001": "invited", "1002": "withdrawn", "1003": "invited"}


def test_undoing_takes_back_what_nobody_has_used(cohort):
    done = applied(csv_of([person(1), person(2)]), cohort=cohort)
    undo(done)
    done = worked(done)
    assert (done.state, done.counts) == (ImportState.UNDONE, {"undone": 2})
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert not ExternalId.objects.exists()
    assert not User.objects.exclude(email=None, family_name="", is_active=False).exists()
    assert EnrollmentTransition.objects.filter(reason="The import was undone.").count() == 2


def test_after_undoing_a_corrected_file_finds_the_numbers_and_addresses_free(cohort):
    wrong = applied(csv_of([person(1, external_id="77")]), cohort=cohort)
    undo(wrong)
    worked(wrong)
    done = applied(csv_of([person(1)]), cohort=cohort)
    assert done.counts == {"created": 1}
    assert states(cohort)["1001"] == "invited"


def test_undoing_gives_back_former_values(cohort):
    applied(csv_of([person(1)]), cohort=cohort)
    done = applied(csv_of([person(1, family_name="Орлова", email="x@example.org")]), cohort=cohort)
    undo(done)
    worked(done)
    user = User.objects.get()
    assert (user.family_name, user.email) == ("Новиковаб", "p1@example.org")
    assert states(cohort) == {"1001": "invited"}


def test_undoing_leaves_who_has_begun_and_says_so(cohort):
    done = applied(csv_of([person(1), person(2)]), cohort=cohort)
    begun = Enrollment.objects.order_by("pk").first()
    move(enrollment=begun, to=EnrollmentState.ACTIVE, source="test")
    undo(done)
    done = worked(done)
    assert outcomes(done) == {2: "kept", 3: "undone"}
    assert done.rows.first().errors[0]["code"] == "studies-already"
    assert states(cohort)["1001"] == "active"


def test_undoing_brings_back_the_withdrawn(cohort):
    applied(csv_of([person(1), person(2)]), cohort=cohort)
    found = sync([person(1)], cohort)
    confirm(found)
    worked(found)
    undo(found)
    worked(found)
    assert states(cohort) == {"1001": "invited", "1002": "invited"}
    assert mail.outbox[-1].to == ["p2@example.org"]


def test_undoing_frees_a_place_for_the_waiting_list():
    cohort = CohortFactory(capacity=1)
    done = applied(csv_of([person(1)]), cohort=cohort)
    from courses.requesting import ask_for_place

    waiting = UserFactory()
    ask_for_place(person=waiting, cohort=cohort)
    undo(done)
    worked(done)
    assert cohort.enrollments.get(learner=waiting).state == "active"


def test_undoing_gives_people_their_addresses_back_who_had_handed_them_on(cohort):
    applied(csv_of([person(1), person(2)]), cohort=cohort)
    rows = [
        person(1, email="new@example.org"),
        person(2, email="p1@example.org"),
        person(3, email="p2@example.org"),
    ]
    done = applied(csv_of(rows), cohort=cohort)
    assert done.counts == {"updated": 2, "created": 1}
    undo(done)
    worked(done)
    assert addresses() == {"1001": "p1@example.org", "1002": "p2@example.org"}


def test_an_address_that_somebody_else_has_by_now_is_not_taken_from_them(cohort):
    applied(csv_of([person(1), person(2)]), cohort=cohort)
    done = applied(
        csv_of([person(1, email="a@example.org"), person(2, email="b@example.org")]), cohort=cohort
    )
    UserFactory(email="p1@example.org")
    EmailAddress.objects.create(user=UserFactory(), email="p2@example.org", verified=True)
    undo(done)
    done = worked(done)
    assert done.counts == {"undone": 2}
    assert addresses() == {"1001": "a@example.org", "1002": "b@example.org"}


def test_undoing_leaves_what_was_changed_since_and_what_the_person_decides(cohort):
    headings = [*HEADINGS, "Организация", "Обращение"]
    applied(csv_of([[*person(1), "А", "Ирина"]], headings=headings), cohort=cohort)
    again = person(1, family_name="Орлова", patronymic="Павловна")
    done = applied(csv_of([[*again, "Б", "Ира"]], headings=headings), cohort=cohort)
    User.objects.update(family_name="Соколова", last_login=timezone.now())
    undo(done)
    worked(done)
    user = User.objects.get()
    assert (user.family_name, user.patronymic) == ("Соколова", "Олеговна")
    assert user.organisation == Organisation.objects.get(name="А")
    assert user.address_as == "Ира"


def test_undoing_registers_nobody_away_who_has_signed_in_or_studies_elsewhere(cohort):
    done = applied(csv_of([person(n, email="") for n in range(3)]), cohort=cohort)
    seen, busy, free = User.objects.order_by("pk")
    User.objects.filter(pk=seen.pk).update(last_login=timezone.now())
    active_enrollment(learner=busy, cohort=CohortFactory(title="Другой поток"))
    undo(done)
    done = worked(done)
    assert outcomes(done) == {2: "kept", 3: "kept", 4: "undone"}
    assert set(cohort.enrollments.values_list("state", flat=True)) == {"withdrawn"}
    assert list(User.objects.filter(is_active=False)) == [free]


def test_letters_that_are_not_sent_yet_are_not_sent_after_undoing(cohort):
    found = checked(csv_of([person(1), person(2)]), cohort=cohort)
    confirm(found)
    queue.run(found.job_id)
    found.refresh_from_db()
    Job.objects.filter(kind="mail.letters").delete()
    undo(found)
    worked(found)
    assert not Letter.objects.exists()


def test_what_an_undo_changes_stands_in_the_feed(cohort):
    applied(csv_of([person(1)]), cohort=cohort)
    done = applied(csv_of([person(1, family_name="Орлова"), person(2)]), cohort=cohort)
    Event.objects.all().delete()
    undo(done)
    worked(done)
    told = {(event.type, *event.data.get("changes", ())) for event in Event.objects.all()}
    assert told == {
        ("enrolment.state_changed",),
        ("learner.updated", "email", "family_name", "given_name", "is_active", "patronymic"),
        ("learner.updated", "family_name"),
        ("import.finished",),
    }
    assert set(Event.objects.values_list("is_quiet", flat=True)) == {False}
    moved = Event.objects.get(type="enrolment.state_changed")
    assert moved.data == {
        "cohort": str(cohort.uuid),
        "attempt": 1,
        "from_state": "invited",
        "state": "withdrawn",
        "source": "test",
    }


def test_undoing_asks_as_often_for_twenty_people_as_for_two(cohort):
    asked = []
    for start, size in ((0, 2), (100, 20)):
        rows = csv_of([person(start + number) for number in range(size)])
        done = applied(rows, cohort=cohort)
        undo(done)
        with CaptureQueriesContext(connection) as queries:
            queue.run(done.job_id)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_kill_in_the_middle_of_undoing_loses_and_doubles_nothing(cohort, monkeypatch):
    monkeypatch.setattr(undoing, "BATCH", 2)
    done = applied(csv_of([person(n) for n in range(7)]), cohort=cohort)
    undo(done)
    with monkeypatch.context() as killing:
        kill_after(killing, undoing, batches=2)
        with pytest.raises(KeyboardInterrupt):
            queue.run(done.job_id)
    assert cohort.enrollments.filter(state="withdrawn").count() == 3
    done = run_again(done)
    assert (done.state, done.counts) == (ImportState.UNDONE, {"undone": 7})
    assert EnrollmentTransition.objects.filter(to_state="withdrawn").count() == 7


def test_after_seven_days_it_is_too_late(cohort):
    done = applied(csv_of([person(1)]), cohort=cohort)
    PeopleImport.objects.update(applied_at=timezone.now() - timedelta(days=7))
    done.refresh_from_db()
    assert not done.may_be_undone
    with pytest.raises(TooLateToUndo):
        undo(done)


def test_each_step_is_taken_once(cohort):
    found = checked(csv_of([person(1)]), cohort=cohort)
    confirm(found)
    for step in (confirm, cancel, undo):
        with pytest.raises(NotInThisState):
            step(found)
    worked(found)
    assert Job.objects.filter(kind="import.apply").count() == 1


def test_a_cancelled_import_keeps_no_rows(cohort):
    found = checked(csv_of([person(1)]), cohort=cohort)
    cancel(found)
    assert found.state == ImportState.CANCELLED
    assert not found.rows.exists()
    with pytest.raises(NotInThisState):
        confirm(found)


def test_rows_are_forgotten_after_a_month(cohort):
    done = applied(csv_of([person(1)]), cohort=cohort)
    assert forget_old_imports() == 0
    PeopleImport.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert forget_old_imports() == 1
    assert not done.rows.exists()
    assert User.objects.count() == 1
