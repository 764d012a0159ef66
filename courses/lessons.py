"""Lessons: their page and what counts as having read one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from courses.models import Enrollment, Lesson
from courses.notes import LONGEST_NOTE, note_of, position_of, saved_words
from courses.rendering import render_body, rendered_body
from frontend.own_device import let_keep


def lesson_page(
    request: HttpRequest, lesson: Lesson, enrollment: Enrollment | None
) -> HttpResponse:
    """The lesson with its place in the programme.

    ``?check=<block id>:<option number>`` answers a self-check without JavaScript: the page comes
    back with the feedback of that option.
    """
    programme = request.activity_door.programme  # type: ignore[attr-defined]
    rows = programme.rows if programme else []
    place = next((i for i, row in enumerate(rows) if row.activity.pk == lesson.pk), None)
    note = note_of(enrollment, lesson) if enrollment else None
    context = {
        "page": lesson,
        "lesson": lesson,
        "enrollment": enrollment,
        "programme": programme,
        "row": rows[place] if place is not None else None,
        "number": place + 1 if place is not None else None,
        "previous": rows[place - 1] if place else None,
        "next": rows[place + 1] if place is not None and place + 1 < len(rows) else None,
        "note": note,
        "note_saved": saved_words(note) if note else "",
        "longest_note": LONGEST_NOTE,
        "position": position_of(enrollment, lesson) if enrollment else None,
        "body": _body(request, lesson),
    }
    response = TemplateResponse(request, "courses/lesson.html", context)
    return let_keep(request, response) if enrollment else response


def _body(request: HttpRequest, lesson: Lesson) -> SafeString:
    """The content: shared by all readers, unless it is a draft or answers a self-check."""
    block_id, _, option = request.GET.get("check", "").rpartition(":")
    if block_id and option.isdecimal():
        return render_body(lesson, checked_block=block_id, checked_option=int(option))
    return render_body(lesson) if getattr(request, "is_preview", False) else rendered_body(lesson)
