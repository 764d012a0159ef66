from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webinars.models.practicum import PracticumSession
from webinars.models.webinar import WebinarSession


class SessionRating(models.Model):
    """What a learner thought of a webinar or a practicum; trainers see it without the name.

    ``value``: how useful a webinar was, 1 to 5. ``satisfaction``: with the whole meeting, 0 to 10;
    None where it was not asked yet. ``told_value`` and ``told_words`` are what trainers see of it
    (``webinars.feedback``), which is less than is known: they grow by many people at once.
    """

    session = models.ForeignKey(
        WebinarSession, on_delete=models.CASCADE, null=True, related_name="ratings"
    )
    practicum_session = models.ForeignKey(
        PracticumSession, on_delete=models.CASCADE, null=True, related_name="ratings"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    value = models.PositiveSmallIntegerField(_("rating"), null=True)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), null=True)
    words = models.CharField(_("in words"), max_length=1000, blank=True)
    told_value = models.PositiveSmallIntegerField(null=True, editable=False)
    told_words = models.CharField(max_length=1000, blank=True, editable=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("rating of a session")
        verbose_name_plural = _("ratings of sessions")
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="person_rates_a_webinar_once"),
            models.UniqueConstraint(
                fields=["practicum_session", "user"], name="person_rates_a_practicum_once"
            ),
            models.CheckConstraint(
                condition=Q(session__isnull=False, practicum_session__isnull=True)
                | Q(session__isnull=True, practicum_session__isnull=False),
                name="rating_is_of_a_webinar_or_a_practicum",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=5)
                | Q(value__isnull=True, practicum_session__isnull=False),
                name="rating_is_from_one_to_five",
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__lte=10),
                name="satisfaction_is_from_zero_to_ten",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id or self.practicum_session_id}: {self.satisfaction}"
