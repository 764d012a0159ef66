"""Cohorts in the CMS: each trainer's own; mistakes are said in Russian and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from courses.models import Cohort
from lms.people.models import User
from tests.factories import (
    CohortFactory,
    EnrollmentFactory,
    RegionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def fields(course, **changes) -> dict:
    return {
        "title": "Весенний поток",
        "course": course.pk,
        "starts_at": "2027-03-01 09:00",
        "ends_at": "2027-06-01 18:00",
        "enrollment_closes_at": "2027-03-10 18:00",
        "capacity": "30",
        "regions": [RegionFactory().pk],
        "trainers": [],
        **changes,
    }


@pytest.mark.parametrize("name", ["edit", "delete", "history", "usage"])
def test_anothers_cohort_is_not_there(client_of, studio, name):
    cohort = CohortFactory(course=studio.foreign, trainers=[studio.other])
    path = reverse(f"cohorts:{name}", args=[cohort.pk])
    assert client_of(studio.trainer).get(path).status_code == 404
    assert client_of(studio.other).get(path).status_code == 200
    assert client_of(studio.methodologist).get(path).status_code == 200
    assert client_of(UserFactory()).get(path).status_code in (302, 403)


def test_the_list_is_ones_own_and_filters_by_course_and_time(client_of, studio):
    mine = CohortFactory(course=studio.course, trainers=[studio.trainer], capacity=20)
    EnrollmentFactory(cohort=mine)
    CohortFactory(course=studio.foreign, trainers=[studio.other], title="Чужой поток")
    client = client_of(studio.trainer)
    page = client.get(reverse("cohorts:index"))
    assert list(page.context["object_list"]) == [mine]
    assert "1 из 20" in page.content.decode()
    assert "Чужой" not in page.content.decode()
    for query, found in [("when=now", [mine]), ("when=past", []), ("when=nonsense", [mine])]:
        page = client.get(reverse("cohorts:index") + f"?{query}")
        assert list(page.context["object_list"]) == found, query
    assert len(client_of(studio.methodologist).get("/cms/cohorts/").context["object_list"]) == 2


def test_the_list_tells_when_a_cohort_begins_and_ends(client_of, studio):
    CohortFactory(
        course=studio.course,
        starts_at=datetime(2030, 3, 1, 6, tzinfo=UTC),
        ends_at=datetime(2030, 5, 1, 6, tzinfo=UTC),
    )
    page = client_of(studio.methodologist).get("/cms/cohorts/").text
    assert "1 марта 2030, 09:00" in page
    assert "1 мая 2030, 09:00" in page
    assert "Только что" not in page


def test_a_trainer_leads_the_cohort_that_they_make(client_of, studio):
    client = client_of(studio.trainer)
    assert client.post(reverse("cohorts:add"), fields(studio.course)).status_code == 302
    assert list(Cohort.objects.get().trainers.all()) == [studio.trainer]


def test_a_cohort_of_anothers_course_cannot_be_made(client_of, studio):
    client = client_of(studio.trainer)
    answer = client.post(reverse("cohorts:add"), fields(studio.foreign))
    assert answer.context["form"].errors["course"]
    assert not Cohort.objects.exists()
    assert "Чужой курс" not in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"ends_at": "2027-02-01 09:00"}, "ends_at", "Конец должен быть позже начала"),
        (
            {"enrollment_closes_at": "2028-01-01 09:00"},
            "enrollment_closes_at",
            "не позже окончания",
        ),
        ({"starts_at": "вчера"}, "starts_at", "Введите правильн"),
        ({"capacity": "-1"}, "capacity", "больше либо равно 0"),
        ({"regions": []}, "regions", "Требуется заполнить"),
        ({"title": ""}, "title", "Требуется заполнить"),
    ],
)
def test_mistakes_are_said_and_what_was_written_stays(client_of, studio, changes, field, words):
    answer = client_of(studio.trainer).post(
        reverse("cohorts:add"), fields(studio.course, **changes)
    )
    form = answer.context["form"]
    assert words in str(form.errors[field])
    assert form["capacity"].value() == changes.get("capacity", "30")


def test_a_cohort_with_people_keeps_its_course_its_places_and_itself(client_of, studio):
    cohort = CohortFactory(course=studio.course, trainers=[studio.trainer])
    for _person in range(2):
        EnrollmentFactory(cohort=cohort)
    studio.foreign.owner = studio.trainer
    studio.foreign.save()
    client = client_of(studio.trainer)
    answer = client.post(
        reverse("cohorts:edit", args=[cohort.pk]), fields(studio.foreign, capacity="1")
    )
    assert "course" in answer.context["form"].errors
    assert "Уже занято мест: 2" in str(answer.context["form"].errors["capacity"])
    client.post(reverse("cohorts:delete", args=[cohort.pk]))
    assert Cohort.objects.filter(pk=cohort.pk).exists()


def test_only_those_who_lead_can_be_chosen_as_trainers(client_of, studio):
    learner = UserFactory()
    answer = client_of(studio.trainer).post(
        reverse("cohorts:add"), fields(studio.course, trainers=[learner.pk])
    )
    assert "trainers" in answer.context["form"].errors
    shown = client_of(studio.trainer).get(reverse("cohorts:add")).context["form"]
    assert set(shown.fields["trainers"].queryset) == {
        studio.trainer,
        studio.other,
        studio.methodologist,
    }


def test_an_administrator_makes_a_cohort_without_becoming_its_trainer(client_of, studio):
    administrator = User.objects.create_superuser("root@example.org")
    client_of(administrator).post(
        reverse("cohorts:add"), fields(studio.course, trainers=[studio.trainer.pk])
    )
    assert list(Cohort.objects.get().trainers.all()) == [studio.trainer]


def test_the_dates_of_a_cohort_say_whose_clock_they_go_by(client_of, studio):
    studio.trainer.timezone = "Asia/Tomsk"
    studio.trainer.save()
    assert client_of(studio.trainer).get(reverse("cohorts:add")).text.count("МСК+4") == 3
