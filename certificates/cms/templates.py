"""Templates in the CMS: the form with its live preview, and the page of one version."""

from __future__ import annotations

import base64

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from certificates.cms.policies import ContentStaff
from certificates.models import CertificateTemplate
from certificates.previewing import picture, preview_pdf
from certificates.versions import NotADraft, NotInUse, next_version, put_to_use, withdraw
from lms.pdf.fonts import MissingGlyphs
from lms.people.models import User


class StateColumn(Column):
    def get_value(self, instance: CertificateTemplate) -> str:
        return instance.get_state_display()


def address_of(template: CertificateTemplate) -> str:
    return reverse("cms_certificate_template", args=[template.pk])


class TemplateEdit(SnippetViewSet.edit_view_class):
    """A version that was used is looked at, not edited."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if self.object.locked_at is not None:
            messages.info(request, _("This version was used. Make a new version to change it."))
            return redirect("cms_certificate_template", self.object.pk)
        return super().dispatch(request, *args, **kwargs)


class TemplateViewSet(SnippetViewSet):
    model = CertificateTemplate
    icon = "doc-full"
    menu_label = gettext_lazy("Templates")
    menu_name = "certificate-templates"
    list_display = [
        TitleColumn("heading", label=gettext_lazy("Heading"), get_url=address_of),
        Column("code", label=gettext_lazy("Code"), sort_key="code"),
        Column("version", label=gettext_lazy("Version")),
        Column("get_kind_display", label=gettext_lazy("Kind")),
        StateColumn("state", label=gettext_lazy("State"), sort_key="state"),
        Column("course", label=gettext_lazy("Course")),
    ]
    list_filter = ["state", "kind"]
    search_fields = ["heading", "code"]
    edit_view_class = TemplateEdit
    copy_view_enabled = False
    inspect_view_enabled = False


def _allowed(user: User) -> None:
    if not ContentStaff(CertificateTemplate).user_has_permission(user, "view"):
        raise PermissionDenied


@require_GET
def template_page(request: HttpRequest, template_id: int) -> HttpResponse:
    """One version: how it prints, what its state allows, and the other versions."""
    _allowed(request.user)
    template = get_object_or_404(
        CertificateTemplate.objects.select_related("provider", "course"), pk=template_id
    )
    pictures, missing = [], ""
    try:
        pictures = [_data(template, is_long=False), _data(template, is_long=True)]
    except MissingGlyphs as error:
        missing = " ".join(error.characters)
    versions = CertificateTemplate.objects.filter(code=template.code).order_by("-version")
    context = {
        "template": template,
        "pictures": pictures,
        "missing": missing,
        "versions": versions,
        "subtitle": _("%(code)s, version %(n)d") % {"code": template.code, "n": template.version},
        "issued": template.certificates.count(),
        "edit_url": reverse(template.snippet_viewset.get_url_name("edit"), args=[template.pk]),
    }
    return TemplateResponse(request, "certificates/cms/template.html", context)


def _data(template: CertificateTemplate, *, is_long: bool) -> str:
    return base64.b64encode(picture(preview_pdf(template, is_long=is_long))).decode()


@require_POST
def template_act(request: HttpRequest, template_id: int) -> HttpResponse:
    _allowed(request.user)
    template = get_object_or_404(CertificateTemplate, pk=template_id)
    action = request.POST.get("action")
    try:
        if action == "next":
            made = next_version(template)
            messages.success(request, _("Version %(n)d is a draft now.") % {"n": made.version})
            return redirect(made.snippet_viewset.get_url_name("edit"), made.pk)
        if action == "use":
            put_to_use(template)
            messages.success(request, _("Certificates are issued with this version from now on."))
        elif action == "withdraw":
            withdraw(template)
            messages.success(
                request, _("Nothing is issued with it any more. What was issued stays valid.")
            )
    except (NotADraft, NotInUse):
        messages.warning(request, _("The state of this version has changed meanwhile."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("cms_certificate_template", template.pk)
