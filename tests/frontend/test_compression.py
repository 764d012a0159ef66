"""What goes compressed over the network, and what must not."""

from __future__ import annotations

import gzip

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

pytestmark = pytest.mark.django_db


def test_pages_come_compressed_to_browsers_that_can(client):
    page = client.get("/catalog/", headers={"accept-encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert "Каталог" in gzip.decompress(page.content).decode()
    assert "Accept-Encoding" in page["Vary"]
    assert "Content-Encoding" not in client.get("/catalog/").headers


def test_media_come_as_they_are_so_that_parts_can_be_asked_for(client, settings):
    settings.SERVE_MEDIA = True
    name = default_storage.save("original_images/big.png", ContentFile(b"x" * 5000))
    answer = client.get(default_storage.url(name), headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
