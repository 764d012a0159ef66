"""What the CMS lets trainers do with pages: publish and take down their own."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page

from courses.dialogues import cms as _dialogues  # noqa: F401  registers the table of lines
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
