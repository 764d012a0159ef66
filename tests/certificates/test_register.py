"""The register as regions and trainers read it."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from certificates.issuing import issue_certificate
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.certificates.factories import completed
from tests.factories import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    user = UserFactory()
    grant_role(user=user, role=Role.COORDINATOR, region=RegionFactory())
    return user


def test_a_region_finds_its_certificates_and_no_others(client_of, coordinator):
    omsk = RegionFactory(code="RU-OMS", name="Омская область")
    own = issue_certificate(completed(learner=UserFactory(family_name="Томская")))
    issue_certificate(completed(learner=UserFactory(family_name="Омская", region=omsk)))
    browser = client_of(coordinator)
    page = browser.get("/certificates/register/").text
    assert "Томская Мария" in page
    assert "Омская Мария" not in page
    assert "1 сертификат" in page
    assert own.number in browser.get("/certificates/register/", {"q": own.number[-4:]}).text
    assert "Томская" not in browser.get("/certificates/register/", {"state": "revoked"}).text
    assert browser.get("/certificates/register/", {"since": "вчера"}).status_code == 422
    assert client_of(UserFactory()).get("/certificates/register/").status_code == 403


def test_the_spreadsheet_holds_the_same_rows_and_no_formulas(client_of, coordinator):
    certificate = issue_certificate(completed(learner=UserFactory(family_name="=Формула")))
    answer = client_of(coordinator).get("/certificates/register.xlsx")
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][0] == certificate.number
    assert rows[1][1].startswith("'=Формула")
    assert rows[1][9] == "действителен"


def test_the_list_costs_the_same_however_long(
    client_of, coordinator, django_assert_max_num_queries
):
    for _n in range(3):
        issue_certificate(completed(learner=UserFactory()))
    browser = client_of(coordinator)
    browser.get("/certificates/register/")
    with django_assert_max_num_queries(12):
        browser.get("/certificates/register/")
