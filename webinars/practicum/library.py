"""The library of excellent rounds: proposed by a trainer, published when everyone has agreed.

Learners read a copy of the conversation with roles instead of names, which the trainer prepares.
Whoever was asked may say no, and may take a yes back at any time: then the copy is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Course
from courses.side_pages import SidePage
from lms.people.models import Consent, User
from webinars.models import (
    ExcellentLine,
    ExcellentRound,
    LibraryAnswer,
    Practicum,
    PracticumRound,
    PracticumSession,
)
from webinars.practicum import letters, personal_data
from webinars.practicum.rounds import Part
from webinars.practicum.transcript import annotated

State, Answer = ExcellentRound.State, LibraryAnswer.Answer
LONGEST_TITLE, LONGEST = 150, 2000
OWN_NAME = "own-name"
"""Beside the kinds of ``personal_data``: how somebody of this very group is called."""


class CannotPropose(Exception):
    """The round cannot become an example. ``reason``: one of the codes below."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


NOT_OVER, TOO_HARD, ERASED, SILENT, GONE = "not-over", "too-hard", "erased", "silent", "gone"


class NotPossible(Exception):
    """What was asked for does not fit the state of the proposal: nothing has changed."""


class NotEverybodyAgrees(Exception):
    """Somebody has not said yes."""


class Unprepared(ValueError):
    """People cannot be asked yet. ``missing``: names of fields; ``flagged``: numbers of lines."""

    def __init__(self, missing: list[str], flagged: list[int]):
        super().__init__(missing, flagged)
        self.missing = missing
        self.flagged = flagged


# --- Preparing --------------------------------------------------------------------------------
@transaction.atomic
def propose(played: PracticumRound, trainer: User) -> ExcellentRound:
    """The proposal of a round with a copy of its lines; the same one again if there is one.

    Raises CannotPropose: the round is not over, was ended as too hard, its lines are erased,
    nothing was said, or somebody of the group is no longer there to be asked.
    """
    played = (
        PracticumRound.objects.select_for_update(of=("self",))
        .select_related("session__room")
        .get(pk=played.pk)
    )
    found = ExcellentRound.objects.filter(round=played).first()
    if found is not None:
        return found
    lines = annotated(played.session, round=played.number, with_marks=False)
    _refuse_unfit(played, any(line.is_specialist and line.text for line in lines))
    proposal = ExcellentRound.objects.create(round=played, proposed_by=trainer)
    ExcellentLine.objects.bulk_create(
        ExcellentLine(
            excellent=proposal,
            number=number,
            part=line.part if line.part in (Part.SPECIALIST, Part.CLIENT) else "trainer",
            text=_clean(line.text)[:LONGEST],
            is_breath=line.is_breath,
            comment=_clean("\n".join(comment.text for comment in line.comments))[:LONGEST],
        )
        for number, line in enumerate(lines, 1)
    )
    return proposal


def _refuse_unfit(played: PracticumRound, is_spoken: bool) -> None:
    session = played.session
    if played.ended_at is None:
        raise CannotPropose(NOT_OVER)
    if played.end == PracticumRound.End.EASED:
        raise CannotPropose(TOO_HARD)
    if session.erased_at is not None:
        raise CannotPropose(ERASED)
    if session.seats.filter(enrollment__learner__is_active=False).exists():
        raise CannotPropose(GONE)
    if not is_spoken:
        raise CannotPropose(SILENT)


@dataclass(frozen=True)
class Words:
    """A line as the trainer wants it to be shown."""

    text: str
    comment: str = ""
    is_left_out: bool = False


@transaction.atomic
def prepare(
    proposal: ExcellentRound, *, title: str, why: str, keep_days: int, lines: Mapping[int, Words]
) -> ExcellentRound:
    """Keep what the trainer has changed; ``lines`` by number, the others stay as they are.

    People who were asked already have agreed to other words: their answers are put aside, and
    they are asked anew. Raises NotPossible for a round that is in the library or taken out.
    """
    locked = _locked(proposal)
    if not locked.is_prepared:
        raise NotPossible
    before = _content(locked)
    locked.title, locked.why = _clean(title)[:LONGEST_TITLE], _clean(why)[:LONGEST]
    if keep_days in dict(ExcellentRound.KEEPING):
        locked.keep_days = keep_days
    for line in locked.lines.all():
        if (words := lines.get(line.number)) is not None:
            line.is_left_out = words.is_left_out
            line.text = "" if words.is_left_out else _clean(words.text)[:LONGEST]
            line.comment = "" if words.is_left_out else _clean(words.comment)[:LONGEST]
            line.save(update_fields=["is_left_out", "text", "comment"])
    if locked.state == State.ASKED and _content(locked) != before:
        _forget_answers(locked)
        locked.state, locked.asked_at, locked.shown_until = State.DRAFT, None, None
    locked.save()
    return locked


def _clean(text: str) -> str:
    """As it was before a browser sent it: forms write ends of lines in their own way."""
    return text.replace("\r\n", "\n").strip()


def _content(proposal: ExcellentRound) -> tuple[Any, ...]:
    """All that people are asked about."""
    lines = proposal.lines.values_list("number", "text", "comment", "is_left_out")
    return proposal.title, proposal.why, proposal.keep_days, list(lines)


def _forget_answers(proposal: ExcellentRound) -> None:
    Consent.objects.filter(library_answer__excellent=proposal, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )
    proposal.answers.all().delete()


def flags_of(proposal: ExcellentRound) -> dict[int, list[str]]:
    """Kinds of personal data by number of line (its words and the comment); 0: title and why."""
    session = proposal.round.session
    people = User.objects.filter(enrollments__practicum_seats__session=session)
    rows = people.values_list("family_name", "given_name", "patronymic", "address_as")
    names, invented = [name for row in rows for name in row], str(session.scenario)
    texts = {line.number: f"{line.text}\n{line.comment}" for line in proposal.lines.all()}
    texts[0] = f"{proposal.title}\n{proposal.why}"
    found = {
        number: [
            *personal_data.find(text, invented=invented),
            *([OWN_NAME] if personal_data.names_somebody(text, names, invented=invented) else []),
        ]
        for number, text in texts.items()
    }
    return {number: kinds for number, kinds in found.items() if kinds}


# --- Asking and answering ---------------------------------------------------------------------
@transaction.atomic
def ask(proposal: ExcellentRound, *, are_names_invented: bool = False) -> list[LibraryAnswer]:
    """Ask everyone of the group; the answers that are open now.

    Numbers and addresses never pass; what looks like a name does when the trainer has looked and
    says that it is nobody's (``are_names_invented``). Raises Unprepared with what is missing or
    still tells of real people, CannotPropose ``gone``, or NotPossible when people are asked.
    """
    locked = _locked(proposal)
    if locked.state != State.DRAFT:
        raise NotPossible
    _refuse_unprepared(locked, are_names_invented)
    seats = list(
        locked.round.session.seats.select_related("enrollment__learner", "session__practicum")
    )
    if any(not seat.enrollment.learner.is_active for seat in seats):
        raise CannotPropose(GONE)
    now = timezone.now()
    locked.state, locked.asked_at = State.ASKED, now
    locked.shown_until = now + timedelta(days=locked.keep_days)
    locked.save()
    answers = LibraryAnswer.objects.bulk_create(
        LibraryAnswer(excellent=locked, seat=seat) for seat in seats
    )
    letters.ask_for_consent(answers)
    return answers


def _refuse_unprepared(proposal: ExcellentRound, are_names_invented: bool) -> None:
    missing = [name for name in ("title", "why") if not getattr(proposal, name)]
    if not proposal.lines.filter(part=Part.SPECIALIST, is_breath=False).exclude(text="").exists():
        missing.append("lines")
    flagged = sorted(
        number
        for number, kinds in flags_of(proposal).items()
        if not are_names_invented or personal_data.CERTAIN & set(kinds)
    )
    if missing or flagged:
        raise Unprepared(missing, flagged)


def wording_of(proposal: ExcellentRound) -> str:
    """What is agreed to: the wording of 2026-11, for how many days, which round."""
    return f"2026-11/{proposal.keep_days}/{proposal.pk}"


@transaction.atomic
def say_yes(answer: LibraryAnswer) -> LibraryAnswer:
    """Agree that the round is shown. Saying it twice changes nothing. Raises NotPossible."""
    proposal = _locked(answer.excellent)
    answer = _asked_still(answer)
    if answer.answer == Answer.YES:
        return answer
    if proposal.state != State.ASKED:
        raise NotPossible
    answer.consent = Consent.objects.create(
        user_id=answer.seat.enrollment.learner_id,
        purpose=Consent.Purpose.LIBRARY,
        wording=wording_of(proposal),
    )
    answer.answer, answer.answered_at = Answer.YES, timezone.now()
    answer.save()
    return answer


@transaction.atomic
def say_no(answer: LibraryAnswer) -> LibraryAnswer:
    """Refuse, or take a yes back: the round leaves the library, or never comes into it.

    Raises NotPossible where the question was put aside, since the words have changed.
    """
    proposal = _locked(answer.excellent)
    answer = _asked_still(answer)
    was_yes = answer.answer == Answer.YES
    now = timezone.now()
    if answer.consent is not None and answer.consent.withdrawn_at is None:
        answer.consent.withdrawn_at = now
        answer.consent.save(update_fields=["withdrawn_at"])
    answer.answer, answer.answered_at, answer.consent = Answer.NO, now, None
    answer.save()
    _take_down(proposal, ExcellentRound.End.WITHDRAWN if was_yes else ExcellentRound.End.REFUSED)
    return answer


def _asked_still(answer: LibraryAnswer) -> LibraryAnswer:
    """The row as it is under the lock of the round. Raises NotPossible if it is gone."""
    rows = LibraryAnswer.objects.select_related("seat__enrollment", "consent")
    found = rows.filter(pk=answer.pk).first()
    if found is None:
        raise NotPossible
    return found


@transaction.atomic
def publish(proposal: ExcellentRound) -> ExcellentRound:
    """Into the library. Raises NotEverybodyAgrees, or NotPossible when nobody was asked."""
    locked = _locked(proposal)
    if locked.state == State.PUBLISHED:
        return locked
    if locked.state != State.ASKED:
        raise NotPossible
    if locked.answers.exclude(consent__isnull=False, consent__withdrawn_at=None).exists():
        raise NotEverybodyAgrees
    locked.state, locked.published_at = State.PUBLISHED, timezone.now()
    locked.save()
    return locked


# --- Taking out -------------------------------------------------------------------------------
@transaction.atomic
def take_out(proposal: ExcellentRound) -> None:
    """The trainer changes their mind; a draft of which nobody was asked simply goes."""
    locked = _locked(proposal)
    if locked.state == State.DRAFT:
        locked.delete()
    else:
        _take_down(locked, ExcellentRound.End.TRAINER)


def _locked(proposal: ExcellentRound) -> ExcellentRound:
    rows = ExcellentRound.objects.select_for_update(of=("self",))
    return rows.select_related("round__session").get(pk=proposal.pk)


def _take_down(proposal: ExcellentRound, end: ExcellentRound.End) -> None:
    """Delete the words, keep that there was such a round and why it has gone."""
    if proposal.state == State.TAKEN_DOWN:
        return
    proposal.lines.all().delete()
    proposal.state, proposal.ended = State.TAKEN_DOWN, end
    proposal.title, proposal.why = "", ""
    proposal.save()


@transaction.atomic
def take_down_all(proposals: QuerySet[ExcellentRound], end: ExcellentRound.End) -> int:
    """Take every one of ``proposals`` down that has words; how many."""
    keys = proposals.exclude(state=State.TAKEN_DOWN).values_list("pk", flat=True)
    found = list(ExcellentRound.objects.select_for_update(of=("self",)).filter(pk__in=list(keys)))
    for proposal in found:
        _take_down(proposal, end)
    return len(found)


def take_down_of_person(person: User, end: ExcellentRound.End) -> int:
    """Every round of a group that ``person`` was in; how many."""
    of_person = ExcellentRound.objects.filter(
        round__session__seats__enrollment__learner=person
    ).distinct()
    return take_down_all(of_person, end)


def take_down_unpublished(session: PracticumSession, end: ExcellentRound.End) -> int:
    """The copies of a session's lines that are not in the library, as its transcript is erased."""
    waiting = ExcellentRound.objects.filter(round__session=session)
    return take_down_all(waiting.exclude(state=State.PUBLISHED), end)


def take_down_due(*, now: datetime | None = None) -> int:
    """Those whose time is over or of whom somebody has taken the consent back; how many."""
    now = now or timezone.now()
    asked = ExcellentRound.objects.filter(state__in=[State.ASKED, State.PUBLISHED])
    withdrawn = asked.filter(answers__consent__withdrawn_at__isnull=False).distinct()
    return take_down_all(withdrawn, ExcellentRound.End.WITHDRAWN) + take_down_all(
        asked.filter(shown_until__lte=now), ExcellentRound.End.TIME
    )


def notice_withdrawal(sender: type[Consent], instance: Consent, **_signal: Any) -> None:
    """Receiver of ``post_save``: a consent that is taken back anywhere counts here at once."""
    if instance.withdrawn_at is None:
        return
    if instance.purpose == Consent.Purpose.LIBRARY:
        agreed = ExcellentRound.objects.filter(answers__consent=instance)
        take_down_all(agreed, ExcellentRound.End.WITHDRAWN)
    elif instance.purpose == Consent.Purpose.TRANSCRIPT:
        take_down_of_person(instance.user, ExcellentRound.End.WITHDRAWN)


# --- Reading ----------------------------------------------------------------------------------
def library_of(practicum: Practicum) -> QuerySet[ExcellentRound]:
    """What learners find on the practicum's page, newest first."""
    return ExcellentRound.objects.shown().filter(round__session__practicum=practicum)


def library_of_course(course: Course) -> QuerySet[ExcellentRound]:
    """What learners find on the course's page, by practicum, newest first."""
    shown = ExcellentRound.objects.shown().filter(
        round__session__practicum__in=Practicum.objects.live().descendant_of(course)
    )
    return shown.select_related("round__session__practicum")


def side_page_of(course: Course) -> SidePage | None:
    """The link on the course's page, if there is anything to read."""
    if not library_of_course(course).exists():
        return None
    return SidePage(
        title=_("Excellent rounds"),
        about=_("Conversations of colleagues that trainers hold up as examples, without names."),
        url=reverse("webinars:practicum_course_library", args=[course.pk]),
    )


def proposals_of(user: User) -> QuerySet[ExcellentRound]:
    """What a trainer sees beside the queue of reviews, with everybody's answers."""
    answers = LibraryAnswer.objects.select_related("consent")
    return (
        ExcellentRound.objects.run_by(user)
        .select_related("round__session__practicum", "round__session__cohort")
        .prefetch_related(Prefetch("answers", answers))
        .order_by("-created_at")
        .distinct()
    )


def answers_of(user: User, practicum: Practicum) -> QuerySet[LibraryAnswer]:
    """What ``user`` is asked about, or has agreed to, in a practicum; open questions first."""
    return (
        LibraryAnswer.objects.filter(
            seat__enrollment__learner=user, excellent__round__session__practicum=practicum
        )
        .exclude(excellent__state=State.TAKEN_DOWN)
        .select_related("excellent__round__session")
        .order_by("answer", "-excellent__asked_at")
    )
