"""What is said about a round: rubrics, marks on lines, a trainer's comments and decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from webinars.models.practicum import PracticumSeat, PracticumSession


class PracticumFeedback(models.Model):
    """The rubric of one round as one person filled it in about the specialist.

    ``lines`` here and in the ratings: numbers of the lines of the transcript that are quoted.
    """

    class By(models.TextChoices):
        CLIENT = "client", _("client")
        OBSERVER = "observer", _("observer")
        SPECIALIST = "specialist", _("oneself")
        TRAINER = "trainer", _("trainer")

    session = models.ForeignKey(PracticumSession, on_delete=models.CASCADE, related_name="feedback")
    round = models.PositiveSmallIntegerField(_("round"))
    by = models.CharField(_("seen as"), max_length=10, choices=By.choices, default=By.CLIENT)
    rater = models.ForeignKey(
        PracticumSeat, on_delete=models.CASCADE, null=True, related_name="given_feedback"
    )
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ratee = models.ForeignKey(
        PracticumSeat, on_delete=models.CASCADE, related_name="received_feedback"
    )
    worked = models.TextField(_("what worked"))
    lines = models.JSONField(_("lines that worked"), default=list)
    try_next = models.TextField(_("what to try next"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["round", "pk"]
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "round", "rater"], name="feedback_is_given_once_a_round"
            ),
            models.UniqueConstraint(
                fields=["session", "round", "trainer"], name="trainer_rates_a_round_once"
            ),
            models.CheckConstraint(
                condition=(Q(by="specialist") & Q(rater=F("ratee")))
                | (Q(by__in=["client", "observer"]) & ~Q(rater=F("ratee")))
                | Q(by="trainer", rater__isnull=True),
                name="nobody_observes_themselves",
            ),
            models.CheckConstraint(
                condition=Q(by="trainer", trainer__isnull=False)
                | (~Q(by="trainer") & Q(trainer__isnull=True, rater__isnull=False)),
                name="feedback_is_by_a_seat_or_a_trainer",
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
    lines = models.JSONField(_("quoted lines"), default=list)

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


class LineMark(models.Model):
    """How a line of the specialist felt to the client; the specialist sees it after the round."""

    class Feeling(models.TextChoices):
        HEARD = "heard", _("I felt heard")
        JUDGED = "judged", _("I felt judged")
        CALMER = "calmer", _("I became calmer")
        WORSE = "worse", _("It became worse")

    session = models.ForeignKey(PracticumSession, on_delete=models.CASCADE, related_name="marks")
    seat = models.ForeignKey(PracticumSeat, on_delete=models.CASCADE, related_name="marks")
    round = models.PositiveSmallIntegerField(_("round"))
    line = models.PositiveBigIntegerField(_("number of the line"))
    feeling = models.CharField(_("feeling"), max_length=8, choices=Feeling.choices)

    class Meta:
        ordering = ["line"]
        verbose_name = _("mark on a line")
        verbose_name_plural = _("marks on lines")
        constraints = [
            models.UniqueConstraint(fields=["seat", "line"], name="line_is_marked_once_by_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.feeling}"


class LineComment(models.Model):
    """A trainer's word beside a line of the transcript."""

    session = models.ForeignKey(PracticumSession, on_delete=models.CASCADE, related_name="comments")
    line = models.PositiveBigIntegerField(_("number of the line"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("comment"), max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["line", "pk"]
        verbose_name = _("comment on a line")
        verbose_name_plural = _("comments on lines")

    def __str__(self) -> str:
        return f"{self.line}: {self.text[:40]}"


class PracticumReview(models.Model):
    """What a trainer decided about one person's part in a session."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        ANOTHER = "another", _("another round, please")

    seat = models.OneToOneField(PracticumSeat, on_delete=models.CASCADE, related_name="review")
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(_("decision"), max_length=8, choices=Outcome.choices)
    text = models.TextField(_("a word to the person"), blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("review of a practicum")
        verbose_name_plural = _("reviews of practicums")

    def __str__(self) -> str:
        return f"{self.seat_id}: {self.outcome}"


class PracticumReport(models.Model):
    """Somebody tells the trainers that something was not right; the group does not learn it."""

    session = models.ForeignKey(PracticumSession, on_delete=models.CASCADE, related_name="reports")
    seat = models.ForeignKey(PracticumSeat, on_delete=models.CASCADE, related_name="reports")
    text = models.TextField(_("what happened"), blank=True, max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(_("looked after"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("report to the trainer")
        verbose_name_plural = _("reports to the trainer")

    def __str__(self) -> str:
        return f"{self.session_id}: {self.created_at:%Y-%m-%d}"


class PracticumVisit(models.Model):
    """A trainer who came to watch; everyone in the room is told."""

    session = models.ForeignKey(PracticumSession, on_delete=models.CASCADE, related_name="visits")
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    came_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["came_at"]
        verbose_name = _("visit of a trainer")
        verbose_name_plural = _("visits of trainers")
        constraints = [
            models.UniqueConstraint(fields=["session", "trainer"], name="trainer_visits_once")
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.trainer_id}"
