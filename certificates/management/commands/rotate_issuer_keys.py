from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from certificates.issuer import current_token
from certificates.keys import KeysMissing, KeysUnreadable, rotate_keys


class Command(BaseCommand):
    help = "Sign from now on with new keys; what the old ones signed remains valid."

    def handle(self, *args, verbosity: int, **options):
        try:
            rotate_keys(settings.ISSUER_KEYS_DIR, token=current_token())
        except KeysMissing:
            raise CommandError("There are no keys yet: run make_issuer_keys.") from None
        except KeysUnreadable as error:
            raise CommandError(str(error)) from None
        if verbosity:
            self.stdout.write("New keys are in use; running processes take them up by themselves.")
