"""Giving and taking roles; the CMS's own permission groups follow them."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction

from lms.people.models import Region, Role, RoleAssignment, User

CMS_GROUPS = {
    Role.TRAINER: "Trainers",
    Role.METHODOLOGIST: "Methodologists",
    Role.COORDINATOR: "Coordinators",
}
"""Django groups that carry the Wagtail permissions of a role."""


@transaction.atomic
def grant_role(*, user: User, role: Role, region: Region | None = None) -> RoleAssignment:
    """Give ``role`` (a coordinator's with its region); giving it twice changes nothing."""
    assignment, _created = RoleAssignment.objects.get_or_create(user=user, role=role, region=region)
    if group_name := CMS_GROUPS.get(role):
        user.groups.add(Group.objects.get_or_create(name=group_name)[0])
        User.objects.filter(pk=user.pk).update(is_staff=True)
        user.is_staff = True
    user.__dict__.pop("_roles_cache", None)
    return assignment
