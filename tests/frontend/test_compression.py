"""What goes compressed over the network, and what must not."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpResponse

from frontend.compression import CompressPages

pytestmark = pytest.mark.django_db


def test_pages_come_compressed_to_browsers_that_can(client):
    page = client.get("/catalog/", headers={"accept-encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert "Каталог" in gzip.decompress(page.content).decode()
    assert "Accept-Encoding" in page["Vary"]
    assert "Content-Encoding" not in client.get("/catalog/").headers


def test_media_come_as_they_are_so_that_parts_can_be_asked_for(rf):
    def sent(kind: str) -> str | None:
        passing = CompressPages(lambda request: HttpResponse(b"x" * 5000, content_type=kind))
        answer = passing(rf.get("/", headers={"accept-encoding": "gzip"}))
        return answer.headers.get("Content-Encoding")

    assert sent("text/html; charset=utf-8") == "gzip"
    assert sent("video/mp4") is None
    assert sent("application/pdf") is None
