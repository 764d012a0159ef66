"""The page of results: whose numbers, which numbers, and what stays hidden."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from assessments.bulk import record_attempts
from assessments.models import Assessment, Wave
from assessments.own_result import erase_answers
from courses.enrollment_states import EnrollmentState
from courses.models import Cohort, Course, Enrollment
from lms.insights.figures import figures_of
from lms.insights.sheet import safe
from lms.people.models import Consent, Region, Role, User
from lms.people.roles import grant_role
from tests.api.test_certificates import make_certificate
from tests.factories import (
    CohortFactory,
    RegionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def people(
    region: Region, cohort: Cohort, count: int, state=EnrollmentState.COMPLETED, *, gain=None
) -> list[Enrollment]:
    """``count`` people of a region who reached ``state``; with answers when ``gain`` is given."""
    now = timezone.now()
    is_completed = state == EnrollmentState.COMPLETED
    enrollments = [
        Enrollment.objects.create(
            learner=UserFactory(region=region),
            cohort=cohort,
            state=state,
            activated_at=None if state == EnrollmentState.INVITED else now - timedelta(days=20),
            completed_at=now if is_completed else None,
        )
        for _ in range(count)
    ]
    if gain is not None:
        for enrollment in enrollments:
            Consent.objects.create(
                user=enrollment.learner, purpose=Consent.Purpose.ANSWERS, wording="1"
            )
        for assessment in Assessment.objects.descendant_of(cohort.course):
            value = gain if assessment.wave == Wave.POST else 0
            rows = [(e, [value + n % 2], now) for n, e in enumerate(enrollments)]
            record_attempts(assessment, rows)
    return enrollments


def coordinator_of(region: Region) -> User:
    user = UserFactory()
    grant_role(user=user, role=Role.COORDINATOR, region=region)
    return user


def trainer_of(cohort: Cohort) -> User:
    user = UserFactory()
    grant_role(user=user, role=Role.TRAINER)
    cohort.trainers.add(user)
    return user


def test_visitors_sign_in_first_and_learners_are_refused(client, client_of):
    assert client.get("/insights/").status_code == 302
    assert client_of(UserFactory()).get("/insights/").status_code == 403
    assert client_of(UserFactory()).get("/insights/programme.csv").status_code == 403


def test_before_the_first_cohort_the_page_says_when_it_will_fill(client_of, tomsk):
    browser = client_of(coordinator_of(tomsk))
    page = browser.get("/insights/")
    assert page.status_code == 200
    assert "Результаты появятся после первого потока" in page.content.decode()
    assert browser.get("/insights/programme.csv").status_code == 200


def test_a_coordinator_sees_the_own_region_only(client_of, course, tomsk, omsk):
    cohort = CohortFactory(course=course, regions=[tomsk, omsk])
    people(tomsk, cohort, 12)
    people(omsk, cohort, 31)
    page = client_of(coordinator_of(tomsk)).get("/insights/")
    text = page.content.decode()
    assert page.context["figures"].shown["invited"] == 12
    assert "Томская область" in text
    assert "Омская область" not in text
    foreign = client_of(coordinator_of(tomsk)).get(f"/insights/?region={omsk.pk}")
    assert foreign.status_code == 422
    assert foreign.context["figures"] is None


def test_the_time_of_the_figures_is_told_as_everywhere_else(client_of, course, tomsk):
    people(tomsk, CohortFactory(course=course, regions=[tomsk]), 12)
    coordinator = coordinator_of(tomsk)
    coordinator.timezone = "Asia/Tomsk"
    coordinator.save()
    text = client_of(coordinator).get("/insights/").text
    assert "(МСК+4), в Москве" in text
    assert "UTC" not in text


def test_a_trainer_sees_the_own_cohorts_only(client_of, course, tomsk):
    own = CohortFactory(course=course, title="Мой")
    other = CohortFactory(course=course, title="Чужой")
    people(tomsk, own, 7)
    people(tomsk, other, 9)
    browser = client_of(trainer_of(own))
    assert browser.get("/insights/").context["figures"].shown["invited"] == 7
    assert "Чужой" not in browser.get("/insights/").content.decode()
    assert browser.get(f"/insights/?cohort={other.pk}").status_code == 422


def test_a_coordinator_who_learns_elsewhere_does_not_see_the_others_there(
    client_of, course, tomsk, omsk
):
    coordinator = coordinator_of(tomsk)
    cohort = CohortFactory(course=course, regions=[omsk])
    people(omsk, cohort, 9)
    coordinator.region = omsk
    coordinator.save()
    Enrollment.objects.create(learner=coordinator, cohort=cohort)
    assert client_of(coordinator).get("/insights/").context["figures"] is None


def test_the_funnel_counts_people_stage_by_stage(client_of, administrator, course, tomsk):
    cohort = CohortFactory(course=course)
    done = people(tomsk, cohort, 20)
    people(tomsk, cohort, 10, EnrollmentState.ACTIVE)
    people(tomsk, cohort, 10, EnrollmentState.INVITED)
    for enrollment in done[:8]:
        make_certificate(enrollment)
    figures = client_of(administrator).get("/insights/").context["figures"]
    assert figures.shown == {
        "invited": 40,
        "begun": 30,
        "completed": 20,
        "certified": 8,
        "answered_twice": 0,
    }
    assert figures.median_days == 20


def test_a_region_with_few_people_is_hidden_with_another_one(
    client_of, administrator, course, tomsk, omsk
):
    tuva = RegionFactory(code="RU-TY", name="Республика Тыва")
    cohort = CohortFactory(course=course, regions=[tomsk, omsk, tuva])
    people(tomsk, cohort, 3)
    people(omsk, cohort, 21)
    people(tuva, cohort, 34)
    browser = client_of(administrator)
    page = browser.get("/insights/")
    rows = page.context["figures"].regions
    assert [(row.name, row.counts and row.counts.invited) for row in rows] == [
        ("Омская область", None),
        ("Республика Тыва", 34),
        ("Томская область", None),
    ]
    assert page.context["figures"].shown["invited"] == 58
    for region in (tomsk, omsk):  # nor by asking for the regions one by one
        figures = browser.get(f"/insights/?region={region.pk}").context["figures"]
        assert figures.is_hidden
        assert set(figures.shown.values()) == {None}
    assert browser.get(f"/insights/?region={tuva.pk}").context["figures"].shown["invited"] == 34


def test_cohorts_cannot_be_subtracted_from_each_other(client_of, administrator, course, tomsk):
    small, large = CohortFactory(course=course), CohortFactory(course=course)
    people(tomsk, small, 2)
    people(tomsk, large, 50)
    for cohort in (small, large):
        page = client_of(administrator).get(f"/insights/?cohort={cohort.pk}")
        assert page.context["figures"].is_hidden
        assert all(row.counts is None for row in page.context["figures"].regions)
        sheet = client_of(administrator).get(f"/insights/programme.csv?cohort={cohort.pk}")
        assert ";50" not in sheet.content.decode()


def test_the_median_needs_ten_people(client_of, administrator, course, tomsk):
    cohort = CohortFactory(course=course)
    people(tomsk, cohort, 9)
    browser = client_of(administrator)
    assert browser.get("/insights/").context["figures"].median_days is None
    people(tomsk, cohort, 3)
    assert browser.get("/insights/").context["figures"].median_days == 20


def test_those_who_did_not_agree_are_not_counted_as_answers(
    client_of, administrator, course, tomsk
):
    agreed = people(tomsk, CohortFactory(course=course), 14, gain=2)
    Consent.objects.filter(user=agreed[0].learner).update(withdrawn_at=timezone.now())
    figures = client_of(administrator).get("/insights/").context["figures"]
    assert figures.shown["answered_twice"] == 13


def test_answers_of_a_few_do_not_follow_from_the_whole(
    client_of, administrator, course, tomsk, omsk
):
    cohort = CohortFactory(course=course, regions=[tomsk, omsk])
    people(tomsk, cohort, 20, gain=1)
    few = people(omsk, cohort, 2, gain=1)
    people(omsk, cohort, 30)
    assert few
    browser = client_of(administrator)
    assert browser.get("/insights/").context["figures"].shown["answered_twice"] == 22
    for region in (tomsk, omsk):
        shown = browser.get(f"/insights/?region={region.pk}").context["figures"].shown
        assert shown["answered_twice"] is None
        assert shown["invited"], "the other numbers stay"


def test_erased_answers_are_not_counted_as_answers(client_of, administrator, course, tomsk):
    enrollments = people(tomsk, CohortFactory(course=course), 14, gain=2)
    erase_answers(enrollments[0])
    figures = client_of(administrator).get("/insights/").context["figures"]
    assert figures.shown["answered_twice"] == 13


def test_synthetic_data_is_marked_on_the_page_and_in_the_sheet(
    client_of, administrator, course, tomsk
):
    Course.objects.update(is_synthetic=True)
    people(tomsk, CohortFactory(course=course), 6)
    for address in ("/insights/", "/insights/programme.csv"):
        assert "Синтетические данные" in client_of(administrator).get(address).content.decode()


def test_the_sheet_has_the_numbers_of_the_page(client_of, administrator, course, tomsk):
    course.title = "=HYPERLINK(1)"
    course.save()
    people(tomsk, CohortFactory(course=course), 12, gain=1)
    response = client_of(administrator).get("/insights/programme.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = response.content.decode("utf-8-sig").splitlines()
    assert "'=HYPERLINK(1);;Зачислены;12" in lines
    assert "Регионы;Томская область;Доля, %;100" in lines


@pytest.mark.parametrize("text", ["=1+1", "+7", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_the_sheet_is_a_formula(text):
    assert safe(text) == f"'{text}"
    assert safe(-1) == "-1"


def test_the_sheet_rounds_as_the_page_does():
    with translation.override("ru"):
        assert [safe(value) for value in (2.576, -0.004, 1.0)] == ["2,58", "0,00", "1,00"]


@pytest.mark.parametrize("length", [20, 5000])
@pytest.mark.parametrize("name", ["course", "region", "cohort"])
def test_an_endless_number_is_an_error_on_every_page(
    client_of, administrator, course, tomsk, name, length
):
    people(tomsk, CohortFactory(course=course), 6)
    browser = client_of(administrator)
    for address in ("/insights/", "/insights/programme.csv", "/insights/report/"):
        if name != "cohort" or "report" not in address:
            assert browser.get(address, {name: "9" * length}).status_code == 422


@pytest.mark.parametrize(
    "query", ["course=x", "course=999999", "region=-1", "cohort=1%27", "region=1&region=x"]
)
def test_a_filter_that_is_not_offered_is_an_error_on_the_page(
    client_of, administrator, course, tomsk, query
):
    people(tomsk, CohortFactory(course=course), 6)
    for address in ("/insights/", "/insights/programme.csv"):
        response = client_of(administrator).get(f"{address}?{query}")
        assert response.status_code == 422
        assert "error-summary" in response.content.decode()


def test_the_number_of_queries_does_not_grow_with_regions_and_people(course, tomsk, omsk):
    cohort = CohortFactory(course=course, regions=[tomsk, omsk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            figures_of(Enrollment.objects.all(), course=course)
        return len(captured)

    people(tomsk, cohort, 12, gain=1)
    few = queries()
    people(omsk, cohort, 24, gain=1)
    assert queries() == few
