"""The library of excellent rounds: a round as learners may read it, and who agreed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Cohort
from lms.people.models import Consent
from webinars.models.practicum import PracticumRound, PracticumSeat


class ExcellentRoundQuerySet(models.QuerySet):
    def run_by(self, user) -> ExcellentRoundQuerySet:
        """Rounds of the cohorts that ``user`` runs, but of no group in which they play.

        Whoever plays is asked like the others, and does not see who of them has said no.
        """
        own = self.filter(round__session__cohort__in=Cohort.objects.run_by(user))
        return own.exclude(round__session__seats__enrollment__learner=user)

    def of_person(self, user) -> ExcellentRoundQuerySet:
        """Rounds of which ``user`` is asked, or was."""
        return self.filter(answers__seat__enrollment__learner=user)

    def shown(self) -> ExcellentRoundQuerySet:
        """What learners may read now: published, in time, and everybody's consent stands.

        It is asked anew for every page, so a consent that is withdrawn anywhere counts at once.
        """
        asked = LibraryAnswer.objects.filter(excellent=OuterRef("pk"))
        unwilling = asked.exclude(consent__isnull=False, consent__withdrawn_at=None)
        return self.filter(
            Exists(asked),
            ~Exists(unwilling),
            state=ExcellentRound.State.PUBLISHED,
            shown_until__gt=timezone.now(),
        )


class ExcellentRound(models.Model):
    """A round that a trainer holds up as an example.

    Its lines are a copy with roles instead of names, which the trainer prepares; when it is taken
    down they are deleted.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        ASKED = "asked", _("people are asked")
        PUBLISHED = "published", _("in the library")
        TAKEN_DOWN = "taken_down", _("taken out")

    class End(models.TextChoices):
        REFUSED = "refused", _("somebody has said no")
        WITHDRAWN = "withdrawn", _("somebody has taken their consent back")
        TIME = "time", _("the agreed time is over")
        ERASED = "erased", _("somebody's data was erased")
        TRAINER = "trainer", _("by the trainer")

    KEEPING = [(180, _("half a year")), (365, _("a year")), (730, _("two years"))]

    round = models.OneToOneField(PracticumRound, on_delete=models.CASCADE, related_name="excellent")
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFT.value
    )
    title = models.CharField(_("title"), max_length=150, blank=True)
    why = models.TextField(_("why it is excellent"), max_length=2000, blank=True)
    keep_days = models.PositiveSmallIntegerField(_("is shown for"), choices=KEEPING, default=365)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    asked_at = models.DateTimeField(_("people were asked"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    shown_until = models.DateTimeField(_("is shown until"), null=True, blank=True)
    ended = models.CharField(
        _("why it was taken out"), max_length=10, choices=End.choices, blank=True
    )

    objects = ExcellentRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-created_at"]
        verbose_name = _("excellent round")
        verbose_name_plural = _("excellent rounds")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "taken_down"])
                | Q(asked_at__isnull=False, shown_until__isnull=False),
                name="people_know_until_when_a_round_is_shown",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="published_round_has_its_moment",
            ),
            models.CheckConstraint(
                condition=(Q(state="taken_down") & ~Q(ended="") & Q(title="", why=""))
                | (~Q(state="taken_down") & Q(ended="")),
                name="round_taken_out_has_a_reason_and_no_words",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.round_id}"

    @property
    def is_prepared(self) -> bool:
        """Still in the trainer's hands: its words may change."""
        return self.state in (self.State.DRAFT, self.State.ASKED)


class ExcellentLine(models.Model):
    """One line as it is shown: a role, and words that the trainer may have changed."""

    class Part(models.TextChoices):
        SPECIALIST = "specialist", _("specialist")
        CLIENT = "client", _("client")
        TRAINER = "trainer", _("trainer")

    excellent = models.ForeignKey(ExcellentRound, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField(_("number in the round"))
    part = models.CharField(_("role"), max_length=10, choices=Part.choices)
    text = models.TextField(_("words"), max_length=2000, blank=True)
    is_breath = models.BooleanField(_("a breath"), default=False)
    is_left_out = models.BooleanField(_("left out"), default=False)
    comment = models.TextField(_("the trainer's comment"), max_length=2000, blank=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("line of an excellent round")
        verbose_name_plural = _("lines of excellent rounds")
        constraints = [
            models.UniqueConstraint(
                fields=["excellent", "number"], name="excellent_line_stands_once"
            ),
            models.CheckConstraint(
                condition=Q(is_left_out=False) | Q(text="", comment=""),
                name="line_that_is_left_out_has_no_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.excellent_id}/{self.number}"


class LibraryAnswer(models.Model):
    """What one person of the round says: no row is ever a yes by itself."""

    class Answer(models.TextChoices):
        NONE = "", _("has not answered")
        YES = "yes", _("yes")
        NO = "no", _("no")

    excellent = models.ForeignKey(ExcellentRound, on_delete=models.CASCADE, related_name="answers")
    seat = models.ForeignKey(
        PracticumSeat, on_delete=models.CASCADE, related_name="library_answers"
    )
    answer = models.CharField(_("answer"), max_length=3, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    consent = models.OneToOneField(
        Consent, on_delete=models.SET_NULL, null=True, blank=True, related_name="library_answer"
    )

    class Meta:
        ordering = ["seat__number"]
        verbose_name = _("answer about an excellent round")
        verbose_name_plural = _("answers about excellent rounds")
        constraints = [
            models.UniqueConstraint(
                fields=["excellent", "seat"], name="person_is_asked_once_about_a_round"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | Q(answer__in=["yes", "no"], answered_at__isnull=False),
                name="answer_about_a_round_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(answer="yes") | Q(consent__isnull=True),
                name="only_a_yes_is_a_consent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.excellent_id}: {self.seat_id}"
