from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel


class Provider(models.Model):
    """Who issues: the organisation printed on top, and its licence where it holds one.

    Without a licence no document of further training may be printed in its name (Federal law
    273-FZ, articles 76 and 91).
    """

    name = models.CharField(_("name as printed"), max_length=200, unique=True)
    licence_number = models.CharField(_("number of the licence"), max_length=80, blank=True)
    licence_authority = models.CharField(_("who gave the licence"), max_length=200, blank=True)
    licensed_on = models.DateField(_("licence given on"), null=True, blank=True)
    licensed_until = models.DateField(
        _("licence ended on"),
        null=True,
        blank=True,
        help_text=_("Licences have no term; fill this in when it was withdrawn or given back."),
    )

    panels = [
        FieldPanel("name"),
        MultiFieldPanel(
            [
                FieldPanel("licence_number"),
                FieldPanel("licence_authority"),
                FieldPanel("licensed_on"),
                FieldPanel("licensed_until"),
            ],
            heading=_("Licence for further training"),
            help_text=_("Only with it may documents of further training be issued."),
        ),
    ]

    class Meta:
        ordering = ["name"]
        verbose_name = _("provider")
        verbose_name_plural = _("providers")
        constraints = [
            models.CheckConstraint(
                condition=Q(licence_number="", licence_authority="", licensed_on__isnull=True)
                | (~Q(licence_number="") & ~Q(licence_authority="") & Q(licensed_on__isnull=False)),
                name="licence_is_whole_or_absent",
                violation_error_message=_(
                    "A licence has a number, an authority and a day: fill in all three or none."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_licensed_on(self, day: date) -> bool:
        """Whether the licence held on ``day``."""
        if self.licensed_on is None or day < self.licensed_on:
            return False
        return self.licensed_until is None or day < self.licensed_until
