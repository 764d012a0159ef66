"""Pages of a practicum. What happens in a phase is a page; only the conversation is live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from courses.ledger import NotStudying
from courses.models import Enrollment
from courses.programme import door_to, leads
from webinars.live.rooms import live_urls
from webinars.models import Practicum, PracticumSeat, PracticumSession
from webinars.practicum import sessions
from webinars.practicum.rounds import NotNow, Part, Phase
from webinars.practicum.sessions import BrokenFeedback

PART_WORDS = {
    Part.SPECIALIST: lambda: _("specialist"),
    Part.CLIENT: lambda: _("client"),
    Part.OBSERVER: lambda: _("observer"),
}


def practicum_page(
    request: HttpRequest, practicum: Practicum, enrollment: Enrollment | None
) -> HttpResponse:
    """What a practicum is, and the way to a partner; trainers see the sessions of their cohorts."""
    seat = sessions.open_seat(enrollment, practicum) if enrollment else None
    past = []
    if enrollment:
        past = list(
            PracticumSeat.objects.filter(
                enrollment=enrollment, practicum=practicum, is_open=False
            ).select_related("session")
        )
    run = []
    if leads(request.user, practicum.course()):
        run = list(
            PracticumSession.objects.visible_to(request.user)
            .filter(practicum=practicum)
            .exclude(phase=Phase.CLOSED)
            .select_related("cohort")
        )
    programme = request.activity_door.programme  # type: ignore[attr-defined]
    context = {
        "page": practicum,
        "practicum": practicum,
        "enrollment": enrollment,
        "programme": programme,
        "seat": seat,
        "is_waiting": seat is not None and seat.session.phase == Phase.LOBBY,
        "past": past,
        "running": run,
    }
    return TemplateResponse(request, "webinars/practicum.html", context)


@login_required
@require_POST
def join(request: HttpRequest, practicum_id: int) -> HttpResponse:
    practicum = get_object_or_404(Practicum.objects.live(), pk=practicum_id)
    door = door_to(request.user, practicum)
    if not door.is_open or door.enrollment is None:
        context = {"page": practicum, "door": door}
        return render(request, "courses/activity_locked.html", context, status=403)
    seat = sessions.find_partner(enrollment=door.enrollment, practicum=practicum)
    if seat.session.phase == Phase.LOBBY:
        return redirect(practicum.get_url(request))
    return redirect("webinars:practicum_room", seat.session.uuid)


def _session(request: HttpRequest, session_uuid) -> PracticumSession:
    return get_object_or_404(
        PracticumSession.objects.visible_to(request.user).select_related(
            "room", "practicum", "cohort"
        ),
        uuid=session_uuid,
    )


def _seat(session: PracticumSession, request: HttpRequest) -> PracticumSeat | None:
    return (
        session.seats.select_related("enrollment__learner", "session")
        .filter(enrollment__learner=request.user)
        .first()
    )


@login_required
@never_cache
@require_GET
def room(request: HttpRequest, session_uuid) -> HttpResponse:
    return _room_page(request, _session(request, session_uuid))


def _room_page(
    request: HttpRequest, session: PracticumSession, *, problem: BrokenFeedback | None = None
) -> HttpResponse:
    """The page of the present phase. Another player's card is not in it, not even hidden."""
    seat = _seat(session, request)
    if session.phase == Phase.LOBBY:
        return redirect(session.practicum.get_url(request))
    course = session.course(seated=session.people)
    part = course.part_of(seat.number) if seat else None
    context: dict[str, Any] = {
        "session": session,
        "practicum": session.practicum,
        "seat": seat,
        "part": part,
        "part_word": PART_WORDS[part]() if part else _("trainer"),
        "card": session.scenario["roles"].get(part) if part else None,
        "round_number": session.round + 1,
        "is_done": seat is not None and seat.number in course.done,
        "is_awaited": seat is not None and seat.number in course.awaited,
        "others": [
            {
                "name": s.enrollment.learner.get_short_name(),
                "part": PART_WORDS[course.part_of(s.number)](),
            }
            for s in session.seats.select_related("enrollment__learner")
            if seat is None or s.pk != seat.pk
        ],
        "is_talk_open": session.phase in (Phase.ROLEPLAY, Phase.FEEDBACK, Phase.DEBRIEF),
        "urls": live_urls(session.room),
        "problem": problem,
        "posted": request.POST if problem else {},
        "criteria": session.rubric,
    }
    if seat and session.phase in (Phase.DEBRIEF, Phase.CLOSED):
        context["received"] = _received(session, seat)
    return render(request, "webinars/practicum_room.html", context, status=422 if problem else 200)


def _received(session: PracticumSession, seat: PracticumSeat) -> list[dict[str, Any]]:
    """The feedback that the person got, with the anchors' words instead of bare numbers."""
    criteria = {criterion["code"]: criterion for criterion in session.rubric}
    return [
        {
            "by": feedback.rater.enrollment.learner.get_short_name(),
            "worked": feedback.worked,
            "try_next": feedback.try_next,
            "ratings": [
                {
                    "title": criteria[rating.criterion]["title"],
                    "anchor": criteria[rating.criterion]["anchors"][rating.score],
                    "score": rating.score,
                }
                for rating in feedback.ratings.all()
            ],
        }
        for feedback in session.feedback.filter(ratee=seat)
        .select_related("rater__enrollment__learner")
        .prefetch_related("ratings")
    ]


ACTIONS: dict[str, Callable[[PracticumSeat], PracticumSession]] = {
    "agree": sessions.agree,
    "stop": sessions.stop,
    "end-round": sessions.end_round,
    "leave": sessions.leave,
}


@login_required
@require_POST
def act(request: HttpRequest, session_uuid, action: str) -> HttpResponse:
    """A step of the practicum: ready, stop, end the round, leave."""
    session = _session(request, session_uuid)
    seat = _seat(session, request)
    if seat is None or action not in ACTIONS:
        return render(request, "403.html", status=403)
    try:
        session = ACTIONS[action](seat)
    except NotNow:
        messages.info(request, _("The practicum has moved on in the meantime. Nothing is lost."))
    if action == "leave":
        messages.info(request, _("You have left the practicum. You can find another partner."))
        return redirect(session.practicum.get_url(request))
    return redirect("webinars:practicum_room", session.uuid)


@login_required
@require_POST
def feedback(request: HttpRequest, session_uuid) -> HttpResponse:
    def keep(seat: PracticumSeat) -> None:
        sessions.give_feedback(
            seat,
            scores=request.POST.dict(),
            worked=request.POST.get("worked", ""),
            try_next=request.POST.get("try_next", ""),
        )

    return _form_step(request, session_uuid, keep)


@login_required
@require_POST
def debrief(request: HttpRequest, session_uuid) -> HttpResponse:
    def keep(seat: PracticumSeat) -> None:
        sessions.write_debrief(
            seat,
            felt=request.POST.get("felt", ""),
            learned=request.POST.get("learned", ""),
            will_try=request.POST.get("will_try", ""),
        )

    return _form_step(request, session_uuid, keep)


def _form_step(
    request: HttpRequest, session_uuid, keep: Callable[[PracticumSeat], None]
) -> HttpResponse:
    """A form of the practicum: kept and on, or shown again with what is missing."""
    session = _session(request, session_uuid)
    seat = _seat(session, request)
    if seat is None:
        return render(request, "403.html", status=403)
    try:
        keep(seat)
    except BrokenFeedback as problem:
        return _room_page(request, session, problem=problem)
    except NotNow:
        messages.info(request, _("The practicum has moved on in the meantime. Nothing is lost."))
    except NotStudying:
        messages.error(request, _("This course is closed for you, so nothing was changed."))
    return redirect("webinars:practicum_room", session.uuid)
