"""Lessons: their page and what counts as having read one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from courses.models import Enrollment, Lesson
from courses.notes import LONGEST_NOTE, left_in_lesson, saved_words
from courses.programme import place_in
from courses.rendering import render_body, rendered_body
from frontend.own_device import let_keep
from lms.numerals import whole_number

LONGEST_NUMBER = 3
"""Digits in the number of an option."""


def lesson_page(
    request: HttpRequest, lesson: Lesson, enrollment: Enrollment | None
) -> HttpResponse:
    """The lesson with its place in the programme.

    ``?check=<block id>:<option number>`` answers a self-check without JavaScript: the page comes
    back with the feedback of that option. ``?of=<block id>`` alone is one without a choice.
    """
    programme = request.activity_door.programme  # type: ignore[attr-defined]
    left = left_in_lesson(enrollment, lesson) if enrollment else None
    context = {
        "page": lesson,
        "lesson": lesson,
        "enrollment": enrollment,
        "programme": programme,
        **place_in(programme, lesson),
        "note": left.note if left else None,
        "note_saved": saved_words(left.note) if left else "",
        "longest_note": LONGEST_NOTE,
        "position": left.position if left else None,
        "body": _body(request, lesson),
    }
    response = TemplateResponse(request, "courses/lesson.html", context)
    return let_keep(request, response) if enrollment else response


def _body(request: HttpRequest, lesson: Lesson) -> SafeString:
    """The content: shared by all readers, unless it is a draft or answers a self-check."""
    block_id, _, option = request.GET.get("check", "").rpartition(":")
    number = whole_number(option, most_digits=LONGEST_NUMBER)
    if block_id and number is not None:
        return render_body(lesson, checked_block=block_id, checked_option=number)
    if unanswered := request.GET.get("of"):
        return render_body(lesson, unanswered_block=unanswered)
    return render_body(lesson) if getattr(request, "is_preview", False) else rendered_body(lesson)
