from django.core.management.base import BaseCommand, CommandError

from lms.api.keys import create_client, end_key, rotate_key
from lms.api.models import ApiClient
from lms.api.oauth.secrets import make_secret
from lms.api.scopes import ALL_SCOPES
from lms.people.models import Region


class Command(BaseCommand):
    help = (
        "Make a client of the API and print its key, or its OAuth2 id and secret, "
        "which are shown this once only."
    )

    def add_arguments(self, parser):
        parser.add_argument("--name", help="as the audit shows it; default: the region's code")
        parser.add_argument("--region", help="ISO 3166-2:RU code; left out: all regions")
        parser.add_argument("--scopes", nargs="+", default=list(ALL_SCOPES), metavar="SCOPE")
        parser.add_argument(
            "--rotate", action="store_true", help="a new key for the client of this name"
        )

        parser.add_argument(
            "--oauth", action="store_true", help="an id and a secret for tokens instead of a key"
        )

    def handle(self, *args, name, region, scopes, rotate, oauth, **options):
        name = name or region or "all regions"
        if rotate:
            client = self._existing(name)
            self.stdout.write(self._secret(client) if oauth else rotate_key(client))
            return
        if unknown := sorted(set(scopes) - set(ALL_SCOPES)):
            raise CommandError(f"No such scope: {', '.join(unknown)}")
        if ApiClient.objects.filter(name=name).exists():
            raise CommandError(f"There is a client “{name}”. Another name, or --rotate?")
        client, key = create_client(name=name, scopes=scopes, region=self._region(region))
        if oauth:
            end_key(client)
        self.stdout.write(self._secret(client) if oauth else key)

    def _secret(self, client: ApiClient) -> str:
        secret = make_secret(client)
        client.refresh_from_db()
        return f"{client.client_id} {secret}"

    def _existing(self, name: str) -> ApiClient:
        try:
            return ApiClient.objects.get(name=name)
        except ApiClient.DoesNotExist:
            raise CommandError(f"There is no client “{name}”.") from None

    def _region(self, code: str | None) -> Region | None:
        if code is None:
            return None
        try:
            return Region.objects.get(code=code)
        except Region.DoesNotExist:
            raise CommandError(f"There is no region “{code}”.") from None
