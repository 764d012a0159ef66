from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.people.models import Role


class TrainerProfile(models.Model):
    """How a trainer is introduced on the pages of their courses."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="trainer_profile",
        limit_choices_to={"role_assignments__role": Role.TRAINER},
        verbose_name=_("trainer"),
    )
    photo = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("photo"),
    )
    photo_alt = models.CharField(
        _("what the photo shows"),
        max_length=200,
        blank=True,
        help_text=_("For those who do not see it: “Olga Svetlova, smiling, by a window”."),
    )
    about = models.TextField(_("a few words about the trainer"), max_length=600, blank=True)

    class Meta:
        ordering = ["user__family_name", "user__given_name"]
        verbose_name = _("trainer's profile")
        verbose_name_plural = _("trainers' profiles")
        constraints = [
            models.CheckConstraint(
                condition=Q(photo__isnull=True) | ~Q(photo_alt=""),
                name="trainer_photo_is_described",
                violation_error_message=_("Describe the photo for those who do not see it."),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)
