"""Instruments in the CMS."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from assessments.models import Instrument
from courses.cms.library import SharedLibrary
from courses.cms.menu import Place
from courses.cms.scoped import ScopedViewSet

register_permission_policy(Instrument, SharedLibrary(Instrument))


class InstrumentViewSet(ScopedViewSet):
    """Trainers' questionnaires; a version that people have answered is refused by the form."""

    model = Instrument
    icon = "form"
    menu_label = _("Questionnaires")
    menu_name = "instruments"
    menu_order = Place.INSTRUMENTS
    add_to_admin_menu = True
    list_display = ["title", "code", "version", "frozen_at"]
    search_fields = ["title", "code"]


@hooks.register("register_admin_viewset")
def instrument_viewset() -> InstrumentViewSet:
    return InstrumentViewSet("instruments")
