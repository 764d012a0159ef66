"""A coordinator reads in the CMS who was shown personal data of the region's people."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from lms.api.models import PersonalDataAccess
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import CohortFactory, EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db
LOG = "/cms/accesses/"


@pytest.fixture
def coordinator(tomsk) -> User:
    person = UserFactory(email="region@example.org", region=tomsk, timezone="Asia/Tomsk")
    grant_role(user=person, role=Role.COORDINATOR, region=tomsk)
    return person


@pytest.fixture
def coordinators(client_of, coordinator):
    """The browser of the coordinator."""
    return client_of(coordinator)


@pytest.fixture
def administrator(db) -> User:
    return User.objects.create_superuser(
        "admin@example.org", family_name="Главная", given_name="Анна"
    )


def lines(coordinators, query: str = "") -> list[dict]:
    page = coordinators.get(LOG + query)
    assert page.status_code == 200
    return page.context["lines"]


def test_it_says_who_was_shown_what_of_whom_and_when(coordinators, caller_of, tomsk):
    learner = UserFactory(region=tomsk, family_name="Орлова")
    platform = caller_of(None)
    platform.get(f"/learners/{learner.uuid}")
    (line,) = lines(coordinators)
    assert (line["who"], line["person"], line["is_person"]) == (platform.client, learner, False)
    assert timezone.now() - line["when"] < timedelta(minutes=1)
    page = coordinators.get(LOG).content.decode()
    assert "данные слушателей" in page
    assert "Орлова" in page
    assert "GET /api/v1/learners/{learner_id}" in page


def test_one_request_about_many_is_one_line_that_opens(coordinators, caller, tomsk):
    people = [UserFactory(region=tomsk, family_name=f"Слушатель{n}") for n in range(3)]
    caller.get("/learners")
    (line,) = lines(coordinators)
    assert (line["people"], line["person"]) == (4, None)  # with the coordinator
    page = coordinators.get(f"{LOG}{line['request_id']}/").content.decode()
    for person in people:
        assert person.get_full_name() in page


def test_only_the_own_regions_people_are_seen(coordinators, caller_of, tomsk, omsk):
    mine = UserFactory(region=tomsk, family_name="Томская")
    theirs = UserFactory(region=omsk, family_name="Омская")
    caller_of(None).get("/learners")
    caller_of(omsk).get(f"/learners/{theirs.uuid}")
    (line,) = lines(coordinators)
    assert line["people"] == 2  # the learner and the coordinator
    page = coordinators.get(f"{LOG}{line['request_id']}/").content.decode()
    assert mine.get_full_name() in page
    assert theirs.get_full_name() not in page
    foreign = PersonalDataAccess.objects.filter(client__region=omsk).get()
    assert coordinators.get(f"{LOG}{foreign.request_id}/").status_code == 404
    assert lines(coordinators, f"?region={omsk.pk}") == lines(coordinators)
    assert "Омская" not in coordinators.get(LOG).content.decode()
    wrong = coordinators.get(f"{LOG}?client={foreign.client_id}")
    assert (wrong.status_code, wrong.context["lines"]) == (422, [])


def test_people_who_work_here_stand_in_it_too(
    coordinators, client_of, administrator, tomsk, caller
):
    learner = UserFactory(region=tomsk, family_name="Орлова")
    desk = client_of(administrator)
    desk.get(f"/cms/personal-data/{learner.pk}/")
    desk.get(f"/cms/personal-data/{learner.pk}/download/")
    desk.get("/cms/personal-data/?q=Орлова")
    found = lines(coordinators)
    assert [line["who"] for line in found] == [administrator] * 3
    assert [line["what"] for line in found] == [
        "карточка человека",
        "всё, что хранится о человеке",
        "карточка человека",
    ]
    assert all(line["is_person"] for line in found)
    (first, *_others) = caller.get("/personal-data-accesses").data["items"]
    assert (first["client"], first["reader"]) == (None, "Главная Анна")
    assert first["request"] == "GET /cms/personal-data/{pk}/"


def test_a_trainer_who_opens_the_people_of_a_cohort_stands_in_it(coordinators, client_of, tomsk):
    trainer = UserFactory(family_name="Ведущая")
    grant_role(user=trainer, role=Role.TRAINER)
    cohort = CohortFactory(trainers=[trainer])
    enrollment = EnrollmentFactory(cohort=cohort, learner=UserFactory(region=tomsk))
    for address in ("people/", "people.xlsx"):
        assert client_of(trainer).get(f"/cms/cohorts/{cohort.pk}/{address}").status_code == 200
    found = lines(coordinators)
    assert [line["who"] for line in found] == [trainer] * 2
    assert {line["person"] for line in found} == {enrollment.learner}


def test_days_are_those_of_the_reader_and_both_count(coordinators, caller, tomsk):
    learner = UserFactory(region=tomsk)
    for _number in range(3):
        caller.get(f"/learners/{learner.uuid}")
    zone = ZoneInfo("Asia/Tomsk")
    moments = [
        datetime(2026, 11, 9, 23, 59, tzinfo=zone),
        datetime(2026, 11, 10, 0, 0, tzinfo=zone),
        datetime(2026, 11, 11, 23, 59, tzinfo=zone),
    ]
    for access, moment in zip(PersonalDataAccess.objects.order_by("pk"), moments, strict=True):
        PersonalDataAccess.objects.filter(pk=access.pk).update(at=moment)

    def times(query: str) -> list[datetime]:
        return [line["when"] for line in lines(coordinators, query)][::-1]

    assert times("?since=2026-11-10") == moments[1:]
    assert times("?until=2026-11-09") == moments[:1]
    assert times("?since=2026-11-10&until=2026-11-11") == moments[1:]
    assert times("?since=2026-11-12") == []
    for nonsense in ("?since=вчера", "?until=2026-02-31", "?since=0000-00-00"):
        wrong = coordinators.get(LOG + nonsense)
        assert (wrong.status_code, wrong.context["lines"]) == (422, [])


def test_many_lines_come_in_pages(coordinators, caller, tomsk):
    learner = UserFactory(region=tomsk)
    for _number in range(51):
        caller.get(f"/learners/{learner.uuid}")
    first, second = lines(coordinators), lines(coordinators, "?page=2")
    assert (len(first), len(second)) == (50, 1)
    assert len({line["request_id"] for line in first + second}) == 51
    assert "page=2" in coordinators.get(LOG + "?since=2020-01-01").content.decode()
    assert len(lines(coordinators, "?page=nonsense")) == 50


def test_who_does_not_coordinate_does_not_get_in(client_of, client, administrator, caller, tomsk):
    caller.get(f"/learners/{UserFactory(region=tomsk).uuid}")
    request_id = PersonalDataAccess.objects.get().request_id
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.METHODOLOGIST)
    for address in (LOG, f"{LOG}{request_id}/"):
        assert client.get(address).status_code == 302
        assert client_of(UserFactory()).get(address).status_code == 302
        assert client_of(trainer).get(address).status_code == 302
        assert client_of(administrator).get(address).status_code == 200


def test_it_is_in_the_coordinators_menu(coordinators):
    assert LOG in coordinators.get("/cms/").content.decode()
