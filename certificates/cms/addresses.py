"""The pages that certificates add to the CMS, and their menu."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from certificates.cms import batches, one, templates
from certificates.cms.register import CertificateViewSet, ProviderViewSet


class CertificateGroup(SnippetViewSetGroup):
    items = (templates.TemplateViewSet, CertificateViewSet, ProviderViewSet)
    menu_label = _("Certificates")
    menu_name = "certificates"
    menu_icon = "doc-full"


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
    ]
