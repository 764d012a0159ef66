"""The content of lessons as HTML, rendered once for all who read the same version of it."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from courses.models import Lesson
from courses.tree_cache import Remembered

_bodies: Remembered[SafeString] = Remembered(limit=500)


def rendered_body(lesson: Lesson) -> SafeString:
    """The published content of ``lesson`` in the language of the request; nothing personal."""
    return _bodies.get((lesson.pk, get_language()), lambda: render_body(lesson))


def render_body(lesson: Lesson, **answer: object) -> SafeString:
    """The content as it is in ``lesson``, perhaps a draft, perhaps with an answered self-check."""
    return render_to_string("courses/lesson_body.html", {"lesson": lesson, **answer})
