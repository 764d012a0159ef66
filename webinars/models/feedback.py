from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webinars.models.webinar import WebinarSession


class SessionRating(models.Model):
    """What a learner thought of a webinar, from 1 to 5; trainers see it without the name."""

    session = models.ForeignKey(WebinarSession, on_delete=models.CASCADE, related_name="ratings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    value = models.PositiveSmallIntegerField(_("rating"))
    words = models.CharField(_("in words"), max_length=1000, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("rating of a webinar")
        verbose_name_plural = _("ratings of webinars")
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="person_rates_a_webinar_once"),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=5), name="rating_is_from_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.value}"
