"""The catalogue: finding a course by words and filters, and what to do when nothing is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.catalog_search import ranking
from courses.models import Course, Topic
from courses.requesting import ask_for_place
from tests.factories import (
    CohortFactory,
    EnrollmentFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
    make_course,
)

pytestmark = pytest.mark.django_db


def titles(page) -> list[str]:
    return [card.course.title for card in page.context["shelf"].page]


@pytest.fixture
def two(client):
    talk = make_course("Бережный разговор", hours=6, summary="Слышать чувства человека")
    rest = make_course("Как беречь себя", hours=20, format=Course.Format.IN_PERSON)
    return talk, rest


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("бережные разговоры", ["Бережный разговор"]),
        ("чувство", ["Бережный разговор"]),
        ("ЧУВСТВАМИ", ["Бережный разговор"]),
        ("берёчь", ["Как беречь себя"]),
        ("разговор беречь", []),
        ("крокодил", []),
        ("', --", []),
        ("<script>", []),
    ],
)
def test_words_are_found_in_any_form(client, two, query, found):
    page = client.get("/catalog/", {"q": query})
    assert page.status_code == 200
    assert titles(page) == found


def test_a_title_weighs_more_than_a_description():
    make_course("Другое", description="<p>Здесь говорят про выгорание.</p>")
    make_course("Выгорание")
    found = ranking(Course.objects.all(), "выгорания")
    best = max(found, key=found.get)
    assert Course.objects.get(pk=best).title == "Выгорание"
    assert len(found) == 2


def test_each_filter_narrows_and_its_chip_takes_it_back(client, two):
    talk, rest = two
    topic = Topic.objects.create(title="Разговор", slug="talk")
    talk.topics.add(topic)
    talk.save()
    region = RegionFactory(code="RU-OMS", name="Омская область")
    start = timezone.now() + timedelta(days=10)
    CohortFactory(
        course=rest,
        regions=[region],
        starts_at=start,
        ends_at=start + timedelta(days=30),
        capacity=1,
    )
    day = timezone.localdate(start).isoformat()
    later = timezone.localdate(start + timedelta(days=1)).isoformat()
    for query, found, words in (
        ({"topic": "talk"}, [talk], "Разговор"),
        ({"hours": "8"}, [talk], "до 8 часов"),
        ({"format": "in_person"}, [rest], "очно"),
        ({"region": "RU-OMS"}, [rest], "Омская область"),
        ({"since": day, "until": day}, [rest], "Начало с"),
        ({"since": later}, [], "Начало с"),
        ({"places": "1"}, [rest], "Есть места"),
    ):
        page = client.get("/catalog/", query)
        assert titles(page) == [course.title for course in found], query
        chips = page.context["shelf"].chips
        assert any(words in chip.label for chip in chips)
        assert len(titles(client.get(f"/catalog/?{chips[0].query}"))) >= len(found)


def test_a_course_without_places_is_not_among_those_with_places(client, two):
    cohort = CohortFactory(course=two[0], capacity=1)
    EnrollmentFactory(cohort=cohort)
    assert titles(client.get("/catalog/", {"places": "1"})) == []
    assert "мест нет" in client.get("/catalog/").text


def test_nothing_found_says_which_filter_to_drop(client, two):
    page = client.get("/catalog/", {"q": "разговор", "format": "in_person"})
    assert "Ничего не нашли" in page.text
    offered = page.context["shelf"].suggestions
    assert {(chip.label, chip.count) for chip in offered} == {("Слова: разговор", 1), ("очно", 1)}
    assert titles(client.get(f"/catalog/?{offered[0].query}"))


@pytest.mark.parametrize(
    "query",
    [
        "hours=x&format=y&topic=z&region=RU-XXX&sort=q&places=7",
        "since=2026-02-31&until=yesterday",
        "page=99999&q=" + "я" * 3000,
        "page=x",
    ],
)
def test_what_is_no_filter_asks_for_nothing(client, two, query):
    page = client.get(f"/catalog/?{query}")
    assert page.status_code == 200
    assert "since=" not in query or len(titles(page)) == 2


def test_ones_own_region_comes_first_and_others_are_named(client_of, two):
    talk, rest = two
    person = UserFactory(region=RegionFactory(code="RU-OMS", name="Омская область"))
    CohortFactory(course=talk, regions=[RegionFactory()])
    CohortFactory(course=rest, regions=[person.region])
    page = client_of(person).get("/catalog/")
    assert titles(page) == ["Как беречь себя", "Бережный разговор"]
    assert page.text.count("Другой регион") == 1


def test_a_card_says_what_the_course_is_to_me(client_of, two):
    talk, rest = two
    person = UserFactory()
    active_enrollment(cohort=CohortFactory(course=talk), learner=person)
    ask_for_place(person=person, cohort=CohortFactory(course=rest))
    page = client_of(person).get("/catalog/").text
    assert "Вы учитесь" in page
    assert "Вы подали заявку" in page
    assert "МСК" in page


def test_order_by_name_or_by_the_next_start(client, two):
    talk, rest = two
    soon = timezone.now() + timedelta(days=2)
    CohortFactory(course=rest, starts_at=soon, ends_at=soon + timedelta(days=9))
    assert titles(client.get("/catalog/")) == [rest.title, talk.title]
    assert titles(client.get("/catalog/", {"sort": "name"})) == [talk.title, rest.title]


def test_many_courses_come_in_pages_that_keep_the_filters(client):
    for number in range(26):
        make_course(f"Курс {number:02}", hours=6)
    page = client.get("/catalog/", {"hours": "8"})
    assert len(titles(page)) == 24
    assert "hours=8&amp;page=2" in page.text
    assert len(titles(client.get("/catalog/", {"hours": "8", "page": "2"}))) == 2


def test_the_page_asks_as_much_for_many_courses_as_for_few(client_of):
    browser = client_of(UserFactory())

    def queries() -> int:
        browser.get("/catalog/?q=курс")
        with CaptureQueriesContext(connection) as found:
            browser.get("/catalog/?q=курс")
        return len(found)

    def grow(count: int) -> None:
        for number in range(count):
            course = make_course(f"Курс {number}")
            course.topics.add(Topic.objects.get_or_create(title="Т", slug="t")[0])
            course.save()
            EnrollmentFactory(cohort=CohortFactory(course=course, capacity=9))

    grow(2)
    few = queries()
    grow(6)
    assert queries() == few


def test_a_cohort_under_way_is_not_called_the_next_start(client, two):
    talk, rest = two
    now = timezone.now()
    CohortFactory(course=talk, starts_at=now - timedelta(days=7), ends_at=now + timedelta(days=30))
    CohortFactory(course=rest, starts_at=now + timedelta(days=7), ends_at=now + timedelta(days=30))
    text = client.get("/catalog/").text
    assert text.count("Идёт с") == text.count("Ближайший поток") == 1
