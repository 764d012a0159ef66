"""What stays of a webinar: the trainer's report, the learner's summary, ratings."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import timedelta
from itertools import combinations

import pytest
import time_machine
from django.utils import timezone

from tests.factories import UserFactory
from tests.webinars.factories import make_meeting
from tests.webinars.live.acting import done, last
from webinars import attendance
from webinars.models import AttendanceSegment, SessionRating
from webinars.reporting import attendance_csv, attendance_curve, report_of
from webinars.sessions import close_session

pytestmark = pytest.mark.django_db
START = timezone.now().replace(second=0, microsecond=0)


def minute(number: float):
    return START + timedelta(minutes=number)


@pytest.fixture
def meeting():
    with time_machine.travel(START, tick=False):
        return make_meeting(learners=3, minimum_minutes=3)


def stay(meeting, user, *, begins: float, ends: float) -> None:
    attendance.see(meeting.session, user_ids=[user.pk], hub="a", at=minute(begins))
    reason = AttendanceSegment.Reason.LEFT
    attendance.part(meeting.session, user_ids=[user.pk], hub="a", at=minute(ends), reason=reason)


def end(meeting, *, at: float = 6) -> None:
    with time_machine.travel(minute(at), tick=False):
        close_session(meeting.session, actor=meeting.trainer)


def report_page(meeting, client_of):
    return client_of(meeting.trainer).get(f"/webinars/sessions/{meeting.session.pk}/")


# --- Attendance -------------------------------------------------------------------------------
def test_the_curve_says_how_many_were_there_each_minute(meeting):
    maria, ivan, _petr = meeting.learners
    stay(meeting, maria, begins=0, ends=4)
    stay(meeting, ivan, begins=2, ends=5)
    stay(meeting, meeting.trainer, begins=0, ends=6)
    end(meeting)
    assert attendance_curve(meeting.session) == [
        (minute(number), count) for number, count in enumerate([1, 1, 2, 2, 1, 0, 0])
    ]
    report = report_of(meeting.session)
    assert (report.present, report.took_part, report.most_at_once) == (2, 2, 2)


def test_at_once_are_those_who_were_there_together(meeting):
    maria, ivan, petr = meeting.learners
    stay(meeting, maria, begins=1.1, ends=1.4)
    stay(meeting, ivan, begins=1.4, ends=1.7)
    stay(meeting, petr, begins=1.8, ends=3)
    end(meeting)
    assert report_of(meeting.session).most_at_once == 1


def test_a_long_meeting_has_a_curve_of_240_points(meeting):
    end(meeting, at=20 * 60)
    assert len(attendance_curve(meeting.session)) == 241


def test_a_session_that_was_never_opened_has_no_curve():
    assert attendance_curve(make_meeting(is_open=False).session) == []


def test_the_list_has_everybody_the_absent_too(meeting):
    maria, ivan, petr = meeting.learners
    stay(meeting, maria, begins=0, ends=1)
    stay(meeting, maria, begins=2, ends=5)
    stay(meeting, ivan, begins=1, ends=2)
    end(meeting)
    rows = {row.learner: row for row in report_of(meeting.session).attendance}
    assert set(rows) == {maria, ivan, petr}
    assert (rows[maria].joined_at, rows[maria].left_at) == (minute(0), minute(5))
    assert (rows[maria].attended.minutes, rows[maria].attended.is_counted) == (4, True)
    assert (rows[ivan].attended.minutes, rows[ivan].attended.is_counted) == (1, False)
    assert rows[petr].joined_at is None


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_the_sheet_holds_no_formulas(meeting, start, client_of):
    maria = meeting.learners[0]
    maria.family_name = f'{start}HYPERLINK("http://evil.example";"ok")'
    maria.save()
    end(meeting)
    answer = client_of(meeting.trainer).get(
        f"/webinars/sessions/{meeting.session.pk}/attendance.csv"
    )
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 4
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert any("HYPERLINK" in row[0] for row in rows)


def test_the_sheet_has_local_times_and_minutes(meeting):
    stay(meeting, meeting.learners[0], begins=0, ends=4)
    end(meeting)
    local = timezone.localtime(START).strftime("%d.%m.%Y %H:%M")
    rows = list(csv.reader(io.StringIO(attendance_csv(meeting.session)), delimiter=";"))
    assert attendance_csv(meeting.session).startswith("\ufeff")
    assert ("4", local) in {(row[4], row[2]) for row in rows[1:]}
    assert {row[1] for row in rows[1:]} == {user.email for user in meeting.learners}


# --- Activity ---------------------------------------------------------------------------------
def lively(meeting) -> None:
    """Messages, a question, a hand, a note, a poll from which a word was taken, a check-in."""
    maria, ivan = meeting.learners[:2]
    for user, text in [(maria, "Раз"), (maria, "Два"), (ivan, "Три")]:
        done(meeting, user, "chat.send", text=text)
    done(meeting, maria, "qa.ask", text="Как быть?")
    done(meeting, ivan, "hand.raise")
    done(meeting, ivan, "note.add", text="Слушать")
    poll = done(meeting, meeting.trainer, "poll.create", question="Слово?", kind="words").d["poll"]
    done(meeting, meeting.trainer, "poll.open", poll=poll)
    done(meeting, maria, "poll.vote", poll=poll, words=["покой", "дурак"])
    done(meeting, meeting.trainer, "poll.close", poll=poll)
    done(meeting, meeting.trainer, "poll.remove_word", poll=poll, word="дурак")
    done(meeting, meeting.trainer, "checkin.open", moment="after")
    checkin = last(meeting).data["checkin"]
    for user in meeting.learners:
        done(meeting, user, "checkin.submit", checkin=checkin, value=4)
    done(meeting, meeting.trainer, "poll.create", question="Черновик?", options=["а", "б"])


def test_the_report_counts_what_was_done(meeting, client_of):
    lively(meeting)
    end(meeting)
    page = report_page(meeting, client_of)
    report = page.context["report"]
    assert [count for _name, count in report.activity] == [3, 2, 1, 1, 1, 1]
    assert [(c["total"], c["by"]) for c in report.checkins] == [(3, None)]
    assert [(r.question, r.total, r.rows) for r in report.polls] == [
        ("Слово?", 1, [("покой", 1, 1.0)])
    ]
    assert "<svg" in page.context["curve"]


def test_five_feelings_are_shown(client_of):
    meeting = make_meeting(learners=5)
    lively(meeting)
    close_session(meeting.session, actor=meeting.trainer)
    checkins = report_page(meeting, client_of).context["report"].checkins
    assert checkins[0]["by"] == [0, 0, 0, 5, 0]


# --- What learners keep -----------------------------------------------------------------------
def summary_for(meeting, user, client_of):
    return client_of(user).get(meeting.session.webinar.get_url()).context


def test_a_learner_finds_questions_results_and_notes_afterwards(meeting, client_of):
    lively(meeting)
    maria, ivan, petr = meeting.learners
    for text, anon in [("Тайный вопрос?", True), ("Грубость", False)]:
        done(meeting, petr, "qa.ask", text=text, anon=anon)
    secret, rude = meeting.room.questions.order_by("pk")[1:]
    done(meeting, meeting.trainer, "qa.state", q=str(rude.uuid), state="hidden")
    done(meeting, ivan, "qa.vote", q=str(secret.uuid))
    end(meeting)
    summary = summary_for(meeting, maria, client_of)["summary"]
    assert [(q.text, q.votes_count, q.author) for q in summary.questions] == [
        ("Тайный вопрос?", 1, None), ("Как быть?", 0, maria),
    ]  # fmt: skip
    assert [result.question for result in summary.polls] == ["Слово?"]
    assert [note.text for note in summary.notes] == ["Слушать"]
    assert not summary.is_empty


def test_of_a_quiet_webinar_nothing_stays(meeting, client_of):
    end(meeting)
    assert summary_for(meeting, meeting.learners[0], client_of)["summary"].is_empty


# --- Ratings ----------------------------------------------------------------------------------
def rate(meeting, user, client_of, **form):
    address = f"/webinars/sessions/{meeting.session.pk}/rating/"
    return client_of(user).post(address, {"satisfaction": 8} | form)


def test_a_learner_rates_a_webinar_and_may_think_again(meeting, client_of):
    maria = meeting.learners[0]
    end(meeting)
    for value, words in [(2, "Мало примеров"), (5, "")]:
        answer = rate(meeting, maria, client_of, value=value, words=words)
        assert (answer.status_code, answer.url[-7:]) == (302, "#rating")
    rating = SessionRating.objects.get()
    assert (rating.user, rating.value, rating.words) == (maria, 5, "")
    context = summary_for(meeting, maria, client_of)
    assert context["is_rated"] is True
    assert context["rating_form"].initial == {"value": 5, "satisfaction": 8, "words": ""}
    assert summary_for(meeting, meeting.learners[1], client_of)["is_rated"] is False


def rated(values: list[int], client_of, **form) -> dict:
    """The ratings that a trainer sees after learners gave ``values``."""
    meeting = make_meeting(learners=len(values))
    close_session(meeting.session, actor=meeting.trainer)
    for user, value in zip(meeting.learners, values, strict=True):
        rate(meeting, user, client_of, value=value, **form)
    page = report_page(meeting, client_of)
    return page.context["report"].ratings | {"page": page.content.decode()}


def test_trainers_see_means_of_ten_ratings_and_more(client_of):
    ratings = rated([5] * 6 + [4] * 3 + [2], client_of)
    assert ratings["total"] == 10
    assert ratings["mean"] == pytest.approx(4.4)
    assert ratings["by"] == [(5, 6), (4, 3), (3, 0), (2, 1), (1, 0)]
    assert "В среднем 4,4 из 5" in ratings["page"]


@pytest.mark.parametrize("values", [[2], [5, 4, 2], [5] * 8 + [1], [3] * 10])
def test_of_fewer_than_ten_ratings_and_of_equal_ones_only_the_number_is_told(values, client_of):
    ratings = rated(values, client_of)
    assert (ratings["total"], ratings["mean"], ratings["by"]) == (len(values), None, [])
    assert "В среднем" not in ratings["page"]
    assert "десять человек" in ratings["page"]


def test_words_are_shown_from_five_on(client_of):
    few = rated([5] * 4, client_of, words="Спасибо")
    assert (few["words"], few["has_more_words"]) == ([], True)
    assert rated([5] * 5, client_of, words="Спасибо")["words"] == ["Спасибо"] * 5


def test_whoever_looks_after_each_rating_sees_ten_people_more_or_nothing_new(client_of):
    """Ten more by the numbers, five more by the words; also where ratings are changed meanwhile."""
    meeting = make_meeting(learners=32)
    close_session(meeting.session, actor=meeting.trainer)
    chance, told, words = random.Random(7), [Counter()], [set()]
    for number, user in enumerate(meeting.learners):
        for again in (user, chance.choice(meeting.learners[: number + 1])):
            said = f"Слова {again.pk}" if again.pk % 2 else ""
            rate(meeting, again, client_of, value=chance.randint(1, 5), words=said)
            ratings = report_of(meeting.session).ratings
            told.append(Counter(dict(ratings["by"])))
            words.append(set(ratings["words"]))
    for before, after in combinations(told, 2):
        assert not before - after
        assert (after - before).total() == 0 or (after - before).total() >= 10
    for before, after in combinations(words, 2):
        assert before <= after
        assert len(after - before) == 0 or len(after - before) >= 5
    assert told[-1].total() == 30
    assert len(words[-1]) == 15


def test_what_is_not_counted_yet_is_said(client_of):
    page = rated([5] * 6 + [4] * 6, client_of, words="Спасибо")
    assert (page["counted"], page["total"]) == (10, 12)
    assert "Учтено пока: 10" in page["page"]


def test_ten_more_who_all_chose_the_same_are_not_told_by_the_difference(client_of):
    ratings = rated([5] * 9 + [4] + [3] * 10, client_of)
    assert (ratings["counted"], ratings["total"]) == (10, 20)


def test_words_that_are_taken_back_are_gone_from_the_report(client_of):
    meeting = make_meeting(learners=5)
    close_session(meeting.session, actor=meeting.trainer)
    for user in meeting.learners:
        rate(meeting, user, client_of, value=5, words=f"Слова {user.pk}")
    rate(meeting, meeting.learners[0], client_of, value=5, words="")
    told = report_of(meeting.session).ratings["words"]
    assert sorted(told) == sorted(f"Слова {user.pk}" for user in meeting.learners[1:])


@pytest.mark.parametrize("form", [{}, {"value": ""}, {"value": 0}, {"value": 6}, {"value": "x"},
                                  {"value": 5, "words": "а" * 1001},
                                  {"value": 5, "satisfaction": 11},
                                  {"value": 5, "satisfaction": ""}])  # fmt: skip
def test_a_rating_that_is_none_is_not_kept(meeting, client_of, form):
    end(meeting)
    assert rate(meeting, meeting.learners[0], client_of, **form).status_code == 302
    assert not SessionRating.objects.exists()


def test_only_learners_of_a_webinar_that_has_ended_rate_it(meeting, client, client_of):
    maria = meeting.learners[0]
    assert rate(meeting, maria, client_of, value=5).status_code == 404
    end(meeting)
    for user in (meeting.trainer, UserFactory(), make_meeting().learners[0]):
        assert rate(meeting, user, client_of, value=5).status_code == 404
    address = f"/webinars/sessions/{meeting.session.pk}/rating/"
    assert client.post(address, {"value": 5}).status_code == 302
    assert not SessionRating.objects.exists()
