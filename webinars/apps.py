from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebinarsConfig(AppConfig):
    name = "webinars"
    verbose_name = _("Live rooms")

    def ready(self) -> None:
        from django.db.models.signals import post_save
        from wagtail.signals import page_published

        from courses.agenda import register_own_source, register_source
        from courses.copying import register_cohort_part
        from courses.side_pages import register_side_page
        from courses.tree_cache import watch
        from lms.people.models import Consent
        from webinars import (
            personal_data,  # noqa: F401  what is kept about people
            rescheduling,  # noqa: F401  registers its job handler
        )
        from webinars.agenda import practicums_between, sessions_between
        from webinars.breakouts import GroupRules
        from webinars.copying import copy_sessions
        from webinars.live.features import (
            breakout,
            chat,
            checkin,
            desk,
            floor,
            hands,
            notes,
            people,
            poll,
            questions,
            reactions,
            register,
            stage,
        )
        from webinars.live.rooms import register_rules
        from webinars.models import ExcellentRound, Room, Webinar, WebinarSession
        from webinars.practicum import feature as practicum
        from webinars.practicum import library
        from webinars.slides import order_slides
        from webinars.webinar_rooms import WebinarRules

        register_source(sessions_between)
        register_own_source(practicums_between)
        watch(WebinarSession)
        register_rules(Room.Kind.WEBINAR, WebinarRules())
        register_rules(Room.Kind.BREAKOUT, GroupRules())
        for part in (
            chat, desk, questions, poll, hands, reactions, checkin, stage, floor, notes, people,
            breakout,
        ):  # fmt: skip
            register(part.feature)
        register(breakout.group_feature)
        register_rules(Room.Kind.PRACTICUM, practicum.PracticumRules())
        register(practicum.feature)
        register_cohort_part(copy_sessions)
        register_side_page(library.side_page_of)
        watch(ExcellentRound, when=lambda one: one.published_at is not None)
        post_save.connect(library.notice_withdrawal, sender=Consent)
        page_published.connect(
            lambda instance, **_named: order_slides(instance),
            sender=Webinar,
            weak=False,
            dispatch_uid="slides of a webinar",
        )
