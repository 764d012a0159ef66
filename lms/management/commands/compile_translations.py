from django.conf import settings
from django.core.management.base import BaseCommand

from lms.translations import catalogues, compile_catalogue


class Command(BaseCommand):
    help = "Compile the translation catalogues that have changed."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        written = sum(compile_catalogue(path) for path in catalogues(settings.BASE_DIR))
        if options["verbosity"] > 1:
            self.stdout.write(f"{written} catalogues compiled")
