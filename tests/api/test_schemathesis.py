"""schemathesis asks the whole description, with all its checks, as every kind of client.

Here a few requests of each operation; ``make fuzz-api`` runs ``schemathesis run`` with many.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from courses.models import Enrollment, PeopleImport
from lms.api.scopes import ALL_SCOPES
from tests.api.meaning import STATUSES
from tests.api.test_certificates import make_certificate
from tests.factories import CohortFactory, OrganisationFactory

checks.load_all_checks()

FEW = 1
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", FEW))
"""How many cases an operation gets. The few of a test run are the same each time."""

# In this order each request is sent as all of them: those who may change less go first.
KINDS = {
    "without scopes": ([], "tomsk"),
    "of another region": (ALL_SCOPES, "omsk"),
    "read only": ([scope for scope in ALL_SCOPES if scope.endswith(":read")], "tomsk"),
    "without personal data": ([s for s in ALL_SCOPES if s != "learners:pii"], "tomsk"),
    "of all regions": (ALL_SCOPES, None),
    "all scopes": (ALL_SCOPES, "tomsk"),
}


@pytest.fixture
def world(caller):
    """One of everything in Tomsk; whoever asks is given its ids, so that requests get far."""
    cohort = CohortFactory()
    enrolment = caller.enrol(cohort).data["enrolment"]
    row = Enrollment.objects.get(uuid=enrolment["id"])
    people_import = PeopleImport.objects.create(
        region=row.learner.region, file_name="a.csv", size_bytes=1, format="csv", state="checked"
    )
    return {
        "code": "RU-TOM",
        "organisation_id": str(OrganisationFactory().pk),
        "cohort_id": str(cohort.uuid),
        "course_id": str(cohort.course.translation_key),
        "enrolment_id": enrolment["id"],
        "learner_id": enrolment["learner"]["id"],
        "import_id": str(people_import.uuid),
        "certificate_id": str(make_certificate(row).uuid),
    }


@pytest.fixture
def keys(caller_of, tomsk, omsk, settings):
    settings.API_REQUESTS_PER_MINUTE = settings.API_TOKEN_REQUESTS_PER_MINUTE = 10**9
    regions = {"tomsk": tomsk, "omsk": omsk, None: None}
    return {
        kind: caller_of(regions[region], scopes=scopes).key
        for kind, (scopes, region) in KINDS.items()
    }


@contextmanager
def kept_open():
    """The end of a request must not close the connection that the test's transaction is in."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.django_db
def test_every_answer_is_as_described(mode, client, world, keys):
    described = json.loads(client.get("/api/v1/schema/?lang=en").content)
    described.pop("servers")
    schema = schemathesis.openapi.from_dict(described)
    schema.app = get_wsgi_application()
    failures = []
    for found in schema.get_all_operations():
        operation = found.ok()
        try:
            with kept_open():
                _ask(operation, mode, world, keys)
        except BaseExceptionGroup as failed:
            failures.append(f"{operation.label}: {failed.exceptions}")
    assert not failures, "\n\n".join(failures)


def _ask(operation, mode, world, keys) -> None:
    ids = {one.name: world[one.name] for one in operation.path_parameters if one.name in world}

    @given(operation.as_strategy(generation_mode=mode, path_parameters=ids))
    @settings(
        max_examples=EXAMPLES,
        derandomize=EXAMPLES == FEW,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case) -> None:
        for key in keys.values():
            headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}
            response = case.call(headers=headers)
            judged = [positive_data_acceptance] if response.status_code in STATUSES else []
            case.validate_response(response, headers=headers, excluded_checks=judged)

    ask()
