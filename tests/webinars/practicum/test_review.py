"""What trainers see and do: the queue, comments, their own rating, reports."""

from __future__ import annotations

import pytest

from lms.mail.models import Letter
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import UserFactory
from tests.webinars.practicum.factories import SHEET, make_group
from webinars.models import LineComment, PracticumFeedback, PracticumReport

pytestmark = pytest.mark.django_db
QUEUE = "/practicum/review/"


@pytest.fixture
def group(client_of):
    played = make_group(2, client_of=client_of, requires_review=True)
    played.everyone()
    played.talk("Мне отказали!", "Слышу обиду.")
    played.everyone()
    for number in range(2):
        played.sheet(number)
    return played


def test_a_comment_on_a_line_reaches_the_participants(group):
    (line,) = group.specialist_lines()
    answer = group.lead("comment", line=line, text="Здесь вы не спорили.")
    assert answer.headers["Location"].endswith(f"#line-{line}")
    assert "Здесь вы не спорили." in group.page(1)


@pytest.mark.parametrize("data", [{"line": 99_999, "text": "?"}, {"line": "x", "text": "?"}, {}])
def test_a_comment_on_nothing_is_refused(group, data):
    group.lead("comment", **data)
    assert not LineComment.objects.exists()


def test_the_trainers_own_rating_replaces_their_earlier_one(group):
    lines = group.specialist_lines()
    for score in ("1", "3"):
        group.lead("rate/0", **{**SHEET, "hears": score, "lines": lines})
    given = PracticumFeedback.objects.get(by="trainer")
    assert given.trainer == group.trainer
    assert given.ratings.get(criterion="hears").score == 3
    assert "hears3" in group.page(0)


def test_a_trainers_rating_with_gaps_comes_back(group):
    page = group.lead("rate/0", worked="Хорошо")
    assert page.status_code == 422
    assert "Кое-чего не хватает" in page.text
    assert "Хорошо" in page.text


def test_data_of_real_people_do_not_get_into_a_trainers_rating(group):
    sent = {**SHEET, "lines": group.specialist_lines(), "worked": "Звоните 8 913 800-12-34"}
    page = group.lead("rate/0", **sent)
    assert page.status_code == 422
    assert "Без номеров" in page.text.split("error-summary")[1].split("</ul>")[0]


def test_a_trainer_changes_the_rating_that_is_there(group):
    review = f"/practicum/{group.session.uuid}/review/"
    lines = group.specialist_lines()
    group.lead("rate/0", **{**SHEET, "lines": lines, "try_next": "Дольше молчать", "hears": "1"})
    form = group.trainer_browser.get(review).text.split("Изменить мою оценку")[1]
    assert "Дольше молчать" in form
    assert 'name="hears" value="1" checked' in form
    assert 'name="calms" value="3" checked' in form
    assert f'name="lines" value="{lines[0]}" checked' in form


def test_a_round_that_is_not_over_is_not_rated(group):
    assert group.lead("rate/1", **SHEET).status_code == 404


def test_another_round_needs_a_reason(group):
    group.lead("decide/0", outcome="another", text="")
    group.lead("decide/0", outcome="excellent", text="!")
    assert not hasattr(group.seat(0), "review")


def test_a_report_reaches_the_trainer_and_nobody_else(group):
    group.act(1, "report", text="Он перешёл на личности.")
    assert "перешёл на личности" in group.trainer_browser.get(QUEUE).text
    assert "перешёл на личности" not in group.page(0)
    report = PracticumReport.objects.get()
    group.trainer_browser.post(f"/practicum/reports/{report.pk}/settle/")
    report.refresh_from_db()
    assert report.settled_by == group.trainer
    assert "Обращений нет" in group.trainer_browser.get(QUEUE).text


def test_a_trainer_who_plays_learns_nothing_of_a_report_of_their_own_group(client_of):
    group = make_group(2, client_of=client_of)
    player = group.user(0)
    grant_role(user=player, role=Role.TRAINER)
    group.cohort.trainers.add(player)
    group.act(1, "report", text="Он перешёл на личности.")
    assert Letter.objects.get(template="practicum_report").recipient == group.trainer
    assert "перешёл на личности" not in group.browsers[0].get(QUEUE).text
    report = PracticumReport.objects.get()
    address = f"/practicum/reports/{report.pk}/settle/"
    assert group.browsers[0].post(address).status_code == 404
    assert group.trainer_browser.post(address).status_code == 302


def test_the_queue_shows_who_waits_for_a_decision(client_of):
    group = make_group(2, client_of=client_of, requires_review=True)
    assert "ждут 2 человека" not in group.trainer_browser.get(QUEUE).text
    group.play_to_end()
    page = group.trainer_browser.get(QUEUE).text
    assert "ждут 2 человека" in page
    group.lead("decide/0", outcome="accepted")
    assert "ждёт 1 человек" in group.trainer_browser.get(QUEUE).text
    group.lead("decide/1", outcome="accepted")
    assert "Ничего не ждёт" in group.trainer_browser.get(QUEUE).text


def test_participants_and_strangers_review_nothing(group, client_of):
    address = f"/practicum/{group.session.uuid}/review/"
    assert group.browsers[0].get(address).status_code == 404
    assert client_of(UserFactory()).get(address).status_code == 404
    assert group.browsers[0].get(QUEUE).status_code == 404
    assert group.act(0, "comment", line=1, text="Я сам").status_code == 404
    assert group.act(0, "decide/0", outcome="accepted").status_code == 404
    report = PracticumReport.objects.create(session=group.session, seat=group.seat(0))
    assert group.browsers[0].post(f"/practicum/reports/{report.pk}/settle/").status_code == 404


def test_the_stop_of_a_round_is_seen_by_the_trainer_without_a_name(client_of):
    group = make_group(2, client_of=client_of)
    group.everyone()
    group.act(1, "hard")
    page = group.trainer_browser.get(f"/practicum/{group.session.uuid}/review/").text
    assert "Завершён: словами «мне тяжело»." in page
