"""Pages of a questionnaire: start, one question a page, check, sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

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

from assessments.agreeing import PURPOSES, agree, purposes_open_to
from assessments.answering import (
    AlreadySubmitted,
    NewerAnswerKept,
    NothingAsked,
    NotOpen,
    OutsideTheScale,
    TooLong,
    Unanswered,
    answer,
    sheet_for,
    start_attempt,
    submit,
)
from assessments.models import Assessment, Attempt, Item, Wave
from assessments.own_words import LONGEST_TEXT
from assessments.questions import as_sent, given_in, in_words, question_of, responses_by_item
from assessments.sheets import Sheet, forms_of, sheet_of
from assessments.windows import Standing, window_of
from assessments.wording import standing_sentence
from courses.ledger import NotStudying
from courses.models import Enrollment
from courses.programme import door_to, programme_of
from courses.when import moment_in_words

LONGEST_WAIT = timedelta(hours=24)
"""Answers wait on a device for a day at most."""
MOST_BEFORE = 8
"""Earlier sendings that one answer may name; the page names no more."""


def start_page(
    request: HttpRequest, assessment: Assessment, enrollment: Enrollment | None
) -> HttpResponse:
    """Why, how many, how long, who sees it; and the way in, or on, or to what was sent."""
    attempt, reason, window = None, "", None
    if enrollment is not None:
        attempt = enrollment.attempts.filter(assessment=assessment).first()
        window = window_of(assessment, enrollment)
        standing = window.standing(timezone.now())
        if standing is not Standing.OPEN:
            reason = standing_sentence(window, standing)
    instrument = assessment.instrument
    if attempt is not None:
        sheet = sheet_for(attempt)
    else:
        sheet = sheet_of(instrument, form=forms_of(instrument)[0], wave=assessment.wave)
    if not sheet.pages:
        reason = _("This questionnaire has no questions yet.")
    context = {
        "page": assessment,
        "assessment": assessment,
        "instrument": instrument,
        "count": sheet.pages,
        "enrollment": enrollment,
        "attempt": attempt,
        "reason": reason,
        "closes": moment_in_words(window.closes_at)
        if window and window.closes_at and not reason
        else "",
        "purposes": purposes_open_to(request.user, instrument) if enrollment else [],
        "programme": request.activity_door.programme,  # type: ignore[attr-defined]
        "looks_back": assessment.wave == Wave.THEN,
    }
    return TemplateResponse(request, "assessments/start.html", context)


@login_required
@require_POST
def start(request: HttpRequest, assessment_id: int) -> HttpResponse:
    assessment = get_object_or_404(
        Assessment.objects.live().select_related("instrument"), pk=assessment_id
    )
    door = door_to(request.user, assessment)
    if not door.is_open or door.enrollment is None:
        context = {"page": assessment, "door": door}
        return render(request, "courses/activity_locked.html", context, status=403)
    for purpose in request.POST.getlist("consent"):
        if purpose in PURPOSES:
            agree(request.user, purpose)
    try:
        attempt = start_attempt(enrollment=door.enrollment, assessment=assessment)
    except NotOpen as problem:
        messages.error(request, standing_sentence(problem.window, problem.standing))
        return redirect(assessment.get_url(request))
    except NothingAsked:
        messages.error(request, _("This questionnaire has no questions yet."))
        return redirect(assessment.get_url(request))
    if attempt.submitted_at:
        return redirect("assessments:sent", attempt.uuid)
    return redirect("assessments:item", attempt.uuid, _first_unanswered(attempt))


def _first_unanswered(attempt: Attempt) -> int:
    sheet, given = sheet_for(attempt), responses_by_item(attempt)
    pairs = zip(sheet.items, sheet.keyed, strict=True)
    return next(
        (
            n
            for n, (item, keyed) in enumerate(pairs, 1)
            if len(given.get(item.pk, ())) < keyed.parts
        ),
        sheet.pages,
    )


def own_attempt(request: HttpRequest, attempt_uuid) -> Attempt:
    return get_object_or_404(
        Attempt.objects.visible_to(request.user).select_related(
            "instrument", "assessment", "enrollment__cohort__course"
        ),
        uuid=attempt_uuid,
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, attempt_uuid, number: int) -> HttpResponse:
    """One question. A POST keeps the answer; a script may send it before the person moves on."""
    attempt = own_attempt(request, attempt_uuid)
    sheet = sheet_for(attempt)
    if not 1 <= number <= sheet.pages:
        return redirect("assessments:check", attempt.uuid)
    if attempt.submitted_at and request.method == "GET":
        return redirect("assessments:sent", attempt.uuid)
    error = ""
    if request.method == "POST":
        problem, words = _keep(attempt, sheet.items[number - 1], request)
        if request.headers.get("X-Autosave"):
            return _autosave_answer(problem, words)
        if problem == "submitted":
            messages.info(request, words)
            return redirect("assessments:sent", attempt.uuid)
        if problem == "closed":
            messages.error(request, words)
            return redirect(attempt.assessment.get_url(request))
        if problem != "outside":
            if "check" in request.GET or number == sheet.pages:
                return redirect("assessments:check", attempt.uuid)
            return redirect("assessments:item", attempt.uuid, number + 1)
        error = words
    given = list(attempt.responses.filter(item=sheet.items[number - 1]))
    context = _page_context(attempt, sheet, number, given)
    if error:
        context["question"] = as_sent(context["question"], request.POST)
    context |= {
        "error": error,
        "from_check": "check" in request.GET,
    }
    return render(request, "assessments/item.html", context, status=422 if error else 200)


@login_required
@never_cache
@require_GET
def pages(request: HttpRequest, attempt_uuid) -> HttpResponse:
    """All questions at once, for a browser that wants to go on without a connection."""
    attempt = own_attempt(request, attempt_uuid)
    if attempt.submitted_at:
        return HttpResponse(status=410)
    sheet, given = sheet_for(attempt), responses_by_item(attempt)
    found = [
        _page_context(attempt, sheet, number, given.get(found.pk, []))
        for number, found in enumerate(sheet.items, 1)
    ]
    return render(request, "assessments/pages.html", {"pages": found})


def _page_context(attempt: Attempt, sheet: Sheet, number: int, given: list) -> dict:
    return {"attempt": attempt, "question": question_of(sheet, number, given)}


def _keep(attempt: Attempt, item: Item, request: HttpRequest) -> tuple[str, str]:
    """Keep the answer of a request; the name of the problem and its words, or nothing."""
    data = request.POST
    try:
        answer(
            attempt=attempt,
            item=item,
            given=given_in(data, attempt.instrument, item),
            seconds=_number(data.get("seconds")),
            key=data.get("key", ""),
            after=data.get("after", "").split()[:MOST_BEFORE],
            age=min(timedelta(seconds=_number(data.get("age")) or 0), LONGEST_WAIT),
            is_partial=bool(request.headers.get("X-Autosave")),
        )
    except AlreadySubmitted:
        return "submitted", _("These answers are sent already, so nothing was changed.")
    except NotOpen as problem:
        return "closed", standing_sentence(problem.window, problem.standing)
    except NewerAnswerKept:
        return "newer", _("A later answer from another device is kept.")
    except TooLong as problem:
        return "outside", _("Write up to %(longest)s characters: there are %(length)s now.") % {
            "longest": LONGEST_TEXT,
            "length": problem.length,
        }
    except OutsideTheScale:
        if item.choices and item.kind != "recognition":
            return "outside", _("Answer for each part of the question.")
        return "outside", _("Choose one of the answers.")
    return "", ""


def _number(given: str | None) -> float | None:
    """A number of seconds from a form, not negative; None for anything else."""
    try:
        value = float(given or "")
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None


def _autosave_answer(problem: str, words: str) -> JsonResponse:
    if problem in ("submitted", "closed"):
        return JsonResponse({"code": problem, "message": words}, status=409)
    if problem == "outside":
        return JsonResponse({"code": problem, "message": words}, status=422)
    if problem == "newer":
        return JsonResponse({"saved": words})
    at = date_format(timezone.localtime(), "H:i")
    return JsonResponse({"saved": _("Saved at %(time)s") % {"time": at}})


@dataclass(frozen=True)
class CheckRow:
    number: int
    item: Item
    words: str
    """The chosen answer in words; empty when there is no answer yet."""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, attempt_uuid) -> HttpResponse:
    """All answers at a glance, to change or to send."""
    attempt = own_attempt(request, attempt_uuid)
    missing: list[int] = []
    if request.method == "POST":
        try:
            submit(attempt)
        except Unanswered as problem:
            missing = problem.numbers
        except NotOpen as problem:
            messages.error(request, standing_sentence(problem.window, problem.standing))
            return redirect(attempt.assessment.get_url(request))
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
    sheet, given = sheet_for(attempt), responses_by_item(attempt)
    return [
        CheckRow(number, found, in_words(sheet, number, given.get(found.pk, [])))
        for number, found in enumerate(sheet.items, 1)
    ]


@login_required
@require_GET
def sent(request: HttpRequest, attempt_uuid) -> HttpResponse:
    """Thanks, and what comes next."""
    attempt = own_attempt(request, attempt_uuid)
    if not attempt.submitted_at:
        return redirect("assessments:check", attempt.uuid)
    programme = programme_of(attempt.enrollment.cohort.course, attempt.enrollment)
    context = {
        "attempt": attempt,
        "is_last": attempt.wave not in (Wave.PRE, Wave.PRE_AGAIN),
        "next": programme.next_row,
    }
    return render(request, "assessments/sent.html", context)
