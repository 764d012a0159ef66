"""What a trainer may do with which page: everything but publish, in one's own courses only.

Wagtail grants page rights to groups by place in the tree; "my own courses" is no such place. So
the policy adds to the rights of the groups those that follow from leading a course. Publishing is
never among them: a trainer submits, a methodologist approves, the first time and every time after.
"""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.models import GroupPagePermission, Page, PagePermissionTester
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy

from courses.cms.own import is_only_trainer, own_courses
from courses.models import CatalogPage, KnowledgeBasePage, Memo
from lms.people.models import User

TRAINER_RIGHTS = ("add_page", "change_page")


class OwnCoursesPolicy(PagePermissionPolicy):
    """The rights of groups, and in one's own courses those of a trainer."""

    def get_all_permissions_for_user(self, user: User) -> list[GroupPagePermission]:
        granted = list(super().get_all_permissions_for_user(user))
        if is_only_trainer(user):
            rights = list(
                Permission.objects.filter(
                    content_type__app_label="wagtailcore", codename__in=TRAINER_RIGHTS
                )
            )
            granted += [
                GroupPagePermission(page=course.page_ptr, permission=right)
                for course in own_courses(user).select_related("page_ptr")
                for right in rights
            ]
        return granted

    def user_has_any_permission(self, user: User, actions) -> bool:
        if is_only_trainer(user) and {"add", "change"} & set(actions):
            return True  # they may begin a course even when they have none yet
        return super().user_has_any_permission(user, actions)

    def explorable_root_instance(self, user: User) -> Page | None:
        if not is_only_trainer(user):
            return super().explorable_root_instance(user)
        catalog = CatalogPage.objects.first()
        pages = [permission.page for permission in self.get_cached_permissions_for_user(user)]
        if catalog is not None:
            pages.append(catalog.page_ptr)
        return Page.objects.first_common_ancestor_of(pages, include_self=True) if pages else None

    def explorable_instances(self, user: User) -> QuerySet[Page]:
        if not is_only_trainer(user):
            return super().explorable_instances(user)
        pages = self.model._default_manager.type(CatalogPage)
        for permission in self.get_cached_permissions_for_user(user):
            pages |= self.model._default_manager.descendant_of(permission.page, inclusive=True)
        return pages


register_permission_policy(Page, OwnCoursesPolicy(Page))


class CatalogRights(PagePermissionTester):
    """The catalogue: a trainer adds a course to it, and may do nothing else with it."""

    def __init__(self, user: User, page: Page):
        super().__init__(user, page)
        if is_only_trainer(user):
            self.permissions = self.permissions | {"add"}

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return not is_only_trainer(self.user) and super().can_delete(ignore_bulk)


def explorable(user: User) -> QuerySet[Page]:
    return policy_registry.get_by_type(Page).explorable_instances(user)


@hooks.register("construct_explorer_page_queryset")
def only_own_pages_in_the_explorer(
    parent: Page, pages: QuerySet[Page], request: HttpRequest
) -> QuerySet[Page]:
    """Another's course is as good as not there, whether one comes by a list or an address."""
    if not is_only_trainer(request.user):
        return pages
    mine = explorable(request.user)
    root = policy_registry.get_by_type(Page).explorable_root_instance(request.user)
    if parent.pk != getattr(root, "pk", None) and not mine.filter(pk=parent.pk).exists():
        raise Http404
    return pages.filter(pk__in=mine.values("pk"))


@hooks.register("construct_page_chooser_queryset")
def only_own_pages_in_choosers(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Choosers offer one's own pages, and the way down to them."""
    if not is_only_trainer(request.user):
        return pages
    catalog = CatalogPage.objects.first()
    allowed = explorable(request.user)
    if catalog is not None:
        allowed = allowed | Page.objects.ancestor_of(catalog, inclusive=True)
    allowed = allowed | Page.objects.type(KnowledgeBasePage, Memo)  # lessons link to memos
    return pages.filter(pk__in=allowed.values("pk"))
