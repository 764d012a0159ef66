from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.enrollment import Enrollment


class Invitation(models.Model):
    """A link that lets the enrolled person in. Only the hash of its token is kept."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64)
    sent_to = models.EmailField(_("sent to"), blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="token_opens_one_invitation")
        ]

    def __str__(self) -> str:
        return str(self.enrollment)
