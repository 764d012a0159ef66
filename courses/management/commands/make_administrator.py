"""The first administrator of an installation, and the way back in when nobody else has one."""

from getpass import getpass

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from courses.invitations import confirm_address
from lms.people.models import User
from lms.people.registering import EmailTaken, refuse_taken_email
from lms.people.roles import make_administrator


class Command(BaseCommand):
    help = (
        "Make an administrator: somebody new, or the person who has this address already. They "
        "sign in by a code that is sent to the address; with --password also by a password."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--family-name", default="")
        parser.add_argument("--given-name", default="")
        parser.add_argument("--patronymic", default="")
        parser.add_argument("--password", action="store_true", help="ask for one (not shown)")

    @transaction.atomic
    def handle(self, *args, email, password, **options):
        person = self._person(email.lower(), options)
        if password:
            person.set_password(self._asked_for(person))
            person.save(update_fields=["password"])
        make_administrator(user=person, source="make_administrator")
        confirm_address(person)  # the operator answers for it
        self.stdout.write(
            f"{person} administers {settings.PUBLIC_URL}{reverse('wagtailadmin_home')}"
        )
        way_in = reverse("account_login" if password else "account_request_login_code")
        self.stdout.write(f"Sign in: {settings.PUBLIC_URL}{way_in}")
        if not password and settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
            self.stdout.write(f"No mail server is set: the code is in {settings.EMAIL_FILE_PATH}")

    def _person(self, email, names):
        names = {name: names[name] for name in ("family_name", "given_name", "patronymic")}
        person = User.objects.filter(email=email).first()
        if person is not None:
            if not person.is_active:
                raise CommandError("The account of this person is closed.")
            return person
        try:
            validate_email(email)
            refuse_taken_email(email, owner=None)
        except ValidationError:
            raise CommandError("This is no e-mail address.") from None
        except EmailTaken:
            raise CommandError("Somebody else has confirmed this address.") from None
        if not names["family_name"] or not names["given_name"]:
            raise CommandError("Nobody has this address: give --family-name and --given-name.")
        return User.objects.create_user(email, **names)

    def _asked_for(self, person):
        password = getpass("Password: ")
        if password != getpass("Once more: "):
            raise CommandError("The two are not alike.")
        try:
            validate_password(password, user=person)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None
        return password
