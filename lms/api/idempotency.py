"""``Idempotency-Key``: a POST that was sent twice is carried out once and answered alike.

After the IETF draft “The Idempotency-Key HTTP Header Field” (httpapi, draft 07): the same key with
another request is refused (422), and so is one whose first request is still running (409). Only
answers that carried something out are kept; what was refused may be corrected and sent again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.models import IdempotentRequest
from lms.api.problems import Problem
from lms.people.models import User

KEPT_FOR = timedelta(hours=24)
TRIES = 3
_KEY = re.compile(r'"([ -!#-~]{1,255})"|([!#-~]{1,255})')
"""A quoted string as in the draft, or the bare value that many clients send."""

PROBLEMS = ("idempotency-key-invalid", "idempotency-key-reused", "request-still-running")

Handler = Callable[..., Response]


def once_per_key(handler: Handler) -> Handler:
    """A view's ``post`` that honours the header; without it nothing is different."""

    @wraps(handler)
    def post(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = _key_of(request)
        if key is None:
            return handler(view, request, *args, **kwargs)
        fingerprint = _fingerprint(request)
        for _try in range(TRIES):
            kept = _begin(view.client, key, fingerprint)
            try:
                return _once(kept, lambda: handler(view, request, *args, **kwargs))
            except IdempotentRequest.DoesNotExist:
                continue  # the first one was refused just now, which makes its key free
        raise Problem("request-still-running")

    post.is_once_per_key = True  # type: ignore[attr-defined]
    return post


def _once(kept: IdempotentRequest, carry_out: Callable[[], Response]) -> Response:
    """The answer that is kept, or that of carrying the request out.

    What is done and the record of it are one transaction, which holds the record's row: whoever
    comes meanwhile finds it held, however long it takes; of a request whose process died nothing
    was done, and its row is free. Raises IdempotentRequest.DoesNotExist.
    """
    with transaction.atomic():
        row = _held(kept)
        if row.status is not None:
            headers = {"Idempotent-Replayed": "true"}
            return Response(row.body, status=row.status, headers=headers)
        try:
            with transaction.atomic():
                response = carry_out()
        except Exception as error:
            row.delete()  # what was refused may be corrected and sent again
            refusal = error
        else:
            row.status = response.status_code
            row.body = json.loads(JSONRenderer().render(response.data))
            row.save(update_fields=["status", "body"])
            return response
    raise refusal


def _held(kept: IdempotentRequest) -> IdempotentRequest:
    """The row, held until the end of the transaction (SQLite lets one write at a time anyway)."""
    rows = IdempotentRequest.objects.select_for_update(nowait=True)
    try:
        return rows.get(pk=kept.pk)
    except OperationalError:
        raise Problem("request-still-running") from None


def _key_of(request: Request) -> str | None:
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    match = _KEY.fullmatch(header.strip())
    if match is None:
        raise Problem("idempotency-key-invalid")
    return match.group(1) or match.group(2)


def _fingerprint(request: Request) -> str:
    """Of the address and the body; of a form its parts, for their boundary is another each time."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type.startswith("multipart/"):
        for name in sorted(request.data):
            part = request.data[name]
            digest.update(f"\n{name}\n".encode(errors="replace"))
            if isinstance(part, UploadedFile):
                for chunk in part.chunks():
                    digest.update(chunk)
                part.seek(0)
            else:
                digest.update(str(part).encode(errors="replace"))
    else:
        digest.update(request._request.body)
    return digest.hexdigest()


def forget_answers_about(person: User, **_signal: Any) -> None:
    """Empty the kept answers that name an erased person; their keys stay used, so that a repetition
    does not add the person again."""
    as_text = IdempotentRequest.objects.annotate(text=Cast("body", TextField()))
    as_text.filter(text__contains=str(person.uuid)).update(body={})


def _begin(client: Any, key: str, fingerprint: str) -> IdempotentRequest:
    """The record of this key: a new one, or that of the request that was before."""
    now = timezone.now()
    IdempotentRequest.objects.filter(created_at__lt=now - KEPT_FOR).delete()
    try:
        kept, _is_new = IdempotentRequest.objects.get_or_create(
            client=client, key=key, defaults={"fingerprint": fingerprint}
        )
    except IntegrityError:  # the first was refused and forgotten between two looks
        raise Problem("request-still-running") from None
    if kept.fingerprint != fingerprint:
        raise Problem("idempotency-key-reused")
    return kept
