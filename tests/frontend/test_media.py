"""Files of courses: for people who are signed in, in parts, and never round the back."""

import pytest
from django.core.files.base import ContentFile
from django.test import override_settings
from wagtail.documents.models import Document

from frontend.media_urls import urlpatterns as media_urls
from lms.urls import urlpatterns as site_urls
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
urlpatterns = [*media_urls, *site_urls]


@pytest.fixture(autouse=True)
def files_are_served_by_the_pages():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def document() -> Document:
    return Document.objects.create(
        title="Памятка", file=ContentFile(b"0123456789", name="memo.txt")
    )


def test_a_file_of_a_course_asks_a_stranger_to_sign_in(client, document):
    path = document.file.name
    for address in (path, f"./{path}", f"images/../{path}", f"/{path}"):
        response = client.get(f"/media/{address}")
        assert response.status_code == 302, address
        assert response.url.startswith("/accounts/login/"), address


def test_a_signed_in_person_reads_a_part_of_it(client_of, document):
    client = client_of(UserFactory())
    response = client.get(f"/media/{document.file.name}", headers={"range": "bytes=2-4"})
    assert (response.status_code, response.content) == (206, b"234")
    assert response.headers["Content-Range"] == "bytes 2-4/10"


@pytest.mark.parametrize("asked", ["9" * 5000 + "-", "-" + "9" * 5000, "0-" + "9" * 5000, "٣-٤"])
def test_what_is_no_range_is_not_heeded(client_of, document, asked):
    client = client_of(UserFactory())
    response = client.get(
        f"/media/{document.file.name}",
        headers={"range": f"bytes={asked}".encode().decode("latin-1")},
    )
    assert (response.status_code, b"".join(response.streaming_content)) == (200, b"0123456789")


def test_the_web_server_learns_who_is_signed_in(client, client_of):
    assert client.get("/signed-in/").status_code == 401
    assert client_of(UserFactory()).get("/signed-in/").status_code == 204
