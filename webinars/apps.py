from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebinarsConfig(AppConfig):
    name = "webinars"
    verbose_name = _("Live rooms")

    def ready(self) -> None:
        from courses.agenda import register_source
        from courses.copying import register_cohort_part
        from courses.tree_cache import watch
        from webinars import rescheduling  # noqa: F401  registers its job handler
        from webinars.agenda import sessions_between
        from webinars.copying import copy_sessions
        from webinars.live.features import chat, poll, register
        from webinars.live.rooms import register_rules
        from webinars.models import Room, WebinarSession
        from webinars.practicum import feature as practicum
        from webinars.webinar_rooms import WebinarRules

        register_source(sessions_between)
        watch(WebinarSession)
        register_rules(Room.Kind.WEBINAR, WebinarRules())
        register(chat.feature)
        register(poll.feature)
        register_rules(Room.Kind.PRACTICUM, practicum.PracticumRules())
        register(practicum.feature)
        register_cohort_part(copy_sessions)
