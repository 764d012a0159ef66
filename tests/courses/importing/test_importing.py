"""People come from a file: looked at first, then enrolled, each row with its own answer."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.utils import timezone

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.importing import applying, checking
from courses.importing.imports import confirm
from courses.models import (
    Enrollment,
    EnrollmentRequest,
    EnrollmentTransition,
    ImportState,
    RequestState,
)
from courses.requesting import ask_for_place
from lms.jobs import queue
from lms.people.models import ExternalId, Organisation, User
from tests.courses.importing.making import (
    HEADINGS,
    applied,
    checked,
    csv_of,
    kill_after,
    ndjson_of,
    outcomes,
    person,
    run_again,
    worked,
    xlsx_of,
)
from tests.factories import CohortFactory, RegionFactory, UserFactory, active_enrollment

pytestmark = pytest.mark.django_db


def test_the_dry_run_changes_nothing_and_says_what_would_happen(cohort):
    found = checked(csv_of([person(1), person(2)]), cohort=cohort)
    assert (found.state, found.counts) == (ImportState.CHECKED, {"would_create": 2})
    assert not User.objects.exists()
    assert not found.file


def test_after_confirmation_people_are_enrolled_and_invited(cohort):
    done = applied(csv_of([person(1), person(2, email="")]), cohort=cohort)
    assert (done.state, done.counts) == (ImportState.APPLIED, {"created": 2})
    first = ExternalId.objects.get(system="hr", value="1001").user
    assert (first.family_name, first.given_name, first.region) == (
        "Новиковаб", "Ирина", cohort.regions.get(),
    )  # fmt: skip
    assert first.timezone == "Asia/Tomsk"
    assert not first.has_usable_password()
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"invited"}
    assert EnrollmentTransition.objects.filter(from_state="", source="test").count() == 2
    assert [letter.to for letter in mail.outbox] == [["p1@example.org"]]


def test_the_link_in_the_letter_lets_the_person_in(cohort, client):
    applied(csv_of([person(1)]), cohort=cohort)
    (path,) = set(re.findall(r"http://[^/\s]+(/invitation/[\w-]+/)", mail.outbox[0].body))
    client.post(path)
    assert Enrollment.objects.get().state == "active"


def test_the_same_file_again_changes_nothing(cohort):
    content = csv_of([person(n) for n in range(5)])
    applied(content, cohort=cohort)
    again = applied(content, cohort=cohort)
    assert again.counts == {"unchanged": 5}
    assert User.objects.count() == Enrollment.objects.count() == 5
    assert len(mail.outbox) == 5


def test_a_changed_row_updates_the_person_and_says_so(cohort):
    applied(csv_of([person(1)]), cohort=cohort)
    done = applied(csv_of([person(1, family_name="Орлова")]), cohort=cohort)
    assert done.counts == {"updated": 1}
    assert User.objects.get().family_name == "Орлова"
    assert not User.objects.get().has_usable_password()


def test_a_new_address_gets_a_new_invitation_and_the_old_link_ends(cohort):
    applied(csv_of([person(1)]), cohort=cohort)
    done = applied(csv_of([person(1, email="new@example.org")]), cohort=cohort)
    assert done.counts == {"updated": 1}
    assert mail.outbox[-1].to == ["new@example.org"]
    assert Enrollment.objects.get().invitations.filter(expires_at__gt=timezone.now()).count() == 1


def test_what_the_person_decides_alone_is_kept(cohort):
    applied(csv_of([person(1)]), cohort=cohort)
    User.objects.update(last_login=timezone.now())
    done = applied(
        csv_of([person(1, email="new@example.org", family_name="Орлова")]), cohort=cohort
    )
    assert done.counts == {"updated": 1}
    assert User.objects.get().email == "p1@example.org"
    assert User.objects.get().family_name == "Орлова"
    assert done.rows.get().before["kept"] == ["email"]


def test_an_empty_cell_leaves_what_is_there(cohort):
    applied(csv_of([person(1)]), cohort=cohort)
    done = applied(csv_of([["1001"]], headings=["Табельный номер"]), cohort=cohort)
    assert done.counts == {"unchanged": 1}
    assert User.objects.get().patronymic == "Олеговна"


def test_who_left_is_taken_back_and_a_finished_course_stays(cohort):
    applied(csv_of([person(1), person(2)]), cohort=cohort)
    left, finished = Enrollment.objects.order_by("pk")
    move(enrollment=left, to=EnrollmentState.WITHDRAWN, source="test")
    for state in (EnrollmentState.ACTIVE, EnrollmentState.COMPLETED):
        move(enrollment=finished, to=state, source="test")
    done = applied(csv_of([person(1), person(2)]), cohort=cohort)
    assert outcomes(done) == {2: "updated", 3: "unchanged"}
    assert list(Enrollment.objects.order_by("pk").values_list("state", flat=True)) == [
        "invited", "completed",
    ]  # fmt: skip
    assert len(mail.outbox) == 3


def test_places_go_to_the_first_in_the_file():
    cohort = CohortFactory(capacity=3)
    active_enrollment(cohort=cohort)
    found = checked(csv_of([person(n) for n in range(4)]), cohort=cohort)
    assert found.counts == {"would_create": 2, "rejected": 2}
    confirm(found)
    done = worked(found)
    assert outcomes(done) == {2: "created", 3: "created", 4: "rejected", 5: "rejected"}
    assert cohort.enrollments.count() == 3
    assert User.objects.count() == 3, "who found no place is not registered either"


def test_a_place_that_went_between_check_and_confirmation_is_not_given_twice():
    cohort = CohortFactory(capacity=1)
    found = checked(csv_of([person(1)]), cohort=cohort)
    active_enrollment(cohort=cohort)
    confirm(found)
    done = worked(found)
    assert done.rows.get().errors[0]["code"] == "cohort-full"
    assert not ExternalId.objects.exists()


def test_an_address_that_was_taken_between_check_and_confirmation_is_refused(cohort):
    found = checked(csv_of([person(1), person(2)]), cohort=cohort)
    UserFactory(email="p1@example.org")
    confirm(found)
    assert outcomes(worked(found)) == {2: "rejected", 3: "created"}


def test_an_open_request_is_settled(cohort):
    someone = UserFactory()
    ExternalId.objects.create(region=someone.region, system="hr", value="1001", user=someone)
    ask_for_place(person=someone, cohort=cohort)
    applied(csv_of([person(1, email="")]), cohort=cohort)
    assert EnrollmentRequest.objects.get().state == RequestState.ACCEPTED


def test_organisations_are_added_once(cohort):
    headings = [*HEADINGS, "Организация"]
    rows = [[*person(n), "Центр «Забота»"] for n in range(3)]
    applied(csv_of(rows, headings=headings), cohort=cohort)
    assert Organisation.objects.get().people.count() == 3


def test_one_file_for_all_regions_names_the_region_in_each_row():
    tomsk, omsk = RegionFactory(), RegionFactory(code="RU-OMS", name="Омская область")
    cohort = CohortFactory(regions=[tomsk, omsk])
    headings = [*HEADINGS, "Код региона"]
    rows = [[*person(1), "RU-TOM"], [*person(2), "ru-oms"], person(3)]
    done = applied(csv_of(rows, headings=headings), cohort=cohort, region=None)
    assert outcomes(done) == {2: "created", 3: "created", 4: "rejected"}
    assert set(User.objects.values_list("region__code", flat=True)) == {"RU-TOM", "RU-OMS"}


@pytest.mark.parametrize(
    ("content", "name", "encoding"),
    [
        (csv_of([person(1)], encoding="utf-8-sig"), "people.csv", "utf-8"),
        (csv_of([person(1)], delimiter=","), "people.csv", "utf-8"),
        (csv_of([person(1)], delimiter="\t"), "people.txt", "utf-8"),
        (csv_of([person(1)], encoding="cp1251"), "people.csv", "cp1251"),
        (csv_of([person(1)], encoding="utf-16"), "people.csv", "utf-16"),
        (xlsx_of([[1001, *person(1)[1:]]]), "people.xlsx", ""),
        (
            ndjson_of(
                [
                    {
                        "external_id": 1001,
                        "family_name": "Новиковаб",
                        "given_name": "Ирина",
                        "patronymic": None,
                        "email": "p1@example.org",
                    }
                ]
            ),
            "people.ndjson",
            "utf-8",
        ),
    ],
    ids=["bom", "comma", "tab", "windows-1251", "utf-16", "xlsx", "ndjson"],
)
def test_every_form_of_a_sheet_is_read(cohort, content, name, encoding):
    done = applied(content, cohort=cohort, name=name)
    assert (done.counts, done.encoding) == ({"created": 1}, encoding)
    user = ExternalId.objects.get(value="1001").user
    assert (user.family_name, user.email) == ("Новиковаб", "p1@example.org")


def test_a_name_in_one_cell_is_divided(cohort):
    applied(csv_of([["7", "Новикова  Ирина Олеговна"]], headings=["id", "ФИО"]), cohort=cohort)
    assert User.objects.get().get_full_name() == "Новикова Ирина Олеговна"


def test_the_dialect_of_oneroster_enrols_people_who_are_known(cohort):
    applied(csv_of([person(1)]), cohort=cohort)
    other = CohortFactory(course=cohort.course, title="Поток 2")
    headings = ["sourcedId", "userSourcedId", "classSourcedId", "role", "status"]
    rows = [
        ["e1", "1001", str(other.uuid), "student", "active"],
        ["e2", "1002", str(other.uuid), "student", "active"],
        ["e3", "1001", str(other.uuid), "teacher", "active"],
    ]
    done = applied(
        csv_of(rows, headings=headings, delimiter=","), cohort=None, region=cohort.regions.get()
    )
    assert outcomes(done) == {2: "created", 3: "rejected", 4: "rejected"}
    assert other.enrollments.get().learner.external_ids.get().value == "1001"


def test_a_kill_in_the_middle_of_the_check_leaves_each_row_once(cohort, monkeypatch):
    monkeypatch.setattr(checking, "BATCH", 2)
    kill_after(monkeypatch, checking, batches=2)
    found = checked_until_killed(csv_of([person(n) for n in range(7)]), cohort)
    assert found.rows.count() == 4
    monkeypatch.undo()
    found = run_again(found)
    assert found.counts == {"would_create": 7}


def test_a_kill_in_the_middle_of_the_work_loses_and_doubles_nothing(cohort, monkeypatch):
    monkeypatch.setattr(applying, "BATCH", 2)
    found = checked(csv_of([person(n) for n in range(7)]), cohort=cohort)
    confirm(found)
    kill_after(monkeypatch, applying, batches=2)
    with pytest.raises(KeyboardInterrupt):
        queue.run(found.job_id)
    assert Enrollment.objects.count() == 4
    monkeypatch.undo()
    done = run_again(found)
    assert (done.state, done.counts) == (ImportState.APPLIED, {"created": 7})
    assert User.objects.count() == Enrollment.objects.count() == len(mail.outbox) == 7


def checked_until_killed(content, cohort):
    with pytest.raises(KeyboardInterrupt):
        checked(content, cohort=cohort)
    return cohort.people_imports.get()
