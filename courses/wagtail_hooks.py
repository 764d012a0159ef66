"""What the CMS lets trainers do with pages, and the announcements of the learner's home."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import Page
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from courses.authoring import buttons, guarding  # noqa: F401  register their hooks
from courses.dialogues import cms as _dialogues  # noqa: F401  registers the table of lines
from courses.models import Announcement
from lms.people.models import Role, User


def may_publish(user: User, page: Page) -> bool:
    """Content staff publish everything; a trainer what they own, or what stands in it.

    Wagtail's own right to publish knows no owner, so that a trainer could take down another's
    course.
    """
    if user.is_administrator or user.has_role(Role.METHODOLOGIST):
        return True
    if page.owner_id == user.pk:
        return True
    return page.get_ancestors().filter(owner=user, depth__gt=3).exists()


@hooks.register("before_publish_page")
@hooks.register("before_unpublish_page")
def only_ones_own_pages(request: HttpRequest, page: Page) -> None:
    if not may_publish(request.user, page):
        raise PermissionDenied


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
    """A few words on the home of a region's learners, or of everybody's."""

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
