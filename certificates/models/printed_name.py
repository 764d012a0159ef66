from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PrintedName(models.Model):
    """The person's name as they themselves agreed to have it printed, in both cases.

    It holds as long as the name in the profile is the one that it was made of.
    """

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="printed_name"
    )
    made_of = models.CharField(max_length=310)
    nominative = models.CharField(_("name"), max_length=310)
    dative = models.CharField(_("name in the dative"), max_length=310, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), default=timezone.now)

    class Meta:
        verbose_name = _("printed name")
        verbose_name_plural = _("printed names")

    def __str__(self) -> str:
        return self.nominative
