"""Pages of a questionnaire: start, one statement a page, check, sent; and one's own change."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.answering import (
    CANNOT_SAY,
    AlreadySubmitted,
    OutsideTheScale,
    Unanswered,
    answer,
    start_attempt,
    submit,
)
from assessments.gains import gain_of
from assessments.sheets import items_of
from assessments.models import Assessment, Attempt, Item, Response, Wave
from assessments.wording import chart_of, sentence_of
from courses.ledger import NotStudying
from courses.models import Enrollment
from courses.programme import door_to
from lms.people.models import Consent

CONSENT_WORDING = "2026-11"


def start_page(
    request: HttpRequest, assessment: Assessment, enrollment: Enrollment | None
) -> HttpResponse:
    """Why, how many, how long, who sees it; and the way in, or on, or to what was sent."""
    attempt = None
    if enrollment is not None:
        attempt = enrollment.attempts.filter(assessment=assessment).first()
    context = {
        "page": assessment,
        "assessment": assessment,
        "instrument": assessment.instrument,
        "count": assessment.instrument.items.count(),
        "enrollment": enrollment,
        "attempt": attempt,
        "programme": request.activity_door.programme,  # type: ignore[attr-defined]
    }
    return TemplateResponse(request, "assessments/start.html", context)


@login_required
@require_POST
def start(request: HttpRequest, assessment_id: int) -> HttpResponse:
    assessment = get_object_or_404(Assessment.objects.live(), pk=assessment_id)
    door = door_to(request.user, assessment)
    if not door.is_open or door.enrollment is None:
        context = {"page": assessment, "door": door}
        return render(request, "courses/activity_locked.html", context, status=403)
    if request.POST.get("consent"):
        Consent.objects.get_or_create(
            user=request.user,
            purpose=Consent.Purpose.ANSWERS,
            wording=CONSENT_WORDING,
            withdrawn_at=None,
        )
    attempt = start_attempt(enrollment=door.enrollment, assessment=assessment)
    if attempt.submitted_at:
        return redirect("assessments:sent", attempt.uuid)
    return redirect("assessments:item", attempt.uuid, _first_unanswered(attempt))


def _first_unanswered(attempt: Attempt) -> int:
    answered = set(attempt.responses.values_list("item_id", flat=True))
    items = items_of(attempt.instrument)
    return next((n for n, item in enumerate(items, 1) if item.pk not in answered), len(items))


def _own_attempt(request: HttpRequest, attempt_uuid) -> Attempt:
    return get_object_or_404(
        Attempt.objects.visible_to(request.user).select_related(
            "instrument", "assessment", "enrollment__cohort__course"
        ),
        uuid=attempt_uuid,
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, attempt_uuid, number: int) -> HttpResponse:
    """One statement. A POST keeps the answer; a script may send it before the person moves on."""
    attempt = _own_attempt(request, attempt_uuid)
    items = items_of(attempt.instrument)
    if not 1 <= number <= len(items):
        return redirect("assessments:check", attempt.uuid)
    if attempt.submitted_at and request.method == "GET":
        return redirect("assessments:sent", attempt.uuid)
    error = ""
    if request.method == "POST":
        problem = _keep(attempt, items[number - 1], request)
        if request.headers.get("X-Autosave"):
            return _autosave_answer(problem)
        if problem == "submitted":
            messages.info(request, _("These answers are sent already, so nothing was changed."))
            return redirect("assessments:sent", attempt.uuid)
        if not problem:
            if "check" in request.GET or number == len(items):
                return redirect("assessments:check", attempt.uuid)
            return redirect("assessments:item", attempt.uuid, number + 1)
        error = _("Choose one of the answers.")
    context = {
        "attempt": attempt,
        "item": items[number - 1],
        "number": number,
        "total": len(items),
        "options": attempt.instrument.options,
        "given": _given(attempt, items[number - 1]),
        "cannot_say": CANNOT_SAY,
        "error": error,
        "from_check": "check" in request.GET,
    }
    return render(request, "assessments/item.html", context, status=422 if error else 200)


def _keep(attempt: Attempt, item: Item, request: HttpRequest) -> str:
    """Keep the answer of a request; the name of the problem, or nothing."""
    try:
        seconds = float(request.POST.get("seconds") or 0)
    except ValueError:
        seconds = 0.0
    try:
        answer(attempt=attempt, item=item, given=request.POST.get("answer", ""), seconds=seconds)
    except AlreadySubmitted:
        return "submitted"
    except OutsideTheScale:
        return "outside"
    return ""


def _autosave_answer(problem: str) -> JsonResponse:
    if problem == "submitted":
        return JsonResponse({"code": problem}, status=409)
    if problem:
        return JsonResponse({"code": problem}, status=422)
    at = date_format(timezone.localtime(), "H:i")
    return JsonResponse({"saved": _("Saved at %(time)s") % {"time": at}})


def _given(attempt: Attempt, item: Item) -> str:
    response = attempt.responses.filter(item=item).first()
    if response is None:
        return ""
    return CANNOT_SAY if response.value is None else str(response.value)


@dataclass(frozen=True)
class CheckRow:
    number: int
    item: Item
    words: str
    """The chosen option in words; empty when there is no answer yet."""


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, attempt_uuid) -> HttpResponse:
    """All answers at a glance, to change or to send."""
    attempt = _own_attempt(request, attempt_uuid)
    missing: list[int] = []
    if request.method == "POST":
        try:
            submit(attempt)
        except Unanswered as problem:
            missing = problem.numbers
        except NotStudying:
            messages.error(request, _("This course is closed for you, so nothing was changed."))
            return redirect("courses:home")
        else:
            return redirect("assessments:sent", attempt.uuid)
    elif attempt.submitted_at:
        return redirect("assessments:sent", attempt.uuid)
    context = {"attempt": attempt, "rows": _check_rows(attempt), "missing": missing}
    return render(request, "assessments/check.html", context, status=422 if missing else 200)


def _check_rows(attempt: Attempt) -> list[CheckRow]:
    words = dict(attempt.instrument.options)
    responses = {response.item_id: response for response in attempt.responses.all()}

    def in_words(response: Response | None) -> str:
        if response is None:
            return ""
        return words[response.value] if response.value is not None else _("Hard to say")

    return [
        CheckRow(number, found, in_words(responses.get(found.pk)))
        for number, found in enumerate(items_of(attempt.instrument), 1)
    ]


@login_required
@require_GET
def sent(request: HttpRequest, attempt_uuid) -> HttpResponse:
    """Thanks, and what comes next."""
    attempt = _own_attempt(request, attempt_uuid)
    if not attempt.submitted_at:
        return redirect("assessments:check", attempt.uuid)
    context = {"attempt": attempt, "is_last": attempt.assessment.wave == Wave.POST}
    return render(request, "assessments/sent.html", context)


@login_required
@require_GET
@never_cache
def gain(request: HttpRequest, enrollment_uuid) -> HttpResponse:
    """The learner's own change: nobody else opens this page, whatever their role."""
    enrollment = get_object_or_404(
        Enrollment.objects.filter(learner=request.user).select_related("cohort__course"),
        uuid=enrollment_uuid,
    )
    found = gain_of(enrollment)
    context = {
        "enrollment": enrollment,
        "gain": found,
        "sentences": [(c, sentence_of(c, found.maximum)) for c in found.targets] if found else [],
        "controls": [(c, sentence_of(c, found.maximum)) for c in found.controls] if found else [],
        "chart": chart_of(found) if found else "",
    }
    return render(request, "assessments/gain.html", context)
