"""The Python client that is generated from the description works against a live server."""

from __future__ import annotations

import importlib
import sys

import pytest
from django.core.management import call_command

from tests.factories import CohortFactory

PACKAGE = "berezhno_api"


@pytest.fixture(scope="module")
def api_client(tmp_path_factory):
    """Generate it as ``make client`` does, and import it."""
    folder = tmp_path_factory.mktemp("client")
    call_command("make_client", str(folder), skip_wheel=True)
    sys.path.insert(0, str(folder / "berezhno-api-client"))
    try:
        yield importlib.import_module(PACKAGE)
    finally:
        sys.path.pop(0)
        for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
            del sys.modules[name]


@pytest.mark.django_db(transaction=True)
def test_it_enrols_reads_back_and_understands_an_error(api_client, live_server, caller):
    def operation(path: str):
        return importlib.import_module(f"{PACKAGE}.api.{path}")

    models = importlib.import_module(f"{PACKAGE}.models")
    cohort = CohortFactory(capacity=1)
    client = api_client.AuthenticatedClient(base_url=live_server.url, token=caller.key)

    (found,) = operation("cohorts.cohort_list").sync(client=client).items
    assert found.id == cohort.uuid
    body = models.LearnerBody(
        family_name="Иванова", given_name="Мария", email="ivanova@example.org"
    )
    enrol = operation("enrolments.enrol_by_external_id")
    answer = enrol.sync(found.id, "hr", "1", client=client, body=body)
    assert answer.outcome == models.WriteOutcome.CREATED

    read = operation("enrolments.enrolment_list").sync(client=client)
    assert [row.learner.family_name for row in read.items] == ["Иванова"]
    events = operation("events.event_list").sync(client=client)
    assert [event.type_.value for event in events.items] == ["learner.created", "enrolment.created"]

    full = enrol.sync(found.id, "hr", "2", client=client, body=body)
    assert isinstance(full, models.Problem)
    assert (full.status, full.code) == (409, models.ProblemCode.EMAIL_TAKEN)
    body.email = "other@example.org"
    full = enrol.sync(found.id, "hr", "2", client=client, body=body)
    assert full.code == models.ProblemCode.COHORT_FULL
