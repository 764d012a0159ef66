"""Who works here: finding a person, giving them a role and taking it away. For administrators."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.auth import permission_denied
from wagtail.admin.menu import MenuItem

from courses.cms.role_forms import SOURCE, RoleFields
from courses.models import Cohort
from lms.mail.work_invitations import invite_to_work
from lms.people.finding import find_people
from lms.people.models import Role, RoleAssignment, RoleChange, User
from lms.people.roles import LastAdministrator, relieve_administrator, revoke_role
from lms.people.showing import note_shown
from lms.people.wagtail_hooks import AdministratorsItem

SHOWN = 30
ORDER = (Role.METHODOLOGIST, Role.TRAINER, Role.COORDINATOR)

View = Callable[..., HttpResponse]


def for_administrators(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_administrator:
            return permission_denied(request)
        return view(request, *args, **kwargs)

    return guarded


def _people() -> QuerySet[User]:
    return User.objects.filter(erasure=None, merge=None)


def _assignments() -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.select_related("user", "region")


@for_administrators
def roles(request: HttpRequest) -> HttpResponse:
    """Who has which role, a search for everybody else, and what was changed lately."""
    words = request.GET.get("q", "").strip()
    found = find_people(words).prefetch_related("role_assignments__region") if words else []
    people = list(found[: SHOWN + 1])
    administrators, changes = _people().filter(is_superuser=True), _changes()[:20]
    held = _assignments().order_by("region__name", "user__family_name", "user__given_name", "pk")
    named = [*people[:SHOWN], *administrators]
    named += [one.user for one in held] + [change.person for change in changes]
    note_shown(request, [one.pk for one in named])
    context = {
        "words": words,
        "people": people[:SHOWN],
        "there_are_more": len(people) > SHOWN,
        "administrators": administrators,
        "held": [(role.label, [one for one in held if one.role == role]) for role in ORDER],
        "changes": changes,
    }
    return render(request, "courses/cms/roles.html", context)


def _changes() -> QuerySet[RoleChange]:
    return RoleChange.objects.select_related("person", "region", "by")


@for_administrators
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's roles; a POST gives one, or sends the letter with the way in once more."""
    found = get_object_or_404(_people(), pk=pk)
    note_shown(request, [found.pk])
    form = RoleFields(request.POST if "role" in request.POST or "give" in request.POST else None)
    if "letter" in request.POST:
        _write(request, found)
        return redirect("cms_roles_person", pk)
    if form.is_bound and form.is_valid():
        if found.email is None or not found.is_active:
            form.add_error(None, _("Without an address or with a closed account nobody signs in."))
        else:
            form.give(found, by=request.user)
            messages.success(request, _("The role is given."))
            return redirect("cms_roles_person", pk)
    context = {
        "person": found,
        "form": form,
        "held": found.role_assignments.select_related("region").order_by("role", "region__name"),
        "changes": _changes().filter(person=found),
    }
    return render(request, "courses/cms/roles_person.html", context)


def _write(request: HttpRequest, found: User) -> None:
    if found.is_staff and invite_to_work(found):
        messages.success(request, _("The letter is on its way."))
    else:
        messages.error(request, _("Nothing was sent: the person has no role or no address."))


@for_administrators
def take(request: HttpRequest, pk: int, assignment_id: int) -> HttpResponse:
    """Asks whether to take the role away, and says what it means; a POST does it."""
    held = get_object_or_404(_assignments(), pk=assignment_id, user_id=pk)
    note_shown(request, [held.user_id])
    if request.method == "POST":
        revoke_role(
            user=held.user,
            role=Role(held.role),
            region=held.region,
            by=request.user,
            source=SOURCE,
        )
        messages.success(request, _("The role is taken away."))
        return redirect("cms_roles_person", pk)
    context = {
        "person": held.user,
        "role": held.get_role_display(),
        "region": held.region,
        "led": _led_by(held.user) if held.role == Role.TRAINER else [],
        "is_last": not held.user.is_superuser and held.user.role_assignments.count() == 1,
    }
    return render(request, "courses/cms/roles_take.html", context)


def _led_by(user: User) -> QuerySet[Cohort]:
    """The cohorts that would be without a trainer."""
    others = Count("trainers", filter=~Q(trainers=user))
    led = Cohort.objects.filter(pk__in=user.trained_cohorts.values("pk"))
    return led.annotate(others=others).filter(others=0).select_related("course")


@for_administrators
def take_administration(request: HttpRequest, pk: int) -> HttpResponse:
    """The same of an administrator; somebody must remain one."""
    found = get_object_or_404(_people().filter(is_superuser=True), pk=pk)
    note_shown(request, [found.pk])
    if request.method == "POST":
        try:
            relieve_administrator(user=found, by=request.user, source=SOURCE)
        except LastAdministrator:
            messages.error(request, _("Nobody else is an administrator. Name another one first."))
        else:
            messages.success(request, _("The role is taken away."))
            if found == request.user:
                return redirect("wagtailadmin_home")
        return redirect("cms_roles_person", pk)
    context = {
        "person": found,
        "role": dict(RoleChange.ROLES)[RoleChange.ADMINISTRATOR],
        "is_last": not found.role_assignments.exists(),
    }
    return render(request, "courses/cms/roles_take.html", context)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("roles/", roles, name="cms_roles"),
        path("roles/<int:pk>/", person, name="cms_roles_person"),
        path("roles/<int:pk>/take/<int:assignment_id>/", take, name="cms_roles_take"),
        path(
            "roles/<int:pk>/take/administration/",
            take_administration,
            name="cms_roles_take_administration",
        ),
    ]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return AdministratorsItem(
        gettext_lazy("Roles"), reverse("cms_roles"), icon_name="group", order=903
    )
