from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel


class Topic(models.Model):
    """What courses are about, for the catalogue's filter."""

    title = models.CharField(_("title"), max_length=80, unique=True)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)

    panels = [FieldPanel("title"), FieldPanel("slug")]

    class Meta:
        ordering = ["title"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.title
