"""The guide for programmers: what its pages show is carried out here against a live server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from django.urls import reverse

from courses.models import Enrollment
from lms.api.models import ApiClient
from lms.api.oauth.secrets import make_secret
from lms.api.sandbox import CODE, make_sandbox, make_test_client
from lms.people.models import Erasure, User
from lms.people.seed import seed_regions
from tests.factories import CohortFactory

PAGES = ("/developers/", "/developers/guide/")
STEP = re.compile(
    r'data-language="(\w+)"><figcaption>[^<]*</figcaption><pre[^>]*><code>(.*?)</code>', re.DOTALL
)


@pytest.fixture(autouse=True)
def regions_for_the_tests_after(request):
    """A test with real transactions empties the tables; regions belong to every installation."""
    yield
    if "live_server" in request.fixturenames:
        seed_regions()


@pytest.fixture
def sandbox(db) -> tuple[ApiClient, str]:
    """A client of the sandbox with every scope, and its secret."""
    CohortFactory()
    client, _key = make_test_client(make_sandbox(), name="Проба региона")
    secret = make_secret(client)
    client.refresh_from_db()
    return client, secret


def steps_shown(client, language: str) -> list[str]:
    """The samples in the order in which a reader meets them."""
    pages = [client.get(page).content.decode() for page in PAGES]
    return [
        unescape(code) for page in pages for found, code in STEP.findall(page) if found == language
    ]


def carried_out(command: list[str], text: str, folder: Path) -> str:
    """What the program says; it runs in an empty folder and must end well."""
    program = folder / "program"
    program.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [*command, str(program)],
        cwd=folder,
        env={**os.environ, "no_proxy": "*", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("language", ["curl", "python"])
@pytest.mark.django_db(transaction=True)
def test_every_step_runs_one_after_another(
    language, client, live_server, sandbox, settings, tmp_path
):
    if language == "curl" and not all(map(shutil.which, ("bash", "curl", "jq", "openssl"))):
        pytest.skip("needs bash, curl, jq and openssl")
    settings.PUBLIC_URL = live_server.url
    caller, secret = sandbox
    text = "\n".join(steps_shown(client, language))
    assert live_server.url in text
    text = text.replace("bc_…", str(caller.client_id)).replace("bs_…", secret)
    command = ["bash", "-eo", "pipefail"] if language == "curl" else [sys.executable]
    said = carried_out(command, text, tmp_path)
    expected = ["would_create", "email-invalid", "created", "enrolment-not-found", "Весна"]
    expected.append("webhook-signature: v1," if language == "curl" else "{'type': 'test'}")
    for words in expected:
        assert words in said, words
    people = User.objects.filter(region__code=CODE)  # those of SCIM, too
    assert set(people.values_list("is_synthetic", flat=True)) == {True}
    assert people.filter(family_name="Новикова").exists()
    assert Erasure.objects.count() == 1
    assert Enrollment.objects.filter(cohort__title="Весна").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["guide.sh", "guide.py"])
def test_whole_programs_are_the_steps_in_their_order(client, name):
    language = "curl" if name.endswith(".sh") else "python"
    whole = client.get(reverse("api:program", args=[name])).content.decode()
    parts = [part.strip() for part in re.split(r"(?m)^# \[\w+\]\n", whole) if part.strip()]
    assert parts == steps_shown(client, language)
    assert client.get("/developers/guide.rb").status_code == 404
