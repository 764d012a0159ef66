from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model_string


class SlideDeck(models.Model):
    """Slides of a webinar: the pages of one PDF as pictures and as text."""

    document = models.ForeignKey(
        get_document_model_string(), on_delete=models.CASCADE, related_name="+"
    )
    file_hash = models.CharField(max_length=40)
    """Of the file that the pages were made from; another file is another deck."""
    page_count = models.PositiveSmallIntegerField(default=0)
    """0 until all pages are made."""
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("slides")
        verbose_name_plural = _("slides")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "file_hash"], name="deck_is_made_once_from_a_file"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.page_count}"


class Slide(models.Model):
    """One page; ``text`` is what a screen reader gets in place of the picture."""

    deck = models.ForeignKey(SlideDeck, on_delete=models.CASCADE, related_name="slides")
    number = models.PositiveSmallIntegerField()
    picture = models.FileField(upload_to="documents/slides/")
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["deck", "number"]
        verbose_name = _("slide")
        verbose_name_plural = _("slides")
        constraints = [
            models.UniqueConstraint(fields=["deck", "number"], name="slide_number_is_used_once")
        ]

    def __str__(self) -> str:
        return f"{self.deck_id}: {self.number}"
