"""Giving and taking roles; the CMS's own permission groups follow them.

Whoever has a role, and nobody else but administrators, may enter the CMS (``is_staff``).
"""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction

from lms.people.models import Region, Role, RoleAssignment, RoleChange, User

CMS_GROUPS = {
    Role.TRAINER: "Trainers",
    Role.METHODOLOGIST: "Methodologists",
    Role.COORDINATOR: "Coordinators",
}
"""Django groups that carry the Wagtail permissions of a role."""


class LastAdministrator(Exception):
    """Nobody else could administer the installation: name another administrator first."""


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    region: Region | None = None,
    by: User | None = None,
    source: str = "system",
) -> RoleAssignment:
    """Give ``role`` (a coordinator's with its region); giving it twice changes nothing."""
    _lock(user)
    assignment, is_new = RoleAssignment.objects.get_or_create(user=user, role=role, region=region)
    user.groups.add(Group.objects.get_or_create(name=CMS_GROUPS[role])[0])
    _settle(user)
    if is_new:
        RoleChange.objects.create(
            person=user, role=role, region=region, is_given=True, by=by, source=source
        )
    return assignment


@transaction.atomic
def revoke_role(
    *,
    user: User,
    role: Role,
    region: Region | None = None,
    by: User | None = None,
    source: str = "system",
) -> bool:
    """Take ``role`` away (a coordinator's in one region). False: the person does not have it.

    With the last role goes the way into the CMS, unless the person is an administrator.
    """
    _lock(user)
    taken, _by_model = RoleAssignment.objects.filter(user=user, role=role, region=region).delete()
    if not taken:
        return False
    if not user.role_assignments.filter(role=role).exists():
        user.groups.remove(*Group.objects.filter(name=CMS_GROUPS[role]))
    _settle(user)
    RoleChange.objects.create(
        person=user, role=role, region=region, is_given=False, by=by, source=source
    )
    return True


@transaction.atomic
def make_administrator(*, user: User, by: User | None = None, source: str = "system") -> None:
    """Let ``user`` do everything; of somebody who may already nothing changes."""
    _lock(user)
    if not user.is_superuser:
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])
        _settle(user)
        RoleChange.objects.create(
            person=user, role=RoleChange.ADMINISTRATOR, is_given=True, by=by, source=source
        )


@transaction.atomic
def relieve_administrator(*, user: User, by: User | None = None, source: str = "system") -> None:
    """Make an administrator one no more; other roles stay. Raises LastAdministrator."""
    administrators = User.objects.select_for_update(no_key=True).filter(is_superuser=True)
    found = {person.pk: person for person in administrators.order_by("pk")}
    if user.pk not in found:
        return
    if not any(person.is_active for person in found.values() if person.pk != user.pk):
        raise LastAdministrator
    user.is_superuser = False
    user.save(update_fields=["is_superuser"])
    _settle(user)
    RoleChange.objects.create(
        person=user, role=RoleChange.ADMINISTRATOR, is_given=False, by=by, source=source
    )


def roles_in_words(user: User) -> list[str]:
    """The roles as people read them, in the language that is active: «trainer», «region
    coordinator (Tomsk Oblast)»."""
    words = [
        f"{held.get_role_display()} ({held.region})" if held.region else held.get_role_display()
        for held in user.role_assignments.select_related("region").order_by("role", "region__name")
    ]
    if user.is_superuser:
        words.insert(0, str(dict(RoleChange.ROLES)[RoleChange.ADMINISTRATOR]))
    return words


def _lock(user: User) -> None:
    """Two changes of a person's roles come one after the other; the second knows of the first."""
    rows = User.objects.select_for_update(no_key=True)
    user.is_superuser = rows.values_list("is_superuser", flat=True).get(pk=user.pk)


def _settle(user: User) -> None:
    """Bring the way into the CMS in line with the roles, in the database and in ``user``."""
    user.__dict__.pop("_roles_cache", None)
    user.is_staff = user.is_superuser or user.role_assignments.exists()
    User.objects.filter(pk=user.pk).update(is_staff=user.is_staff)
