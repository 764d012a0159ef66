"""Pages of a practicum. What happens in a phase is a page; only the conversation is live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from courses.ledger import NotStudying
from courses.models import Cohort, Enrollment
from courses.programme import door_to, leads, place_in
from webinars.feedback import AskedTooLate, ReactionForm, rate_practicum
from webinars.models import Practicum, PracticumReview, PracticumSeat, PracticumSession
from webinars.practicum import completion, keeping, library, queue, reviewing, sessions
from webinars.practicum.feedback import (
    AlreadyGiven,
    BrokenFeedback,
    WrongRater,
    give_feedback,
    write_debrief,
)
from webinars.practicum.room_page import PART_WORDS, may_rate, room_context
from webinars.practicum.rounds import NotNow, Phase
from webinars.practicum.sheets import late_sheets, sheet_as_filled, sheet_from
from webinars.practicum.written import words


def practicum_page(
    request: HttpRequest, practicum: Practicum, enrollment: Enrollment | None
) -> HttpResponse:
    """What a practicum is, and the way to a group; trainers see the sessions of their cohorts."""
    programme = request.activity_door.programme  # type: ignore[attr-defined]
    context = {
        "page": practicum,
        "practicum": practicum,
        "enrollment": enrollment,
        "programme": programme,
        **place_in(programme, practicum),
        "excellent": library.library_of(practicum).count() if practicum.pk else 0,
    }
    if enrollment:
        context |= _learner_context(practicum, enrollment)
    if leads(request.user, practicum.course()):
        under_way = reviewing.under_way(request.user).filter(practicum=practicum)
        led = Cohort.objects.run_by(request.user).filter(course=practicum.course())
        context |= {
            "running": list(under_way),
            "leads": True,
            "cohorts": list(led.order_by("-starts_at").distinct()[:10]),
        }
    return TemplateResponse(request, "webinars/practicum.html", context)


def _learner_context(practicum: Practicum, enrollment: Enrollment) -> dict[str, Any]:
    """Waiting, playing, planned or done; a page that waits asks for a group each time it loads."""
    seat = sessions.open_seat(enrollment, practicum)
    ticket = None if seat else queue.ticket_of(enrollment, practicum)
    if ticket is not None:
        seat = queue.wait(enrollment=enrollment, practicum=practicum)
        ticket = None if seat else ticket
    is_late = ticket is not None and queue.waits_too_long(ticket, now=timezone.now())
    past = PracticumSeat.objects.filter(
        enrollment=enrollment, practicum=practicum, is_open=False
    ).select_related("session", "review")
    asked = PracticumReview.objects.filter(seat__in=past).order_by("-at").first()
    return {
        "seat": seat,
        "ticket": ticket,
        "is_waiting": ticket is not None,
        "is_late": is_late,
        "simulator": queue.simulator_of(practicum) if ticket is not None else None,
        "past": list(past),
        "another": asked if asked and asked.outcome == PracticumReview.Outcome.ANOTHER else None,
        "progress": completion.progress_of(enrollment, practicum) if past else None,
        "has_agreed": keeping.has_agreed(enrollment.learner, practicum),
        "library_answers": list(library.answers_of(enrollment.learner, practicum)),
    }


@login_required
@require_POST
def join(request: HttpRequest, practicum_id: int) -> HttpResponse:
    """Into the queue, with the consent to a transcript."""
    practicum = get_object_or_404(Practicum.objects.live(), pk=practicum_id)
    door = door_to(request.user, practicum)
    if not door.is_open or door.enrollment is None:
        context = {"page": practicum, "door": door}
        return render(request, "courses/activity_locked.html", context, status=403)
    if request.POST.get("consent"):
        keeping.agree_to_transcript(door.enrollment.learner, practicum)
    elif not keeping.has_agreed(door.enrollment.learner, practicum):
        messages.error(request, _("Tick that you agree to the transcript, then look for a group."))
        return redirect(practicum.get_url(request))
    seat = queue.wait(enrollment=door.enrollment, practicum=practicum)
    if seat is None:
        return redirect(practicum.get_url(request))
    return redirect("webinars:practicum_room", seat.session.uuid)


@login_required
@require_POST
def stop_waiting(request: HttpRequest, practicum_id: int) -> HttpResponse:
    practicum = get_object_or_404(Practicum.objects.live(), pk=practicum_id)
    door = door_to(request.user, practicum)
    if door.enrollment is not None:
        queue.stop_waiting(enrollment=door.enrollment, practicum=practicum)
    return redirect(practicum.get_url(request))


def visible_session(request: HttpRequest, session_uuid) -> PracticumSession:
    """The session if the person plays in it or runs its cohort; else 404."""
    return get_object_or_404(
        PracticumSession.objects.visible_to(request.user).select_related(
            "room", "practicum", "cohort"
        ),
        uuid=session_uuid,
    )


@login_required
@never_cache
@require_GET
def room(request: HttpRequest, session_uuid) -> HttpResponse:
    session = visible_session(request, session_uuid)
    sessions.meet_deadlines(session, now=timezone.now())
    seat = sessions.seat_of(session, request.user)
    if seat is not None:
        if not _may_be_written_down(request, session, seat):
            return redirect(session.practicum.get_url(request))
        sessions.arrive(seat)
    else:
        reviewing.announce_visit(session, request.user)
    session.refresh_from_db()
    return _room_page(request, session)


def _may_be_written_down(
    request: HttpRequest, session: PracticumSession, seat: PracticumSeat
) -> bool:
    """Whoever was put into a group by a trainer agrees before they come in."""
    if session.phase == Phase.CLOSED or keeping.has_agreed(request.user, session.practicum):
        return True
    messages.info(request, _("Agree to the transcript first: a group waits for you."))
    return False


def _room_page(
    request: HttpRequest, session: PracticumSession, *, problem: Exception | None = None
) -> HttpResponse:
    """The page of the present phase. Another player's card is not in it, not even hidden."""
    posted = request.POST if problem else QueryDict()
    seat = sessions.seat_of(session, request.user)
    context = room_context(session, seat)
    context |= {"problem": problem, "posted": posted}
    if session.phase == Phase.FEEDBACK:
        is_this = posted.get("round", str(session.round)) == str(session.round)
        filled = posted if is_this else QueryDict()
        context["sheet"] = sheet_as_filled(session, context["quotable"], filled)
    if seat is not None:
        context["late"] = late_sheets(seat, posted)
        sent = [one["prefix"] for one in context["late"] if one["is_sent"]]
        context["problem_prefix"] = sent[0] if sent else ""
    if isinstance(problem, NotNow):
        context["unkept"] = [text for name in WRITTEN if (text := posted.get(name, "").strip())]
    return render(request, "webinars/practicum_room.html", context, status=_status_of(problem))


WRITTEN = ("worked", "try_next", "felt", "learned", "will_try")
"""What people write into the forms of a practicum."""


def _status_of(problem: Exception | None) -> int:
    if isinstance(problem, NotNow):
        return 409
    return 422 if problem else 200


ACTIONS: dict[str, Callable[[PracticumSeat, QueryDict], PracticumSession]] = {
    "agree": lambda seat, posted: sessions.agree(seat, seen=posted.get("phase")),
    "stop": lambda seat, _posted: sessions.pause(seat),
    "hard": lambda seat, _posted: sessions.ease(seat),
    "go-on": lambda seat, _posted: sessions.go_on(seat),
    "leave": lambda seat, _posted: sessions.leave(seat),
}


@login_required
@require_POST
def act(request: HttpRequest, session_uuid, action: str) -> HttpResponse:
    """A step of the practicum: ready, stop, this is hard for me, go on without, leave."""
    session = visible_session(request, session_uuid)
    seat = sessions.seat_of(session, request.user)
    if seat is None or action not in ACTIONS:
        return render(request, "403.html", status=403)
    try:
        session = ACTIONS[action](seat, request.POST)
    except NotNow:
        if action == "go-on":
            messages.info(request, _("Everybody is there again, so nobody has been left out."))
        else:
            messages.info(
                request, _("The practicum has moved on in the meantime. Nothing is lost.")
            )
    if action == "leave":
        messages.info(
            request,
            _("You have left the group. What you have played counts; you can find another group."),
        )
        return redirect(session.practicum.get_url(request))
    return redirect("webinars:practicum_room", session.uuid)


@login_required
@require_POST
def report(request: HttpRequest, session_uuid) -> HttpResponse:
    """A word to the trainers that the group does not learn of."""
    session = visible_session(request, session_uuid)
    seat = sessions.seat_of(session, request.user)
    if seat is None:
        return render(request, "403.html", status=403)
    reviewing.report(seat, text=words(request.POST.get("text")))
    messages.success(
        request, _("The trainers of your cohort will look into it. The group does not learn of it.")
    )
    return redirect("webinars:practicum_room", session.uuid)


@login_required
@require_POST
def feedback(request: HttpRequest, session_uuid) -> HttpResponse:
    def keep(seat: PracticumSeat) -> None:
        give_feedback(seat, sheet_from(request.POST))

    return _form_step(request, session_uuid, keep)


@login_required
@require_POST
def debrief(request: HttpRequest, session_uuid) -> HttpResponse:
    def keep(seat: PracticumSeat) -> None:
        write_debrief(
            seat,
            felt=words(request.POST.get("felt")),
            learned=words(request.POST.get("learned")),
            will_try=words(request.POST.get("will_try")),
        )

    return _form_step(request, session_uuid, keep)


def _form_step(
    request: HttpRequest, session_uuid, keep: Callable[[PracticumSeat], None]
) -> HttpResponse:
    """A form of the practicum: kept and on, or shown again with what is missing."""
    session = visible_session(request, session_uuid)
    seat = sessions.seat_of(session, request.user)
    if seat is None:
        return render(request, "403.html", status=403)
    try:
        keep(seat)
    except BrokenFeedback as problem:
        return _room_page(request, session, problem=problem)
    except WrongRater as problem:
        messages.error(
            request,
            _("In this round you were the {part}: nobody observes themselves.").format(
                part=PART_WORDS[problem.was]()
            ),
        )
        return _room_page(request, session, problem=problem)
    except AlreadyGiven:
        messages.info(request, _("This has been sent already, and it is kept."))
    except NotNow as problem:
        session.refresh_from_db()
        return _room_page(request, session, problem=problem)
    except NotStudying:
        messages.error(request, _("This course is closed for you, so nothing was changed."))
    return redirect("webinars:practicum_room", session.uuid)


@login_required
@require_POST
def rating(request: HttpRequest, session_uuid) -> HttpResponse:
    """What a player thought of the practicum as a whole."""
    session = visible_session(request, session_uuid)
    seat = sessions.seat_of(session, request.user)
    if seat is None or not may_rate(session, seat):
        return render(request, "403.html", status=403)
    form = ReactionForm(request.POST)
    if form.is_valid():
        try:
            rate_practicum(session, request.user, **form.cleaned_data)
            messages.success(request, _("Thank you! Trainers see your rating without your name."))
        except AskedTooLate:
            messages.error(request, _("Ratings of this meeting are closed."))
    for problems in form.errors.values():
        messages.error(request, problems[0])
    return redirect(reverse("webinars:practicum_room", args=[session.uuid]) + "#rating")


@login_required
@require_POST
def withdraw_consent(request: HttpRequest, practicum_id: int) -> HttpResponse:
    """Take the consent to transcripts back: they are erased, what was achieved stays."""
    practicum = get_object_or_404(Practicum.objects.live(), pk=practicum_id)
    keeping.withdraw(request.user)
    messages.success(
        request, _("Your consent is taken back. The transcripts are erased within a day.")
    )
    return redirect(practicum.get_url(request))
