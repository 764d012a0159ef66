"""Letters speak in one voice: each in words and as a page, in Russian, with the way on."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.template.loader import render_to_string
from django.utils import timezone

from tests.factories import UserFactory

ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{3,}")


@pytest.fixture
def person(db):
    user = UserFactory(email="anna@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def only_letter():
    assert len(mail.outbox) == 1
    letter = mail.outbox[0]
    page, kind = letter.alternatives[0]
    assert kind == "text/html"
    for text in (letter.body, page):
        assert "Здравствуйте" in text
        words = re.sub(r"<style.*?</style>|<[^>]*>|https?://\S+", " ", text)
        assert not ENGLISH.search(words), words
    assert "\n" not in letter.subject
    assert "&" not in letter.body.replace("&q", "")
    return letter, page


def test_the_code_for_signing_in(person, client):
    client.post("/accounts/login/code/", {"email": person.email})
    letter, page = only_letter()
    assert letter.subject == "Код для входа"
    code = re.search(r"^[A-Z0-9-]{6,}$", letter.body, re.MULTILINE).group()
    assert code in page
    assert "ничего не делайте" in letter.body


def test_a_new_password(person, client):
    client.post("/accounts/password/reset/", {"email": person.email})
    letter, page = only_letter()
    assert letter.subject == "Новый пароль"
    link = re.search(r"http://\S+", letter.body).group()
    assert f'href="{link}"' in page
    assert client.get(link, follow=True).status_code == 200


def test_a_new_address_is_confirmed(person, client_of):
    client_of(person).post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    letter, page = only_letter()
    assert letter.to == ["new@example.org"]
    assert letter.subject == "Подтвердите адрес"
    link = re.search(r"http://\S+", letter.body).group()
    assert f'href="{link}"' in page


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_an_unknown_address_is_told_whom_to_ask(path, db, client):
    client.post(path, {"email": "nobody@example.org"})
    letter, _page = only_letter()
    assert letter.subject == "Мы не нашли вашу учётную запись"
    assert "nobody@example.org" in letter.body
    assert "тренера" in letter.body
    assert "signup" not in letter.body


@pytest.mark.parametrize("ending", ["txt", "html"])
def test_an_invitation(ending):
    context = {
        "address": "Мария Петровна",
        "course": "Забота & слово",
        "cohort": "Поток 1",
        "link": "https://example.org/invitation/abc/",
        "days": 14,
    }
    letter = render_to_string(f"mail/invitation.{ending}", context)
    assert letter.count("Здравствуйте, Мария Петровна!") == 1
    assert "https://example.org/invitation/abc/" in letter
    assert ("Забота &amp; слово" if ending == "html" else "Забота & слово") in letter
    assert "пришло по ошибке" in letter


def test_a_signup_letter_is_that_of_the_address():
    context = {"activate_url": "https://example.org/confirm/"}
    for ending in ("txt", "html"):
        prefix = "account/email/email_confirmation"
        assert render_to_string(f"{prefix}_signup_message.{ending}", context).strip() == (
            render_to_string(f"{prefix}_message.{ending}", context).strip()
        )


def test_a_notice_of_a_change_says_when_and_from_where():
    context = {"timestamp": timezone.now(), "ip": "192.0.2.1", "user_agent": "Firefox"}
    letter = render_to_string("account/email/password_changed_message.txt", context)
    assert letter.strip().startswith("Здравствуйте!")
    assert "192.0.2.1" in letter
    assert "MSK" in letter
