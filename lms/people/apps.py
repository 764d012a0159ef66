from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "lms.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        from lms.people import holdings  # noqa: F401  what is kept about people
        from lms.people.seed import seed_regions

        post_migrate.connect(seed_regions, sender=self)
