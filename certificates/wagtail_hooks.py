"""Certificates in the CMS: templates to edit, the register to read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from certificates.models import Certificate, CertificateTemplate


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Nothing is added, changed or deleted by hand: certificates are issued."""

    def user_has_permission(self, user, action) -> bool:
        return action == "view" and user.is_active and user.is_superuser

    def user_has_any_permission(self, user, actions) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(Certificate, ReadOnlyPolicy(Certificate))


class TemplateViewSet(ModelViewSet):
    model = CertificateTemplate
    icon = "doc-full"
    menu_label = _("Templates")
    list_display = ["heading", "code", "version", "course", "locked_at"]


class CertificateViewSet(ModelViewSet):
    model = Certificate
    icon = "list-ul"
    menu_label = _("Register")
    list_display = ["number", "enrollment", "state", "issued_at"]
    list_filter = ["state"]
    search_fields = ["number", "code"]
    form_fields: list[str] = []
    inspect_view_enabled = True
    inspect_view_fields = ["number", "code", "enrollment", "state", "issued_at", "pdf_sha256"]


class CertificateGroup(ModelViewSetGroup):
    items = (TemplateViewSet, CertificateViewSet)
    menu_label = _("Certificates")
    menu_icon = "doc-full"


@hooks.register("register_admin_viewset")
def certificate_viewsets() -> CertificateGroup:
    return CertificateGroup()
