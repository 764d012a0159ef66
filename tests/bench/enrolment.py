"""Bulk enrolment and single requests against their floors, in one run, on PostgreSQL.

``copy``: rows per second of an import from end to end (read the file, validate, match, plan,
confirm, people, enrolments, audit, invitation tokens, letters asked for, events, outcomes) over a
bare staging COPY and upsert of the same people with enrolments into tables with the same columns,
indexes and references. ``copy_without_references``: over the same into tables that refer to none.
``again``: the same file a second time over the first. ``put``: a request that changes one field of
an enrolled person over a bare DRF view that saves one row; ``put_new``: one that enrols a new
person over the same. Run with ``make bench-enrolment``; the last line is JSON.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import resource
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import psycopg

PEOPLE_A_REGION = 2000
REQUESTS = 300
HEADINGS = (
    "external_id", "family_name", "given_name", "patronymic", "email", "position", "organisation",
    "region",
)  # fmt: skip


class TablesFromModels:
    """No migrations: the tables are made from the models at once."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def prepare_database() -> str:
    """A database of its own, with the tables and the regions; returns its address."""
    given = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    name = "berezhno_bench_enrolment"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    address = urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    os.environ |= {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "lms.settings.test",
        "SECRET_KEY": "only-for-the-bench",
        "VAR_DIR": tempfile.mkdtemp(),
        "LOG_LEVEL": "ERROR",
        "API_REQUESTS_PER_MINUTE": "1000000",
    }
    os.environ.pop("REDIS_URL", None)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.MIGRATION_MODULES = TablesFromModels()
    call_command("migrate", run_syncdb=True, verbosity=0)
    from django.urls import get_resolver

    from lms.celery import spare_the_collector

    assert get_resolver().url_patterns  # a worker loads them once, not in its first import
    spare_the_collector()
    return address


def people(round_number: int, regions: int) -> list[tuple[str, ...]]:
    from lms.people.seed import REGIONS as ALL

    return [
        (
            f"{round_number}-{region}-{number}",
            f"Фамилия{number % 997}",
            f"Имя{number % 89}",
            f"Отчество{number % 101}",
            f"p{round_number}-{region}-{number}@example.org",
            "Специалист по социальной работе",
            f"Центр {number % 40}",
            ALL[region][0],
        )
        for region in range(regions)
        for number in range(PEOPLE_A_REGION)
    ]


class Floor:
    """A bare staging COPY and upsert into tables like ours.

    ``with_references``: the copies refer to other tables as ours do, so that the database looks
    the same number of references up for a row.
    """

    TABLES = ("people_user", "people_externalid", "courses_enrollment")

    def __init__(self, cohort_id: int, *, with_references: bool) -> None:
        from django.db import connection

        self.cohort_id = cohort_id
        self.prefix = "floor" if with_references else "bare"
        with connection.cursor() as cursor:
            for table in self.TABLES:
                cursor.execute(f"CREATE TABLE {self.prefix}_{table} (LIKE {table} INCLUDING ALL)")
            if with_references:
                self._refer(cursor)

    def _refer(self, cursor) -> None:
        for table in self.TABLES:
            cursor.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE contype = 'f' AND conrelid = %s::regclass",
                [table],
            )
            for (definition,) in cursor.fetchall():
                for other in self.TABLES:
                    definition = definition.replace(f" {other}(", f" {self.prefix}_{other}(")
                cursor.execute(f"ALTER TABLE {self.prefix}_{table} ADD {definition}")

    def load(self, rows: list[tuple[str, ...]]) -> float:
        from django.db import connection, transaction

        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE staged (value text, family_name text, given_name text, "
                "patronymic text, email text, position text, organisation text, region text, "
                "user_uuid uuid, enrollment_uuid uuid) ON COMMIT DROP"
            )
            with cursor.cursor.copy("COPY staged FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row, uuid.uuid4(), uuid.uuid4()))
            cursor.execute(
                f"INSERT INTO {self.prefix}_people_user "
                "(uuid, password, is_superuser, email, family_name, given_name, patronymic, "
                "address_as, timezone, locale, display, phone, metadata, position, is_synthetic, "
                "is_staff, is_active, date_joined, updated_at, region_id) "
                "SELECT user_uuid, '!', false, s.email, s.family_name, s.given_name, s.patronymic, "
                "'', r.timezone, 'ru', '{}', '', '{}', s.position, false, false, true, now(), "
                "now(), r.id "
                "FROM staged s JOIN people_region r ON r.code = s.region "
                "ON CONFLICT (email) DO UPDATE SET family_name = EXCLUDED.family_name, "
                "given_name = EXCLUDED.given_name, patronymic = EXCLUDED.patronymic"
            )
            cursor.execute(
                f"INSERT INTO {self.prefix}_people_externalid (system, value, region_id, user_id) "
                "SELECT 'hr', s.value, u.region_id, u.id FROM staged s "
                f"JOIN {self.prefix}_people_user u ON u.email = s.email "
                "ON CONFLICT (region_id, system, value) DO NOTHING"
            )
            cursor.execute(
                f"INSERT INTO {self.prefix}_courses_enrollment (uuid, attempt, state, metadata, "
                "created_at, updated_at, cohort_id, learner_id) "
                "SELECT s.enrollment_uuid, 1, 'invited', '{}', now(), now(), %s, u.id "
                "FROM staged s "
                f"JOIN {self.prefix}_people_user u ON u.email = s.email "
                "ON CONFLICT (learner_id, cohort_id, attempt) DO NOTHING",
                [self.cohort_id],
            )
        return len(rows) / (time.perf_counter() - began)


def csv_of(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADINGS, *rows])
    return text.getvalue().encode()


def import_file(content: bytes, size: int, cohort) -> tuple[float, dict[str, int]]:
    """Rows per second from the upload to the last outcome, and the outcomes."""
    from django.core.files.base import ContentFile

    from courses.importing.imports import begin_import, confirm
    from lms.jobs import queue

    began = time.perf_counter()
    found = begin_import(
        file=ContentFile(content, name="people.csv"),
        name="people.csv",
        source="bench",
        region=None,
        cohort=cohort,
    )
    queue.run(found.job_id)
    found.refresh_from_db()
    confirm(found)
    queue.run(found.job_id)
    took = time.perf_counter() - began
    found.refresh_from_db()
    assert found.state == "applied", (found.state, found.job.error)
    return size / took, found.counts


def requests_per_second(senders: dict[str, Callable[[int], object]]) -> dict[str, float]:
    """The variants take turns request by request, so that a busy machine slows them alike."""
    took: dict[str, list[float]] = {name: [] for name in senders}
    for number in range(-20, REQUESTS):
        for name, send in senders.items():
            began = time.perf_counter()
            send(number)
            if number >= 0:
                took[name].append(time.perf_counter() - began)
    return {name: 1 / statistics.median(times) for name, times in took.items()}


def bare_view():
    """A DRF view with nothing around it: finds one row, checks two fields, saves it."""
    from rest_framework import generics, serializers

    from lms.people.models import User

    class BareSerializer(serializers.ModelSerializer):
        class Meta:
            model = User
            fields = ["family_name", "given_name", "patronymic", "position"]

    class Bare(generics.UpdateAPIView):
        queryset = User.objects.all()
        serializer_class = BareSerializer
        authentication_classes = []
        permission_classes = []
        throttle_classes = []

    return Bare.as_view()


def single_requests(cohort, region) -> dict[str, float]:
    from django.test import Client
    from django.urls import path

    from lms import urls
    from lms.api.keys import create_client
    from lms.api.scopes import ALL_SCOPES
    from lms.people.models import ExternalId

    urls.urlpatterns.insert(0, path("bare/<int:pk>", bare_view()))
    _client, key = create_client(name=uuid.uuid4().hex, scopes=ALL_SCOPES, region=region)
    browser = Client(headers={"Authorization": f"Bearer {key}"})
    known = list(
        ExternalId.objects.filter(region=region).values_list("value", "user_id")[: REQUESTS + 20]
    )
    base = f"/api/v1/cohorts/{cohort.uuid}/enrolments/by-external-id/hr"

    def put(address: str, body: dict) -> None:
        response = browser.put(address, json.dumps(body), content_type="application/json")
        assert response.status_code in (200, 201), response.content

    def body(text: str) -> dict:
        return {"family_name": "Орлова", "given_name": "Анна", "patronymic": "", "position": text}

    def changed(number: int) -> None:
        put(f"{base}/{known[number][0]}", body(f"Должность {time.perf_counter_ns()}"))

    def new(number: int) -> None:
        unique = time.perf_counter_ns()
        put(f"{base}/new-{unique}", body("") | {"email": f"n{unique}@example.org"})

    def bare(number: int) -> None:
        put(f"/bare/{known[number][1]}", body(f"Должность {time.perf_counter_ns()}"))

    return requests_per_second({"bare": bare, "put": changed, "put_new": new})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--regions", type=int, default=17)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    address = prepare_database()
    from django.utils import timezone

    from courses.models import Cohort
    from lms.people.models import Region
    from tests.factories import make_course

    now = timezone.now()
    cohort = Cohort.objects.create(
        course=make_course(), title="Поток", starts_at=now, ends_at=now + timedelta(days=60)
    )
    cohort.regions.set(Region.objects.all())
    floor = Floor(cohort.pk, with_references=True)
    bare_floor = Floor(cohort.pk, with_references=False)
    figures: dict[str, list[float]] = {}
    memory = 0
    for number in range(asked.repeats):
        rows = people(number, asked.regions)
        content = csv_of(rows)
        figures.setdefault("floor", []).append(floor.load(rows))
        figures.setdefault("floor_without_references", []).append(bare_floor.load(rows))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        first, counts = import_file(content, len(rows), cohort)
        if number == 0:
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert counts == {"created": len(rows)}, counts
        second, counts = import_file(content, len(rows), cohort)
        assert counts == {"unchanged": len(rows)}, counts
        figures.setdefault("first", []).append(first)
        figures.setdefault("again", []).append(second)
    singles: dict[str, list[float]] = {}
    region = Region.objects.get(code=people(0, 1)[0][-1])
    for _ in range(asked.repeats):
        for name, speed in single_requests(cohort, region).items():
            singles.setdefault(name, []).append(speed)
    median = {name: statistics.median(values) for name, values in (figures | singles).items()}
    result = {
        "rows": PEOPLE_A_REGION * asked.regions,
        "per_second": {name: round(value) for name, value in median.items()},
        "memory_growth_mb": round(memory / 1024, 1),
        "ratios": {
            "copy": round(median["first"] / median["floor"], 3),
            "copy_without_references": round(
                median["first"] / median["floor_without_references"], 3
            ),
            "again": round(median["again"] / median["first"], 3),
            "put": round(median["put"] / median["bare"], 3),
            "put_new": round(median["put_new"] / median["bare"], 3),
        },
    }
    from django.db import connection

    connection.close()
    parts = urlsplit(address)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as database:
        database.execute(f'DROP DATABASE IF EXISTS "{parts.path.strip("/")}" WITH (FORCE)')
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
