"""The results in the CMS's reports."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from lms.insights.scope import sees_insights


class InsightsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return sees_insights(request.user)


@hooks.register("register_reports_menu_item")
def insights_item() -> MenuItem:
    return InsightsItem(
        _("Results of programmes"),
        reverse("insights:programme"),
        name="insights",
        icon_name="table",
        order=100,
    )
