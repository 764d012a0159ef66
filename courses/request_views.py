"""Asking for a place in a cohort, and the page where such requests are decided."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses import requesting
from courses.deciding import decides_on_requests, queues_for
from courses.enrolling import EnrollmentClosed
from courses.models import Cohort, Course, EnrollmentRequest, RequestState
from lms.numerals import whole_number
from lms.people.models import User


@require_POST
def ask(request: HttpRequest, course_id: int) -> HttpResponse:
    """A place in the cohort that was chosen; without one, a letter when a cohort opens."""
    course = get_object_or_404(Course.objects.live(), pk=course_id)
    address = course.get_url(request)
    if not request.user.is_authenticated:
        return redirect_to_login(address)
    try:
        level, words = _ask(request.user, course, request.POST.get("cohort", ""))
    except (requesting.NotForYou, Cohort.DoesNotExist):
        level, words = messages.ERROR, _("This cohort is not open to your region. Choose another.")
    except EnrollmentClosed:
        level, words = (
            messages.ERROR,
            _("Enrolment in this cohort has closed. We can tell you when the next one opens."),
        )
    except requesting.AlreadyEnrolled:
        level, words = messages.INFO, _("You have a place in this course already.")
    messages.add_message(request, level, words)
    return redirect(address)


def _ask(person: User, course: Course, cohort: str) -> tuple[int, str]:
    if not cohort:
        requesting.ask_to_be_told(person=person, course=course)
        return messages.SUCCESS, _("We will write to you when a cohort opens for your region.")
    chosen = course.cohorts.get(pk=whole_number(cohort))
    made = requesting.ask_for_place(person=person, cohort=chosen)
    if made.state == RequestState.WAITING:
        return messages.SUCCESS, _("You are in the waiting list: number %(n)d.") % {
            "n": requesting.place_in_line(made)
        }
    return messages.SUCCESS, _("Your request is sent. We will write to you when it is decided.")


@login_required
@require_POST
def take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    mine = EnrollmentRequest.objects.filter(person=request.user).select_related("course")
    found = get_object_or_404(mine, uuid=uuid)
    try:
        requesting.take_back(found)
        messages.success(request, _("Your request is taken back."))
    except requesting.AlreadyDecided:
        messages.info(request, _("Your request was decided before you took it back."))
    return redirect(found.course.get_url(request))


@login_required
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    if not decides_on_requests(request.user):
        raise Http404
    return _page(request)


@login_required
@require_POST
def decide(request: HttpRequest, uuid: UUID) -> HttpResponse:
    mine = EnrollmentRequest.objects.decided_by(request.user).for_a_place()
    found = get_object_or_404(mine.select_related("person", "cohort"), uuid=uuid)
    decision, reason = request.POST.get("decision"), request.POST.get("reason", "")[:500]
    name = {"name": found.person.get_full_name() or found.person}
    try:
        if decision == "accept":
            after = requesting.accept(found, actor=request.user)
            if after.state == RequestState.WAITING:
                messages.warning(
                    request,
                    _("No place is left: %(name)s stays in the waiting list.") % name,
                )
            else:
                messages.success(request, _("%(name)s is enrolled; a letter is on its way.") % name)
        elif decision == "decline":
            requesting.decline(found, actor=request.user, reason=reason)
            messages.success(
                request, _("The request of %(name)s is declined; a letter is on its way.") % name
            )
        else:
            return _page(request, failed=found, error=_("Choose: accept or decline."))
    except requesting.ReasonMissing:
        return _page(request, failed=found, error=_("Write the reason: the person will read it."))
    except requesting.AlreadyDecided:
        messages.info(request, _("The request of %(name)s was decided meanwhile.") % name)
    except EnrollmentClosed:
        return _page(
            request,
            failed=found,
            error=_("Enrolment in this cohort has closed, so nobody can be accepted."),
        )
    return redirect("courses:requests")


def _page(
    request: HttpRequest, *, failed: EnrollmentRequest | None = None, error: str = ""
) -> HttpResponse:
    context = {
        "queues": queues_for(request.user),
        "failed": failed,
        "error": error,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "courses/requests.html", context, status=422 if failed else 200)
