"""The rubric of a round, the marks on its lines, and the debrief."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from lms.people.models import User
from webinars.models import (
    LineMark,
    PracticumDebrief,
    PracticumFeedback,
    PracticumRound,
    PracticumSeat,
    PracticumSession,
    RubricRating,
)
from webinars.practicum import personal_data, rounds
from webinars.practicum.completion import complete_if_done
from webinars.practicum.rounds import NotNow, Part, Phase
from webinars.practicum.sessions import move
from webinars.practicum.transcript import annotated, quoted, specialist_lines
from webinars.practicum.written import LONGEST, number

HIGHEST_SCORE = 3
By = PracticumFeedback.By


class BrokenFeedback(ValueError):
    """What was filled in cannot be kept.

    ``missing`` names fields without an answer, ``personal`` those that seem to hold data of real
    people.
    """

    def __init__(self, missing: list[str], personal: list[str] | None = None):
        super().__init__(missing, personal)
        self.missing = missing
        self.personal = personal or []


class AlreadyGiven(NotNow):
    """What was sent is kept already; it came twice."""


class WrongRater(ValueError):
    """Somebody rates as what they were not in this round; ``was`` is what they were."""

    def __init__(self, was: str):
        super().__init__(was)
        self.was = was


@dataclass
class Sheet:
    """A rubric as it was filled in: texts, scores by criterion, quoted lines by criterion.

    ``by`` is what the rater says that they were; empty: whatever they were. ``round`` is the one
    that the sheet was about; None: the present one.
    """

    scores: Mapping[str, Any]
    worked: str = ""
    try_next: str = ""
    lines: Iterable[Any] = ()
    evidence: Mapping[str, Iterable[Any]] = field(default_factory=dict)
    by: str = ""
    round: int | None = None


@transaction.atomic
def give_feedback(seat: PracticumSeat, sheet: Sheet) -> PracticumFeedback:
    """Keep the rubric of ``seat`` about the specialist of a round, who rates themselves.

    It begins with what worked, and quotes at least one line if there is one. A round that is over
    is rated as long as the practicum lasts: whoever wrote while the group went on loses nothing.
    Raises BrokenFeedback, WrongRater, AlreadyGiven or rounds.NotNow; then nothing is kept.
    """
    session = PracticumSession.objects.select_for_update().get(pk=seat.session_id)
    course = session.course()
    number = course.round if sheet.round is None else sheet.round
    played = session.rounds.filter(number=number, ended_at__isnull=False).first()
    if played is None or course.phase is Phase.CLOSED:
        raise NotNow("no feedback on this round is asked for now")
    was = part_in(played, seat)
    if sheet.by and sheet.by != was:
        raise WrongRater(was)
    read = read_sheet(session, number, sheet)
    feedback = _keep(
        session,
        number,
        read,
        by=By(str(was)),
        rater=seat,
        trainer=None,
        ratee=played.specialist,
    )
    is_awaited = seat.number in course.awaited
    if course.phase is Phase.FEEDBACK and number == course.round and is_awaited:
        move(session, lambda c: rounds.rate(c, seat.number))
    return feedback


def part_in(played: PracticumRound, seat: PracticumSeat) -> Part:
    """What ``seat`` was in a round."""
    if seat.pk == played.specialist_id:
        return Part.SPECIALIST
    return Part.CLIENT if seat.pk == played.client_id else Part.OBSERVER


def rounds_to_rate(seat: PracticumSeat) -> QuerySet[PracticumRound]:
    """The rounds that are over and that ``seat`` has not rated."""
    return (
        PracticumRound.objects.filter(session=seat.session_id, ended_at__isnull=False)
        .exclude(number__in=seat.given_feedback.values("round"))
        .select_related("specialist", "client")
    )


@transaction.atomic
def rate_as_trainer(played: PracticumRound, trainer: User, sheet: Sheet) -> PracticumFeedback:
    """A trainer's own rubric of a round; again replaces it. Raises BrokenFeedback."""
    read = read_sheet(played.session, played.number, sheet)
    PracticumFeedback.objects.filter(
        session=played.session, round=played.number, trainer=trainer
    ).delete()
    return _keep(
        played.session,
        played.number,
        read,
        by=By.TRAINER,
        rater=None,
        trainer=trainer,
        ratee=played.specialist,
    )


@dataclass(frozen=True)
class ReadSheet:
    """A sheet that may be kept."""

    worked: str
    try_next: str
    lines: list[int]
    scores: dict[str, int]
    evidence: dict[str, list[int]]


def read_sheet(session: PracticumSession, round: int, sheet: Sheet) -> ReadSheet:
    """What the sheet says, if it is whole. Raises BrokenFeedback with all that is wrong."""
    quotable = {line.number for line in specialist_lines(session, round)}
    worked, try_next = sheet.worked.strip(), sheet.try_next.strip()
    scores = {
        code: score
        for code in session.criteria
        if (score := number(str(sheet.scores.get(code, "")))) is not None and score <= HIGHEST_SCORE
    }
    lines = _numbers(sheet.lines, quotable)
    missing = [] if worked else ["worked"]
    if quotable and not lines:
        missing.append("lines")
    missing += [code for code in session.criteria if code not in scores]
    texts = {"worked": worked, "try_next": try_next}
    personal = with_personal_data(texts, invented=str(session.scenario))
    if missing or personal:
        raise BrokenFeedback(missing, personal)
    evidence = {code: _numbers(sheet.evidence.get(code, ()), quotable) for code in scores}
    return ReadSheet(worked[:LONGEST], try_next[:LONGEST], lines, scores, evidence)


def with_personal_data(texts: Mapping[str, str], *, invented: str) -> list[str]:
    """The names of the texts that hold what is certainly somebody's number or address."""
    return [
        name
        for name, text in texts.items()
        if personal_data.CERTAIN & set(personal_data.find(text, invented=invented))
    ]


def _numbers(given: Iterable[Any], allowed: set[int]) -> list[int]:
    read = {number(str(one)) for one in given}
    return sorted(line for line in allowed if line in read)


def _keep(
    session: PracticumSession,
    round: int,
    read: ReadSheet,
    *,
    by: By,
    rater: PracticumSeat | None,
    trainer: User | None,
    ratee: PracticumSeat,
) -> PracticumFeedback:
    if rater is not None and session.feedback.filter(round=round, rater=rater).exists():
        raise AlreadyGiven("the feedback is given already")
    feedback = PracticumFeedback.objects.create(
        session=session,
        round=round,
        by=by,
        rater=rater,
        trainer=trainer,
        ratee=ratee,
        worked=read.worked,
        lines=read.lines,
        try_next=read.try_next,
    )
    RubricRating.objects.bulk_create(
        RubricRating(
            feedback=feedback, criterion=code, score=score, lines=read.evidence.get(code, [])
        )
        for code, score in read.scores.items()
    )
    return feedback


@transaction.atomic
def mark_line(seat: PracticumSeat, *, line: int, feeling: str) -> None:
    """The client says how a line of the specialist felt; an empty ``feeling`` takes it back.

    Raises NotNow for anybody else, another phase, or a line that is not the specialist's.
    """
    session = PracticumSession.objects.select_for_update().get(pk=seat.session_id)
    course = session.course()
    if course.phase is not Phase.ROLEPLAY or course.part_of(seat.number) is not Part.CLIENT:
        raise NotNow("only the client marks lines, while the conversation lasts")
    if line not in {one.number for one in specialist_lines(session, course.round)}:
        raise NotNow("this is not a line of the specialist")
    if not feeling:
        LineMark.objects.filter(seat=seat, line=line).delete()
        return
    LineMark.objects.update_or_create(
        seat=seat,
        line=line,
        defaults={"session": session, "round": course.round, "feeling": feeling},
    )


@transaction.atomic
def write_debrief(
    seat: PracticumSeat, *, felt: str, learned: str, will_try: str
) -> PracticumDebrief:
    """Keep what the person takes away; with it their own practicum may be complete.

    Raises BrokenFeedback for empty answers, or rounds.NotNow.
    """
    answers = {"felt": felt.strip(), "learned": learned.strip(), "will_try": will_try.strip()}
    session = PracticumSession.objects.select_for_update().get(pk=seat.session_id)
    missing = [name for name, text in answers.items() if not text]
    personal = with_personal_data(answers, invented=str(session.scenario))
    if missing or personal:
        raise BrokenFeedback(missing, personal)
    if PracticumDebrief.objects.filter(seat=seat).exists():
        raise AlreadyGiven("the debrief is written already")
    move(session, lambda c: rounds.debrief(c, seat.number))
    written = PracticumDebrief.objects.create(
        seat=seat, **{name: text[:LONGEST] for name, text in answers.items()}
    )
    complete_if_done(seat)
    return written


def received(
    session: PracticumSession, *, round: int | None = None, ratee: PracticumSeat | None = None
) -> list[dict[str, Any]]:
    """Feedback in words: anchors instead of bare numbers, quotes instead of numbers of lines.

    Others first, then what the person saw in themselves.
    """
    found = session.feedback.select_related(
        "rater__enrollment__learner", "trainer", "ratee__enrollment__learner"
    ).prefetch_related("ratings")
    if round is not None:
        found = found.filter(round=round)
    if ratee is not None:
        found = found.filter(ratee=ratee)
    lines = annotated(session, with_marks=False, with_comments=False)
    shown = [_in_words(session, feedback, lines) for feedback in found]
    return sorted(shown, key=lambda one: (one["round"], one["is_self"]))


def _in_words(
    session: PracticumSession, feedback: PracticumFeedback, lines: list[Any]
) -> dict[str, Any]:
    criteria = session.criteria
    person = feedback.trainer or (feedback.rater.enrollment.learner if feedback.rater else None)
    return {
        "round": feedback.round,
        "number": feedback.round + 1,
        "by": person.get_short_name() if person else "",
        "as": feedback.get_by_display(),
        "is_self": feedback.by == By.SPECIALIST,
        "is_trainer": feedback.by == By.TRAINER,
        "of": feedback.ratee.name,
        "worked": feedback.worked,
        "quotes": quoted(lines, feedback.lines),
        "try_next": feedback.try_next,
        "ratings": [
            {
                "title": criteria[rating.criterion]["title"],
                "anchor": criteria[rating.criterion]["anchors"][rating.score],
                "score": rating.score,
                "quotes": quoted(lines, rating.lines),
            }
            for rating in sorted(
                feedback.ratings.all(), key=lambda one: list(criteria).index(one.criterion)
            )
        ],
    }
