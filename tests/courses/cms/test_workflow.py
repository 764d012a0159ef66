"""Trainers submit, methodologists approve; a course stays under review after its first day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import TaskState, Workflow, WorkflowPage

from courses.models import Lesson
from courses.site_tree import ensure_site_tree
from courses.tasks import publish_scheduled_pages
from tests.factories import make_lesson

pytestmark = pytest.mark.django_db


def edit(client, lesson, action: str = "", **fields):
    data = {
        "title": lesson.title,
        "slug": lesson.slug,
        "goal": "Новая цель",
        "estimated_minutes": "10",
        "opens": lesson.opens,
        "opens_after_days": "0",
        "is_required": "on",
        "completes": lesson.completes,
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "heading",
        "body-0-value": "Слушать",
        "body-0-id": "",
        **{
            f"{form}-{name}_FORMS": "0"
            for form in ("prerequisites", "comments")
            for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")
        },
        **fields,
    }
    if action:
        data[action] = "1"
    return client.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), data)


def approve(client, lesson):
    state = lesson.current_workflow_task_state
    return client.post(
        reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", state.pk])
    )


def test_a_trainers_edit_reaches_learners_when_a_methodologist_approves(client_of, studio):
    edit(client_of(studio.trainer), studio.lesson, "action-submit")
    lesson = Lesson.objects.get(pk=studio.lesson.pk)
    assert (lesson.goal, lesson.workflow_in_progress) == ("", True)
    approve(client_of(studio.methodologist), lesson)
    lesson = Lesson.objects.get(pk=studio.lesson.pk)
    assert (lesson.goal, lesson.workflow_in_progress) == ("Новая цель", False)
    edit(client_of(studio.trainer), lesson, "action-publish", goal="Ещё одна цель")
    assert Lesson.objects.get(pk=lesson.pk).goal == "Новая цель"


def test_a_trainer_cannot_approve_their_own_submission(client_of, studio):
    client = client_of(studio.trainer)
    edit(client, studio.lesson, "action-submit")
    lesson = Lesson.objects.get(pk=studio.lesson.pk)
    approve(client, lesson)
    assert lesson.current_workflow_task_state.status == TaskState.STATUS_IN_PROGRESS
    assert Lesson.objects.get(pk=lesson.pk).goal == ""


def test_a_methodologist_publishes_at_once(client_of, studio):
    edit(client_of(studio.methodologist), studio.lesson, "action-publish")
    assert Lesson.objects.get(pk=studio.lesson.pk).goal == "Новая цель"


def test_the_workflow_is_made_once_and_another_choice_is_kept(studio):
    ensure_site_tree()
    assert Workflow.objects.count() == 1
    assert WorkflowPage.objects.count() == 2, "the catalogue and the knowledge base"
    assert studio.lesson.get_workflow().name == "Проверка методистом"
    own = Workflow.objects.create(name="Своя")
    WorkflowPage.objects.update(workflow=own)
    ensure_site_tree()
    assert {assigned.workflow for assigned in WorkflowPage.objects.all()} == {own}


def test_an_approved_page_with_a_date_is_published_when_it_has_come(studio):
    lesson = make_lesson(studio.module, "К сроку", live=False)
    lesson.go_live_at = timezone.now() + timedelta(minutes=1)
    lesson.save_revision().publish()
    publish_scheduled_pages()
    assert not Lesson.objects.get(pk=lesson.pk).live
    lesson.refresh_from_db()
    revision = lesson.latest_revision
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = None
    revision.save()
    publish_scheduled_pages()
    assert Lesson.objects.get(pk=lesson.pk).live
