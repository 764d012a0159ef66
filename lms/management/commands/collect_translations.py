from django.conf import settings
from django.core.management.base import BaseCommand

from lms.translations import collect, missing_texts


class Command(BaseCommand):
    help = "Add new texts to the translation catalogues, and list what is not translated yet."

    def handle(self, *args, **options):
        added = collect(settings.BASE_DIR)
        for found in missing_texts(settings.BASE_DIR):
            place = found.source.relative_to(settings.BASE_DIR)
            self.stdout.write(f"{place}:{found.line}: {found.text[1]!r}")
        self.stdout.write(f"{added} texts added")
