from django.core.management.base import BaseCommand

from courses.retention import retire_inactive_people


class Command(BaseCommand):
    help = (
        "Write to people who have not been here for INACTIVE_PEOPLE_KEPT_DAYS, and erase those who "
        "did not come back after the letter. The clock does it every day; here to try it."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="say who it would be about only")

    def handle(self, *args, dry_run, **options):
        done = retire_inactive_people(dry_run=dry_run)
        for word, people in (("warned", done.warned), ("erased", done.erased)):
            self.stdout.write(f"{word}: {len(people)}")
            for person in people if dry_run else ():
                self.stdout.write(f"  {person.uuid}")
