"""The register of certificates in the CMS."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from certificates.models import Certificate, Provider
from courses.cms.columns import MomentColumn


class ProviderIndex(generic.IndexView):
    add_item_label = _("Add the organisation that issues")


class ProviderViewSet(ModelViewSet):
    model = Provider
    icon = "home"
    menu_label = _("Providers")
    menu_name = "certificate-providers"
    list_display = ["name", "licence_number", "licensed_on"]
    index_view_class = ProviderIndex
    copy_view_enabled = False


def address_of(certificate: Certificate) -> str:
    return reverse("cms_certificate", args=[certificate.uuid])


class CertificateViewSet(ModelViewSet):
    model = Certificate
    icon = "list-ul"
    menu_label = _("Register")
    menu_name = "certificate-register"
    list_display = [
        TitleColumn("number", label=_("Number"), get_url=address_of, sort_key="number"),
        "learner",
        "cohort",
        Column("get_state_display", label=_("State"), sort_key="state"),
        MomentColumn("issued_at", label=_("Issued"), sort_key="issued_at"),
    ]
    list_filter = ["state", "template__kind"]
    search_fields = ["number", "code", "learner__family_name"]
    form_fields: list[str] = []
    copy_view_enabled = False
    inspect_view_enabled = False
