"""The CMS's own pages API, which its side panel browses with.

The project's defaults of REST framework are those of the API for authorities: keys, scopes, their
problems. The CMS comes with a session instead.
"""

from __future__ import annotations

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.views import exception_handler
from wagtail import hooks
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.api.v2.router import WagtailAPIRouter


class CmsPages(PagesAdminAPIViewSet):
    permission_classes = [IsAuthenticated]
    throttle_classes: list = []
    content_negotiation_class = DefaultContentNegotiation

    def get_exception_handler(self):
        return exception_handler


@hooks.register("construct_admin_api")
def pages_of_the_cms(router: WagtailAPIRouter) -> None:
    router.register_endpoint("pages", CmsPages)
