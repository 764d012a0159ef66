"""Topics of courses: content staff keep the list, trainers choose from it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from courses.cms.announcements import ByContentStaff
from courses.models import Topic

register_permission_policy(Topic, ByContentStaff(Topic))


class TopicIndex(generic.IndexView):
    add_item_label = _("Add a topic")


class TopicViewSet(ModelViewSet):
    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["title", "slug"]
    index_view_class = TopicIndex


@hooks.register("register_admin_viewset")
def topic_viewset() -> TopicViewSet:
    return TopicViewSet("topics")
