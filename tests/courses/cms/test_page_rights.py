"""A trainer works with their own courses; to others' pages the CMS has no door."""

from __future__ import annotations

import pytest
from django.urls import reverse

from courses.models import Course, KnowledgeBasePage, Memo, Module
from courses.site_tree import ensure_site_tree
from lms.people.models import User
from tests.factories import CohortFactory

pytestmark = pytest.mark.django_db
ACTIONS = ["edit", "move", "delete", "copy", "history", "unpublish", "usage", "workflow_history"]


def address(action: str, page) -> str:
    return reverse(f"wagtailadmin_pages:{action}", args=[page.pk])


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_on_anothers_page_is_refused(client_of, studio, action):
    client = client_of(studio.trainer)
    for page in (studio.foreign, studio.foreign_lesson):
        answer = client.get(address(action, page))
        # Wagtail answers a refusal by the way back to its home page.
        assert answer.status_code in (403, 404) or answer.headers["Location"] == "/cms/"


@pytest.mark.parametrize("action", ["edit", "history"])
def test_ones_own_pages_open_and_content_staff_open_all(client_of, studio, action):
    assert client_of(studio.trainer).get(address(action, studio.lesson)).status_code == 200
    methodologist = client_of(studio.methodologist)
    administrator = client_of(User.objects.create_superuser("root@example.org"))
    for page in (studio.course, studio.foreign_lesson):
        assert methodologist.get(address(action, page)).status_code == 200
        assert administrator.get(address(action, page)).status_code == 200


def test_a_trainer_of_a_cohort_edits_its_course_and_no_longer_when_they_leave(client_of, studio):
    cohort = CohortFactory(course=studio.foreign, trainers=[studio.trainer])
    client = client_of(studio.trainer)
    assert client.get(address("edit", studio.foreign_lesson)).status_code == 200
    cohort.trainers.clear()
    assert client.get(address("edit", studio.foreign_lesson)).status_code != 200


def test_the_explorer_lists_ones_own_courses(client_of, studio):
    def listed(user) -> str:
        path = reverse("wagtailadmin_explore", args=[studio.catalog.pk])
        return client_of(user).get(path).content.decode()

    assert "Свой курс" in listed(studio.trainer)
    assert "Чужой курс" not in listed(studio.trainer)
    assert "Чужой курс" in listed(studio.methodologist)


@pytest.mark.parametrize("name", ["wagtailadmin_explore", "wagtailadmin_explore_results"])
def test_the_inside_of_anothers_course_is_not_there(client_of, studio, name):
    client = client_of(studio.trainer)
    assert client.get(reverse(name, args=[studio.foreign.pk])).status_code == 404
    assert client.get(reverse(name, args=[studio.course.pk])).status_code == 200


def test_choosers_and_search_offer_ones_own_pages(client_of, studio):
    client = client_of(studio.trainer)
    pages = [
        reverse("wagtailadmin_choose_page_child", args=[studio.catalog.pk]),
        reverse("wagtailadmin_choose_page_search"),
        reverse("wagtailadmin_pages:search"),
        f"/cms/api/main/pages/?child_of={studio.catalog.pk}&for_explorer=1",
    ]
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "Чужой" not in answer.content.decode(), path


def test_the_history_of_the_site_names_no_pages_of_others(client_of, studio):
    studio.foreign.save_revision(user=studio.other, log_action=True)
    page = client_of(studio.trainer).get("/cms/reports/site-history/").content.decode()
    assert "Чужой курс" not in page


def test_a_trainer_begins_a_course_and_fills_it(client_of, studio):
    client = client_of(studio.other)
    path = reverse("wagtailadmin_pages:add", args=["courses", "course", studio.catalog.pk])
    fields = {
        "title": "Новый курс",
        "slug": "novyy-kurs",
        "summary": "О бережном",
        "description": "null",
        "outcomes": "null",
        "hours": "8",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }
    assert client.post(path, fields).status_code == 302
    course = Course.objects.get(slug="novyy-kurs")
    assert (course.owner, course.live) == (studio.other, False)
    path = reverse("wagtailadmin_pages:add", args=["courses", "module", course.pk])
    fields = {
        "title": "Модуль",
        "slug": "modul",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }
    assert client.post(path, fields).status_code == 302
    assert Module.objects.child_of(course).get().owner == studio.other
    path = reverse("wagtailadmin_pages:add", args=["courses", "module", studio.course.pk])
    assert client.get(path).status_code != 200


def test_the_catalogue_itself_is_not_a_trainers_to_change(client_of, studio):
    client = client_of(studio.trainer)
    for action in ("edit", "delete", "move"):
        assert client.get(address(action, studio.catalog)).status_code != 200


def test_the_number_of_queries_does_not_follow_the_number_of_courses(
    client_of, studio, django_assert_max_num_queries
):
    client = client_of(studio.trainer)
    path = reverse("wagtailadmin_explore", args=[studio.catalog.pk])
    client.get(path)
    with django_assert_max_num_queries(60):
        client.get(path)


def test_arranging_the_site_again_changes_nothing(studio):
    before = list(studio.catalog.group_permissions.values_list("group__name", "permission"))
    ensure_site_tree()
    assert before == list(studio.catalog.group_permissions.values_list("group__name", "permission"))
    assert not [name for name, _permission in before if name == "Trainers"]


def test_a_trainer_writes_memos_and_links_lessons_to_those_of_others(client_of, studio):
    shelf = KnowledgeBasePage.objects.get()
    foreign = shelf.add_child(
        instance=Memo(title="Памятка соседа", summary="Кратко", owner=studio.other)
    )
    browser = client_of(studio.trainer)
    assert browser.get(reverse("wagtailadmin_explore", args=[shelf.pk])).status_code == 200
    address = reverse("wagtailadmin_pages:add", args=["courses", "memo", shelf.pk])
    assert browser.get(address).status_code == 200
    own = shelf.add_child(
        instance=Memo(title="Своя памятка", summary="Кратко", owner=studio.trainer)
    )
    assert browser.get(reverse("wagtailadmin_pages:edit", args=[own.pk])).status_code == 200
    assert browser.get(reverse("wagtailadmin_pages:edit", args=[foreign.pk])).status_code != 200
    chooser = browser.get(
        reverse("wagtailadmin_choose_page_child", args=[shelf.pk]), {"page_type": "courses.Memo"}
    )
    assert "Памятка соседа" in chooser.json()["html"]
