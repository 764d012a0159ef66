"""When a practicum counts for a person, and with what scores it goes into the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean
from typing import Any

from django.db.models import F

from courses.ledger import record_completion
from courses.models import Completion, Enrollment
from webinars.models import (
    Practicum,
    PracticumFeedback,
    PracticumReview,
    PracticumRound,
    PracticumSeat,
    RubricRating,
)

By = PracticumFeedback.By


@dataclass(frozen=True)
class Progress:
    """What a person has done in all their sessions of a practicum: no round is ever lost."""

    was_specialist: bool
    was_client: bool
    has_given: bool
    has_read: bool
    has_debriefed: bool
    review: str
    """Empty, or what the trainer decided last."""
    requires_review: bool

    @property
    def is_played(self) -> bool:
        """Everything that is in the person's own hands."""
        parts = self.was_specialist and self.was_client
        return parts and self.has_given and self.has_read and self.has_debriefed

    @property
    def is_complete(self) -> bool:
        if self.review == PracticumReview.Outcome.ANOTHER:
            return False
        is_reviewed = self.review == PracticumReview.Outcome.ACCEPTED
        return self.is_played and (is_reviewed or not self.requires_review)


def progress_of(enrollment: Enrollment, practicum: Practicum) -> Progress:
    seats = PracticumSeat.objects.filter(enrollment=enrollment, practicum=practicum)
    own = list(seats.values_list("pk", "session_id", "number"))
    ended = PracticumRound.objects.filter(ended_at__isnull=False)
    played = list(
        ended.filter(session__in=[session for _pk, session, _number in own]).values(
            "session_id", "number", "end", "readers", "specialist_id", "client_id"
        )
    )
    numbers = {session: number for _pk, session, number in own}
    keys = {pk for pk, _session, _number in own}
    given = set(PracticumFeedback.objects.filter(rater__in=keys).values_list("session_id", "round"))
    as_specialist = [one for one in played if one["specialist_id"] in keys]
    review = PracticumReview.objects.filter(seat__in=keys).order_by("-at").first()
    eased = PracticumRound.End.EASED
    return Progress(
        was_specialist=bool(as_specialist),
        was_client=any(one["client_id"] in keys for one in played),
        has_given=any(
            (one["session_id"], one["number"]) in given or one["end"] == eased
            for one in played
            if one["specialist_id"] not in keys
        ),
        has_read=any(numbers[one["session_id"]] in one["readers"] for one in as_specialist),
        has_debriefed=seats.filter(debrief__isnull=False).exists(),
        review=review.outcome if review else "",
        requires_review=practicum.requires_review,
    )


def complete_if_done(seat: PracticumSeat) -> Completion | None:
    """Record the practicum in the ledger when the person has done all of it."""
    if not progress_of(seat.enrollment, seat.practicum).is_complete:
        return None
    scores = scores_of(seat.enrollment, seat.practicum)
    return record_completion(
        enrollment=seat.enrollment,
        activity=seat.practicum,
        score=scores["score"],
        evidence={"session": str(seat.session.uuid), **scores},
    )


def scores_of(enrollment: Enrollment, practicum: Practicum) -> dict[str, Any]:
    """Mean scores (0 to 3) as specialist: by others with each criterion, and one's own view.

    ``score`` is None when nobody has rated, such as after rounds that were too hard.
    """
    ratings = list(
        RubricRating.objects.filter(
            feedback__ratee__enrollment=enrollment, feedback__session__practicum=practicum
        )
        .annotate(by=F("feedback__by"))
        .values_list("criterion", "score", "by")
    )
    others = [(code, score) for code, score, by in ratings if by != By.SPECIALIST]
    own = [score for _code, score, by in ratings if by == By.SPECIALIST]
    criteria = {
        code: round(mean(score for one, score in others if one == code), 2)
        for code in dict.fromkeys(code for code, _score in others)
    }
    return {
        "score": round(mean(score for _code, score in others), 2) if others else None,
        "criteria": criteria,
        "self": round(mean(own), 2) if own else None,
        "ratings": len(others),
    }
