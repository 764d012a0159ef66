"""Columns of our lists in the CMS."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.admin.ui.tables import Column


class MomentColumn(Column):
    """Day and time. The CMS's own column tells how long ago it was, and knows no future."""

    def get_value(self, instance: Any) -> str:
        moment = super().get_value(instance)
        return date_format(timezone.localtime(moment), "j E Y, H:i") if moment else ""


class YesNoColumn(Column):
    """«Yes» or «no» in words; the CMS would write True or False."""

    def get_value(self, instance: Any) -> str:
        return _("yes") if super().get_value(instance) else _("no")
