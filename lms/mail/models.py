from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Letter(models.Model):
    """A letter that was asked for: once per ``key``, sent by a worker."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letters"
    )
    key = models.CharField(_("key"), max_length=120)
    template = models.CharField(_("template"), max_length=60)
    context = models.JSONField(_("context"), default=dict)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    attachment = models.JSONField(_("attachment"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [models.UniqueConstraint(fields=["key"], name="letter_is_written_once")]

    def __str__(self) -> str:
        return f"{self.template} → {self.recipient}"


class ReminderSettings(models.Model):
    """Which reminders a person wants and from what hour of their own day. No row: the defaults."""

    DEFAULT_HOUR = 9

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_settings"
    )
    before_session = models.BooleanField(
        _("The day before a webinar, with an entry for the calendar"), default=True
    )
    before_deadline = models.BooleanField(_("Two days before a deadline"), default=True)
    after_silence = models.BooleanField(
        _("When I have not looked into the course for a week"), default=True
    )
    about_practicums = models.BooleanField(
        _("When a trainer has read my practicum or asks me something about it"), default=True
    )
    hour = models.PositiveSmallIntegerField(
        _("hour of the day"), default=DEFAULT_HOUR, validators=[MaxValueValidator(23)]
    )

    class Meta:
        verbose_name = _("reminder settings")
        verbose_name_plural = _("reminder settings")
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="reminder_hour_is_of_the_day")
        ]

    def __str__(self) -> str:
        return str(self.person)


class Reminder(models.Model):
    """A reminder that was written: one a day for a person, and one for each occasion."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders"
    )
    key = models.CharField(_("key"), max_length=100)
    day = models.DateField(_("day"), help_text=_("In the person's own time zone."))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="reminder_comes_once_a_day"),
            models.UniqueConstraint(fields=["person", "key"], name="occasion_is_reminded_of_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.key}"
