"""How trainers are introduced on the pages of courses: faces and a few words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from courses.cms.announcements import ByContentStaff
from courses.models import TrainerProfile

register_permission_policy(TrainerProfile, ByContentStaff(TrainerProfile))


class TrainerProfileViewSet(ModelViewSet):
    model = TrainerProfile
    icon = "user"
    menu_label = _("Trainers")
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["__str__", "about"]
    panels = [
        FieldPanel("user"),
        FieldPanel("photo"),
        FieldPanel("photo_alt"),
        FieldPanel("about"),
    ]


@hooks.register("register_admin_viewset")
def trainer_profile_viewset() -> TrainerProfileViewSet:
    return TrainerProfileViewSet("trainer-profiles")
