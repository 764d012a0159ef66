from django.core.management.base import BaseCommand

from lms.server import run_server


class Command(BaseCommand):
    help = "Serve pages and live rooms; the worker runs inside unless a broker is configured."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, host: str, port: int, **options):
        run_server(host=host, port=port)
