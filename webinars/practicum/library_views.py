"""Pages of the library of excellent rounds: for readers, for those who are asked, for trainers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.models import Course
from courses.programme import current_enrollment, door_to, leads
from courses.speech_hints import shown_hints
from webinars.models import (
    ExcellentLine,
    ExcellentRound,
    LibraryAnswer,
    Practicum,
    PracticumRound,
)
from webinars.practicum import library
from webinars.practicum.trainer_views import led_session
from webinars.practicum.written import number, words

State = ExcellentRound.State
READABLE = (State.ASKED, State.PUBLISHED)
"""What those who are asked may read."""


# --- Readers ----------------------------------------------------------------------------------
@login_required
@never_cache
@require_GET
def shelf(request: HttpRequest, practicum_id: int) -> HttpResponse:
    """The excellent rounds of one practicum, for those who may enter it."""
    practicum = get_object_or_404(Practicum.objects.live(), pk=practicum_id)
    door = door_to(request.user, practicum)
    if not door.is_open:
        context = {"page": practicum, "activity": practicum, "door": door}
        return render(request, "courses/activity_locked.html", context, status=403)
    found = library.library_of(practicum).select_related("round__session__practicum")
    context = {"practicum": practicum, "course": practicum.course(), "rounds": list(found)}
    return render(request, "webinars/practicum_library.html", context)


@login_required
@never_cache
@require_GET
def course_shelf(request: HttpRequest, course_id: int) -> HttpResponse:
    """The excellent rounds of a course: of the practicums that are open to the reader."""
    course = get_object_or_404(Course.objects.live(), pk=course_id)
    enrollment = current_enrollment(request.user, course)
    studies = enrollment is not None and enrollment.state in ("active", "completed")
    if not studies and not leads(request.user, course):
        raise Http404
    found = list(library.library_of_course(course))
    practicums = {one.round.session.practicum for one in found}
    is_open = {one.pk: door_to(request.user, one).is_open for one in practicums}
    rounds = [one for one in found if is_open[one.round.session.practicum_id]]
    context = {"course": course, "rounds": rounds, "is_partly_closed": len(rounds) < len(found)}
    return render(request, "webinars/practicum_library.html", context)


@login_required
@never_cache
@require_GET
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """One round as it is shown; a preview for its trainers and for those who are asked."""
    found = get_object_or_404(
        ExcellentRound.objects.exclude(state=State.TAKEN_DOWN).select_related(
            "round__session__practicum", "round__session__cohort"
        ),
        pk=pk,
    )
    practicum = found.round.session.practicum
    is_shown = ExcellentRound.objects.shown().filter(pk=pk).exists()
    is_led = ExcellentRound.objects.run_by(request.user).filter(pk=pk).exists()
    own = LibraryAnswer.objects.filter(excellent=found, seat__enrollment__learner=request.user)
    is_asked = found.state in READABLE and own.exists()
    is_read = is_shown and practicum.live and door_to(request.user, practicum).is_open
    if not (is_read or is_led or is_asked):
        raise Http404
    context = {
        "excellent": found,
        "practicum": practicum,
        "lines": lines_as_shown(found),
        "is_preview": not is_shown,
        "is_led": is_led,
        "is_asked": is_asked,
    }
    return render(request, "webinars/practicum_excellent.html", context)


def lines_as_shown(excellent: ExcellentRound) -> list[dict[str, Any]]:
    """The lines with what careful speech praises in the specialist's; no other hints here."""
    return [
        {
            "line": line,
            "praise": [hint for hint in shown_hints(line.text) if hint.is_praise]
            if line.part == ExcellentLine.Part.SPECIALIST and line.text
            else [],
        }
        for line in excellent.lines.all()
    ]


# --- Those who are asked ----------------------------------------------------------------------
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person of the round is asked, in plain words; their yes, no, and taking it back."""
    answer = get_object_or_404(
        LibraryAnswer.objects.filter(seat__enrollment__learner=request.user).select_related(
            "excellent__round__session__practicum", "consent"
        ),
        excellent_id=pk,
    )
    if request.method == "POST":
        return _answer(request, answer)
    excellent = answer.excellent
    practicum = excellent.round.session.practicum
    context = {
        "answer": answer,
        "excellent": excellent,
        "practicum": practicum,
        "course": practicum.course(),
        "lines": lines_as_shown(excellent),
        "is_gone": excellent.state == State.TAKEN_DOWN,
    }
    return render(request, "webinars/practicum_library_consent.html", context)


def _answer(request: HttpRequest, answer: LibraryAnswer) -> HttpResponse:
    said = request.POST.get("answer", "")
    try:
        if said == "yes" and request.POST.get("asked") != str(answer.pk):
            messages.warning(
                request, _("The words have changed since you opened the page: read them anew.")
            )
        elif said == "yes":
            library.say_yes(answer)
            messages.success(
                request, _("Thank you. You can take your yes back at any time on this page.")
            )
        elif said == "no" and answer.excellent.state in READABLE:
            library.say_no(answer)
            messages.success(
                request, _("That is all right. The round is not shown, and its copy is deleted.")
            )
        elif said != "no":
            messages.error(request, _("Choose: yes or no."))
    except library.NotPossible:
        messages.info(request, _("The question is no longer open. Nothing is shown."))
    return redirect("webinars:practicum_library_consent", answer.excellent_id)


# --- Trainers ---------------------------------------------------------------------------------
def led_proposal(request: HttpRequest, pk: int) -> ExcellentRound:
    """A proposal of a cohort that the person runs; else 404."""
    return get_object_or_404(library.proposals_of(request.user), pk=pk)


@login_required
@require_POST
def propose(request: HttpRequest, session_uuid, number: int) -> HttpResponse:
    session = led_session(request, session_uuid)
    played = get_object_or_404(PracticumRound, session=session, number=number)
    try:
        proposal = library.propose(played, request.user)
    except library.CannotPropose as problem:
        messages.error(request, why_not(problem.reason))
        return redirect("webinars:practicum_review", session.uuid)
    return redirect("webinars:practicum_library_edit", proposal.pk)


def why_not(reason: str) -> str:
    """A code of ``library.CannotPropose`` in words."""
    return {
        library.NOT_OVER: _("The round is still being played."),
        library.TOO_HARD: _("The round was ended as too hard: it is nobody's example."),
        library.ERASED: _("The lines of this round have been erased."),
        library.SILENT: _("The specialist said nothing in this round."),
        library.GONE: _("Somebody of the group is no longer here and cannot be asked."),
    }[reason]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The trainer prepares the words, looks at them, asks the people, publishes."""
    proposal = led_proposal(request, pk)
    if request.method == "GET":
        return _edit_page(request, proposal)
    step = request.POST.get("step", "save")
    try:
        was_asked = proposal.state == State.ASKED
        proposal = library.prepare(
            proposal,
            title=words(request.POST.get("title")),
            why=words(request.POST.get("why")),
            keep_days=number(request.POST.get("keep_days")) or 0,
            lines=_lines_from(request, proposal),
        )
        if step == "ask":
            library.ask(proposal, are_names_invented=bool(request.POST.get("invented")))
            messages.success(
                request, _("Everyone of the group is asked. You see here how many have said yes.")
            )
        elif was_asked and proposal.state == State.DRAFT:
            messages.warning(
                request, _("The words have changed, so the answers no longer count: ask again.")
            )
        else:
            messages.success(request, _("Saved."))
    except library.Unprepared as problem:
        return _edit_page(request, proposal, problem=problem)
    except library.CannotPropose as problem:
        messages.error(request, why_not(problem.reason))
    except library.NotPossible:
        messages.info(request, _("This is no longer possible: look at where the round stands."))
    if step == "preview":
        return redirect("webinars:practicum_excellent", proposal.pk)
    return redirect("webinars:practicum_library_edit", proposal.pk)


def _lines_from(request: HttpRequest, proposal: ExcellentRound) -> dict[int, library.Words]:
    """The lines whose fields were sent; a page that was cut short changes no others."""
    numbers = proposal.lines.values_list("number", flat=True)
    return {
        line: library.Words(
            text=words(request.POST.get(f"text-{line}")),
            comment=words(request.POST.get(f"comment-{line}")),
            is_left_out=bool(request.POST.get(f"out-{line}")),
        )
        for line in numbers
        if f"text-{line}" in request.POST or f"out-{line}" in request.POST
    }


def _edit_page(
    request: HttpRequest, proposal: ExcellentRound, *, problem: library.Unprepared | None = None
) -> HttpResponse:
    proposal.refresh_from_db()
    answers = list(proposal.answers.all())
    flags = library.flags_of(proposal)
    context = {
        "excellent": proposal,
        "session": proposal.round.session,
        "practicum": proposal.round.session.practicum,
        "lines": [
            {"line": line, "flags": [kind_in_words(kind) for kind in flags.get(line.number, [])]}
            for line in proposal.lines.all()
        ],
        "head_flags": [kind_in_words(kind) for kind in flags.get(0, [])],
        "is_flagged": bool(flags),
        "yes": sum(1 for answer in answers if answer.answer == LibraryAnswer.Answer.YES),
        "asked": len(answers),
        "is_agreed": bool(answers) and all(answer.consent_id for answer in answers),
        "keeping": ExcellentRound.KEEPING,
        "problem": problem,
    }
    status = 422 if problem else 200
    return render(request, "webinars/practicum_library_edit.html", context, status=status)


def kind_in_words(kind: str) -> str:
    """A kind of personal data as the trainer reads it beside a line."""
    return {
        "phone": _("what looks like a telephone number"),
        "email": _("an e-mail address"),
        "snils": _("what looks like an insurance number (SNILS)"),
        "document": _("what looks like the number of a document or card"),
        "name": _("what looks like somebody's full name"),
        library.OWN_NAME: _("the name of somebody of this group"),
    }[kind]


@login_required
@require_POST
def step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Into the library when everyone has agreed, or out of it."""
    proposal = led_proposal(request, pk)
    if action == "publish":
        try:
            library.publish(proposal)
            messages.success(request, _("The round is in the library."))
        except library.NotEverybodyAgrees:
            messages.error(request, _("Not everyone has said yes yet."))
        except library.NotPossible:
            messages.info(request, _("This is no longer possible: look at where the round stands."))
        return redirect("webinars:practicum_library_edit", proposal.pk)
    if action != "take-out":
        raise Http404
    library.take_out(proposal)
    messages.success(request, _("The round is out of the library, its copy is deleted."))
    return redirect("webinars:practicum_queue")
