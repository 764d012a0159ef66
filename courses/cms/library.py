"""What trainers share: scenarios, rubrics, questionnaires. Read by all, changed by their authors.

The CMS's log knows who made what; a trainer changes their own, content staff everything.
"""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from wagtail.models import ModelLogEntry
from wagtail.permission_policies.base import BasePermissionPolicy

from courses.cms.own import is_only_trainer, sees_everything
from lms.numerals import whole_number
from lms.people.models import User


class SharedLibrary(BasePermissionPolicy):
    """The rights to objects of one model, by role and author."""

    def user_has_permission(self, user: User, action: str) -> bool:
        if not user.is_authenticated or not user.is_active:
            return False
        return sees_everything(user) or is_only_trainer(user)

    def user_has_permission_for_instance(self, user: User, action: str, instance: Model) -> bool:
        if not self.user_has_permission(user, action):
            return False
        if sees_everything(user) or action in ("view", "add"):
            return True
        return self._made_by(user).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: User, actions) -> QuerySet:
        if not self.user_has_permission(user, "view"):
            return self.model._default_manager.none()
        if sees_everything(user) or "view" in actions:
            return self.model._default_manager.all()
        return self._made_by(user)

    def users_with_any_permission(self, actions) -> QuerySet[User]:
        return User.objects.filter(is_active=True, is_staff=True)

    def _made_by(self, user: User) -> QuerySet:
        made = ModelLogEntry.objects.filter(
            user=user,
            action="wagtail.create",
            content_type=ContentType.objects.get_for_model(self.model),
        ).values_list("object_id", flat=True)
        ids = [number for key in made if (number := whole_number(key)) is not None]
        return self.model._default_manager.filter(pk__in=ids)
