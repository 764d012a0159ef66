"""What tests of certificates begin with."""

from __future__ import annotations

from datetime import date

from certificates.models import CertificateTemplate, Provider
from certificates.names import confirm_name, printable_name
from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.models import Enrollment
from lms.people.models import User
from tests.factories import active_enrollment


def completed(**fields) -> Enrollment:
    enrollment = active_enrollment(**fields)
    return move(enrollment=enrollment, to=EnrollmentState.COMPLETED, source="test")


def agree_to_name(user: User) -> None:
    """The person found their name right, as it was proposed."""
    name = printable_name(user)
    confirm_name(user=user, nominative=name.nominative, dative=name.dative)


def make_provider(*, is_licensed: bool = False, **fields) -> Provider:
    if is_licensed:
        fields = {
            "licence_number": "Л035-01253-70/00000001",
            "licence_authority": "Департамент образования Томской области",
            "licensed_on": date(2024, 3, 1),
            **fields,
        }
    fields.setdefault("name", "Учебный центр «Опора»")
    return Provider.objects.create(**fields)


def make_template(**fields) -> CertificateTemplate:
    """A template in use."""
    if "provider" not in fields:
        fields["provider"] = Provider.objects.first() or make_provider()
    fields.setdefault("code", "test")
    fields.setdefault("state", CertificateTemplate.State.ACTIVE)
    fields.setdefault("signer_name", "Подписант Пётр Петрович")
    fields.setdefault("signer_position", "руководитель программы")
    return CertificateTemplate.objects.create(**fields)
