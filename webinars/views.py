"""Pages and doors of live rooms for people."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webinars.live import polling, protocol
from webinars.live.admission import Refusal
from webinars.live.protocol import Bye, CloseCode, Position
from webinars.models.webinar import WebinarSession
from webinars.sessions import (
    Phase,
    attendance_list,
    close_session,
    open_session,
    phase_of,
    room_context,
)

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
        context["attendance"] = attendance_list(session)
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
        stream: Position(e=epoch, q=int(after) if after.isdecimal() and len(after) < 17 else -1)
        for stream, epoch, after in named
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
