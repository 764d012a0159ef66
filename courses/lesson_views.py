"""What a learner sends from a lesson's page: notes, the place in it, that it is read."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses.ledger import NotStudying, record_completion
from courses.models import Enrollment, Lesson
from courses.notes import (
    LONGEST_NOTE,
    NoteConflict,
    NoteTooLong,
    remember_position,
    save_note,
    saved_words,
)
from courses.programme import Door, door_to


def _own_lesson(request: HttpRequest, lesson_id: int) -> tuple[Lesson, Door]:
    lesson = get_object_or_404(Lesson.objects.live(), pk=lesson_id)
    return lesson, door_to(request.user, lesson)


def _locked(request: HttpRequest, lesson: Lesson, door: Door) -> HttpResponse:
    context = {"page": lesson, "door": door}
    return render(request, "courses/activity_locked.html", context, status=403)


@login_required
@require_POST
def lesson_done(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """The ledger's entry for a lesson that was read, then on to the next step."""
    lesson, door = _own_lesson(request, lesson_id)
    if not door.is_open or door.enrollment is None:
        return _locked(request, lesson, door)
    try:
        record_completion(enrollment=door.enrollment, activity=lesson)
    except NotStudying:
        messages.error(request, _("This course is closed for you, so nothing was changed."))
        return redirect(lesson.get_url(request))
    messages.success(request, _("“%(title)s” is marked as read.") % {"title": lesson.title})
    following = door.programme.rows if door.programme else []
    place = next((i for i, row in enumerate(following) if row.activity.pk == lesson.pk), None)
    if place is not None and place + 1 < len(following):
        return redirect(following[place + 1].activity.specific.get_url(request))
    return redirect("courses:home")


@login_required
@require_http_methods(["POST", "PUT"])
def lesson_note(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """POST: the form of a page without scripts. PUT: ``{"text", "version"}`` of autosave."""
    lesson, door = _own_lesson(request, lesson_id)
    if not door.is_open or door.enrollment is None:
        return _locked(request, lesson, door)
    is_form = request.method == "POST"
    sent = request.POST.dict() if is_form else _json(request)
    text, version = str(sent.get("text", "")).replace("\r\n", "\n"), sent.get("version", 0)
    try:
        version = int(version)
        note = save_note(enrollment=door.enrollment, lesson=lesson, text=text, version=version)
    except (TypeError, ValueError):
        return JsonResponse({"message": _("The note was not understood.")}, status=400)
    except NoteTooLong:
        words = _("The note is too long: up to %(n)d characters fit.") % {"n": LONGEST_NOTE}
        if not is_form:
            return JsonResponse({"message": words}, status=422)
        context = {"lesson": lesson, "problem": words, "text": text, "version": version}
        return render(request, "courses/note_problem.html", context, status=422)
    except NoteConflict as conflict:
        kept = conflict.kept
        words = _("This note was changed on another device.")
        if not is_form:
            answer = {"message": words, "text": kept.text, "version": kept.version}
            return JsonResponse(answer, status=409)
        context = {
            "lesson": lesson,
            "problem": words,
            "text": text,
            "version": kept.version,
            "kept": kept,
        }
        return render(request, "courses/note_problem.html", context, status=409)
    if not is_form:
        return JsonResponse({"version": note.version, "saved": saved_words(note)})
    return redirect(f"{lesson.get_url(request)}#notes")


@login_required
@require_http_methods(["PUT"])
def lesson_position(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """``{"block", "video", "second"}``: where the learner is in the lesson."""
    lesson, door = _own_lesson(request, lesson_id)
    enrollment: Enrollment | None = door.enrollment
    if not door.is_open or enrollment is None:
        return HttpResponse(status=403)
    sent = _json(request)
    second = sent.get("second", 0)
    remember_position(
        enrollment=enrollment,
        lesson=lesson,
        block=str(sent.get("block", "")),
        video=str(sent.get("video", "")),
        second=second if isinstance(second, int) else 0,
    )
    return HttpResponse(status=204)


def _json(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent; empty for what is none."""
    try:
        sent = json.loads(request.body)
    except ValueError:
        return {"version": None}
    return sent if isinstance(sent, dict) else {"version": None}
