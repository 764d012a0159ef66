"""Administrators set up webhooks in the CMS and see what came of them."""

import re

import pytest

from lms.api.tasks import deliver_events
from lms.api.webhooks.models import WebhookDelivery, WebhookEndpoint
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.api.receiver import receiving
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def admin(client_of):
    return client_of(User.objects.create_superuser("admin@example.org"))


def shown_secret(response) -> str:
    return re.search(r"whsec_[A-Za-z0-9+/=]+", response.content.decode()).group()


def test_an_administrator_makes_tests_rotates_and_resends(admin, caller, receiver):
    said = {"client": caller.client.pk, "url": receiver.url, "types": [], "is_active": "on"}
    receiver.secret = shown_secret(admin.post("/cms/webhook_endpoints/new/", said))
    endpoint = WebhookEndpoint.objects.get()
    log = f"/cms/webhook_endpoints/deliveries/{endpoint.pk}/"
    answer = admin.post(log, follow=True).content.decode()
    assert "Получатель принял проверочное сообщение" in answer
    assert admin.get(f"/cms/webhook_endpoints/rotate/{endpoint.pk}/").status_code == 200
    receiver.secret = shown_secret(admin.post(f"/cms/webhook_endpoints/rotate/{endpoint.pk}/"))
    receiver.answers = 500
    UserFactory()
    deliver_events()
    delivery = WebhookDelivery.objects.get(event__isnull=False)
    assert "learner.created" in admin.get(log).content.decode()
    receiver.answers = 200
    for none in ("abc", "", "00000000-0000-4000-8000-000000000000"):
        assert admin.post(log, {"resend": none}).status_code == 404
    admin.post(log, {"resend": delivery.uuid})
    deliver_events()
    delivery.refresh_from_db()
    assert (delivery.state, receiver.refused) == ("delivered", 0)


def test_the_tester_shows_what_was_sent_and_what_came_back(admin, caller, receiver):
    said = {"client": caller.client.pk, "url": receiver.url, "types": [], "is_active": "on"}
    receiver.secret = shown_secret(admin.post("/cms/webhook_endpoints/new/", said))
    endpoint = WebhookEndpoint.objects.get()
    page = f"/cms/webhook_endpoints/tester/{endpoint.pk}/"
    assert "webhook-signature" not in admin.get(page).content.decode()
    shown = admin.post(page).content.decode()
    assert "webhook-signature: v1," in shown
    assert "webhook.test" in shown
    assert "HTTP 2" in shown
    assert receiver.refused == 0


def test_the_tester_does_not_reach_inner_networks(admin, caller):
    said = {"client": caller.client.pk, "url": "https://127.0.0.1/", "is_active": "on"}
    admin.post("/cms/webhook_endpoints/new/", said)
    endpoint = WebhookEndpoint.objects.first()
    if endpoint is None:
        return  # refused when it was made already
    shown = admin.post(f"/cms/webhook_endpoints/tester/{endpoint.pk}/").content.decode()
    assert "HTTP 2" not in shown
    assert "Ответа нет" in shown


def test_an_address_that_is_none_comes_back_with_the_reason(admin, caller):
    said = {"client": caller.client.pk, "url": "ftp://example.org/", "is_active": "on"}
    answer = admin.post("/cms/webhook_endpoints/new/", said).content.decode()
    assert "вебхуки отправлять нельзя" in answer
    assert not WebhookEndpoint.objects.exists()


def test_switching_off_and_on_again(admin, caller):
    said = {"client": caller.client.pk, "url": "https://example.org/"}
    admin.post("/cms/webhook_endpoints/new/", said)
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.state == "disabled"
    refused = admin.post(f"/cms/webhook_endpoints/deliveries/{endpoint.pk}/", follow=True)
    assert "выключен" in refused.content.decode()
    edit = f"/cms/webhook_endpoints/edit/{endpoint.pk}/"
    assert admin.get(edit).status_code == 200
    admin.post(edit, {**said, "is_active": "on"})
    endpoint.refresh_from_db()
    assert endpoint.state == "active"


def test_nobody_else_gets_in(client_of, caller):
    caller.send("POST", "/webhook-endpoints", {"url": "https://example.org/"})
    endpoint = WebhookEndpoint.objects.get()
    methodologist = UserFactory()
    grant_role(user=methodologist, role=Role.METHODOLOGIST)
    browser = client_of(methodologist)
    for path in ("", "new/", f"edit/{endpoint.pk}/", f"rotate/{endpoint.pk}/"):
        assert browser.get(f"/cms/webhook_endpoints/{path}").status_code == 302
    log = f"/cms/webhook_endpoints/deliveries/{endpoint.pk}/"
    assert browser.get(log).status_code == 302
    assert browser.post(log).status_code == 302
    assert not WebhookDelivery.objects.exists()
