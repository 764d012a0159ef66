"""Instruments in the CMS."""

from __future__ import annotations

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from assessments.cms.administrations import AdministrationViewSet, LedAdministrations
from assessments.cms.instruments import InstrumentViewSet
from assessments.models import Administration, Instrument
from courses.cms.library import SharedLibrary

register_permission_policy(Instrument, SharedLibrary(Instrument))
register_permission_policy(Administration, LedAdministrations(Administration))


@hooks.register("register_admin_viewset")
def instrument_viewset() -> InstrumentViewSet:
    return InstrumentViewSet("instruments")


@hooks.register("register_admin_viewset")
def administration_viewset() -> AdministrationViewSet:
    return AdministrationViewSet("administrations", url_prefix="questionnaire-times")
