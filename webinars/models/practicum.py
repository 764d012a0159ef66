"""A practicum as it is played: the queue, session, seats, rounds, debrief."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Cohort, Enrollment
from webinars.models.room import Room
from webinars.practicum.rounds import Course, Phase


class PracticumTicket(models.Model):
    """Somebody waits for a group. ``seen_at`` is renewed by their page: ghosts are not matched."""

    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.CASCADE, related_name="practicum_tickets"
    )
    practicum = models.ForeignKey(
        "webinars.Practicum", on_delete=models.CASCADE, related_name="tickets"
    )
    since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["since", "pk"]
        verbose_name = _("place in the queue")
        verbose_name_plural = _("places in the queue")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "practicum"], name="person_waits_once_for_a_practicum"
            )
        ]

    def __str__(self) -> str:
        return f"{self.practicum_id}: {self.enrollment_id}"


class PracticumSessionQuerySet(models.QuerySet):
    def visible_to(self, user) -> PracticumSessionQuerySet:
        """Sessions that ``user`` plays in or has played in, and those of the cohorts that they run.

        Whoever was taken out of the cohort does not go on playing.
        """
        plays = Q(seats__enrollment__in=Enrollment.objects.studying().filter(learner=user))
        has_played = Q(seats__enrollment__learner=user, phase=Phase.CLOSED)
        runs = Q(cohort__in=Cohort.objects.run_by(user))
        return self.filter(plays | has_played | runs).distinct()

    def run_by(self, user) -> PracticumSessionQuerySet:
        """Sessions of the cohorts that ``user`` runs."""
        return self.filter(cohort__in=Cohort.objects.run_by(user))

    def reviewed_by(self, user) -> PracticumSessionQuerySet:
        """Those of them in which ``user`` does not play: nobody reviews their own."""
        return self.run_by(user).exclude(seats__enrollment__learner=user)


class PracticumSession(models.Model):
    """A few people of one cohort playing one scenario together.

    What belongs to the state machine (``course``) is written by ``sessions.move`` only;
    ``version`` grows with every step.
    """

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
    specialist = models.PositiveSmallIntegerField(_("seat of the specialist"), default=0)
    client = models.PositiveSmallIntegerField(_("seat of the client"), default=1)
    played = models.JSONField(_("seats that were specialist"), default=list)
    away = models.JSONField(_("seats that are not waited for"), default=list)
    done = models.JSONField(_("seats that are done"), default=list)
    paused_from = models.CharField(_("paused phase"), max_length=12, blank=True)
    is_eased = models.BooleanField(_("ended by “this is hard for me”"), default=False)
    version = models.PositiveIntegerField(default=0)
    phase_ends_at = models.DateTimeField(_("phase ends"), null=True, blank=True)
    seconds_left = models.PositiveIntegerField(_("seconds left at the pause"), null=True)
    facts_shown = models.PositiveSmallIntegerField(_("facts revealed in this round"), default=0)
    starts_at = models.DateTimeField(_("planned for"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    keep_days = models.PositiveSmallIntegerField(
        _("transcript is kept, days"),
        default=90,
        help_text=_("As the people agreed when they came in."),
    )
    erase_at = models.DateTimeField(_("transcript is to be erased"), null=True, blank=True)
    erased_at = models.DateTimeField(_("transcript erased"), null=True, blank=True)

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
            models.CheckConstraint(
                condition=~Q(specialist=F("client")), name="specialist_is_not_the_client"
            ),
        ]
        indexes = [models.Index(fields=["starts_at"]), models.Index(fields=["erase_at"])]

    def __str__(self) -> str:
        return f"{self.practicum} · {self.cohort}"

    def course(self) -> Course:
        """The state machine's picture of this row."""
        return Course(
            people=self.people,
            phase=Phase(self.phase),
            specialist=self.specialist,
            client=self.client,
            played=frozenset(self.played),
            away=frozenset(self.away),
            done=frozenset(self.done),
            paused_from=Phase(self.paused_from) if self.paused_from else None,
            is_eased=self.is_eased,
        )

    @property
    def criteria(self) -> dict[str, dict[str, Any]]:
        """The rubric by code."""
        return {criterion["code"]: criterion for criterion in self.rubric}


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
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    tab = models.CharField(
        _("window that writes"), max_length=26, blank=True, help_text=_("Others only read.")
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
            models.CheckConstraint(condition=Q(number__lte=3), name="there_are_four_seats"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.number}"

    @property
    def name(self) -> str:
        """How the others see the person."""
        return self.enrollment.learner.get_short_name()


class PracticumRound(models.Model):
    """One round as it was played: who was whom, and who has read its feedback."""

    class End(models.TextChoices):
        AGREED = "agreed", _("by agreement")
        TIME = "time", _("by the clock")
        EASED = "eased", _("by “this is hard for me”")
        VANISHED = "vanished", _("somebody was lost")
        TRAINER = "trainer", _("by the trainer")

    session = models.ForeignKey(PracticumSession, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("round"))
    specialist = models.ForeignKey(
        PracticumSeat, on_delete=models.CASCADE, related_name="rounds_as_specialist"
    )
    client = models.ForeignKey(
        PracticumSeat, on_delete=models.CASCADE, related_name="rounds_as_client"
    )
    began_at = models.DateTimeField(_("began"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    end = models.CharField(_("how it ended"), max_length=8, choices=End.choices, blank=True)
    readers = models.JSONField(_("seats that have read the feedback"), default=list)

    class Meta:
        ordering = ["session", "number"]
        verbose_name = _("round of a practicum")
        verbose_name_plural = _("rounds of practicums")
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="round_is_played_once"),
            models.CheckConstraint(
                condition=~Q(specialist=F("client")), name="nobody_plays_both_parts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.number}"


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
