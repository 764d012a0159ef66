import hashlib
import threading
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase

from certificates import making, verification
from certificates.codes import ALPHABET
from certificates.defaults import ensure_default_template
from certificates.issuing import issue_certificate, request_missing
from certificates.models import Certificate, RegisterCounter
from certificates.problems import NotCompleted
from courses.ledger import record_completion
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.certificates.factories import agree_to_name, completed
from tests.factories import (
    CohortFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)


@pytest.fixture(autouse=True)
def _forget_lookups():
    cache.clear()


@pytest.mark.django_db
def test_completing_the_course_brings_a_certificate(django_capture_on_commit_callbacks):
    lesson = make_lesson(make_module(make_course(hours=6)))
    enrollment = active_enrollment(cohort=CohortFactory(course=lesson.course()))
    agree_to_name(enrollment.learner)
    with django_capture_on_commit_callbacks(execute=True):
        record_completion(enrollment=enrollment, activity=lesson)
    certificate = Certificate.objects.get(enrollment=enrollment)
    assert certificate.snapshot["name"] == "Иванова Мария Петровна"
    assert "6 часов" in certificate.snapshot["facts"]
    with certificate.pdf.open("rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == certificate.pdf_sha256


@pytest.mark.django_db
def test_asking_again_returns_the_same_certificate():
    enrollment = completed()
    assert issue_certificate(enrollment) == issue_certificate(enrollment)
    assert Certificate.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_issued_before_the_course_is_completed():
    with pytest.raises(NotCompleted):
        issue_certificate(active_enrollment())
    assert not RegisterCounter.objects.filter(last__gt=0).exists()


@pytest.mark.django_db
def test_a_later_change_of_name_does_not_touch_what_was_issued():
    enrollment = completed()
    certificate = issue_certificate(enrollment)
    enrollment.learner.family_name = "Петрова"
    enrollment.learner.save()
    certificate.refresh_from_db()
    assert certificate.snapshot["name"] == "Иванова Мария Петровна"


@pytest.mark.django_db
def test_a_used_template_cannot_be_changed():
    certificate = issue_certificate(completed())
    certificate.template.refresh_from_db()
    with pytest.raises(Exception, match="новую версию"):
        certificate.template.full_clean()


@pytest.mark.django_db
def test_what_a_killed_process_did_not_ask_for_is_found(django_capture_on_commit_callbacks):
    enrollment = completed()
    agree_to_name(enrollment.learner)
    with django_capture_on_commit_callbacks(execute=True):
        assert request_missing() == 1
    assert Certificate.objects.filter(enrollment=enrollment).count() == 1
    assert request_missing() == 0


class RacingIssues(TransactionTestCase):
    def test_ten_workers_at_once_issue_one_certificate_and_take_one_number(self):
        ensure_default_template()
        enrollment = completed()
        found, errors = [], []

        def issue():
            try:
                found.append(issue_certificate(enrollment).pk)
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=issue) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert len(set(found)) == Certificate.objects.count() == 1
        assert RegisterCounter.objects.get().last == 1


@pytest.mark.django_db
def test_anyone_can_check_a_certificate(client):
    certificate = issue_certificate(completed())
    page = client.get(f"/v/{certificate.snapshot['code']}/")
    assert page.status_code == 200
    for fact in ("Сертификат действителен", "Иванова Мария Петровна", certificate.number):
        assert fact in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    answer = client.get(f"/v/{certificate.code}/", headers={"accept": "application/json"}).json()
    assert answer["state"] == "issued"
    assert answer["pdf_sha256"] == certificate.pdf_sha256


@pytest.mark.django_db
def test_a_mistyped_and_an_unknown_code_are_told_apart(client):
    certificate = issue_certificate(completed())
    code = certificate.code
    wrong = ALPHABET[(ALPHABET.index(code[0]) + 1) % len(ALPHABET)] + code[1:]
    assert client.get(f"/v/{wrong}/").status_code == 400
    assert "ошибка" in client.get("/verify/", {"code": wrong}).text
    unknown = client.get("/v/0000-0000-0000/")
    assert unknown.status_code == 404
    assert "не выдавали" in unknown.text


@pytest.mark.django_db
def test_a_code_from_paper_may_be_typed_carelessly(client):
    certificate = issue_certificate(completed())
    answer = client.get("/verify/", {"code": f" {certificate.snapshot['code'].lower()} "})
    assert answer.headers["Location"] == f"/v/{certificate.snapshot['code']}/"


@pytest.mark.django_db
def test_a_revoked_certificate_says_so(client):
    certificate = issue_certificate(completed())
    Certificate.objects.filter(pk=certificate.pk).update(
        state="revoked", reason_class="issued-in-error"
    )
    page = client.get(f"/v/{certificate.code}/")
    assert "Сертификат отозван" in page.text
    assert "выдан по ошибке" in page.text


@pytest.mark.django_db
def test_a_flood_of_lookups_is_stopped(client, monkeypatch):
    monkeypatch.setattr(verification, "LOOKUPS_PER_MINUTE", 3)
    statuses = [client.get("/v/0000-0000-0000/").status_code for _ in range(5)]
    assert statuses == [404, 404, 404, 429, 429]


@pytest.mark.django_db
def test_who_may_download_the_file(client, client_of):
    tomsk, omsk = RegionFactory(), RegionFactory(code="RU-OMS", name="Омская область")
    trainer, coordinator, stranger = UserFactory(), UserFactory(), UserFactory(region=omsk)
    grant_role(user=trainer, role=Role.TRAINER)
    grant_role(user=coordinator, role=Role.COORDINATOR, region=tomsk)
    foreign = UserFactory()
    grant_role(user=foreign, role=Role.COORDINATOR, region=omsk)
    certificate = issue_certificate(completed(cohort=CohortFactory(trainers=[trainer])))
    url = f"/certificates/{certificate.uuid}/pdf/"

    def status(user: User) -> int:
        return client_of(user).get(url).status_code

    assert client.get(url).status_code == 302
    assert [status(u) for u in (certificate.enrollment.learner, trainer, coordinator)] == [200] * 3
    assert [status(u) for u in (stranger, foreign)] == [404, 404]


@pytest.mark.django_db
def test_my_certificates_show_what_is_still_to_do(client_of):
    lesson = make_lesson(make_module(make_course()), "Последний урок")
    enrollment = active_enrollment(cohort=CohortFactory(course=lesson.course()))
    page = client_of(enrollment.learner).get("/certificates/").text
    assert "Последний урок" in page
    assert lesson.url in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_committed", [True, False])
def test_a_file_stays_when_the_answer_to_the_commit_was_lost(monkeypatch, is_committed):
    """The connection breaks at the COMMIT: whether it was carried out is seen afterwards."""

    class Lost(transaction.Atomic):
        def __init__(self):
            super().__init__(None, True, False)

        def __exit__(self, kind, error, trace):
            lost = OperationalError("the connection was lost")
            super().__exit__(*((None,) * 3 if is_committed else (type(lost), lost, None)))
            raise lost

    deleted = []
    storage = making.storages["private"]
    monkeypatch.setattr(storage, "delete", deleted.append)
    monkeypatch.setattr(making, "transaction", SimpleNamespace(atomic=Lost))
    enrollment = completed()
    with pytest.raises(OperationalError):
        issue_certificate(enrollment)
    issued = Certificate.objects.filter(enrollment=enrollment)
    assert (issued.count(), len(deleted)) == ((1, 0) if is_committed else (0, 1))
