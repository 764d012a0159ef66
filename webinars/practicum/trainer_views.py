"""Pages for trainers: the queue of reviews, one session with its transcript, forming groups."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.ledger import NotStudying
from courses.models import Cohort
from courses.programme import leads
from lms.people.models import User
from lms.people.zones import zone_in_words
from webinars.models import (
    LineMark,
    Practicum,
    PracticumReport,
    PracticumReview,
    PracticumRound,
    PracticumSeat,
    PracticumSession,
)
from webinars.practicum import agreement, completion, library, queue, reviewing, rounds, sessions
from webinars.practicum.feedback import BrokenFeedback, rate_as_trainer, received
from webinars.practicum.rounds import NotNow
from webinars.practicum.sheets import as_posted, sheet_as_filled, sheet_from
from webinars.practicum.transcript import annotated, by_round
from webinars.practicum.written import number, words

LATEST = timedelta(days=2 * 365)


def led_session(request: HttpRequest, session_uuid) -> PracticumSession:
    """A session of a cohort that the person runs; else 404. Nobody reviews their own."""
    return get_object_or_404(
        PracticumSession.objects.reviewed_by(request.user)
        .select_related("room", "practicum", "cohort")
        .distinct(),
        uuid=session_uuid,
    )


@login_required
@never_cache
@require_GET
def review_queue(request: HttpRequest) -> HttpResponse:
    """What waits for a trainer: reports first, then decisions, then what is under way."""
    if not Cohort.objects.run_by(request.user).exists():
        raise Http404
    context = {
        "reports": list(reviewing.open_reports(request.user)),
        "waiting": list(reviewing.waiting_for_review(request.user)),
        "running": list(reviewing.under_way(request.user)),
        "closed": list(reviewing.closed_lately(request.user)),
        "proposals": list(library.proposals_of(request.user)),
    }
    return render(request, "webinars/practicum_queue.html", context)


@login_required
@never_cache
@require_GET
def review(request: HttpRequest, session_uuid) -> HttpResponse:
    session = led_session(request, session_uuid)
    reviewing.announce_visit(session, request.user)
    return _review_page(request, session)


def _review_page(
    request: HttpRequest,
    session: PracticumSession,
    *,
    problem: BrokenFeedback | None = None,
    problem_round: int | None = None,
) -> HttpResponse:
    context = review_context(session, request.user)
    context |= {"problem": problem, "problem_round": problem_round}
    for one in context["rounds"]:
        if problem is not None and one["played"].number == problem_round:
            posted = request.POST
        else:
            posted = as_posted(one["rated"]) if one["rated"] else QueryDict()
        one["sheet"] = sheet_as_filled(session, one["quotable"], posted)
    status = 422 if problem else 200
    return render(request, "webinars/practicum_review.html", context, status=status)


def review_context(session: PracticumSession, trainer: User) -> dict[str, Any]:
    grouped = by_round(annotated(session))
    words = received(session)
    own = session.feedback.filter(trainer=trainer).prefetch_related("ratings")
    rated = {feedback.round: feedback for feedback in own}
    seats = session.seats.select_related("enrollment__learner", "debrief", "review")
    return {
        "session": session,
        "practicum": session.practicum,
        "criteria": session.rubric,
        "feelings": LineMark.Feeling.choices,
        "rounds": [
            {
                "played": played,
                "number": played.number + 1,
                "prefix": f"r{played.number}-",
                "lines": grouped.get(played.number, []),
                "quotable": [
                    line
                    for line in grouped.get(played.number, [])
                    if line.is_specialist and not line.is_breath
                ],
                "received": [one for one in words if one["round"] == played.number],
                "excellent": getattr(played, "excellent", None),
                "may_be_proposed": played.ended_at and played.end != PracticumRound.End.EASED,
                "rated": rated.get(played.number),
            }
            for played in session.rounds.select_related(
                "specialist__enrollment__learner", "client__enrollment__learner", "excellent"
            )
        ],
        "people": [
            {
                "seat": seat,
                "review": getattr(seat, "review", None),
                "debrief": getattr(seat, "debrief", None),
                "progress": completion.progress_of(seat.enrollment, session.practicum),
            }
            for seat in seats
        ],
        "agreement": agreement.agreement_of(session.practicum, session.cohort),
        "is_latest_version": session.scenario.get("version") == session.practicum.scenario.version,
    }


@login_required
@require_POST
def comment(request: HttpRequest, session_uuid) -> HttpResponse:
    session = led_session(request, session_uuid)
    text, line = words(request.POST.get("text")), number(request.POST.get("line"))
    try:
        if not text or line is None:
            raise reviewing.NoSuchLine(0)
        reviewing.comment(session, request.user, line=line, text=text)
    except reviewing.NoSuchLine:
        messages.error(request, _("Write the comment, then send it."))
        return redirect("webinars:practicum_review", session.uuid)
    messages.success(request, _("The comment is there: the participants see it."))
    address = redirect("webinars:practicum_review", session.uuid)
    address["Location"] += f"#line-{line}"
    return address


@login_required
@require_POST
def rate(request: HttpRequest, session_uuid, number: int) -> HttpResponse:
    """The trainer's own rubric of one round."""
    session = led_session(request, session_uuid)
    played = get_object_or_404(
        PracticumRound.objects.select_related("session", "specialist"),
        session=session,
        number=number,
        ended_at__isnull=False,
    )
    try:
        rate_as_trainer(played, request.user, sheet_from(request.POST))
    except BrokenFeedback as problem:
        return _review_page(request, session, problem=problem, problem_round=number)
    messages.success(request, _("Your rating is kept: the participants see it."))
    return redirect("webinars:practicum_review", session.uuid)


@login_required
@require_POST
def decide(request: HttpRequest, session_uuid, seat_number: int) -> HttpResponse:
    """Accept a person's part, or ask for another round."""
    session = led_session(request, session_uuid)
    seat = get_object_or_404(
        PracticumSeat.objects.select_related("enrollment__learner", "session", "practicum"),
        session=session,
        number=seat_number,
    )
    outcome, text = request.POST.get("outcome", ""), words(request.POST.get("text"))
    if outcome not in PracticumReview.Outcome.values:
        messages.error(request, _("Choose: accept, or ask for another round."))
    elif outcome == PracticumReview.Outcome.ANOTHER and not text:
        messages.error(request, _("Say what the other round is for: the person reads it."))
    else:
        try:
            reviewing.decide(
                seat, request.user, outcome=PracticumReview.Outcome(outcome), text=text
            )
            messages.success(request, _("The decision is kept."))
        except NotStudying:
            messages.error(request, _("The course is closed for this person."))
    return redirect("webinars:practicum_review", session.uuid)


@login_required
@require_POST
def settle(request: HttpRequest, report_id: int) -> HttpResponse:
    found = get_object_or_404(
        PracticumReport.objects.filter(
            session__in=PracticumSession.objects.reviewed_by(request.user)
        ),
        pk=report_id,
    )
    reviewing.settle(found, request.user)
    return redirect("webinars:practicum_queue")


@login_required
@require_POST
def lead(request: HttpRequest, session_uuid, action: str) -> HttpResponse:
    """What a trainer does in a running session: pause, go on, more time, reveal a fact."""
    session = led_session(request, session_uuid)
    posted = request.POST
    try:
        match action:
            case "pause":
                sessions.move(session, rounds.pause)
            case "next":
                sessions.go_to_next(session, seen=posted.get("phase"))
            case "extend":
                sessions.extend(session, minutes=2, seen=_moment(posted.get("ends_at", "")))
            case "fact":
                shown = number(posted.get("shown"))
                known = session.facts_shown if shown is None else min(shown, session.facts_shown)
                sessions.reveal_facts(session, now=timezone.now(), up_to=known + 1)
            case _:
                raise Http404
    except NotNow:
        messages.info(request, _("The practicum has moved on in the meantime. Nothing is lost."))
    return redirect("webinars:practicum_room", session.uuid)


def _moment(text: str) -> datetime | None:
    """A moment as our own pages write it; None for nonsense."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and timezone.is_aware(moment) else None


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def groups(request: HttpRequest, practicum_id: int, cohort_id: int) -> HttpResponse:
    """A trainer puts the people of a cohort into groups, now or for a planned time."""
    practicum = get_object_or_404(Practicum.objects.live(), pk=practicum_id)
    cohort = get_object_or_404(
        Cohort.objects.run_by(request.user).filter(course=practicum.course()).distinct(),
        pk=cohort_id,
    )
    if not leads(request.user, practicum.course()):
        raise Http404
    free = queue.free_learners(practicum, cohort)
    if request.method == "POST":
        made = _form(request, practicum, cohort, free)
        if made is not None:
            messages.success(
                request, _("Groups formed: {n}. The people see them.").format(n=len(made))
            )
            return redirect("webinars:practicum_groups", practicum.pk, cohort.pk)
    proposed = queue.proposed_groups(practicum, free)
    chosen = {
        e.pk: number(request.POST.get(f"group-{e.pk}")) or 0
        if request.method == "POST"
        else proposed.get(e.pk, 0)
        for e in free
    }
    context = {
        "practicum": practicum,
        "cohort": cohort,
        "rows": [{"enrollment": e, "group": chosen[e.pk]} for e in free],
        "numbers": range(1, max(2, len(free) // 2 + 1) + 1),
        "planned": reviewing.under_way(request.user).filter(practicum=practicum, cohort=cohort),
        "zone": zone_in_words(timezone.now()),
        "starts_at": request.POST.get("starts_at", ""),
    }
    return render(request, "webinars/practicum_groups.html", context)


def _form(
    request: HttpRequest, practicum: Practicum, cohort: Cohort, free: list[Any]
) -> list[PracticumSession] | None:
    numbers = {e.pk: group for e in free if (group := number(request.POST.get(f"group-{e.pk}")))}
    try:
        starts_at = _planned(request.POST.get("starts_at", ""))
    except ValueError:
        messages.error(request, _("The time must be a date and an hour that are still to come."))
        return None
    try:
        return queue.form_groups(
            practicum=practicum, cohort=cohort, numbers=numbers, starts_at=starts_at
        )
    except queue.WrongGroups as problem:
        if str(problem) == "size":
            messages.error(request, _("A group has from two to four people."))
        else:
            messages.error(request, _("Choose people who do not play yet."))
        return None


def _planned(text: str) -> datetime | None:
    """The time in the reader's zone. Raises ValueError for nonsense, the past, the far future."""
    if not text:
        return None
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(text)
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if not timedelta() <= moment - timezone.now() <= LATEST:
        raise ValueError(text)
    return moment
