"""Who is shown personal data of whom: with the scope, and never without a record."""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework.request import Request

from lms.api.models import PersonalDataAccess
from lms.api.scopes import Scope
from lms.people.models import User


def sees_personal_data(request: Request) -> bool:
    return request.auth.may(Scope.LEARNERS_PII)


def record_access(request: Request, people: Iterable[User]) -> None:
    """Write down whose data the client is given, in one query whatever the number of people."""
    if not sees_personal_data(request):
        return
    PersonalDataAccess.objects.bulk_create(
        PersonalDataAccess(
            client=request.auth,
            person_id=person_id,
            endpoint=f"{request.method} {request.path}"[:200],
            request_id=request._request.request_id,
        )
        for person_id in sorted({person.pk for person in people})
    )
