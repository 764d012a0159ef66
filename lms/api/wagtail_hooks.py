"""API clients in the CMS: made, switched off, given keys and secrets by administrators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.auth import permission_denied
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from courses.cms.columns import YesNoColumn
from lms.api import access_log, sandbox_cms
from lms.api.keys import end_key, put_new_key, rotate_key
from lms.api.models import ApiClient
from lms.api.oauth.secrets import end_secret, make_secret
from lms.api.request_log import cms as request_log_cms
from lms.api.scopes import Scope
from lms.api.webhooks.cms import WebhookEndpointViewSet
from lms.numerals import whole_number


class AdministratorsOnly(ModelPermissionPolicy):
    """Clients are switched off, never deleted: the audit names them."""

    def user_has_permission(self, user, action: str) -> bool:
        return user.is_administrator and action != "delete"

    def user_has_any_permission(self, user, actions) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(ApiClient, AdministratorsOnly(ApiClient))


class ApiClientForm(WagtailAdminModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    signs_in_by = forms.ChoiceField(
        label=_("Signs in by"),
        choices=[
            ("secret", _("OAuth2: an id and a secret, for tokens that live an hour (safer)")),
            ("key", _("a key: one word that works until it is replaced (simpler)")),
        ],
        initial="secret",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["signs_in_by"]


def _key_page(request: HttpRequest, client: ApiClient, key: str) -> HttpResponse:
    """The only page that ever shows the key: rendered at once, kept nowhere."""
    context = {"client": client, "key": key, "header_title": client.name}
    return render(request, "api/cms/key.html", context)  # the CMS forbids keeping its pages


def _secret_page(request: HttpRequest, client: ApiClient, secret: str) -> HttpResponse:
    """The only page that ever shows the secret."""
    client.refresh_from_db()
    context = {"client": client, "secret": secret, "header_title": client.name}
    return render(request, "api/cms/client_secret.html", context)


class MakeClientView(generic.CreateView):
    def save_instance(self) -> ApiClient:
        self.form.instance.created_by = self.request.user
        self.key = None
        if self.form.cleaned_data["signs_in_by"] == "key":
            self.key = put_new_key(self.form.instance)
        return super().save_instance()

    def save_action(self) -> HttpResponse:
        if self.key is not None:
            return _key_page(self.request, self.object, self.key)
        secret = make_secret(self.object, made_by=self.request.user)
        return _secret_page(self.request, self.object, secret)


class ChangeClientView(generic.EditView):
    @property
    def header_more_buttons(self) -> list:
        address = reverse("api_clients:access", args=[self.object.pk])
        requests = f"{reverse('cms_api_requests')}?client={self.object.pk}"
        return [
            *super().header_more_buttons,
            HeaderButton(_("Secrets and key"), url=address, icon_name="key", priority=5),
            HeaderButton(_("Requests of the API"), url=requests, icon_name="list-ul", priority=6),
        ]


def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.is_administrator:
        return permission_denied(request)
    client = get_object_or_404(ApiClient, pk=pk)
    if request.method == "POST":
        return _key_page(request, client, rotate_key(client))
    context = {"client": client, "header_title": client.name}
    return render(request, "api/cms/rotate.html", context)


class NewSecretForm(forms.Form):
    former_works_for = forms.TypedChoiceField(
        label=_("The former secret"),
        choices=[
            (7, _("works for seven days more: the region changes over without haste")),
            (1, _("works for a day more")),
            (0, _("ends now, also for tokens: it may be in wrong hands")),
        ],
        coerce=int,
        initial=7,
        widget=forms.RadioSelect,
    )


def access(request: HttpRequest, pk: int) -> HttpResponse:
    """What the client signs in with; a POST makes a secret, or ends one or the key."""
    if not request.user.is_administrator:
        return permission_denied(request)
    client = get_object_or_404(ApiClient, pk=pk)
    form = NewSecretForm(request.POST if "new" in request.POST else None)
    if "new" in request.POST and (form.is_valid() or not client.secrets.exists()):
        return _secret_page(request, client, _new_secret(request, client, form))
    if "end" in request.POST:
        secret = client.secrets.filter(pk=whole_number(request.POST["end"])).first()
        if secret is None:
            messages.error(request, gettext("The client has no such secret. Nothing was changed."))
        else:
            end_secret(secret)
            messages.success(request, gettext("The secret has ended, and its tokens with it."))
        return redirect("api_clients:access", pk)
    if "end_key" in request.POST:
        end_key(client)
        messages.success(request, gettext("The key has ended."))
        return redirect("api_clients:access", pk)
    context = {"client": client, "form": form, "header_title": client.name}
    return render(request, "api/cms/access.html", context)


def _new_secret(request: HttpRequest, client: ApiClient, form: NewSecretForm) -> str:
    days = form.cleaned_data.get("former_works_for", 0)
    if days == 0:
        for secret in client.secrets.working():
            end_secret(secret)
    return make_secret(client, made_by=request.user, former_works_for=timedelta(days=days))


def _on_wide_screens(name: str) -> Column:
    """A column of a field that phones leave out."""
    label = capfirst(ApiClient._meta.get_field(name).verbose_name)
    return Column(name, label=label, sort_key=name, classname="cms-wide-only")


class ApiClientIndex(generic.IndexView):
    add_item_label = _("Add a client")


class ApiClientViewSet(ModelViewSet):
    model = ApiClient
    name = "api_clients"
    icon = "key"
    menu_label = _("API clients")
    menu_order = 900
    add_to_admin_menu = True
    copy_view_enabled = False
    index_view_class = ApiClientIndex
    add_view_class = MakeClientView
    edit_view_class = ChangeClientView
    list_display = [
        "name",
        "region",
        _on_wide_screens("client_id"),
        _on_wide_screens("key_prefix"),
        YesNoColumn("is_active", label=_("Works")),
        _on_wide_screens("last_used_at"),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("region"),
            FieldPanel("scopes", widget=forms.CheckboxSelectMultiple),
            FieldPanel("is_active"),
            FieldPanel("signs_in_by", heading=_("Signs in by")),
        ],
        base_form_class=ApiClientForm,
    )

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("access/<int:pk>/", access, name="access"),
            path("rotate/<int:pk>/", rotate, name="rotate"),
        ]


__all__ = ["access_log", "request_log_cms", "sandbox_cms"]
"""Modules that register hooks of their own."""


@hooks.register("register_admin_viewset")
def api_clients() -> ApiClientViewSet:
    return ApiClientViewSet()


@hooks.register("register_admin_viewset")
def webhook_endpoints() -> WebhookEndpointViewSet:
    return WebhookEndpointViewSet()
