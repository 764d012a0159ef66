"""Writing down what clients ask and how it ends, and counting it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lms.api.models import ApiClient
from lms.api.personal_data import route_of
from lms.api.request_log.models import ApiRequest
from lms.api.throttling import one_more

logger = logging.getLogger(__name__)

OUTCOMES: dict[str, dict[str, Any]] = {
    "ok": {"status__lt": 400},
    "refused": {"status__range": (400, 499)},
    "failed": {"status__gte": 500},
}
"""How requests end, as conditions on their rows."""


def record_request(
    request: HttpRequest, response: HttpResponse, *, request_id: UUID, duration: float
) -> None:
    """Write the request down, if a client made it. ``duration``: seconds.

    The answer never fails because of it. Of those that were too many only the first of each minute
    is written: a client that runs wild fills no table.
    """
    client: ApiClient | None = getattr(request, "api_client", None)
    if client is None or _is_one_of_too_many(request, client):
        return
    try:
        _insert(
            {
                "client_id": client.pk,
                "request_id": request_id,
                "method": (request.method or "")[:7],
                "route": _route(request)[:200],
                "status": response.status_code,
                "code": _code(response),
                "duration_ms": round(duration * 1000),
                "at": timezone.now(),
            }
        )
    except Error:
        logger.exception("A request of a client could not be written down")


def _is_one_of_too_many(request: HttpRequest, client: ApiClient) -> bool:
    """As the throttle found; what is refused before it, for its token or scope, is counted here."""
    if hasattr(request, "is_one_of_too_many"):
        return request.is_one_of_too_many
    quota = settings.API_REQUESTS_PER_MINUTE
    return one_more("refused", str(client.pk), quota=quota).used > quota + 1


def _insert(values: dict[str, Any]) -> None:
    """On PostgreSQL without waiting until the disk has it: that took as long as a fourth of the
    request itself, and what a log loses with the machine are its last lines."""
    if connection.vendor != "postgresql":
        ApiRequest.objects.create(**values)
        return
    table, columns = ApiRequest._meta.db_table, ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {marks} "  # noqa: S608  names of ours
            "FROM set_config('synchronous_commit', 'off', true)",
            list(values.values()),
        )


def _route(request: HttpRequest) -> str:
    if request.path.startswith("/scim/"):
        return "/".join(request.path.split("/")[:4])
    return route_of(request)


def _code(response: HttpResponse) -> str:
    body: Any = getattr(response, "data", None)
    is_problem = response.status_code >= 400 and isinstance(body, dict)
    return str(body.get("code", ""))[:40] if is_problem else ""


def forget_old_requests() -> int:
    """Delete what is older than ``API_REQUESTS_KEPT_DAYS``; returns how many."""
    limit = timezone.now() - timedelta(days=settings.API_REQUESTS_KEPT_DAYS)
    return ApiRequest.objects.filter(at__lt=limit).delete()[0]


@dataclass(frozen=True)
class Day:
    """What a client asked on one day (UTC): all, those refused (4xx), those that broke (5xx)."""

    day: date
    requests: int
    refused: int
    failed: int
    slowest_ms: int


def days_of(requests: QuerySet[ApiRequest]) -> list[Day]:
    """Day by day, the last first; days without requests are left out."""
    rows = (
        requests.order_by()
        .annotate(day=TruncDate("at", tzinfo=UTC))
        .values("day")
        .annotate(
            requests=Count("pk"),
            refused=Count("pk", filter=Q(**OUTCOMES["refused"])),
            failed=Count("pk", filter=Q(**OUTCOMES["failed"])),
            slowest_ms=Max("duration_ms"),
        )
        .order_by("-day")
    )
    return [Day(**row) for row in rows]
