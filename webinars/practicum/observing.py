"""What observers saw of specialists, for those who look at many rounds."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Avg, Q

from courses.models import Course
from webinars.models import PracticumFeedback, PracticumRound, RubricRating
from webinars.practicum.feedback import HIGHEST_SCORE
from webinars.practicum.rounds import Phase


@dataclass(frozen=True)
class ObservedRound:
    """One round and its specialist. ``key``: grows with time; ``scores``: a mean of the rubric in
    points of 100 from each observer, in the order of their seats.
    """

    enrollment: int
    region: int
    key: int
    scores: tuple[float, ...]


def observed_rounds(course: Course, *, of: Q) -> list[ObservedRound]:
    """Closed rounds that observers rated; nobody else is one: client, specialist, trainer.

    A round is closed when nobody may change a sheet of it any more.

    of: which enrolments of specialists count.
    """
    # Sessions are planned ahead, so their ids tell nothing of when a round was played.
    keys = {
        (session, number): key
        for key, session, number in PracticumRound.objects.filter(
            session__cohort__course=course
        ).values_list("pk", "session", "number")
    }
    found: dict[tuple[int, int, int], list[float]] = {}
    sheets = (
        RubricRating.objects.filter(
            feedback__by=PracticumFeedback.By.OBSERVER,
            feedback__session__cohort__course=course,
            feedback__session__phase__in=[Phase.DEBRIEF, Phase.CLOSED],
        )
        .filter(of)
        .order_by("feedback__session", "feedback__round", "feedback__rater__number")
        .values_list(
            "feedback__ratee__enrollment",
            "feedback__ratee__enrollment__learner__region",
            "feedback__session",
            "feedback__round",
            "feedback__rater__number",
        )
        .annotate(mean=Avg("score"))
    )
    for enrollment, region, session, round, _seat, mean in sheets:
        if (session, round) in keys:
            key = (enrollment, region or 0, keys[session, round])
            found.setdefault(key, []).append(mean * 100 / HIGHEST_SCORE)
    return [ObservedRound(*key, tuple(scores)) for key, scores in found.items()]
