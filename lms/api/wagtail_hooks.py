"""API clients in the CMS: made, switched off and given new keys by administrators."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.auth import permission_denied
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from lms.api.keys import put_new_key, rotate_key
from lms.api.models import ApiClient
from lms.api.scopes import Scope
from lms.api.webhooks.cms import WebhookEndpointViewSet


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


def _key_page(request: HttpRequest, client: ApiClient, key: str) -> HttpResponse:
    """The only page that ever shows the key: rendered at once, kept nowhere."""
    context = {"client": client, "key": key, "header_title": client.name}
    return render(request, "api/cms/key.html", context)  # the CMS forbids keeping its pages


class MakeClientView(generic.CreateView):
    def save_instance(self) -> ApiClient:
        self.form.instance.created_by = self.request.user
        self.key = put_new_key(self.form.instance)
        return super().save_instance()

    def save_action(self) -> HttpResponse:
        return _key_page(self.request, self.object, self.key)


class ChangeClientView(generic.EditView):
    @property
    def header_more_buttons(self) -> list:
        address = reverse("api_clients:rotate", args=[self.object.pk])
        return [
            *super().header_more_buttons,
            HeaderButton(_("Make a new key"), url=address, icon_name="key", priority=5),
        ]


def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.is_administrator:
        return permission_denied(request)
    client = get_object_or_404(ApiClient, pk=pk)
    if request.method == "POST":
        return _key_page(request, client, rotate_key(client))
    context = {"client": client, "header_title": client.name}
    return render(request, "api/cms/rotate.html", context)


class ApiClientViewSet(ModelViewSet):
    model = ApiClient
    name = "api_clients"
    icon = "key"
    menu_label = _("API clients")
    menu_order = 900
    add_to_admin_menu = True
    copy_view_enabled = False
    add_view_class = MakeClientView
    edit_view_class = ChangeClientView
    list_display = [
        "name",
        "region",
        "key_prefix",
        BooleanColumn("is_active", label=_("Works")),
        "last_used_at",
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("region"),
            FieldPanel("scopes", widget=forms.CheckboxSelectMultiple),
            FieldPanel("is_active"),
        ],
        base_form_class=ApiClientForm,
    )

    def get_urlpatterns(self) -> list:
        return [*super().get_urlpatterns(), path("rotate/<int:pk>/", rotate, name="rotate")]


@hooks.register("register_admin_viewset")
def api_clients() -> ApiClientViewSet:
    return ApiClientViewSet()


@hooks.register("register_admin_viewset")
def webhook_endpoints() -> WebhookEndpointViewSet:
    return WebhookEndpointViewSet()
