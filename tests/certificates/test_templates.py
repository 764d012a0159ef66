"""Templates: what may be printed, versions, locks, and the page of the CMS."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from certificates.issuing import issue_certificate, template_for
from certificates.models import CertificateTemplate, LockedTemplate
from certificates.previewing import picture, preview_pdf
from certificates.problems import (
    LicenceMissing,
    NotOfThisCourse,
    TemplateIsDraft,
    TemplateWithdrawn,
    TooFewHours,
)
from certificates.versions import next_version, put_to_use, withdraw
from certificates.wording import VARIABLES, filled, unknown_variables
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.certificates.factories import completed, make_provider, make_template
from tests.factories import UserFactory


@pytest.fixture
def methodologist(db) -> User:
    user = UserFactory()
    grant_role(user=user, role=Role.METHODOLOGIST)
    return user


@given(st.dictionaries(st.sampled_from(VARIABLES), st.text()), st.text())
def test_what_a_variable_holds_is_never_read_as_a_variable(values, rest):
    text = "".join(f"{{{name}}}" for name in values)
    assert filled(text, dict.fromkeys(values, "{name}{reason}")) == "{name}{reason}" * len(values)
    assert unknown_variables(rest.replace("{", "").replace("}", "")) == []


def test_variables_are_put_into_the_text():
    text = "Выдан {name_dative} за {hours}. {what}"
    assert filled(text, {"name_dative": "Марии", "hours": "6 часов"}) == (
        "Выдан Марии за 6 часов. {what}"
    )
    assert unknown_variables(text) == ["what"]


@pytest.mark.django_db
def test_a_variable_that_does_not_exist_is_named():
    template = make_template(body="Для {nmae}")
    with pytest.raises(ValidationError, match="nmae"):
        template.full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        {"heading": "Удостоверение"},
        {"body": "подтверждает повышение квалификации"},
        {"body": "о Повышении  квалификации"},
        {"programme": "Удостоверение о чём-либо"},
    ],
)
def test_words_of_further_training_stand_only_on_that_kind(words):
    with pytest.raises(ValidationError, match="дополнительного"):
        make_template(**words).full_clean()


@pytest.mark.django_db
def test_further_training_needs_a_licence_that_holds_today():
    unlicensed = make_template(kind="qualification", heading="Удостоверение")
    with pytest.raises(ValidationError, match="лицензи"):
        unlicensed.full_clean()
    ended = make_provider(
        name="Б", is_licensed=True, licensed_until=timezone.localdate() - timedelta(days=1)
    )
    with pytest.raises(ValidationError, match="лицензи"):
        make_template(code="b", kind="qualification", provider=ended).full_clean()
    licensed = make_provider(name="В", is_licensed=True)
    heading = "Удостоверение о повышении квалификации"
    make_template(code="c", kind="qualification", heading=heading, provider=licensed).full_clean()


@pytest.mark.django_db
def test_a_licence_is_recorded_whole_or_not_at_all():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_provider(licence_number="1")
    provider = make_provider(is_licensed=True)
    assert not provider.is_licensed_on(date(2024, 2, 29))
    assert provider.is_licensed_on(date(2024, 3, 1))


@pytest.mark.django_db
def test_a_document_of_further_training_prints_its_licence():
    template = make_template(
        kind="qualification",
        heading="Удостоверение о повышении квалификации",
        provider=make_provider(is_licensed=True),
        hours=16,
    )
    certificate = issue_certificate(completed(), template=template)
    assert "лицензия № Л035-01253-70/00000001 от 01.03.2024" in certificate.snapshot["issuer"]
    assert certificate.snapshot["kind"] == "qualification"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"state": "draft"}, TemplateIsDraft),
        ({"state": "withdrawn"}, TemplateWithdrawn),
        ({"kind": "honour"}, NotOfThisCourse),
        ({"kind": "qualification", "hours": 16}, LicenceMissing),
    ],
)
def test_nothing_is_issued_with_a_template_that_does_not_fit(fields, problem):
    with pytest.raises(problem):
        issue_certificate(completed(), template=make_template(**fields))


@pytest.mark.django_db
def test_a_short_programme_gives_no_document_of_further_training():
    template = make_template(
        kind="qualification", provider=make_provider(is_licensed=True), hours=15
    )
    with pytest.raises(TooFewHours):
        issue_certificate(completed(), template=template)


@pytest.mark.django_db
def test_a_withdrawn_template_is_not_replaced_by_another_silently():
    enrollment = completed()
    template = make_template(course=enrollment.cohort.course)
    assert template_for(enrollment) == template
    withdraw(template)
    with pytest.raises(TemplateWithdrawn):
        template_for(enrollment)
    draft = next_version(template)
    with pytest.raises(TemplateWithdrawn):
        template_for(enrollment)
    put_to_use(draft)
    assert template_for(enrollment) == draft


@pytest.mark.django_db
def test_a_used_version_is_locked_and_the_next_one_is_a_copy():
    enrollment = completed()
    template = make_template(course=enrollment.cohort.course, heading="Благодарность")
    certificate = issue_certificate(enrollment)
    used = certificate.template
    used.refresh_from_db()
    used.heading = "Другое"
    with pytest.raises(LockedTemplate):
        used.save()
    draft = next_version(template)
    assert (draft.version, draft.state, draft.heading) == (2, "draft", "Благодарность")
    assert next_version(template) == draft
    draft.heading = "Другое"
    draft.save()
    put_to_use(draft)
    assert issue_certificate(enrollment) == certificate


@pytest.mark.django_db
@pytest.mark.parametrize("kind", CertificateTemplate.Kind.values)
@pytest.mark.parametrize("is_long", [False, True])
def test_every_kind_can_be_looked_at(kind, is_long):
    template = make_template(kind=kind, provider=make_provider(is_licensed=True))
    png = picture(preview_pdf(template, is_long=is_long))
    assert png.startswith(b"\x89PNG")
    assert len(png) > 10_000


@pytest.mark.django_db
def test_a_methodologist_makes_a_template_and_puts_it_to_use(client_of, methodologist):
    browser = client_of(methodologist)
    provider = make_provider()
    form = {
        "code": "diploma",
        "kind": "completion",
        "course": "",
        "heading": "Свидетельство",
        "name_case": "dative",
        "body": "в том, что {name} прошла программу",
        "programme": "",
        "hours": "",
        "provider": provider.pk,
        "signer_name": "П. П. Подписант",
        "signer_position": "директор",
        "orientation": "landscape",
        "border": "frame",
        "primary": "#0f5c5c",
        "accent": "#d98872",
        "ground": "#fbf8f3",
        "emblem": "",
        "signature": "",
        "seal": "",
    }
    base = "/cms/snippets/certificates/certificatetemplate"
    wrong = browser.post(f"{base}/add/", {**form, "body": "для {nmae}", "primary": "зелёный"})
    assert "nmae" in wrong.text
    assert "#0f5c5c" in wrong.text
    assert browser.post(f"{base}/add/", form).status_code == 302
    made = CertificateTemplate.objects.get(code="diploma")
    address = f"/cms/certificate-templates/{made.pk}/"
    page = browser.get(address)
    assert "Черновик" in page.text
    assert page.text.count("data:image/png;base64,") == 2
    browser.post(f"{address}act/", {"action": "use"})
    made.refresh_from_db()
    assert made.state == "active"
    issue_certificate(completed(), template=made)
    assert browser.get(f"{base}/edit/{made.pk}/").status_code == 302
    answer = browser.post(f"{address}act/", {"action": "next"})
    draft = CertificateTemplate.objects.get(code="diploma", version=2)
    assert answer.headers["Location"] == f"{base}/edit/{draft.pk}/"
    assert browser.get(f"{base}/edit/{draft.pk}/").status_code == 200
    browser.post(f"{address}act/", {"action": "withdraw"})
    made.refresh_from_db()
    assert made.state == "withdrawn"


@pytest.mark.django_db
def test_the_preview_panel_shows_the_sheet_while_it_is_edited(client_of, methodologist):
    template = make_template()
    browser = client_of(methodologist)
    address = f"/cms/snippets/certificates/certificatetemplate/preview/{template.pk}/"
    form = {
        name: getattr(template, name) or ""
        for name in [
            "code",
            "kind",
            "heading",
            "name_case",
            "body",
            "programme",
            "hours",
            "signer_name",
            "signer_position",
            "orientation",
            "border",
            "primary",
            "accent",
            "ground",
        ]
    }
    form |= {"provider": template.provider_id, "heading": "Новый заголовок"}
    form |= {"course": "", "emblem": "", "signature": "", "seal": ""}
    assert browser.post(address, form).json()["is_valid"]
    for mode in ("usual", "long"):
        page = browser.get(address, {"mode": mode})
        assert "Новый заголовок" in page.text
        assert "data:image/png;base64," in page.text


@pytest.mark.django_db
def test_templates_are_not_for_trainers(client_of):
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    template = make_template()
    for address in (
        "/cms/snippets/certificates/certificatetemplate/",
        f"/cms/certificate-templates/{template.pk}/",
    ):
        assert client_of(trainer).get(address).status_code in (302, 403)
