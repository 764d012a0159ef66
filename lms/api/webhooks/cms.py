"""Webhook endpoints in the CMS, for administrators: made, rotated, tested, and their log."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import permission_denied
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from lms.api.events.kinds import EventType
from lms.api.webhooks.addresses import AddressRefused, parsed
from lms.api.webhooks.delivering import request_of, resend, send_test
from lms.api.webhooks.endpoints import rotate_secret
from lms.api.webhooks.models import WebhookDelivery, WebhookEndpoint
from lms.api.webhooks.signing import new_secret, sealed
from lms.vault import InvalidToken

PAGE = 50


class AdministratorsOnly(ModelPermissionPolicy):
    def user_has_permission(self, user, action: str) -> bool:
        return user.is_administrator

    def user_has_any_permission(self, user, actions) -> bool:
        return user.is_administrator


register_permission_policy(WebhookEndpoint, AdministratorsOnly(WebhookEndpoint))


class EndpointForm(WagtailAdminModelForm):
    types = forms.MultipleChoiceField(
        label=_("Events"),
        choices=EventType.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None chosen: all that the client may see."),
    )
    is_active = forms.BooleanField(label=_("Works"), required=False, initial=True)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            active = self.instance.state == WebhookEndpoint.State.ACTIVE
            self.fields["is_active"].initial = active

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        try:
            parsed(url)
        except AddressRefused:
            raise ValidationError(
                _("This is no address that webhooks can be sent to."), code="invalid"
            ) from None
        return url

    def save(self, commit: bool = True) -> WebhookEndpoint:
        State = WebhookEndpoint.State
        if self.cleaned_data["is_active"]:
            self.instance.state = State.ACTIVE
        elif self.instance.state == State.ACTIVE:
            self.instance.state = State.DISABLED
        return super().save(commit)


def _secret_page(request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    """The only page that ever shows the secret: rendered at once, kept nowhere."""
    context = {"endpoint": endpoint, "secret": secret, "header_title": endpoint.url}
    return render(request, "api/cms/webhook_secret.html", context)


class MakeEndpointView(generic.CreateView):
    def save_instance(self) -> WebhookEndpoint:
        self.secret = new_secret()
        self.form.instance.secret = sealed(self.secret)
        return super().save_instance()

    def save_action(self) -> HttpResponse:
        return _secret_page(self.request, self.object, self.secret)


class ChangeEndpointView(generic.EditView):
    @property
    def header_more_buttons(self) -> list:
        def address(name: str) -> str:
            return reverse(f"webhook_endpoints:{name}", args=[self.object.pk])

        return [
            *super().header_more_buttons,
            HeaderButton(
                _("Deliveries"), url=address("deliveries"), icon_name="list-ul", priority=4
            ),
            HeaderButton(_("Try it"), url=address("tester"), icon_name="mail", priority=3),
            HeaderButton(
                _("Make a new secret"), url=address("rotate"), icon_name="key", priority=5
            ),
        ]


def _endpoint(request: HttpRequest, pk: int) -> WebhookEndpoint | None:
    if not request.user.is_administrator:
        return None
    return get_object_or_404(WebhookEndpoint.objects.select_related("client"), pk=pk)


def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = _endpoint(request, pk)
    if endpoint is None:
        return permission_denied(request)
    if request.method == "POST":
        return _secret_page(request, endpoint, rotate_secret(endpoint))
    context = {"endpoint": endpoint, "header_title": endpoint.url}
    return render(request, "api/cms/webhook_rotate.html", context)


def deliveries(request: HttpRequest, pk: int) -> HttpResponse:
    """The log; a POST sends a test, or one delivery once more."""
    endpoint = _endpoint(request, pk)
    if endpoint is None:
        return permission_denied(request)
    if request.method == "POST":
        _send(request, endpoint)
        return redirect("webhook_endpoints:deliveries", pk)
    log = endpoint.deliveries.select_related("event").prefetch_related("attempts")
    page = Paginator(log, PAGE).get_page(request.GET.get("p"))
    context = {"endpoint": endpoint, "page": page, "header_title": endpoint.url}
    return render(request, "api/cms/webhook_deliveries.html", context)


def tester(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test message, and see the request and the answer to it, header by header."""
    endpoint = _endpoint(request, pk)
    if endpoint is None:
        return permission_denied(request)
    context = {"endpoint": endpoint, "header_title": endpoint.url}
    if request.method == "POST":
        if endpoint.state != WebhookEndpoint.State.ACTIVE:
            messages.error(request, gettext("The endpoint is switched off: nothing was sent."))
        else:
            delivery = send_test(endpoint)
            context["delivery"] = delivery
            if attempt := delivery.attempts.last():
                context["attempt"] = attempt
                with suppress(InvalidToken):  # then nothing was sent
                    headers, body = request_of(delivery, attempt.at)
                    context |= {"headers": headers, "body": body.decode()}
    return render(request, "api/cms/webhook_tester.html", context)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _send(request: HttpRequest, endpoint: WebhookEndpoint) -> None:
    if endpoint.state != WebhookEndpoint.State.ACTIVE:
        messages.error(request, gettext("The endpoint is switched off: nothing was sent."))
        return
    if "resend" in request.POST:
        resend(get_object_or_404(endpoint.deliveries, uuid=_uuid(request.POST["resend"])))
        messages.success(request, gettext("It will be sent within seconds."))
        return
    delivery = send_test(endpoint)
    last = delivery.attempts.last()
    if delivery.state == WebhookDelivery.State.DELIVERED:
        messages.success(request, gettext("The endpoint took the test message."))
    else:
        said = (last.status or last.error) if last else ""
        text = gettext("The endpoint did not take the test message: %(answer)s.")
        messages.error(request, text % {"answer": said})


class WebhookEndpointIndex(generic.IndexView):
    add_item_label = _("Add an endpoint")


class WebhookEndpointViewSet(ModelViewSet):
    model = WebhookEndpoint
    name = "webhook_endpoints"
    icon = "link"
    menu_label = _("Webhooks")
    menu_order = 901
    add_to_admin_menu = True
    copy_view_enabled = False
    index_view_class = WebhookEndpointIndex
    add_view_class = MakeEndpointView
    edit_view_class = ChangeEndpointView
    list_display = [
        "url",
        Column("client", label=_("API client"), sort_key="client", classname="cms-wide-only"),
        Column("state", label=_("State"), accessor="get_state_display"),
        Column("created_at", label=_("Made"), sort_key="created_at", classname="cms-wide-only"),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("client"),
            FieldPanel("url"),
            FieldPanel("description"),
            FieldPanel("types", widget=forms.CheckboxSelectMultiple),
            FieldPanel("is_active"),
        ],
        base_form_class=EndpointForm,
    )

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("rotate/<int:pk>/", rotate, name="rotate"),
            path("tester/<int:pk>/", tester, name="tester"),
            path("deliveries/<int:pk>/", deliveries, name="deliveries"),
        ]
