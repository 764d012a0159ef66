"""The pages and CMS permissions that every installation begins with."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
)

from courses.cms.workflow import ensure_review_workflow
from courses.models import CatalogPage, KnowledgeBasePage, WelcomePage
from lms.people.models import Role, RoleAssignment
from lms.people.roles import CMS_GROUPS, grant_role

METHODOLOGISTS_RIGHTS = (
    "add_page",
    "change_page",
    "publish_page",
    "lock_page",
    "unlock_page",
)
# What a trainer may do in the catalogue follows from the courses that they lead
# (courses.cms.page_rights); among memos, "add" is enough to change what one has added oneself.
CATALOG_RIGHTS = {Role.TRAINER: (), Role.METHODOLOGIST: METHODOLOGISTS_RIGHTS}
MEMO_RIGHTS = {Role.TRAINER: ("add_page",), Role.METHODOLOGIST: METHODOLOGISTS_RIGHTS}


# Pictures and documents for lessons; "add" is enough to change what one has added oneself.
FILE_RIGHTS = {
    Role.TRAINER: ("add_image", "choose_image", "add_document", "choose_document"),
    Role.METHODOLOGIST: (
        "add_image",
        "change_image",
        "choose_image",
        "add_document",
        "change_document",
        "choose_document",
    ),
}


def ensure_site_tree(**_signal) -> CatalogPage:
    """Create the front page, the shelves below it and the CMS groups where they are missing."""
    root = _root()
    welcome = WelcomePage.objects.first()
    if welcome is None:
        welcome = root.add_child(instance=WelcomePage(title="Бережно", slug="welcome"))
        Site.objects.filter(root_page__slug="home", root_page__depth=2, site_name="").update(
            root_page=welcome
        )
        Page.objects.filter(depth=2, slug="home").delete()  # Wagtail's own first page
    catalog = CatalogPage.objects.first()
    if catalog is None:
        catalog = welcome.add_child(instance=CatalogPage(title="Каталог", slug="catalog"))
    memos = KnowledgeBasePage.objects.first()
    if memos is None:
        welcome.refresh_from_db()  # its number of children, which the tree counts on
        memos = welcome.add_child(instance=KnowledgeBasePage(title="Памятки", slug="memos"))
    _ensure_site(welcome)
    _ensure_groups()
    _ensure_rights(catalog, CATALOG_RIGHTS)
    _ensure_rights(memos, MEMO_RIGHTS)
    _ensure_file_rights()
    for shelf in (catalog, memos):
        ensure_review_workflow(shelf)
    return catalog


def _ensure_site(welcome: WelcomePage) -> None:
    """A default site; one that an administrator has named is left as it is."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(
            is_default_site=True, hostname="localhost", root_page=welcome, site_name="Бережно"
        )
    elif not site.site_name:  # Wagtail's own first site
        site.root_page, site.site_name = welcome, "Бережно"
        site.save()


def _root() -> Page:
    Locale.objects.get_or_create(language_code="ru")
    root = Page.objects.filter(depth=1).first()
    if root is None:
        root = Page.add_root(instance=Page(title="Root", slug="root"))
    return root


def _ensure_file_rights() -> None:
    collection = Collection.objects.filter(depth=1).first()
    if collection is None:  # where the CMS keeps files
        collection = Collection.add_root(instance=Collection(name="Root"))
    for app in ("wagtailimages", "wagtaildocs"):
        create_permissions(apps.get_app_config(app), verbosity=0)
    for role, codenames in FILE_RIGHTS.items():
        group = Group.objects.get(name=CMS_GROUPS[role])
        for permission in Permission.objects.filter(
            content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=codenames
        ):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=permission
            )


def _ensure_groups() -> None:
    create_permissions(apps.get_app_config("wagtailcore"), verbosity=0)
    admin_type, _created = ContentType.objects.get_or_create(
        app_label="wagtailadmin", model="admin"
    )
    access, _created = Permission.objects.get_or_create(
        content_type=admin_type, codename="access_admin", defaults={"name": "Can access Wagtail"}
    )
    for name in CMS_GROUPS.values():
        Group.objects.get_or_create(name=name)[0].permissions.add(access)
    for assignment in RoleAssignment.objects.filter(
        role=Role.COORDINATOR, user__is_staff=False
    ).select_related("user", "region"):  # made before coordinators had work in the CMS
        grant_role(user=assignment.user, role=Role.COORDINATOR, region=assignment.region)


def _ensure_rights(shelf: Page, rights: dict[Role, tuple[str, ...]]) -> None:
    for role, codenames in rights.items():
        group = Group.objects.get(name=CMS_GROUPS[role])
        GroupPagePermission.objects.filter(group=group, page=shelf).exclude(
            permission__codename__in=codenames
        ).delete()
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailcore", codename__in=codenames
        ):
            GroupPagePermission.objects.get_or_create(
                group=group, page=shelf, permission=permission
            )
