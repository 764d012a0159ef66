from __future__ import annotations

from django.core.management.base import BaseCommand

from assessments.battery import install_battery


class Command(BaseCommand):
    help = "Put our own battery (forms A and B, in Russian, not yet normed) into the library."

    def handle(self, *args, **options):
        instrument = install_battery()
        self.stdout.write(f"{instrument}: {instrument.items.count()}")
