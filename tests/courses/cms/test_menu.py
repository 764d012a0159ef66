"""The menu holds what the reader needs, in Russian, in the order of the day."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.admin.menu import admin_menu, help_menu, reports_menu

from lms.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_is_registered():
    """View sets put their items into the menu when the CMS's addresses are read."""
    reverse("wagtailadmin_home")


def names(rf, user, menu=admin_menu) -> list[str]:
    request = rf.get("/cms/")
    request.user = User.objects.get(pk=user.pk)
    items = menu.menu_items_for_request(request)
    return [item.name for item in sorted(items, key=lambda item: item.order)]


def labels(rf, user) -> dict[str, str]:
    request = rf.get("/cms/")
    request.user = User.objects.get(pk=user.pk)
    return {
        item.name: str(item.render_component(request).label)
        for item in admin_menu.menu_items_for_request(request)
    }


def test_a_trainer_finds_their_work_and_no_settings(rf, studio):
    shown = names(rf, studio.trainer)
    wanted = ["programmes", "cohorts", "webinars", "scenarios", "instruments"]
    assert [name for name in shown if name in wanted] == wanted
    assert not {"explorer", "settings", "to-review", "certificates"} & set(shown)
    assert set(names(rf, studio.trainer, reports_menu)) == {"insights", "site-history"}


def test_a_methodologist_is_told_how_many_pages_wait(rf, studio):
    assert labels(rf, studio.methodologist)["to-review"] == "На проверку"
    studio.lesson.save_revision(user=studio.trainer)
    studio.lesson.get_workflow().start(studio.lesson, studio.trainer)
    assert labels(rf, studio.methodologist)["to-review"] == "На проверку (1)"


def test_every_item_opens(client_of, rf, studio):
    for user in (studio.trainer, studio.methodologist):
        request = rf.get("/cms/")
        request.user = User.objects.get(pk=user.pk)
        client = client_of(user)
        assert client.get("/cms/").status_code == 200
        for item in admin_menu.menu_items_for_request(request):
            if item.url.startswith("/"):
                answer = client.get(item.url, follow=True)
                assert answer.status_code == 200, item.url
                assert answer.request["PATH_INFO"] != "/cms/", item.url


def test_the_labels_are_russian(rf, studio):
    found = labels(rf, studio.methodologist)
    assert found["programmes"] == "Программы"
    assert found["cohorts"] == "Потоки"
    assert found["webinars"] == "Вебинары"
    assert found["scenarios"] == "Сценарии"
    assert found["instruments"] == "Анкеты"


def test_help_does_not_lead_to_the_internet(rf, studio):
    request = rf.get("/cms/")
    request.user = User.objects.get(pk=studio.methodologist.pk)
    addresses = [item.url for item in help_menu.menu_items_for_request(request)]
    assert reverse("frontend:help") in addresses
    assert not [address for address in addresses if "//" in address]
