"""A trainer sets when their own cohort answers, and nobody else's."""

import pytest

from assessments.models import Administration
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.assessments.factories import course_with_waves
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NEW = "/cms/questionnaire-times/new/"


@pytest.fixture
def studio(client_of):
    trainer = UserFactory(is_staff=True)
    grant_role(user=trainer, role=Role.TRAINER)
    waves, enrollment = course_with_waves("pre")
    enrollment.cohort.trainers.add(trainer)
    return client_of(trainer), waves["pre"], enrollment.cohort


def dates(assessment, cohort):
    return {"assessment": assessment.pk, "cohort": cohort.pk, "opens_at": "",
            "closes_at": "2027-02-01 18:00"}  # fmt: skip


def test_a_closing_date_is_set_for_ones_own_cohort(studio):
    browser, assessment, cohort = studio
    assert browser.get(NEW).status_code == 200
    browser.post(NEW, dates(assessment, cohort))
    assert Administration.objects.get().closes_at.year == 2027
    assert assessment.title in browser.get("/cms/questionnaire-times/").text
    twice = browser.post(NEW, dates(assessment, cohort))
    assert twice.status_code == 200
    assert Administration.objects.count() == 1


@pytest.mark.parametrize(
    "more", [{"opens_at": "2027-03-01 18:00"}, {"closes_at": "soon"}, {"cohort": "0"}]
)
def test_dates_that_make_no_sense_are_refused(studio, more):
    browser, assessment, cohort = studio
    assert browser.post(NEW, dates(assessment, cohort) | more).status_code == 200
    assert not Administration.objects.exists()


def test_another_ones_cohort_is_not_there(studio, client_of):
    browser, assessment, cohort = studio
    browser.post(NEW, dates(assessment, cohort))
    other = UserFactory(is_staff=True)
    grant_role(user=other, role=Role.TRAINER)
    elsewhere = client_of(other)
    made = Administration.objects.get()
    assert assessment.title not in elsewhere.get("/cms/questionnaire-times/").text
    assert elsewhere.get(f"/cms/questionnaire-times/edit/{made.pk}/").status_code == 404
    elsewhere.post(NEW, dates(assessment, cohort))
    assert Administration.objects.count() == 1
