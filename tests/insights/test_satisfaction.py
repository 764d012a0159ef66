"""The trend of satisfaction: whose meetings, from how many people on, and when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lms.people.models import User
from tests.insights.test_programme import trainer_of
from tests.webinars.factories import Meeting, make_meeting
from tests.webinars.practicum.factories import make_group
from webinars.models import PracticumSession, Room, SessionRating
from webinars.sessions import close_session

pytestmark = pytest.mark.django_db


def rated(scores: list[int], *, words: int = 0, days_ago: int = 8) -> Meeting:
    """A webinar that ended so long ago, and what people said of it."""
    meeting = make_meeting(learners=1)
    people = User.objects.bulk_create(User(password="!") for _score in scores)
    SessionRating.objects.bulk_create(
        SessionRating(
            session=meeting.session, user=person, value=4, satisfaction=score,
            words=f"Слово {place}" if place < words else "",
        )
        for place, (person, score) in enumerate(zip(people, scores, strict=True))
    )  # fmt: skip
    end(meeting, days_ago=days_ago)
    return meeting


def end(meeting: Meeting, *, days_ago: int) -> None:
    ended = timezone.now() - timedelta(days=days_ago)
    Room.objects.filter(pk=meeting.room.pk).update(
        opened_at=ended - timedelta(hours=1), closed_at=ended
    )


def page_of(meeting: Meeting, client_of, user: User | None = None) -> str:
    browser = client_of(user or meeting.trainer)
    return browser.get(f"/insights/items/?course={meeting.session.cohort.course_id}").text


SCORES = [8, 9, 7, 10, 6, 8, 9, 8, 7, 8]


def test_trainers_see_the_mean_of_ten_with_its_interval_as_a_table_and_a_chart(client_of):
    page = page_of(rated(SCORES), client_of)
    assert "Удовлетворённость" in page
    assert "8,0" in page
    assert "от 7,2 до 8,8" in page
    assert page.count("<title>Средняя удовлетворённость") == 1


def test_nine_ratings_are_not_shown_and_four_answers_in_words_neither(client_of):
    page = page_of(rated(SCORES[:9], words=4), client_of)
    assert "Слово" not in page
    assert "Прочерк: меньше 10 человек" in page
    assert "<title>Средняя" not in page


def test_five_answers_in_words_are_shown_without_names(client_of):
    page = page_of(rated(SCORES, words=5), client_of)
    assert all(f"Слово {place}" in page for place in range(5))


def test_ratings_that_may_still_change_are_in_no_mean(client_of):
    assert "8,0" not in page_of(rated(SCORES, days_ago=6), client_of)


def test_other_trainers_see_nothing_and_staff_see_it_on_the_page_of_the_programme(
    client_of, administrator
):
    meeting = rated(SCORES)
    other = trainer_of(make_meeting(learners=1).session.cohort)
    assert "от 7,2 до 8,8" not in page_of(meeting, client_of, other)
    address = f"/insights/?course={meeting.session.cohort.course_id}"
    assert "от 7,2 до 8,8" in client_of(administrator).get(address).text


def test_after_a_week_a_webinar_is_not_rated_any_more(client_of):
    meeting = make_meeting(learners=1)
    close_session(meeting.session, actor=meeting.trainer)
    form = {"value": 5, "satisfaction": 9, "words": "Спасибо"}
    address = f"/webinars/sessions/{meeting.session.pk}/rating/"
    browser = client_of(meeting.learners[0])
    browser.post(address, form)
    end(meeting, days_ago=8)
    browser.post(address, form | {"satisfaction": 0})
    assert SessionRating.objects.get().satisfaction == 9
    page = browser.get(meeting.session.webinar.get_url()).text
    assert "Её уже нельзя изменить" in page
    assert 'name="satisfaction"' not in page


def test_players_rate_a_practicum_after_their_debrief_and_nobody_else_does(client_of):
    group = make_group(2, client_of=client_of)
    address = f"/practicum/{group.session.uuid}/rating/"
    anna, trainer = group.browsers[0], group.trainer_browser
    assert anna.post(address, {"satisfaction": 7}).status_code == 403
    PracticumSession.objects.update(phase="closed", closed_at=timezone.now())
    assert trainer.post(address, {"satisfaction": 7}).status_code == 403
    assert anna.post(address, {"satisfaction": "12"}, follow=True).status_code == 200
    assert not SessionRating.objects.exists()
    anna.post(address, {"satisfaction": 7, "words": "Больше времени"})
    rating = SessionRating.objects.get()
    assert (rating.practicum_session, rating.satisfaction, rating.value) == (group.session, 7, None)
    assert (
        'value="7" required aria-describedby="satisfaction-help" checked'
        in anna.get(f"/practicum/{group.session.uuid}/").text
    )
