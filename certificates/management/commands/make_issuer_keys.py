from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from certificates.issuer import current_token
from certificates.keys import KeysExist, KeysUnreadable, make_keys


class Command(BaseCommand):
    help = "Make the keys that certificates are signed with; existing keys are left as they are."

    def handle(self, *args, verbosity: int, **options):
        folder = settings.ISSUER_KEYS_DIR
        try:
            make_keys(folder, organisation=settings.WAGTAIL_SITE_NAME, token=current_token())
        except KeysUnreadable as error:
            raise CommandError(str(error)) from None
        except KeysExist:
            if verbosity:
                self.stdout.write(f"The keys in {folder} stay as they are.")
            return
        if verbosity:
            self.stdout.write(f"Keys are in {folder}: keep a copy of this folder in a safe place.")
