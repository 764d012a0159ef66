from django.apps import AppConfig
from django.core.signals import request_finished, request_started
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from wagtail.signals import post_page_move

        from courses import personal_data  # noqa: F401  what is kept about people
        from courses.importing import imports  # noqa: F401  registers its job handlers
        from courses.models import ActivityPrerequisite, Cohort, SpeechRule, TrainerProfile
        from courses.site_tree import ensure_site_tree
        from courses.speech_lexicon import ensure_shipped_rules, forget_current_lexicon
        from courses.tree_cache import (
            begin_request,
            end_request,
            notice_change,
            notice_link,
            watch,
        )
        from lms.people.models import User

        watch(ActivityPrerequisite, Cohort, TrainerProfile)
        watch(User, when=lambda user: user.is_staff)  # trainers, who are named on pages
        post_migrate.connect(ensure_site_tree, sender=self)
        post_migrate.connect(ensure_shipped_rules, sender=self)
        for signal in (post_save, post_delete):
            signal.connect(forget_current_lexicon, sender=SpeechRule)
        for signal in (post_save, post_delete, post_page_move):
            signal.connect(notice_change, dispatch_uid="courses.tree")
        m2m_changed.connect(
            notice_link, sender=Cohort.trainers.through, dispatch_uid="courses.tree"
        )
        request_started.connect(begin_request, dispatch_uid="courses.tree")
        request_finished.connect(end_request, dispatch_uid="courses.tree")
