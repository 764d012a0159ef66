"""Instruments in the CMS."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet

from assessments.models import Instrument


class InstrumentViewSet(ModelViewSet):
    """Trainers' questionnaires; a version that people have answered is refused by the form."""

    model = Instrument
    icon = "form"
    menu_label = _("Questionnaires")
    add_to_admin_menu = True
    list_display = ["title", "code", "version", "frozen_at"]
    search_fields = ["title", "code"]


@hooks.register("register_admin_viewset")
def instrument_viewset() -> InstrumentViewSet:
    return InstrumentViewSet("instruments")
