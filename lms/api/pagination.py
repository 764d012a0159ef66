"""Pages of a list, one after another, by an opaque cursor.

A cursor says after which row to go on, so a list that grows meanwhile neither repeats nor skips
rows; a row that changes moves to the end of a list that is ordered by the time of change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from lms.api.fields import StrictSerializer, Text
from lms.api.problems import InvalidParameters

_SALT = "api.cursor"
DEFAULT_LIMIT = 100
MAX_LIMIT = 200


class PageParameters(StrictSerializer):
    """Parameters of every list."""

    limit = serializers.IntegerField(
        min_value=1,
        max_value=MAX_LIMIT,
        default=DEFAULT_LIMIT,
        help_text=gettext_lazy("How many rows to give at most."),
    )
    cursor = Text(
        required=False,
        max_length=500,
        help_text=gettext_lazy("“next_cursor” of the page before; leave it out for the first."),
    )


class ChangedSince(PageParameters):
    """Parameters of a list whose reader comes back for what is new."""

    updated_since = serializers.DateTimeField(
        required=False,
        help_text=gettext_lazy("Those that changed at this moment or later (RFC 3339)."),
    )


class PageAnswer(serializers.Serializer):
    """What every list answers, beside its ``items``."""

    has_more = serializers.BooleanField()
    next_cursor = serializers.CharField(allow_null=True)


@dataclass(frozen=True)
class Page:
    rows: list
    next_cursor: str | None

    def answer(self, items: list[dict]) -> dict:
        return {
            "items": items,
            "has_more": self.next_cursor is not None,
            "next_cursor": self.next_cursor,
        }


def page_of(queryset: QuerySet, *, by: str, cursor: str | None, limit: int) -> Page:
    """One page of ``queryset`` ordered by ``by``, a moment or a number, then by id.

    With a “-” before ``by`` the last come first.
    """
    field, step = by.removeprefix("-"), "lt" if by.startswith("-") else "gt"
    if cursor is not None:
        after, row_id = _read(cursor, by)
        further = Q(**{f"{field}__{step}": after}) | Q(**{field: after, f"pk__{step}": row_id})
        queryset = queryset.filter(further)
    rows = list(queryset.order_by(by, "-pk" if step == "lt" else "pk")[: limit + 1])
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], _write(rows[limit - 1], by))


def _write(row: Model, by: str) -> str:
    value = getattr(row, by.removeprefix("-"))
    return signing.dumps([_as_json(value), row.pk], salt=f"{_SALT}.{by}")


def _as_json(value: datetime | int) -> str | int:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(cursor: str, by: str) -> tuple[datetime | int, int]:
    try:
        value, row_id = signing.loads(cursor, salt=f"{_SALT}.{by}")
    except signing.BadSignature:
        raise InvalidParameters(
            {"cursor": [_("This cursor was not given by this list.")]}, code="invalid-cursor"
        ) from None
    return datetime.fromisoformat(value) if isinstance(value, str) else value, row_id
