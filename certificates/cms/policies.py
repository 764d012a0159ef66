"""Who may do what with templates, providers and certificates in the CMS."""

from __future__ import annotations

from django.db.models import Model, QuerySet
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from certificates.models import Certificate, CertificateTemplate, Provider
from courses.cms.own import sees_everything
from lms.people.models import User


class ContentStaff(BasePermissionPolicy):
    """Methodologists and administrators; what was used in a certificate is not deleted."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return user.is_authenticated and user.is_active and sees_everything(user)

    def user_has_permission_for_instance(self, user: User, action: str, instance: Model) -> bool:
        if not self.user_has_permission(user, action):
            return False
        return not (action in ("change", "delete") and self._is_used(instance))

    def _is_used(self, instance: Model) -> bool:
        return isinstance(instance, CertificateTemplate) and instance.locked_at is not None

    def instances_user_has_any_permission_for(self, user: User, actions) -> QuerySet:
        if not self.user_has_permission(user, "view"):
            return self.model._default_manager.none()
        return self.model._default_manager.all()

    def users_with_any_permission(self, actions) -> QuerySet[User]:
        return User.objects.filter(is_active=True, is_staff=True)


class ReadOnly(ContentStaff):
    """Nothing is added, changed or deleted by hand: certificates are issued."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)


register_permission_policy(CertificateTemplate, ContentStaff(CertificateTemplate))
register_permission_policy(Provider, ContentStaff(Provider))
register_permission_policy(Certificate, ReadOnly(Certificate))
