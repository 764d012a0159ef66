"""Suspended, restored, revoked, corrected, duplicated: each with a reason, a person, an audit."""

from __future__ import annotations

import errno

import pytest
from django.core.files.storage import FileSystemStorage

from certificates.issuing import issue_certificate
from certificates.lifecycle import Action, ReasonMissing, WrongState, change_state, supersede
from certificates.models import Certificate, FrozenCertificate
from certificates.versions import withdraw
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.certificates.factories import completed
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def methodologist() -> User:
    user = UserFactory(family_name="Методова")
    grant_role(user=user, role=Role.METHODOLOGIST)
    return user


@pytest.fixture
def certificate() -> Certificate:
    return issue_certificate(completed())


def test_what_was_issued_is_never_changed_or_deleted(certificate):
    certificate.snapshot["name"] = "Другая"
    with pytest.raises(FrozenCertificate):
        certificate.save()
    with pytest.raises(FrozenCertificate):
        certificate.save(update_fields=["snapshot"])
    with pytest.raises(FrozenCertificate):
        certificate.delete()


def test_suspended_and_restored(certificate, methodologist):
    suspended = change_state(
        certificate,
        Action.SUSPENDED,
        actor=methodologist,
        reason_class="under-review",
        reason="Жалоба от 3 ноября",
    )
    assert suspended.state == "suspended"
    restored = change_state(
        certificate,
        Action.RESTORED,
        actor=methodologist,
        reason_class="review-ended",
        reason="Не подтвердилась",
    )
    assert restored.state == "issued"
    events = certificate.events.values_list("action", "reason", "actor")
    assert list(events) == [
        ("issued", "", None),
        ("suspended", "Жалоба от 3 ноября", methodologist.pk),
        ("restored", "Не подтвердилась", methodologist.pk),
    ]


@pytest.mark.parametrize(
    ("reason_class", "reason"), [("", "почему-то"), ("lost", "почему-то"), ("issued-in-error", " ")]
)
def test_no_step_without_a_fitting_reason(certificate, methodologist, reason_class, reason):
    with pytest.raises(ReasonMissing):
        change_state(
            certificate,
            Action.REVOKED,
            actor=methodologist,
            reason_class=reason_class,
            reason=reason,
        )
    certificate.refresh_from_db()
    assert certificate.state == "issued"


def test_revoked_is_final(certificate, methodologist):
    why = {"actor": methodologist, "reason_class": "issued-in-error", "reason": "Ошибка"}
    change_state(certificate, Action.REVOKED, **why)
    for action, reason in ((Action.RESTORED, "review-ended"), (Action.SUSPENDED, "under-review")):
        with pytest.raises(WrongState):
            change_state(certificate, action, **{**why, "reason_class": reason})
    with pytest.raises(WrongState):
        supersede(certificate, Action.DUPLICATED, **{**why, "reason_class": "lost"})
    assert issue_certificate(certificate.enrollment).state == "revoked"


def test_a_new_name_makes_a_new_certificate_that_supersedes(certificate, methodologist, client):
    learner = certificate.learner
    learner.family_name = "Петрова"
    learner.save()
    withdraw(certificate.template)
    made = supersede(
        certificate,
        Action.REPLACED,
        actor=methodologist,
        reason_class="name-changed",
        reason="Свидетельство о браке",
        hours=8,
    )
    certificate.refresh_from_db()
    assert certificate.state == "superseded"
    assert certificate.superseded_by == made
    assert certificate.snapshot["name"] == "Иванова Мария Петровна"
    assert made.snapshot["name"] == "Петрова Мария Петровна"
    assert "8 часов" in made.snapshot["facts"]
    assert made.snapshot["completed_on"] == certificate.snapshot["completed_on"]
    assert made.number != certificate.number
    assert made.code != certificate.code
    assert issue_certificate(certificate.enrollment, template=made.template) == made
    page = client.get(f"/v/{certificate.code}/").text
    assert "изменилось имя владельца" in page
    assert made.number in page
    assert made.code not in page
    assert "Свидетельство о браке" not in page


def test_a_duplicate_says_the_same_and_says_that_it_is_one(certificate, methodologist):
    learner = certificate.learner
    learner.family_name = "Петрова"
    learner.save()
    made = supersede(
        certificate,
        Action.DUPLICATED,
        actor=methodologist,
        reason_class="lost",
        reason="Потерян при переезде",
    )
    assert made.is_duplicate
    assert made.snapshot["name"] == "Иванова Мария Петровна"
    assert made.snapshot["heading"] == "Сертификат участника. Дубликат"
    again = supersede(
        made, Action.DUPLICATED, actor=methodologist, reason_class="lost", reason="Опять"
    )
    assert again.state == "issued"
    with pytest.raises(WrongState):
        supersede(
            certificate, Action.DUPLICATED, actor=methodologist, reason_class="lost", reason="…"
        )


def test_the_steps_are_taken_in_the_cms(client_of, certificate, methodologist):
    browser = client_of(methodologist)
    address = f"/cms/certificates/{certificate.uuid}/"
    listed = browser.get("/cms/certificates/certificate/")
    if listed.status_code == 200:
        assert certificate.number in listed.text
    page = browser.get(address).text
    assert "data:image/png;base64," in page
    assert "Приостановить" in page
    wrong = browser.post(
        address, {"action": "suspended", "suspended-reason_class": "lost", "suspended-reason": ""}
    )
    assert wrong.status_code == 422
    browser.post(
        address,
        {
            "action": "suspended",
            "suspended-reason_class": "under-review",
            "suspended-reason": "Проверяем",
        },
    )
    certificate.refresh_from_db()
    assert certificate.state == "suspended"
    page = browser.get(address).text
    assert "Проверяем" in page
    assert "Методова" in page
    assert "Возобновить" in page
    assert "Выдать дубликат" not in page
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    assert client_of(trainer).get(address).status_code in (302, 403)


def test_a_correction_is_made_in_the_cms(client_of, certificate, methodologist):
    answer = client_of(methodologist).post(
        f"/cms/certificates/{certificate.uuid}/",
        {
            "action": "replaced",
            "replaced-reason_class": "corrected",
            "replaced-reason": "Опечатка в названии",
            "replaced-programme": "Бережная речь",
        },
    )
    made = Certificate.objects.get(supersedes=certificate)
    assert answer.headers["Location"] == f"/cms/certificates/{made.uuid}/"
    assert made.snapshot["course"] == "Бережная речь"


@pytest.mark.parametrize("fault", ["no keys", "full disk"])
def test_a_fault_of_the_installation_is_told_in_the_cms_and_changes_nothing(
    client_of, certificate, methodologist, settings, tmp_path, monkeypatch, fault
):
    if fault == "no keys":
        settings.ISSUER_KEYS_DIR = tmp_path / "none"
        words = "Нет ключей для подписи"
    else:

        def full(*_args, **_more):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(FileSystemStorage, "_save", full)
        words = "нет места"
    answer = client_of(methodologist).post(
        f"/cms/certificates/{certificate.uuid}/",
        {
            "action": Action.DUPLICATED,
            "duplicated-reason_class": "lost",
            "duplicated-reason": "потерян",
        },
    )
    assert words in answer.text
    certificate.refresh_from_db()
    assert certificate.state == Certificate.State.ISSUED
    assert Certificate.objects.count() == 1
