from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand

from lms.demo.installing import DemoAccess, install_demo
from lms.demo.people import DEMO_PASSWORD, PEOPLE

WHAT_TO_TRY = """
Что попробовать
  1. Войдите как слушатель: на главной — один следующий шаг.
  2. Откройте два разных браузера (или окно инкогнито) и войдите двумя слушателями:
     вебинар с чатом и опросом, практикум с напарником.
  3. Войдите как тренер и откройте {url}/cms/ — измените урок и отправьте на проверку;
     методист одобрит его, и правку увидят слушатели.
  4. Войдите как администратор: {url}/insights/ — 17 регионов синтетической программы.
  5. Запишите человека через API; письмо с приглашением ляжет в {mail}:

     curl -X PUT {url}/api/v1/cohorts/{cohort}/enrolments/by-external-id/hr/1001 \\
       -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
       -d '{{"family_name": "Новикова", "given_name": "Ирина", "patronymic": "Олеговна",
            "email": "irina@example.org"}}'

     Описание API: {url}/developers/
"""


class Command(BaseCommand):
    help = "Install the Russian demo course with its people; running it again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--quick",
            action="store_true",
            help="Leave out the synthetic programme of 17 regions.",
        )

    def handle(self, *args, quick: bool, verbosity: int, **options):
        access, _cohort = install_demo()
        if not quick:
            from lms.demo.synthetic import create_synthetic_programme

            create_synthetic_programme()
        if verbosity:
            self._print(access)

    def _print(self, access: DemoAccess) -> None:
        url = settings.PUBLIC_URL
        self.stdout.write("\nУчётные записи (пароль у всех: " + DEMO_PASSWORD + ")")
        for person in PEOPLE:
            self.stdout.write(f"  {person.title:<22} {person.email}")
        self.stdout.write(f"  {'Ключ API':<22} {access.api_key}")
        self.stdout.write(
            WHAT_TO_TRY.format(
                url=url, key=access.api_key, cohort=access.cohort, mail=settings.EMAIL_FILE_PATH
            )
        )
        self.stdout.write(f"Адрес: {url}/ (через несколько секунд, когда сервер скажет Ready)")
