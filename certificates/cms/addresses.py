"""The pages that certificates add to the CMS, and their menu."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from certificates.cms import batches, frdo, one, templates
from certificates.cms.register import CertificateViewSet, ProviderViewSet


class FrdoItem(MenuItem):
    """The federal register, for whoever may report to it."""

    @classmethod
    def made(cls) -> FrdoItem:
        return cls(
            _("Federal register"),
            reverse_lazy("cms_frdo"),
            name="certificate-frdo",
            icon_name="table",
            order=900,
        )

    def is_shown(self, request: HttpRequest) -> bool:
        return frdo.may_report(request.user)


class CertificateGroup(SnippetViewSetGroup):
    items = (templates.TemplateViewSet, CertificateViewSet, ProviderViewSet)
    menu_label = _("Certificates")
    menu_name = "certificates"
    menu_icon = "doc-full"

    def get_submenu_items(self) -> list[MenuItem]:
        return [*super().get_submenu_items(), FrdoItem.made()]


register_snippet(CertificateGroup)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    batch = "certificate-batches/<uuid:batch_uuid>/"
    base = "certificate-templates/<int:template_id>/"
    return [
        path(base, templates.template_page, name="cms_certificate_template"),
        path(f"{base}act/", templates.template_act, name="cms_certificate_template_act"),
        path(
            "cohorts/<int:cohort_id>/certificates/",
            batches.cohort_certificates,
            name="cms_cohort_certificates",
        ),
        path(
            "certificates/<uuid:certificate_uuid>/",
            one.certificate_page,
            name="cms_certificate",
        ),
        path(batch, batches.batch_page, name="cms_certificate_batch"),
        path(f"{batch}progress/", batches.batch_progress, name="cms_certificate_batch_progress"),
        path(f"{batch}certificates.zip", batches.batch_zip, name="cms_certificate_batch_zip"),
        path("frdo/", frdo.sheet_page, name="cms_frdo"),
        path("frdo/<uuid:certificate_uuid>/", frdo.details_page, name="cms_frdo_details"),
        path("frdo/sheets/<uuid:sheet_uuid>/", frdo.accepted, name="cms_frdo_accepted"),
    ]
