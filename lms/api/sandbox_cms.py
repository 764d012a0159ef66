"""The sandbox in the CMS: an administrator makes it, resets it, and gives out test keys."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail import hooks
from wagtail.admin.auth import permission_denied
from wagtail.admin.menu import MenuItem

from courses.models import Enrollment
from lms.api.models import ApiClient
from lms.api.sandbox import (
    CODE,
    NameTaken,
    NothingToStudy,
    StillImporting,
    make_sandbox,
    make_test_client,
    reset_sandbox,
)
from lms.people.models import Region, User


class TestKeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Whose key it is"),
        max_length=ApiClient._meta.get_field("name").max_length,
        help_text=gettext_lazy("For example: Test key of the Tomsk region."),
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if ApiClient.objects.filter(name=name).exists():
            raise ValidationError(_("A client of this name exists already. Choose another."))
        return name


@require_http_methods(["GET", "POST"])
def sandbox(request: HttpRequest) -> HttpResponse:
    """What is in it. A POST makes it, sets it back to its beginning, or makes a test key."""
    if not request.user.is_administrator:
        return permission_denied(request)
    form = TestKeyForm(request.POST if "key" in request.POST else None)
    try:
        if "make" in request.POST:
            make_sandbox()
            messages.success(request, _("The sandbox is ready."))
            return redirect("cms_sandbox")
        if "reset" in request.POST and Region.objects.filter(code=CODE).exists():
            gone = reset_sandbox()
            messages.success(
                request,
                _("The sandbox is as at its beginning. Test people taken away: %(n)d.")
                % {"n": gone},
            )
            return redirect("cms_sandbox")
        if "key" in request.POST and form.is_valid():
            client, key = make_test_client(
                make_sandbox(), name=form.cleaned_data["name"], created_by=request.user
            )
            context = {"client": client, "key": key, "header_title": client.name}
            return render(request, "api/cms/key.html", context)
    except NothingToStudy:
        messages.error(request, _("Publish a course first: there is nothing to study yet."))
    except StillImporting:
        messages.error(
            request, _("An import of the sandbox is at work. Reset it when that is done.")
        )
    except NameTaken:
        form.add_error("name", _("A client of this name exists already. Choose another."))
    return render(request, "api/cms/sandbox.html", _context(form), status=_status(form))


def _status(form: forms.Form) -> int:
    return 422 if form.errors else 200


def _context(form: forms.Form) -> dict:
    region = Region.objects.filter(code=CODE, is_sandbox=True).first()
    people = User.objects.filter(region=region, is_active=True) if region else User.objects.none()
    return {
        "form": form,
        "region": region,
        "people": people.count(),
        "enrollments": Enrollment.objects.filter(learner__in=people).count(),
        "clients": ApiClient.objects.filter(region=region) if region else [],
        "heading": _("Sandbox of the API"),
    }


@hooks.register("register_admin_urls")
def sandbox_addresses() -> list:
    return [path("sandbox/", sandbox, name="cms_sandbox")]


class SandboxItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.is_administrator


@hooks.register("register_admin_menu_item")
def sandbox_item() -> MenuItem:
    return SandboxItem(
        gettext_lazy("Sandbox of the API"),
        reverse("cms_sandbox"),
        name="sandbox",
        icon_name="code",
        order=903,
    )
