from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from lms.api.models import ApiClient
from lms.api.sandbox import (
    NothingToStudy,
    StillImporting,
    make_sandbox,
    make_test_client,
    reset_sandbox,
)
from lms.people.models import Region


class Command(BaseCommand):
    help = (
        "Make the region to try the API in (made-up people who never get letters and stand in no "
        "report), and print the key of a new test client, which is shown this once only."
    )

    def add_arguments(self, parser):
        parser.add_argument("--name", default="sandbox", help="of the test client")
        parser.add_argument("--reset", action="store_true", help="only set it back; keys stay")

    def handle(self, *args, name, reset, **options):
        if reset:
            self._reset()
            return
        if ApiClient.objects.filter(name=name).exists():
            raise CommandError(f"There is a client “{name}”. Choose another with --name.")
        try:
            with translation.override("ru"):
                region = make_sandbox()
        except NothingToStudy:
            raise CommandError("Publish a course first, or run “manage.py demo”.") from None
        self.stdout.write(make_test_client(region, name=name)[1])

    def _reset(self) -> None:
        try:
            with translation.override("ru"):
                gone = reset_sandbox()
        except Region.DoesNotExist:
            raise CommandError("There is no sandbox yet.") from None
        except StillImporting:
            raise CommandError("An import of the sandbox is at work.") from None
        self.stdout.write(f"People taken away: {gone}")
