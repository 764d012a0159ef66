"""A practicum as it is played: session, seats, feedback, debrief."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import Cohort, Enrollment
from webinars.models.room import Room
from webinars.practicum.rounds import Course, Phase


class PracticumSessionQuerySet(models.QuerySet):
    def visible_to(self, user) -> PracticumSessionQuerySet:
        """Sessions that ``user`` plays in, and those of the cohorts that they run."""
        return self.filter(
            Q(seats__enrollment__learner=user) | Q(cohort__in=Cohort.objects.run_by(user))
        ).distinct()


class PracticumSession(models.Model):
    """A few people of one cohort playing one scenario together."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practicum = models.ForeignKey(
        "webinars.Practicum", on_delete=models.PROTECT, related_name="sessions"
    )
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="practicum_sessions")
    room = models.OneToOneField(Room, on_delete=models.PROTECT, related_name="practicum_session")
    scenario = models.JSONField(_("scenario as played"))
    rubric = models.JSONField(_("rubric as played"))
    people = models.PositiveSmallIntegerField(_("people"))
    phase = models.CharField(
        _("phase"),
        max_length=12,
        choices=[(phase.value, phase.value) for phase in Phase],
        default=Phase.LOBBY.value,
    )
    round = models.PositiveSmallIntegerField(_("round"), default=0)
    done = models.JSONField(_("seats that are done"), default=list)
    version = models.PositiveIntegerField(default=0)
    phase_ends_at = models.DateTimeField(_("phase ends"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PracticumSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("practicum session")
        verbose_name_plural = _("practicum sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=2, people__lte=4), name="two_to_four_people_play"
            ),
            models.CheckConstraint(
                condition=Q(round__lt=F("people")), name="everyone_is_specialist_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practicum} · {self.cohort}"

    def course(self, *, seated: int) -> Course:
        """The state machine's picture of this row."""
        return Course(
            people=self.people,
            seated=seated,
            phase=Phase(self.phase),
            round=self.round,
            done=frozenset(self.done),
        )


class PracticumSeat(models.Model):
    """One person's place in a session; kept when they leave and come back."""

    session = models.ForeignKey(PracticumSession, on_delete=models.CASCADE, related_name="seats")
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, related_name="practicum_seats"
    )
    practicum = models.ForeignKey("webinars.Practicum", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("seat"))
    is_open = models.BooleanField(
        _("still playing"), default=True, help_text=_("Until the session is closed or left.")
    )

    class Meta:
        ordering = ["number"]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="seat_is_taken_once"),
            models.UniqueConstraint(
                fields=["session", "enrollment"], name="person_sits_once_in_a_session"
            ),
            models.UniqueConstraint(
                fields=["enrollment", "practicum"],
                condition=Q(is_open=True),
                name="person_plays_one_session_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.number}"


class PracticumFeedback(models.Model):
    """The rubric of one round as one person filled it in about the specialist."""

    session = models.ForeignKey(PracticumSession, on_delete=models.CASCADE, related_name="feedback")
    round = models.PositiveSmallIntegerField(_("round"))
    rater = models.ForeignKey(
        PracticumSeat, on_delete=models.CASCADE, related_name="given_feedback"
    )
    ratee = models.ForeignKey(
        PracticumSeat, on_delete=models.CASCADE, related_name="received_feedback"
    )
    worked = models.TextField(_("what worked"))
    try_next = models.TextField(_("what to try next"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["round", "rater"]
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "round", "rater"], name="feedback_is_given_once_a_round"
            ),
            models.CheckConstraint(
                condition=~Q(rater=F("ratee")), name="nobody_observes_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.round}"


class RubricRating(models.Model):
    """One criterion of a feedback."""

    feedback = models.ForeignKey(
        PracticumFeedback, on_delete=models.CASCADE, related_name="ratings"
    )
    criterion = models.SlugField(_("criterion"), max_length=40)
    score = models.PositiveSmallIntegerField(_("score"))

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(
                fields=["feedback", "criterion"], name="criterion_is_rated_once"
            ),
            models.CheckConstraint(condition=Q(score__lte=3), name="rating_is_an_anchor"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.score}"


class PracticumDebrief(models.Model):
    """What a person takes away; shown to themselves and the trainers of the cohort."""

    seat = models.OneToOneField(PracticumSeat, on_delete=models.CASCADE, related_name="debrief")
    felt = models.TextField(_("how it was"))
    learned = models.TextField(_("what was learned"))
    will_try = models.TextField(_("what to do differently"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("debrief")
        verbose_name_plural = _("debriefs")

    def __str__(self) -> str:
        return str(self.seat_id)
