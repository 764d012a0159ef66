"""Planning webinars in the CMS: trainers see and change the sessions of their own cohorts."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from courses.cms.columns import MomentColumn
from courses.cms.library import SharedLibrary
from courses.cms.menu import Place
from courses.cms.scoped import ScopedViewSet
from courses.models import Cohort
from courses.programme import leads
from lms.people.models import Role, User
from lms.people.zones import zone_in_words
from webinars import cms_panels  # noqa: F401  puts its panel on the home page
from webinars.live.rooms import create_room
from webinars.models import Room, Rubric, Scenario, Webinar, WebinarSession
from webinars.practicum.reviewing import waiting_in_all
from webinars.rescheduling import SessionHeld, cancel_session, move_session


class LedSessions(BasePermissionPolicy):
    """Whoever leads a cohort plans its webinars; one that was opened stays in the records."""

    def user_has_permission(self, user, action: str) -> bool:
        if not user.is_authenticated or not user.is_active:
            return False
        staff_roles = (Role.METHODOLOGIST, Role.TRAINER)
        return user.is_administrator or any(user.has_role(role) for role in staff_roles)

    def user_has_permission_for_instance(self, user, action: str, instance) -> bool:
        if action == "delete" and instance.opened_at is not None:
            return False
        return (
            self.user_has_permission(user, action)
            and self.instances_user_has_any_permission_for(user, [action])
            .filter(pk=instance.pk)
            .exists()
        )

    def instances_user_has_any_permission_for(self, user, actions):
        return WebinarSession.objects.run_by(user)

    def users_with_any_permission(self, actions):
        return User.objects.filter(is_active=True, is_staff=True)


HELD = _("This meeting has been opened already: it stays as it was held.")
CANCEL_TEMPLATE = "webinars/cms/cancel_session.html"

register_permission_policy(WebinarSession, LedSessions(WebinarSession))


class SessionForm(WagtailAdminModelForm):
    """A session; its room is made with it."""

    class Meta:
        model = WebinarSession
        fields = ["webinar", "cohort", "starts_at", "ends_at"]
        widgets = {"starts_at": AdminDateTimeInput, "ends_at": AdminDateTimeInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        cohorts = Cohort.objects.run_by(self.for_user)
        self.fields["cohort"].queryset = cohorts
        self.fields["starts_at"].help_text = self.fields["ends_at"].help_text = _(
            "By your own clock: %(zone)s."
        ) % {"zone": zone_in_words(timezone.now())}
        self.fields["webinar"].queryset = Webinar.objects.filter(
            pk__in=[
                webinar.pk
                for webinar in Webinar.objects.live()
                if leads(self.for_user, webinar.course())
            ]
        )
        if self.instance.pk:
            self._keep("webinar", Webinar.objects.filter(pk=self.instance.webinar_id))
            self._keep("cohort", Cohort.objects.filter(pk=self.instance.cohort_id))

    def _keep(self, name: str, chosen: QuerySet) -> None:
        """The room, letters and calendars of a session belong to what it is of."""
        self.fields[name].queryset = chosen
        self.fields[name].disabled = True
        self.fields[name].help_text = _("To change this, cancel the meeting and plan another one.")

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and self.instance.opened_at is not None:
            raise ValidationError(HELD)
        webinar, cohort = cleaned.get("webinar"), cleaned.get("cohort")
        if webinar and cohort and webinar.course().pk != cohort.course_id:
            raise ValidationError({"cohort": _("This cohort studies another course.")})
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            raise ValidationError({"ends_at": _("The end must come after the beginning.")})
        return cleaned

    def save(self, commit: bool = True) -> WebinarSession:
        if self.instance.pk:
            return self._moved()
        if self.instance.room_id is None:
            self.instance.room = create_room(
                kind=Room.Kind.WEBINAR, title=self.instance.webinar.title
            )
        return super().save(commit=commit)

    def _moved(self) -> WebinarSession:
        """At its new time, if that has changed; the learners get letters."""
        if not {"starts_at", "ends_at"} & set(self.changed_data):
            return self.instance
        return move_session(
            self.instance,
            starts_at=self.cleaned_data["starts_at"],
            ends_at=self.cleaned_data["ends_at"],
        )


class OnlyLed:
    """A view of one session; somebody else's is as good as not there."""

    def get_object(self, *arguments, **named):
        found = super().get_object(*arguments, **named)
        if not WebinarSession.objects.run_by(self.request.user).filter(pk=found.pk).exists():
            raise Http404
        return found


class SessionIndex(generic.IndexView):
    add_item_label = _("Plan a meeting")

    def get_base_queryset(self):
        return (
            WebinarSession.objects.run_by(self.request.user)
            .select_related("webinar", "cohort", "room")
            .distinct()
        )


class SessionEdit(OnlyLed, generic.EditView):
    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except SessionHeld:  # opened while somebody looked at the form
            messages.error(self.request, HELD)
            return redirect(self.index_url_name)


class SessionCancel(OnlyLed, generic.EditView):
    """Asks whether to call the meeting off, and does so."""

    action_url_name = "cancel"
    page_title = _("Cancel the meeting")

    def get_object(self, *arguments, **named):
        found = super().get_object(*arguments, **named)
        if found.opened_at is not None:
            raise PermissionDenied
        return found

    def post(self, request, *arguments, **named):
        if cancel_session(self.get_object()):
            messages.success(request, _("The meeting is cancelled. The learners get a letter."))
        return redirect(self.index_url_name)


class SessionDelete(OnlyLed, generic.DeleteView):
    def get_object(self, *arguments, **named):
        found = super().get_object(*arguments, **named)
        if found.opened_at is not None:  # its attendance is a record
            raise PermissionDenied
        return found


class SessionHistory(OnlyLed, ModelViewSet.history_view_class):
    pass


class SessionUsage(OnlyLed, ModelViewSet.usage_view_class):
    pass


class RoomColumn(Column):
    """The way from the plan to the room."""

    def get_value(self, instance):
        address = reverse("webinars:session_host", args=[instance.pk])
        return format_html('<a href="{}">{}</a>', address, _("Go to the room"))


class CancelColumn(Column):
    """The way to call a meeting off, or that it was."""

    def get_value(self, instance):
        if instance.cancelled_at is not None:
            return _("cancelled")
        if instance.opened_at is not None:
            return ""
        address = reverse("webinar_sessions:cancel", args=[instance.pk])
        return format_html('<a href="{}">{}</a>', address, _("Cancel the meeting"))


class SessionViewSet(ModelViewSet):
    model = WebinarSession
    icon = "calendar-alt"
    menu_label = _("Webinars")
    menu_name = "webinars"
    menu_order = Place.WEBINARS
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = False
    list_display = [
        "webinar",
        "cohort",
        MomentColumn("starts_at", label=_("Starts"), sort_key="starts_at"),
        RoomColumn("room", label=_("Room")),
        CancelColumn("cancelled_at", label=_("Cancelling")),
    ]
    index_view_class = SessionIndex
    edit_view_class = SessionEdit
    delete_view_class = SessionDelete
    history_view_class = SessionHistory
    usage_view_class = SessionUsage

    @property
    def cancel_view(self):
        return self.construct_view(
            SessionCancel, **{**self.get_edit_view_kwargs(), "template_name": CANCEL_TEMPLATE}
        )

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("cancel/<int:pk>/", self.cancel_view, name="cancel"),
        ]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return SessionForm


@hooks.register("register_admin_viewset")
def session_viewset() -> SessionViewSet:
    return SessionViewSet("webinar_sessions", url_prefix="webinar-sessions")


for shared in (Scenario, Rubric):
    register_permission_policy(shared, SharedLibrary(shared))


class ScenarioViewSet(ScopedViewSet):
    """Situations and role cards of practicums."""

    model = Scenario
    name = "scenarios"
    icon = "group"
    menu_label = _("Scenarios")
    list_display = ["title", "slug", "version"]


class RubricViewSet(ScopedViewSet):
    """Observation sheets of practicums."""

    model = Rubric
    name = "rubrics"
    icon = "clipboard-list"
    menu_label = _("Rubrics")
    list_display = ["title"]


class ScenarioGroup(ModelViewSetGroup):
    items = (ScenarioViewSet, RubricViewSet)
    menu_label = _("Scenarios")
    menu_name = "scenarios"
    menu_icon = "group"
    menu_order = Place.SCENARIOS


@hooks.register("register_admin_viewset")
def scenario_viewsets() -> ScenarioGroup:
    return ScenarioGroup()


class PracticumsItem(MenuItem):
    """Sessions that wait for a trainer's decision and people who wrote, with their number."""

    def is_shown(self, request):
        return Cohort.objects.run_by(request.user).exists()

    def render_component(self, request):
        component = super().render_component(request)
        if count := waiting_in_all(request.user):
            component.label = f"{self.label} ({count})"
        return component


@hooks.register("register_admin_menu_item")
def practicums_item() -> MenuItem:
    return PracticumsItem(
        _("Practicums"),
        reverse("webinars:practicum_queue"),
        name="practicums",
        icon_name="comment",
        order=Place.PRACTICUMS,
    )
