"""A few words on the home of a region's learners, or of everybody's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from courses.models import Announcement
from lms.people.models import Role, User


class ByContentStaff(BasePermissionPolicy):
    """Methodologists and administrators."""

    def user_has_permission(self, user, action: str) -> bool:
        if not user.is_authenticated or not user.is_active:
            return False
        return user.is_administrator or user.has_role(Role.METHODOLOGIST)

    def users_with_any_permission(self, actions):
        return User.objects.filter(is_active=True, is_staff=True)


register_permission_policy(Announcement, ByContentStaff(Announcement))


class AnnouncementViewSet(ModelViewSet):
    model = Announcement
    icon = "comment"
    menu_label = _("Announcements")
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["__str__", "region", "shows_from", "shows_until"]
    list_filter = ["region"]
    panels = [
        FieldPanel("text"),
        FieldPanel("region"),
        FieldRowPanel([FieldPanel("shows_from"), FieldPanel("shows_until")]),
    ]


@hooks.register("register_admin_viewset")
def announcement_viewset() -> AnnouncementViewSet:
    return AnnouncementViewSet("announcements")
