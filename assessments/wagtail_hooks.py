"""Instruments in the CMS."""

from __future__ import annotations

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from assessments.cms.instruments import InstrumentViewSet
from assessments.models import Instrument
from courses.cms.library import SharedLibrary

register_permission_policy(Instrument, SharedLibrary(Instrument))


@hooks.register("register_admin_viewset")
def instrument_viewset() -> InstrumentViewSet:
    return InstrumentViewSet("instruments")
