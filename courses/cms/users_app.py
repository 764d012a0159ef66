"""Wagtail's own app of users, with our forms instead of its own."""

from wagtail.users.apps import WagtailUsersAppConfig


class CmsUsersConfig(WagtailUsersAppConfig):
    user_viewset = "courses.cms.users.PeopleViewSet"
