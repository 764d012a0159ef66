"""The rubric: who fills it in, what is refused, what is read of it."""

from __future__ import annotations

import pytest
from django.db.models import Q
from django.utils import timezone

from assessments.psychometrics import rater_reliability
from tests.webinars.practicum.factories import DEBRIEF, SHEET, make_group
from webinars.models import (
    PracticumFeedback,
    PracticumReview,
    PracticumRound,
    PracticumSession,
    RubricRating,
)
from webinars.practicum import agreement
from webinars.practicum.observing import observed_rounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(client_of):
    """Three people after a conversation; ``lines`` are the specialist's."""
    group = make_group(3, client_of=client_of)
    group.everyone()
    group.talk("Мне отказали!", "Слышу обиду.", "Ещё бы.", "Давайте посмотрим вместе.")
    group.everyone()
    return group


def test_client_observer_and_specialist_fill_in_the_rubric(three):
    first, second = three.specialist_lines()
    for number in range(3):
        three.act(number, "feedback", **SHEET, lines=[first], **{"lines-hears": [second, first]})
    given = PracticumFeedback.objects.order_by("rater__number")
    assert [one.by for one in given] == ["specialist", "client", "observer"]
    assert {one.ratee.number for one in given} == {0}
    assert given[1].lines == [first]
    assert RubricRating.objects.get(feedback=given[1], criterion="hears").lines == [first, second]
    page = three.page(0)
    assert page.count("Слышу обиду.") > 3
    assert "Вы назвали обиду." in page
    assert "hears2" in page
    assert "Процитировано в обратной связи" in page


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"worked": " "}, "Что получилось"),
        ({"hears": ""}, "hears"),
        ({"calms": "9"}, "calms"),
        ({"lines": []}, "Слова, которые помогли"),
    ],
)
def test_a_sheet_with_gaps_comes_back_with_what_was_written(three, changed, missing):
    sent = {**SHEET, "lines": three.specialist_lines()[:1], "try_next": "Дольше молчать"} | changed
    page = three.act(1, "feedback", **sent)
    assert page.status_code == 422
    assert "Кое-чего не хватает" in page.text
    assert missing in page.text.split("error-summary")[1].split("</ul>")[0]
    assert "Дольше молчать" in page.text
    assert not PracticumFeedback.objects.exists()


def test_a_line_that_is_not_the_specialists_is_no_evidence(three):
    page = three.sheet(1, lines=[three.specialist_lines()[0] - 1])
    assert page.status_code == 422


def test_data_of_real_people_do_not_get_into_feedback(three):
    page = three.sheet(1, worked="Звоните мне 8 913 800-12-34")
    assert page.status_code == 422
    assert "Без номеров и адресов настоящих людей" in page.text
    assert not PracticumFeedback.objects.exists()


def test_nobody_observes_themselves(three):
    page = three.sheet(0, by="observer")
    assert page.status_code == 422
    assert "наблюдать за самим собой нельзя" in page.text
    assert "Вы назвали обиду." in page.text, "nothing of it is lost"
    assert not PracticumFeedback.objects.exists()
    three.sheet(0, by="specialist")
    assert PracticumFeedback.objects.get().by == "specialist"


def test_feedback_is_given_once_and_belongs_to_its_phase(three):
    three.sheet(1)
    three.sheet(1, worked="Ещё раз")
    assert PracticumFeedback.objects.get().worked == "Вы назвали обиду."
    for number in (0, 2):
        three.sheet(number)
    assert three.now().phase == "swap"
    three.sheet(0)
    assert PracticumFeedback.objects.count() == 3


def test_a_sheet_is_taken_after_the_trainer_has_gone_on(three):
    """An observer writes while the trainer presses “next step”: it counts for its round."""
    quoted = three.specialist_lines()[:1]
    three.lead("lead/next")
    assert three.now().phase == "swap"
    assert "Ваш лист за раунд 1 ещё можно отправить" in three.page(2)
    three.everyone()
    assert three.now().phase == "briefing"
    gaps = {**SHEET, "worked": "", "try_next": "Дольше молчать", "lines": quoted, "round": 0}
    page = three.act(2, "feedback", **gaps)
    assert page.status_code == 422
    assert "Дольше молчать" in page.text
    assert 'href="#field-late0-worked"' in page.text
    three.act(2, "feedback", **{**gaps, "worked": "Вы назвали обиду."})
    kept = PracticumFeedback.objects.get()
    assert (kept.round, kept.by, kept.ratee.number) == (0, "observer", 0)
    assert three.now().phase == "briefing"
    assert "ещё можно отправить" not in three.page(2)


def test_a_sheet_that_comes_too_late_is_shown_again_and_not_called_kept(client_of):
    group = make_group(2, client_of=client_of)
    group.play_to_debrief()
    group.session.feedback.filter(rater__number=1, round=0).delete()
    for number in (0, 1):
        group.act(number, "debrief", felt="Трудно", learned="Пауза", will_try="Слушать")
    assert group.now().phase == "closed"
    page = group.act(1, "feedback", **SHEET, try_next="Дольше молчать", round=0)
    assert page.status_code == 409
    assert "поэтому это не сохранено" in page.text
    assert "Дольше молчать" in page.text
    assert "Ничего не потерялось" not in page.text
    twice = group.browsers[0].post(
        f"/practicum/{group.session.uuid}/debrief/",
        {"felt": "Ещё", "learned": "Раз", "will_try": "Раз"},
        follow=True,
    )
    assert "Это уже отправлено и сохранено." in twice.text


def test_a_sheet_of_an_earlier_round_never_rates_the_next_specialist(three):
    quoted = three.specialist_lines()[:1]
    three.lead("lead/next")
    three.everyone()
    three.everyone()
    three.talk("Снова отказ!", "Понимаю вас.")
    three.everyone()
    assert (three.now().phase, three.now().round) == ("feedback", 1)
    three.act(2, "feedback", **SHEET, lines=quoted, round=0)
    assert PracticumFeedback.objects.get().round == 0
    assert 2 in three.now().course().awaited, "the present round still waits for them"


def test_feedback_is_read_by_all_and_noted_as_read(three):
    for number in range(3):
        three.sheet(number)
    three.act(0, "agree")
    assert three.session.rounds.get().readers == [0]
    assert "Что увидели в вас" in three.page(0)
    three.everyone()
    assert three.session.rounds.get(number=0).readers == [0, 1, 2]


def test_a_debrief_with_gaps_comes_back(client_of):
    group = make_group(2, client_of=client_of)
    group.play_to_debrief()
    page = group.act(0, "debrief", felt="Трудно", learned="", will_try="Пауза")
    assert page.status_code == 422
    assert "Трудно" in page.text
    assert not group.enrollments[0].completions.exists()


def test_the_ledger_gets_the_scores_that_others_gave(client_of):
    group = make_group(2, client_of=client_of)
    group.play_to_end()
    completion = group.enrollments[0].completions.get()
    assert completion.score == 2.5
    assert completion.evidence == {
        "session": str(group.session.uuid),
        "score": 2.5,
        "criteria": {"hears": 2, "calms": 3},
        "self": 2.5,
        "ratings": 2,
    }


def test_what_was_played_counts_over_two_groups(client_of):
    """One has been the specialist here, the client there: nothing has to be played again."""
    group = make_group(2, client_of=client_of)
    group.play_round()
    group.act(1, "leave")
    page = group.browsers[1].get(group.practicum.url).text
    assert "Вы побывали клиентом." in page
    assert "Осталось: один раз побыть специалистом." in page


def test_it_does_not_count_without_feedback_given_and_read(client_of):
    """Both roles and a debrief are not enough: Boris has neither rated nor read."""
    group = make_group(2, client_of=client_of)
    group.everyone()
    group.talk("Мне отказали!", "Слышу вас.")
    group.everyone()
    group.sheet(0)
    group.lead("lead/next")  # the trainer does not wait for him, nor for his reading
    group.lead("lead/next")
    assert (group.now().phase, group.session.round) == ("briefing", 1)
    group.everyone()
    group.talk("Опять вы?", "Да, и я рада.")
    group.everyone()
    group.sheet(0)
    group.lead("lead/next")
    group.act(0, "agree")
    group.lead("lead/next")
    for number in range(2):
        group.act(number, "debrief", **DEBRIEF)
    assert group.now().phase == "closed"
    assert [e.completions.count() for e in group.enrollments] == [0, 0]
    page = group.browsers[1].get(group.practicum.url).text
    assert "Осталось: дать обратную связь и прочитать свою." in page


def test_where_a_review_is_required_it_counts_with_the_trainers_word(client_of):
    group = make_group(2, client_of=client_of, requires_review=True)
    group.play_to_end()
    assert not group.enrollments[0].completions.exists()
    assert "Его прочитает тренер" in group.page(0)
    group.lead("decide/0", outcome="another", text="Попробуйте сначала помолчать.")
    assert not group.enrollments[0].completions.exists()
    assert "Попробуйте сначала помолчать." in group.browsers[0].get(group.practicum.url).text
    group.lead("decide/0", outcome="accepted")
    group.lead("decide/1", outcome="accepted", text="Спасибо.")
    assert [e.completions.count() for e in group.enrollments] == [1, 1]
    assert PracticumReview.objects.count() == 2


def test_agreement_is_counted_in_pairs_of_the_same_thing():
    ratings = [
        ((1, 0, "hears"), "client", 2),
        ((1, 0, "hears"), "observer", 3),
        ((1, 0, "hears"), "specialist", 2),
        ((1, 1, "hears"), "client", 1),
        ((1, 1, "hears"), "observer", 1),
        ((1, 1, "hears"), "observer", 0),
    ]
    found = agreement.tables(ratings)
    assert found["client", "observer"][2][3] == 1
    assert found["client", "observer"][1][1] == found["client", "observer"][1][0] == 1
    assert found["client", "specialist"][2][2] == 1
    assert found["observer", "observer"][0][1] == found["observer", "observer"][1][0] == 1
    assert sum(map(sum, found["observer", "specialist"])) == 1


def test_agreement_has_a_weighted_kappa_with_its_interval(client_of):
    """20 pairs of client and the specialist's own view; the value is worked out by hand."""
    group = make_group(2, client_of=client_of)
    seat, other = group.seat(0), group.seat(1)
    # anchor of the client → anchor of the specialist, and how often
    pairs = [(0, 0)] * 4 + [(1, 1)] * 4 + [(2, 2)] * 4 + [(3, 3)] * 4 + [(0, 1)] * 2 + [(3, 2)] * 2
    for number, (client, own) in enumerate(pairs):
        for by, rater, score in (("client", other, client), ("specialist", seat, own)):
            given = PracticumFeedback.objects.create(
                session=group.session, round=number, by=by, rater=rater, ratee=seat, worked="."
            )
            RubricRating.objects.create(feedback=given, criterion="hears", score=score)
    (found,) = agreement.agreement_of(group.practicum, group.cohort)
    assert (found.pairs, found.same, found.near) == (20, 80, 100)
    # observed disagreement 4·1/20 = 0.2; by chance: rows 6 4 4 6, columns 4 6 6 4 of 20 each: 2.5
    assert found.kappa == pytest.approx(1 - 0.2 / 2.5)
    assert found.low < found.kappa < found.high
    single, mean = found.reliability.single, found.reliability.mean
    assert single == pytest.approx(icc_2_1([(float(a), float(b)) for a, b in pairs]))
    assert mean == pytest.approx(2 * single / (1 + single)), "Spearman and Brown, for two raters"
    low, high = found.reliability.single_interval
    assert low < single < high
    page = group.trainer_browser.get(f"/practicum/{group.session.uuid}/review/").text
    assert "на одну оценку — от «хорошо» до «очень хорошо»" in page
    assert "первое впечатление" in page, "twenty rounds are few"
    assert f"{single:.2f}".replace(".", ",") in page


def test_criteria_of_one_round_are_no_pairs_of_their_own(client_of):
    """Ten rounds, told by one criterion and by five that say the same: the interval is one."""
    intervals = []
    for criteria in (["hears"], ["hears", "names", "checks", "asks", "waits"]):
        group = make_group(2, client_of=client_of)
        pairs = [(0, 0), (1, 1), (2, 2), (3, 3), (0, 1), (3, 2), (1, 1), (2, 3), (0, 0), (3, 3)]
        for number, scores in enumerate(pairs):
            for by, seat, score in zip(("client", "specialist"), (1, 0), scores, strict=True):
                given = PracticumFeedback.objects.create(
                    session=group.session,
                    round=number,
                    by=by,
                    rater=group.seat(seat),
                    ratee=group.seat(0),
                    worked=".",
                )
                for criterion in criteria:
                    RubricRating.objects.create(feedback=given, criterion=criterion, score=score)
        (found,) = agreement.agreement_of(group.practicum, group.cohort)
        assert found.pairs == 10 * len(criteria)
        intervals.append((found.kappa, found.low, found.high))
    assert intervals[0] == pytest.approx(intervals[1])


def test_two_observers_are_as_reliable_on_the_trainers_page_as_in_the_reports(client_of):
    """ICC(2,·) of the same columns, by seats: whoever sent the sheet first does not matter."""
    group = make_group(4, client_of=client_of)
    pairs = [(0, 1), (1, 2), (2, 3), (3, 3), (1, 2), (0, 0), (2, 2), (2, 3), (0, 1), (1, 3), (0, 2)]
    for number, scores in enumerate(pairs, start=1):
        PracticumRound.objects.create(
            session=group.session,
            number=number,
            specialist=group.seat(0),
            client=group.seat(1),
            ended_at=timezone.now(),
        )
        sheets = list(zip((2, 3), scores, strict=True))
        for seat, score in sheets if number % 2 else reversed(sheets):
            given = PracticumFeedback.objects.create(
                session=group.session,
                round=number,
                by="observer",
                rater=group.seat(seat),
                ratee=group.seat(0),
                worked=".",
            )
            RubricRating.objects.create(feedback=given, criterion="hears", score=score)
    PracticumSession.objects.update(phase="debrief")
    (on_the_page,) = agreement.agreement_of(group.practicum, group.cohort)
    rounds = observed_rounds(group.cohort.course, of=Q())
    in_reports = rater_reliability([one.scores for one in rounds])
    found = on_the_page.reliability
    assert found.single == pytest.approx(icc_2_1([(float(a), float(b)) for a, b in pairs]))
    assert (found.rounds, found.single, found.mean) == pytest.approx(
        (in_reports.n, in_reports.single, in_reports.mean)
    )
    assert found.single_interval == pytest.approx(in_reports.single_ci)
    assert found.mean_interval == pytest.approx(in_reports.mean_ci)


def icc_2_1(scores: list[tuple[float, float]]) -> float:
    """Shrout & Fleiss (1979), table 4, written out for two raters."""
    n, grand = len(scores), sum(a + b for a, b in scores) / (2 * len(scores))
    rows = sum(2 * ((a + b) / 2 - grand) ** 2 for a, b in scores)
    columns = sum(n * (sum(one[k] for one in scores) / n - grand) ** 2 for k in (0, 1))
    total = sum((x - grand) ** 2 for one in scores for x in one)
    b, j, e = rows / (n - 1), columns, (total - rows - columns) / (n - 1)
    return (b - e) / (b + e + 2 * (j - e) / n)


@pytest.mark.parametrize(
    ("scores", "reason", "words"),
    [
        ([(1.0, 2.0)] * 9, "too_few", "начиная с 10"),
        ([(2.0, 2.0)] * 10, "no_variance", "одинаковый балл"),
        ([(1.0, 1.0), (2.0, 2.0)] * 5, "boundary", "один и тот же балл"),
    ],
)
def test_where_reliability_does_not_exist_the_trainer_reads_why(scores, reason, words):
    found = agreement.reliability_of(scores)
    assert found.reason == reason
    assert words in agreement.reliability_in_words(found)


def test_reliability_compares_mean_scores_of_rounds_that_both_have_rated():
    ratings = [
        ((1, 0, "hears"), "client", 2),
        ((1, 0, "calms"), "client", 3),
        ((1, 0, "hears"), "observer", 1),
        ((1, 0, "calms"), "observer", 1),
        ((1, 0, "hears"), "observer", 3),
        ((1, 0, "calms"), "observer", 3),
        ((1, 1, "hears"), "client", 0),
    ]
    assert agreement.scores_of_rounds(ratings, ("client", "observer")) == [(2.5, 2.0)]
    assert agreement.scores_of_rounds(ratings, ("observer", "observer")) == [(1.0, 3.0)]


def test_hints_stand_beside_ones_own_lines_after_the_round_only(client_of):
    """Praise first, in question form; nobody else reads them, and a person may disagree."""
    group = make_group(2, client_of=client_of)
    group.everyone()
    group.talk("Мне отказали!", "Вы имеете право волноваться.")
    assert "speech-hint" not in group.page(0).split("</head>")[1]
    group.everyone()
    assert "speech-hint" not in group.page(0).split("</head>")[1], "not before the rating"
    for number in range(2):
        group.sheet(number)
    own, others = (group.page(number).split("</head>")[1] for number in range(2))
    assert 'class="speech-hint speech-hint--praise"' in own
    assert "/disagree" in own
    assert "speech-hint" not in others
    review = group.trainer_browser.get(f"/practicum/{group.session.uuid}/review/").text
    assert "speech-hint" not in review.split("</head>")[1]
