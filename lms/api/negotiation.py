"""What form an answer has."""

from __future__ import annotations

from rest_framework.negotiation import DefaultContentNegotiation


class OneForm(DefaultContentNegotiation):
    """Every endpoint has one form of answer, whatever ``Accept`` says: JSON, or a PDF."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type
