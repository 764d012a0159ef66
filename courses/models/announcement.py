from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.people.models import Region


class AnnouncementQuerySet(models.QuerySet):
    def shown_to(self, user) -> AnnouncementQuerySet:
        """Those of now for everybody and for the person's own region, the newest first."""
        now = timezone.now()
        return (
            self.filter(Q(region=None) | Q(region=user.region_id), shows_from__lte=now)
            .filter(Q(shows_until=None) | Q(shows_until__gt=now))
            .order_by("-shows_from", "-pk")
        )


class Announcement(models.Model):
    """A few words on the learner's home, for one region or for everybody."""

    region = models.ForeignKey(
        Region,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="announcements",
        verbose_name=_("region"),
        help_text=_("Empty: for everybody."),
    )
    text = models.TextField(_("text"), max_length=1000)
    shows_from = models.DateTimeField(_("shown from"), default=timezone.now)
    shows_until = models.DateTimeField(
        _("shown until"), null=True, blank=True, help_text=_("Empty: until it is deleted.")
    )

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["-shows_from", "-pk"]
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        constraints = [
            models.CheckConstraint(
                condition=Q(shows_until=None) | Q(shows_until__gt=F("shows_from")),
                name="announcement_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def clean(self) -> None:
        super().clean()
        if self.shows_until and self.shows_from and self.shows_until <= self.shows_from:
            raise ValidationError({"shows_until": _("The end must come after the beginning.")})
