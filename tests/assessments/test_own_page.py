"""The learner's own page: in words first, in every state, and nobody else's."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from assessments.gains import agreed
from assessments.models import Attempt, Response, ScaleScore
from courses.models import Enrollment
from lms.people.models import Consent
from tests.assessments.factories import answered, course_with_waves
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def page_of(client_of, enrollment) -> str:
    return client_of(enrollment.learner).get(f"/assessments/gain/{enrollment.uuid}/").text


@pytest.fixture
def finished():
    waves, enrollment = course_with_waves("pre", "post", "then", "follow_up")
    answered(enrollment, waves["pre"], level=2)
    answered(enrollment, waves["post"], level=3)
    return waves, enrollment


def test_it_says_in_words_what_changed(client_of, finished):
    _waves, enrollment = finished
    page = page_of(client_of, enrollment)
    assert "По шкале «Прячу чувства» было 2,0, стало 3,0 из 4" in page
    assert "Здесь меньше не значит хуже" in page
    assert "Как вы оцениваете ситуации" in page
    assert "Это не диагноз" in page
    assert "ещё не нормирована" in page
    assert "Спросите." in page
    assert 'class="chart"' in page
    assert "что осталось с вами, видно только спустя время" in page


def test_the_yardstick_that_moved_is_told(client_of, finished):
    waves, enrollment = finished
    answered(enrollment, waves["then"], level=1)
    page = page_of(client_of, enrollment)
    assert "До курса ваш средний ответ был 2,0; теперь, глядя назад, вы оцениваете" in page
    assert "строже, чем тогда" in page


def test_whoever_waited_is_compared_with_the_end_of_waiting(client_of):
    waves, enrollment = course_with_waves("pre", "pre_again", "post")
    for wave, level in (("pre", 1), ("pre_again", 2), ("post", 3)):
        answered(enrollment, waves[wave], level=level)
    assert "По шкале «Прячу чувства» было 2,0, стало 3,0 из 4" in page_of(client_of, enrollment)


def test_answers_before_that_came_after_the_course_are_not_compared(client_of, finished):
    _waves, enrollment = finished
    late = timezone.now() + timedelta(minutes=1)
    Attempt.objects.filter(wave="pre").update(submitted_at=late)
    assert "было 2,0, стало" not in page_of(client_of, enrollment)


def test_a_number_is_rounded_and_not_cut_off(client_of, finished):
    _waves, enrollment = finished
    ScaleScore.objects.filter(attempt__wave="pre", scale__code="hiding").update(mean=1.96)
    assert "По шкале «Прячу чувства» было 2,0, стало 3,0" in page_of(client_of, enrollment)


def test_some_weeks_later_stands_beside(client_of, finished):
    waves, enrollment = finished
    with time_machine.travel(timezone.now() + timedelta(weeks=9)):
        answered(enrollment, waves["follow_up"], level=4)
        page = page_of(client_of, enrollment)
    assert "Спустя несколько недель: 4,0." in page
    assert "вы тоже отправили" in page


def test_only_the_answers_before_say_what_will_come(client_of):
    waves, enrollment = course_with_waves("pre", "post")
    assert "Сравнивать пока нечего" in page_of(client_of, enrollment)
    answered(enrollment, waves["pre"])
    page = page_of(client_of, enrollment)
    assert "до курса 2,0 из 4" in page
    assert 'class="chart"' not in page


def test_too_few_answers_are_said_to_be_too_few(client_of):
    from assessments.answering import answer, sheet_for, start_attempt, submit
    from tests.assessments.factories import chosen

    waves, enrollment = course_with_waves("pre", "post")
    attempt = start_attempt(enrollment=enrollment, assessment=waves["pre"])
    sheet = sheet_for(attempt)
    for item, keyed in zip(sheet.items, sheet.keyed, strict=True):
        given = "cannot_say" if item.scale_code else chosen(item.kind, keyed.parts, 1)
        answer(attempt=attempt, item=item, given=given)
    submit(attempt)
    page = page_of(client_of, enrollment)
    assert "слишком мало ответов" in page
    assert 'class="chart"' not in page


@pytest.mark.parametrize(("path", "begins"), [("csv", "\ufeffШкала;".encode()), ("pdf", b"%PDF-")])
def test_it_can_be_taken_away(client_of, finished, path, begins):
    _waves, enrollment = finished
    response = client_of(enrollment.learner).get(f"/assessments/gain/{enrollment.uuid}/{path}/")
    assert response.content.startswith(begins)
    assert "attachment" in response["Content-Disposition"]


def test_erased_answers_are_gone_everywhere_and_not_asked_again(client_of, finished):
    waves, enrollment = finished
    browser = client_of(enrollment.learner)
    erasing = f"/assessments/gain/{enrollment.uuid}/erase/"
    assert "Удалить навсегда" in browser.get(erasing).text
    page = browser.post(erasing, follow=True).text
    assert "показывать нечего" in page
    assert not Response.objects.exists()
    assert not ScaleScore.objects.exists()
    assert not Attempt.objects.submitted().exists()
    assert enrollment.completions.count() == 2
    assert "Вы удалили эти ответы" in browser.get(waves["pre"].url).text


def test_consent_is_given_and_withdrawn_for_each_purpose(client_of, finished):
    _waves, enrollment = finished
    browser = client_of(enrollment.learner)
    address = f"/assessments/gain/{enrollment.uuid}/consents/"
    assert "не давали согласия" in page_of(client_of, enrollment)
    for _ in range(2):
        browser.post(address, {"consent": ["answers"]})
    assert Consent.objects.filter(withdrawn_at=None).get().purpose == "answers"
    assert Enrollment.objects.filter(agreed()).exists()
    assert "Вы отозвали согласие" in browser.post(address, {}, follow=True).text
    assert not Enrollment.objects.filter(agreed()).exists()
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("path", ["", "csv/", "pdf/", "erase/"])
def test_nobody_else_opens_it(client_of, finished, path):
    _waves, enrollment = finished
    for stranger in (UserFactory(), UserFactory(is_superuser=True, is_staff=True)):
        address = f"/assessments/gain/{enrollment.uuid}/{path}"
        assert client_of(stranger).get(address).status_code == 404
        assert client_of(stranger).post(address).status_code in (404, 405)
    assert Attempt.objects.submitted().count() == 2


def test_my_data_holds_every_answer_in_words(finished):
    from lms.people.personal_data import holdings

    _waves, enrollment = finished
    holding = next(one for one in holdings() if one.model == "assessments.Response")
    rows = holding.rows_of(enrollment.learner)
    assert rows.filter(text="Слушать молча.").count() == 2
    assert rows.filter(item__text="Я дослушиваю.", value=3).exists()
