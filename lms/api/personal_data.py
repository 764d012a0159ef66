"""Who is shown personal data of whom: with the scope, and never without a record."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
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
            endpoint=f"{request.method} {route_of(request._request)}"[:200],
            request_id=request._request.request_id,
        )
        for person_id in sorted({person.pk for person in people})
    )


def record_reader(request: HttpRequest, people: Iterable[int], **_signal: Any) -> None:
    """Write down whose data somebody who works here is shown; nobody's own is an access."""
    request_id = uuid4()
    PersonalDataAccess.objects.bulk_create(
        PersonalDataAccess(
            reader=request.user,
            person_id=person_id,
            endpoint=f"{request.method} {route_of(request)}"[:200],
            request_id=request_id,
        )
        for person_id in people
        if person_id != request.user.pk
    )


def route_of(request: HttpRequest) -> str:
    """The address as the description writes it: what stands in it may be a personnel number."""
    match = request.resolver_match
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", match.route) if match else request.path


def forget_old_accesses() -> int:
    """Delete records older than ``ACCESSES_KEPT_DAYS``; returns how many."""
    limit = timezone.now() - timedelta(days=settings.ACCESSES_KEPT_DAYS)
    return PersonalDataAccess.objects.filter(at__lt=limit).delete()[0]
