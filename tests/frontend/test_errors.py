"""When something is in the way: what the pages say, and that nothing typed is lost."""

from __future__ import annotations

import html
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from frontend.errors import csrf_failure, server_error, too_many_requests
from tests.factories import UserFactory, make_memo

HERE = {"origin": "http://testserver"}


@pytest.fixture
def careful(db):
    """A browser that is signed in, with the protection of forms switched on."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    return browser


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {html.unescape(name): html.unescape(value) for name, value in found}


@pytest.mark.django_db
def test_a_lost_visitor_gets_a_search_and_ways_on(client):
    page = client.get("/no/such/page/")
    assert page.status_code == 404
    assert 'action="/catalog/"' in page.text
    assert 'name="q"' in page.text
    for way in ("/learn/", "/memos/", "/verify/"):
        assert f'href="{way}"' in page.text


def test_a_closed_page_says_who_opens_it(rf, db):
    request = rf.get("/closed/")
    request.user = UserFactory(given_name="Мария")
    page = render_to_string("403.html", {}, request)
    assert "Вы вошли как" in page
    assert "координатор" in page
    assert "администратор" in page


def test_an_error_says_that_answers_are_safe_and_asks_no_database(rf):
    answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Ваши ответы целы" in answer.content.decode()


def test_a_database_that_is_away_is_an_interruption(rf):
    try:
        raise OperationalError("database is locked")
    except OperationalError:
        answer = server_error(rf.get("/"))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "Ваши ответы целы" in answer.content.decode()


def test_a_fault_on_a_page_comes_out_as_the_page_of_errors(db, monkeypatch):
    def broken(*args):
        raise OperationalError("gone")

    monkeypatch.setattr("courses.memos.search_memos", broken)
    make_memo()
    browser = Client(raise_request_exception=False)
    answer = browser.get("/memos/")
    assert answer.status_code == 503
    assert "Скоро вернёмся" in answer.text


@time_machine.travel("2026-03-01T09:15:20Z", tick=False)
def test_too_many_requests_name_the_minute_and_its_zone(rf):
    answer = too_many_requests(rf.get("/"))
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert "после 12:17 MSK" in answer.content.decode()


@pytest.mark.django_db
def test_signing_in_too_often_ends_in_that_page(client):
    for _attempt in range(31):
        answer = client.post("/accounts/login/", {"login": "x@example.org", "password": "x"})
    assert answer.status_code == 429
    assert "Попробуйте снова после" in answer.text


def test_an_old_form_can_be_sent_once_more(careful):
    memo = make_memo()
    path = f"/memos/{memo.pk}/useful/"
    typed = {
        "useful": "yes",
        "words": 'Он сказал: "нет"\r\n<b>и ушёл</b>',
        "csrfmiddlewaretoken": "x",
    }
    page = careful.post(path, typed, headers=HERE)
    assert page.status_code == 403
    assert "Страница устарела" in page.text
    assert f'action="{path}"' in page.text
    assert "no-store" in page["Cache-Control"]
    fields = hidden(page.text)
    assert fields["words"] == typed["words"]
    again = careful.post(path, fields, headers=HERE)
    assert again.status_code == 302
    assert memo.marks.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
        {"referer": "https://evil.example/"},
    ],
)
def test_what_another_site_sent_is_not_offered_again(headers, careful):
    page = careful.post("/memos/1/useful/", {"useful": "yes"}, headers=headers)
    assert page.status_code == 403
    assert "Отправить ещё раз" not in page.text
    assert 'value="yes"' not in page.text


@pytest.mark.parametrize("name", ["password", "new_password1", "client_secret", "code"])
def test_secrets_are_never_written_into_a_page(name, careful):
    page = careful.post("/display/", {name: "тайна", "size": "150"}, headers=HERE)
    assert page.status_code == 403
    assert "тайна" not in page.text
    assert "Отправить ещё раз" not in page.text


def test_files_are_not_offered_again(careful):
    file = SimpleUploadedFile("a.txt", b"words")
    page = careful.post("/display/", {"file": file, "size": "150"}, headers=HERE)
    assert page.status_code == 403
    assert "Отправить ещё раз" not in page.text


def test_the_form_never_leads_to_another_host(db):
    request = RequestFactory().post("/x", {"a": "1"}, headers=HERE)
    request.path = "//evil.example/x"
    request.user = UserFactory()
    page = csrf_failure(request).content.decode()
    assert re.search(r"action=\"(.*?)\"", page).group(1) == "/%2Fevil.example/x"
