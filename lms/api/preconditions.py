"""Conditional requests (RFC 9110, section 13): nobody overwrites what they have not seen.

Every single thing has a strong ETag. It is made from the representation that this caller gets, so
it changes whenever that does, whichever row, related row or import changed it, and it guards just
what the caller could have read before deciding. ``If-Match`` is compared under the lock of the row,
in the transaction that changes it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.problems import Problem

_TAG = re.compile(r'(?:W/)?"[!#-~\x80-\xff]*"')
READS = ("GET", "HEAD")

Handler = Callable[..., HttpResponse]


def conditional(handler: Handler) -> Handler:
    """A view's method for a single thing; checking and changing it are one transaction."""

    @wraps(handler)
    def method(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in READS:
            return handler(view, request, *args, **kwargs)
        with transaction.atomic():
            return handler(view, request, *args, **kwargs)

    method.is_conditional = True  # type: ignore[attr-defined]
    return method


def tag_of(representation: Any) -> str:
    """Keyed, because tags stand in logs: nobody may try out whose data is behind one."""
    rendered = JSONRenderer().render(representation)
    digest = salted_hmac("api.etag", rendered, algorithm="sha256").digest()
    return f'"{base64.urlsafe_b64encode(digest[:18]).decode()}"'


class Conditional:
    """The part of a view that knows tags. Its methods are marked with ``conditional``."""

    request: Request

    def represent(self, row: Any) -> Any:
        """What the caller gets to see of ``row``; its tag is made from it."""
        return self.get_serializer(row).data  # type: ignore[attr-defined]

    def lock(self, row: Model) -> None:
        """Keep ``row`` as it is until the transaction ends, in the order that others lock in."""
        type(row)._base_manager.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)

    def single(self, row: Any) -> Response:
        return self.tagged(self.represent(row))

    def tagged(self, representation: Any, **options: Any) -> Response:
        """The answer with its tag, or 304 to a reader who has it already."""
        tag = tag_of(representation)
        if self.is_known(tag):
            return Response(status=304, headers={"ETag": tag})
        response = Response(representation, **options)
        response.headers["ETag"] = tag
        return response

    def is_known(self, tag: str) -> bool:
        """Whether the reader has what ``tag`` stands for (``If-None-Match``, weak comparison)."""
        said = self.request.headers.get("If-None-Match")
        return self.request.method in READS and said is not None and _names(said, tag, weakly=True)

    @property
    def creates_only(self) -> bool:
        """``If-None-Match: *``: what is there already must not be touched."""
        return self.request.headers.get("If-None-Match", "").strip() == "*"

    def to_change(self, queryset: QuerySet, identifier: str) -> Any:
        """``find`` for what is about to change. Raises the problem of a precondition that fails.

        Check the body first: what would be refused anyway is not a matter of preconditions
        (section 13.2.1).
        """
        row = self.find(queryset, identifier)  # type: ignore[attr-defined]
        if self.has_precondition:
            self.lock(row)
            row = self.find(queryset, identifier)  # type: ignore[attr-defined]
            self.check_precondition(row)
        return row

    @property
    def has_precondition(self) -> bool:
        return not {"If-Match", "If-None-Match"}.isdisjoint(self.request.headers)

    def check_precondition(self, row: Any) -> None:
        """Compare the headers with ``row``, which is locked; None: there is no such thing."""
        tag = None if row is None else tag_of(self.represent(row))
        wanted = self.request.headers.get("If-Match")
        if wanted is not None and (tag is None or not _names(wanted, tag, weakly=False)):
            raise Problem("precondition-failed")
        unwanted = self.request.headers.get("If-None-Match")
        if unwanted is not None and tag is not None and _names(unwanted, tag, weakly=True):
            raise Problem("precondition-failed")


def _names(header: str, tag: str, *, weakly: bool) -> bool:
    """Whether the list of tags, or ``*``, names ``tag`` (section 8.8.3.2)."""
    if header.strip() == "*":
        return True
    listed = _TAG.findall(header)
    return tag in listed or (weakly and f"W/{tag}" in listed)
