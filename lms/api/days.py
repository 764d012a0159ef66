"""Rows of the days that somebody chose, as the pages of our logs ask for them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

Row = TypeVar("Row", bound=Model)


def of_days(rows: QuerySet[Row], since: date | None, until: date | None) -> QuerySet[Row]:
    """Those whose ``at`` is within these days of the present time zone, both included."""
    if since:
        rows = rows.filter(at__gte=_midnight(since))
    if until:
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
