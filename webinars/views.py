"""Pages and doors of live rooms for people."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from courses.models import Enrollment
from lms.numerals import whole_number
from webinars.feedback import AskedTooLate, RatingForm, rate
from webinars.live import polling, protocol
from webinars.live.admission import Refusal, admit_person
from webinars.live.protocol import Bye, CloseCode, Position
from webinars.models.webinar import WebinarSession
from webinars.reporting import attendance_csv, curve_chart, report_of
from webinars.sessions import (
    Phase,
    close_session,
    open_session,
    phase_of,
    room_context,
)
from webinars.slides import deck_of
from webinars.stage import slide_list
from webinars.webinar_rooms import session_of

_REFUSED = {
    CloseCode.NO_SESSION: 401,
    CloseCode.FORBIDDEN: 403,
    CloseCode.NO_ROOM: 404,
    CloseCode.ROOM_CLOSED: 410,
}


def _led_session(request: HttpRequest, session_id: int) -> WebinarSession:
    sessions = WebinarSession.objects.run_by(request.user)
    return get_object_or_404(
        sessions.select_related("webinar", "cohort", "room").distinct(), pk=session_id
    )


@never_cache
@login_required
@require_GET
def session_host(request: HttpRequest, session_id: int) -> HttpResponse:
    """The host's page: opening, leading and closing, and afterwards who was there."""
    session = _led_session(request, session_id)
    context = room_context(session, request.user) | {"webinar": session.webinar, "is_host": True}
    if phase_of(session) is Phase.AFTER:
        report = report_of(session)
        context |= {"report": report, "curve": curve_chart(report)}
    return render(request, "webinars/host.html", context)


@login_required
@require_POST
def session_open(request: HttpRequest, session_id: int) -> HttpResponse:
    session = _led_session(request, session_id)
    if open_session(session, actor=request.user):
        messages.success(request, _("The webinar is open: people can come in."))
    return redirect("webinars:session_host", session_id=session.pk)


@login_required
@require_POST
def session_close(request: HttpRequest, session_id: int) -> HttpResponse:
    session = _led_session(request, session_id)
    close_session(session, actor=request.user)
    return redirect("webinars:session_host", session_id=session.pk)


@login_required
@require_GET
def session_attendance(request: HttpRequest, session_id: int) -> HttpResponse:
    """Who was there, for a spreadsheet."""
    session = _led_session(request, session_id)
    response = HttpResponse(attendance_csv(session), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="attendance-{session.pk}.csv"'
    return response


@login_required
@require_POST
def session_rating(request: HttpRequest, session_id: int) -> HttpResponse:
    """A learner's rating of a meeting that has ended."""
    session = get_object_or_404(
        WebinarSession.objects.filter(
            cohort__in=Enrollment.objects.studying()
            .filter(learner=request.user)
            .values("cohort_id"),
            room__closed_at__isnull=False,
        ),
        pk=session_id,
    )
    form = RatingForm(request.POST)
    if form.is_valid():
        try:
            rate(session, request.user, **form.cleaned_data)
            messages.success(request, _("Thank you! Trainers see your rating without your name."))
        except AskedTooLate:
            messages.error(request, _("Ratings of this meeting are closed."))
    else:
        for problems in form.errors.values():
            messages.error(request, problems[0])
    return redirect(session.webinar.get_url(request) + "#rating")


@require_GET
def room_slides(request: HttpRequest, room_uuid: UUID) -> HttpResponse:
    """Pictures and texts of the slides, for whoever may be in the room."""
    try:
        _require_session(request)
        room, _role = admit_person(room_uuid, request.user)
    except Refusal as refusal:
        return _refused(refusal)
    slides = slide_list(deck_of(session_of(room).webinar))
    return JsonResponse({"slides": slides}, headers={"Cache-Control": "private, max-age=60"})


@never_cache
@require_GET
def room_events(request: HttpRequest, room_uuid: UUID) -> HttpResponse:
    """Frames since the given positions: ``?stream=room&epoch=…&after=12``, once for each stream."""
    named = zip(
        request.GET.getlist("stream"),
        request.GET.getlist("epoch"),
        request.GET.getlist("after"),
        strict=False,
    )
    seen = {
        stream: Position(e=epoch, q=-1 if number is None else number)
        for stream, epoch, after in named
        for number in [whole_number(after, most_digits=16)]
    }
    try:
        _require_session(request)
        frames = polling.frames_for(room_uuid, request.user, seen)
    except Refusal as refusal:
        return _refused(refusal)
    return HttpResponse('{"frames":[' + ",".join(frames) + "]}", content_type="application/json")


@never_cache
@require_POST
def room_commands(request: HttpRequest, room_uuid: UUID) -> HttpResponse:
    """One ``cmd`` frame in, its ``ok`` or ``err`` out."""
    try:
        _require_session(request)
        answer, status = polling.answer(room_uuid, request.user, request.body)
    except Refusal as refusal:
        return _refused(refusal)
    return HttpResponse(msgspec.json.encode(answer), status=status, content_type="application/json")


def _require_session(request: HttpRequest) -> None:
    if not request.user.is_authenticated:
        raise Refusal(CloseCode.NO_SESSION)


def _refused(refusal: Refusal) -> HttpResponse:
    bye = Bye(code=refusal.code, reason=refusal.code.name.lower(), reconnect=False)
    return HttpResponse(
        protocol.encode(bye), status=_REFUSED[refusal.code], content_type="application/json"
    )
