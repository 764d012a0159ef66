"""Certificates read back through the API."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from certificates.models import Certificate, CertificateTemplate, Provider
from courses.models import Enrollment
from lms.api.scopes import ALL_SCOPES, Scope
from tests.factories import EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 test"


def make_certificate(enrollment: Enrollment) -> Certificate:
    """A certificate as issued, without drawing it: its file is a few bytes."""
    provider, _created = Provider.objects.get_or_create(name="А")
    template, _created = CertificateTemplate.objects.get_or_create(
        code="test",
        defaults={"provider": provider, "signer_name": "Б", "signer_position": "В"},
    )
    certificate = Certificate(
        number=f"БК-2026-{enrollment.pk:06d}",
        code=f"{enrollment.pk:012d}",
        learner=enrollment.learner,
        cohort=enrollment.cohort,
        enrollment=enrollment,
        template=template,
        snapshot={
            "name": enrollment.learner.get_full_name(),
            "code": "ABCD-EFGH",
            "url": "https://example.org/verify/ABCD-EFGH",
        },
        pdf_sha256="0" * 64,
        issued_at=timezone.now(),
    )
    certificate.pdf.save(f"{certificate.uuid}.pdf", ContentFile(PDF), save=False)
    certificate.save()
    return certificate


@pytest.fixture
def certificate(tomsk):
    return make_certificate(EnrollmentFactory())


def test_a_region_reads_the_certificate_of_an_enrolment(caller, certificate):
    make_certificate(EnrollmentFactory(learner=UserFactory(), cohort=certificate.enrollment.cohort))
    (found,) = caller.get(f"/certificates?enrolment={certificate.enrollment.uuid}").data["items"]
    assert found["number"] == certificate.number
    assert found["state"] == "issued"
    assert found["name"] == "Иванова Мария Петровна"
    assert found["verify_url"] == "https://example.org/verify/ABCD-EFGH"
    assert caller.get(f"/certificates/{found['id']}").data == found
    assert found["pdf_url"].endswith(f"/api/v1/certificates/{found['id']}/pdf")


def test_the_file_comes_as_pdf(caller, certificate):
    response = caller.get(f"/certificates/{certificate.uuid}/pdf", Accept="application/pdf")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.getvalue() == PDF


def test_without_the_scope_the_name_stays_hidden(caller_of, tomsk, certificate):
    stranger = caller_of(tomsk, scopes=[s for s in ALL_SCOPES if s != Scope.LEARNERS_PII])
    answer = stranger.get(f"/certificates/{certificate.uuid}").data
    assert answer["number"] == certificate.number
    assert not answer.keys() & {"name", "code", "verify_url", "pdf_url"}
    assert stranger.get(f"/certificates/{certificate.uuid}/pdf").status_code == 403


def test_certificates_can_be_filtered_by_cohort_and_state(caller, certificate):
    cohort = certificate.enrollment.cohort
    assert len(caller.get(f"/certificates?cohort={cohort.uuid}&state=issued").data["items"]) == 1
    assert caller.get("/certificates?state=revoked").data["items"] == []
