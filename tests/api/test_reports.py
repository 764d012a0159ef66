"""The report of gains for a machine: the numbers of the page, within the client's region."""

import pytest

from courses.models import Course
from lms.insights.reports.taking import current_snapshot, reports_in
from tests.factories import CohortFactory
from tests.insights.conftest import course_with_questionnaire
from tests.insights.test_programme import people
from tests.insights.test_report import answered

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(db) -> Course:
    return course_with_questionnaire()


def test_the_api_has_the_numbers_of_the_page(caller_of, course, tomsk, omsk):
    for region in (tomsk, omsk):
        answered(region, CohortFactory(course=course))
    address = f"/courses/{course.translation_key}/report"
    whole = caller_of().get(address)
    assert whole.status_code == 200
    reports = reports_in(current_snapshot(course))
    assert whole.json()["region"] is None
    assert whole.json()["report"]["strands"][0]["estimate"]["gain"] == pytest.approx(
        reports.programme.strands[0].estimate.gain
    )
    assert whole.json()["instrument"] == {"code": "t", "version": 1, "is_normed": False}
    own = caller_of(tomsk).get(address).json()
    assert (own["region"], own["report"]["regions"]) == (tomsk.code, None)
    other = caller_of(tomsk).get(f"{address}?region={omsk.code}")
    assert other.status_code == 404
    assert other.json()["code"] == "report-not-found"


def test_the_api_has_no_report_of_nine_people(caller_of, course, tomsk):
    people(tomsk, CohortFactory(course=course), 9, gain=1)
    assert caller_of(tomsk).get(f"/courses/{course.translation_key}/report").status_code == 404
