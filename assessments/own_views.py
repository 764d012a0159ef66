"""The learner's own result: nobody else opens these pages, whatever their role."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.agreeing import PURPOSES, agree, purposes_of, withdraw
from assessments.models import Attempt, Scale
from assessments.own_pdf import pdf_of
from assessments.own_result import OwnResult, ScaleChange, erase_answers, own_result
from assessments.wording import (
    chart_of,
    error_sentence,
    follow_up_sentence,
    later_sentence,
    points,
    sentence_of,
    yardstick_sentences,
)
from courses.cms.people_sheet import harmless
from courses.models import Enrollment
from lms.people.models import Consent


def _own(request: HttpRequest, enrollment_uuid) -> Enrollment:
    return get_object_or_404(
        Enrollment.objects.filter(learner=request.user).select_related("cohort__course"),
        uuid=enrollment_uuid,
    )


@login_required
@require_GET
@never_cache
def gain(request: HttpRequest, enrollment_uuid) -> HttpResponse:
    enrollment = _own(request, enrollment_uuid)
    result = own_result(enrollment)
    asked = purposes_of(request.user)
    counts = {one.purpose: one.is_given for one in asked}
    context = {
        "enrollment": enrollment,
        "result": result,
        "purposes": asked,
        "is_erased": Attempt.objects.filter(
            enrollment=enrollment, erased_at__isnull=False
        ).exists(),
        "counts_in_groups": counts[Consent.Purpose.ANSWERS],
        "was_withdrawn": Consent.objects.filter(
            user=request.user, purpose=Consent.Purpose.ANSWERS, withdrawn_at__isnull=False
        ).exists(),
    }
    if result is not None:
        context |= _in_words(result)
    return render(request, "assessments/gain.html", context)


def _in_words(result: OwnResult) -> dict:
    return {
        "own": [_lines(change) for change in result.own],
        "judgement": [
            _lines(c) for c in result.of(Scale.Role.TARGET, strand=Scale.Strand.JUDGEMENT)
        ],
        "risks": [_lines(change) for change in result.of(Scale.Role.RISK)],
        "table": [_row(change) for change in result.changes],
        "has_later": any(change.later is not None for change in result.changes),
        "chart": chart_of(result),
        "yardstick": yardstick_sentences(result.yardstick) if result.yardstick else [],
        "practice": result.next_practice,
        "follow_up": follow_up_sentence(result.follow_up) if result.follow_up else "",
    }


def _lines(change: ScaleChange) -> dict:
    return {
        "sentence": sentence_of(change),
        "later": later_sentence(change),
        "error": error_sentence(change),
        "scale": change.scale,
    }


def _row(change: ScaleChange) -> dict:
    def cell(value: float | None) -> str:
        return "—" if value is None else points(value)

    return {
        "scale": change.scale,
        "span": f"{change.span[0]}–{change.span[1]}",
        "before": cell(change.before),
        "after": cell(change.after),
        "later": cell(change.later),
    }


@login_required
@require_GET
@never_cache
def own_csv(request: HttpRequest, enrollment_uuid) -> HttpResponse:
    """The same numbers as a sheet, as spreadsheets in Russia open it."""
    enrollment = _own(request, enrollment_uuid)
    result = own_result(enrollment)
    if result is None:
        return redirect("assessments:gain", enrollment.uuid)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([_("Scale"), _("Range"), _("Before"), _("After"), _("Some weeks later")])
    for row in _in_words(result)["table"]:
        writer.writerow(
            [harmless(row["scale"].title), row["span"], row["before"], row["after"], row["later"]]
        )
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-result.csv"'
    return response


@login_required
@require_GET
@never_cache
def own_pdf(request: HttpRequest, enrollment_uuid) -> HttpResponse:
    enrollment = _own(request, enrollment_uuid)
    result = own_result(enrollment)
    if result is None:
        return redirect("assessments:gain", enrollment.uuid)
    response = HttpResponse(pdf_of(result), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="my-result.pdf"'
    return response


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, enrollment_uuid) -> HttpResponse:
    """Asks once more, then erases the person's answers in this course for good."""
    enrollment = _own(request, enrollment_uuid)
    if request.method == "POST":
        erase_answers(enrollment)
        messages.success(request, _("Your answers are erased. What you have completed stays."))
        return redirect("assessments:gain", enrollment.uuid)
    return render(request, "assessments/erase.html", {"enrollment": enrollment})


@login_required
@require_POST
def consents(request: HttpRequest, enrollment_uuid) -> HttpResponse:
    """What the person lets their answers be used for, from now on."""
    enrollment = _own(request, enrollment_uuid)
    wanted = set(request.POST.getlist("consent"))
    for purpose in PURPOSES:
        if purpose in wanted:
            agree(request.user, purpose)
        else:
            withdraw(request.user, purpose)
    messages.success(request, _("Your choice is kept."))
    return redirect("assessments:gain", enrollment.uuid)
