"""People in the CMS's settings: our fields, invitations instead of passwords, nothing deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.users.views import users

from courses.cms.role_forms import EntryForm, InvitationForm
from lms.mail.work_invitations import invite_to_work
from lms.people.models import User


class PeopleIndex(users.IndexView):
    add_item_label = _("Invite to work")

    @property
    def search_fields(self) -> set[str]:
        return {"family_name", "given_name", "patronymic", "email"}

    def get_base_queryset(self) -> QuerySet[User]:
        return super().get_base_queryset().filter(erasure=None, merge=None)


class InvitationView(users.CreateView):
    page_title = _("Invite to work")
    error_message = _("The entry could not be saved: see the marked fields.")
    success_message = _("%(object)s is invited: the letter is on its way.")

    @transaction.atomic
    def save_instance(self) -> User:
        person = super().save_instance()
        self.form.give(person, by=self.request.user)
        invite_to_work(person)
        return person


class EntryView(users.EditView):
    success_message = _("The entry “%(object)s” is changed.")
    error_message = _("The entry could not be saved: see the marked fields.")

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.filter(erasure=None, merge=None)

    @property
    def header_more_buttons(self) -> list[Button]:
        buttons = super().header_more_buttons
        if self.request.user.is_administrator:
            address = reverse("cms_roles_person", args=[self.object.pk])
            buttons.append(Button(_("Roles"), url=address, icon_name="key", priority=5))
        return buttons


class PeopleViewSet(users.UserViewSet):
    ordering = "family_name"
    template_prefix = ""
    menu_label = _("People")
    index_view_class = PeopleIndex
    add_view_class = InvitationView
    edit_view_class = EntryView
    copy_view_enabled = False
    index_template_name = users.IndexView.template_name
    index_results_template_name = users.IndexView.results_template_name

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return EntryForm if for_update else InvitationForm


@hooks.register("before_delete_user")
def people_are_not_deleted(request: HttpRequest, person: User) -> HttpResponse:
    messages.error(request, gettext("People are not deleted here. Erase their data instead."))
    return redirect("personal_data_person", person.pk)


@hooks.register("before_bulk_action")
def nobody_is_changed_in_bulk(
    request: HttpRequest, kind: str, objects: Sequence[User], action: Any
) -> HttpResponse | None:
    """Deleting would take results along; groups alone would be no role."""
    if action.models != [User]:
        return None
    if kind == "delete":
        messages.error(request, gettext("People are not deleted here. Erase their data instead."))
        return redirect("personal_data")
    if kind == "assign_role":
        messages.error(request, gettext("Roles are given and taken away here, one by one."))
        return redirect("cms_roles")
    return None
