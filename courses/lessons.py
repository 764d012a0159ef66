"""Lessons: their page and what counts as having read one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from courses.models import Enrollment, Lesson
from courses.notes import LONGEST_NOTE, note_of, position_of, saved_words


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
    block_id, _, option = request.GET.get("check", "").rpartition(":")
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
        "checked_block": block_id,
        "checked_option": int(option) if option.isdecimal() else None,
    }
    return TemplateResponse(request, "courses/lesson.html", context)
