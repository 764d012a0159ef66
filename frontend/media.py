"""Serving uploaded files with byte ranges, which native video needs for seeking."""

from __future__ import annotations

import posixpath
import re

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.static import serve

LONGEST_PART = 2 * 1024 * 1024
FOR_SIGNED_IN = "documents/"
"""Files of courses; pictures are public, as pages that anyone may read show them."""
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})$")
"""Longer numbers are no place in a file; what is no range is not heeded (RFC 9110, 14.2)."""


def is_signed_in(request: HttpRequest) -> HttpResponse:
    """Asked by a web server that serves the courses' files itself (nginx's auth_request)."""
    return HttpResponse(status=204 if request.user.is_authenticated else 401)


def serve_media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file under MEDIA_ROOT; answers one byte range with 206 (RFC 9110, section 14)."""
    path = posixpath.normpath(path).lstrip("/")  # no way round by ./ or ../
    if path.startswith(FOR_SIGNED_IN) and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    if not isinstance(response, FileResponse):
        return response
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["X-Content-Type-Options"] = "nosniff"
    asked = _RANGE.match(request.headers.get("Range", ""))
    if asked is None or not any(asked.groups()):
        return response
    size = int(response.headers["Content-Length"])
    first, last = asked.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    end = min(end, start + LONGEST_PART - 1)  # a player asks for "all": it gets on with a part
    if start > end:
        response.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file = response.file_to_stream
    file.seek(start)
    part = HttpResponse(
        file.read(end - start + 1), status=206, content_type=response.headers["Content-Type"]
    )
    part.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    part.headers["Accept-Ranges"] = "bytes"
    response.close()
    return part
