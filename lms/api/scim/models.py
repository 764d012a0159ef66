from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.people.models import Organisation, Region


class ScimUser(models.Model):
    """What an HR system says about a person by SCIM beyond what the person's entry holds.

    ``is_active`` empty: not said. ``has_closed``: the account is closed because the HR system said
    so, and it may open it again; what an administrator has closed it may not. Somebody whom the HR
    system has deleted keeps the row, so that they come back to their own results when they are
    hired again under the same name.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="scim"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    user_name = models.CharField(max_length=120)
    external_id = models.CharField(max_length=200, blank=True)
    email_type = models.CharField(max_length=40, blank=True)
    email_is_primary = models.BooleanField(null=True)
    is_active = models.BooleanField(null=True)
    has_closed = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("entry of an HR system")
        verbose_name_plural = _("entries of HR systems")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "user_name"], name="scim_user_name_is_unique_in_its_region"
            ),
        ]
        indexes = [
            models.Index(
                fields=["region", "external_id"],
                condition=~Q(external_id=""),
                name="scim_user_by_external_id",
            )
        ]

    def __str__(self) -> str:
        return self.user_name


class ScimGroup(models.Model):
    """What an HR system says about an organisation beyond its name."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="scim")
    external_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("group of an HR system")
        verbose_name_plural = _("groups of HR systems")

    def __str__(self) -> str:
        return str(self.organisation)
