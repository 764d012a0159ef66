"""A course after the pattern of another: pages, prerequisites, dates; nothing of the learners."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.copying import Shift, copy_cohort, copy_course, shift_to
from courses.ledger import record_completion
from courses.models import Activity, ActivityPrerequisite, Cohort, Completion, Course, Lesson
from tests.factories import CohortFactory, active_enrollment, add_page, make_lesson, make_module
from webinars.models import Webinar, WebinarSession
from webinars.sessions import plan_session

MOSCOW, TOMSK, BERLIN = (ZoneInfo(f"{n}") for n in ("Europe/Moscow", "Asia/Tomsk", "Europe/Berlin"))


def test_a_shift_keeps_the_hour_where_clocks_are_never_changed():
    starts_at = datetime(2026, 9, 7, 10, 0, tzinfo=TOMSK)
    shift = shift_to(date(2027, 3, 1), starts_at=starts_at, zone=TOMSK)
    assert shift(starts_at) == datetime(2027, 3, 1, 10, 0, tzinfo=TOMSK)
    evening = datetime(2026, 9, 8, 23, 30, tzinfo=TOMSK)
    assert shift(evening) == datetime(2027, 3, 2, 23, 30, tzinfo=TOMSK)


def test_a_shift_keeps_the_hour_over_a_change_of_clocks():
    starts_at = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)  # ten o'clock, summer time
    shift = shift_to(date(2026, 11, 3), starts_at=starts_at, zone=BERLIN)
    assert shift(starts_at) == datetime(2026, 11, 3, 9, 0, tzinfo=UTC)  # ten o'clock, winter time


def test_the_day_is_the_one_in_the_trainers_zone():
    late = datetime(2026, 9, 6, 20, 0, tzinfo=UTC)  # the 7th in Tomsk
    assert shift_to(date(2026, 9, 14), starts_at=late, zone=TOMSK).days == 7
    assert shift_to(date(2026, 9, 14), starts_at=late, zone=UTC).days == 8


moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 1, 1))


@given(moments, st.timedeltas(timedelta(0), timedelta(days=90)), st.integers(-2000, 2000))
def test_order_and_length_survive_where_clocks_are_never_changed(start, length, days):
    shift = Shift(days, TOMSK)
    first = start.replace(tzinfo=UTC)
    if min(start, start + timedelta(days=days)) > datetime(2016, 6, 1):  # Tomsk's last change
        assert shift(first + length) - shift(first) == length


@pytest.fixture
def sample(studio):
    """Two modules; the second lesson needs the first, the webinar needs both."""
    second = make_lesson(studio.module, "Второй урок")
    webinar = add_page(make_module(studio.course, "Встречи"), Webinar(title="Встреча"))
    for activity, required in [
        (second, studio.lesson),
        (webinar, second),
        (webinar, studio.lesson),
    ]:
        ActivityPrerequisite.objects.create(activity=activity, required=required)
    return studio


def needs(activities) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {activity.title: set() for activity in activities}
    for row in ActivityPrerequisite.objects.filter(activity__in=activities):
        found[row.activity.title].add(row.required_id)
    return found


@pytest.mark.django_db
def test_the_copy_is_a_draft_whose_prerequisites_lead_to_its_own_pages(sample):
    CohortFactory(course=sample.course)
    record_completion(
        enrollment=active_enrollment(cohort=sample.course.cohorts.get()), activity=sample.lesson
    )
    before = needs(Activity.objects.descendant_of(sample.course))
    copy, pages = copy_course(course=sample.course, title="Весна", owner=sample.trainer)
    copies = Activity.objects.descendant_of(copy)
    assert needs(copies) == {
        title: {pages[pk] for pk in wanted} for title, wanted in before.items()
    }
    assert needs(Activity.objects.descendant_of(sample.course)) == before
    tree = copy.get_descendants(inclusive=True)
    assert {page.owner for page in tree} == {sample.trainer}
    assert not tree.live().exists()
    assert (copy.title, copy.get_parent().pk) == ("Весна", sample.catalog.pk)
    assert copy.slug != sample.course.slug
    assert not copy.cohorts.exists()
    assert not Completion.objects.filter(activity__in=copies).exists()


@pytest.mark.django_db
def test_publishing_the_copy_does_not_bring_the_old_prerequisites_back(sample):
    copy, pages = copy_course(course=sample.course, title="Весна", owner=sample.trainer)
    for page in copy.get_descendants(inclusive=True):
        page.get_latest_revision().publish()
    webinar = Webinar.objects.descendant_of(copy).get()
    assert {row.required_id for row in webinar.prerequisites.all()} <= set(pages.values())
    assert len(Course.objects.get(pk=copy.pk).outline().activities) == 3


@pytest.mark.django_db
def test_the_copy_has_the_words_of_the_editor(sample):
    draft = Lesson.objects.get(pk=sample.lesson.pk)
    draft.goal = "Черновик"
    draft.save_revision()
    _course, pages = copy_course(course=sample.course, title="Весна", owner=sample.trainer)
    lesson = Lesson.objects.get(pk=pages[sample.lesson.pk])
    assert lesson.get_latest_revision_as_object().goal == "Черновик"
    assert lesson.revisions.count() == 1


@pytest.mark.django_db
def test_a_cohort_comes_along_with_all_its_dates_and_without_its_people(sample):
    cohort = CohortFactory(
        course=sample.course,
        trainers=[sample.trainer, sample.other],
        starts_at=datetime(2026, 9, 7, 10, 0, tzinfo=MOSCOW),
        ends_at=datetime(2026, 12, 1, 18, 0, tzinfo=MOSCOW),
        enrollment_closes_at=datetime(2026, 9, 10, 18, 0, tzinfo=MOSCOW),
        capacity=25,
    )
    active_enrollment(cohort=cohort)
    meeting = datetime(2026, 9, 21, 15, 0, tzinfo=MOSCOW)
    webinar = Webinar.objects.descendant_of(sample.course).get()
    plan_session(
        webinar=webinar, cohort=cohort, starts_at=meeting, ends_at=meeting + timedelta(hours=2)
    )
    course, pages = copy_course(course=sample.course, title="Весна", owner=sample.trainer)
    copy = copy_cohort(
        cohort=cohort,
        course=course,
        pages=pages,
        title="Весенний",
        trainer=sample.trainer,
        shift=shift_to(date(2027, 3, 1), starts_at=cohort.starts_at, zone=MOSCOW),
    )
    assert copy.starts_at == datetime(2027, 3, 1, 10, 0, tzinfo=MOSCOW)
    assert copy.ends_at == datetime(2027, 5, 25, 18, 0, tzinfo=MOSCOW)
    assert copy.enrollment_closes_at == datetime(2027, 3, 4, 18, 0, tzinfo=MOSCOW)
    assert (copy.capacity, list(copy.trainers.all())) == (25, [sample.trainer])
    assert set(copy.regions.all()) == set(cohort.regions.all())
    assert not copy.enrollments.exists()
    session = WebinarSession.objects.get(cohort=copy)
    assert session.webinar_id == pages[webinar.pk]
    assert session.starts_at == datetime(2027, 3, 15, 15, 0, tzinfo=MOSCOW)
    assert session.ends_at - session.starts_at == timedelta(hours=2)
    assert session.opened_at is None


# --- In the CMS -------------------------------------------------------------------------------
def address(course) -> str:
    return reverse("cms_copy_course", args=[course.pk])


@pytest.mark.django_db
def test_a_trainer_makes_a_course_after_the_pattern_of_an_own_one(client_of, sample):
    cohort = CohortFactory(course=sample.course, trainers=[sample.trainer])
    first_day = timezone.localdate() + timedelta(days=100)
    client = client_of(sample.trainer)
    assert client.get(address(sample.course)).status_code == 200
    answer = client.post(
        address(sample.course),
        {
            "title": "Весна",
            "cohort": cohort.pk,
            "cohort_title": "Весенний",
            "first_day": first_day.isoformat(),
        },
    )
    course = Course.objects.get(title="Весна")
    assert answer.url == reverse("wagtailadmin_explore", args=[course.pk])
    copy = Cohort.objects.get(course=course)
    assert (copy.title, timezone.localtime(copy.starts_at).date()) == ("Весенний", first_day)


@pytest.mark.django_db
def test_a_cohort_needs_its_new_first_day(client_of, sample):
    cohort = CohortFactory(course=sample.course, trainers=[sample.trainer])
    answer = client_of(sample.trainer).post(
        address(sample.course), {"title": "Весна", "cohort": cohort.pk}
    )
    assert answer.status_code == 422
    assert "first_day" in answer.context["form"].errors
    assert answer.context["form"]["title"].value() == "Весна"
    assert not Course.objects.filter(title="Весна").exists()


@pytest.mark.django_db
def test_anothers_course_and_cohort_are_no_pattern(client_of, sample):
    foreign = CohortFactory(course=sample.course, trainers=[sample.other])
    client = client_of(sample.trainer)
    assert client.get(address(sample.foreign)).status_code == 404
    assert client.post(address(sample.foreign), {"title": "Весна"}).status_code == 404
    answer = client.post(
        address(sample.course),
        {"title": "Весна", "cohort": foreign.pk, "first_day": "2027-03-01"},
    )
    assert "cohort" in answer.context["form"].errors


@pytest.mark.django_db
def test_the_cmss_own_copying_of_a_course_leads_here(client_of, sample):
    path = reverse("wagtailadmin_pages:copy", args=[sample.course.pk])
    assert client_of(sample.trainer).get(path).url == address(sample.course)
    lesson = reverse("wagtailadmin_pages:copy", args=[sample.lesson.pk])
    assert client_of(sample.trainer).get(lesson).status_code == 200


@pytest.mark.django_db
def test_the_way_to_it_stands_with_the_course(client_of, sample):
    page = client_of(sample.trainer).get(reverse("wagtailadmin_explore", args=[sample.course.pk]))
    assert address(sample.course) in page.content.decode()
    page = client_of(sample.trainer).get(reverse("wagtailadmin_explore", args=[sample.module.pk]))
    assert "Создать по образцу" not in page.content.decode()
