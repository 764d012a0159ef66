"""A trainer writes a questionnaire in the CMS, looks at it, tests its key, makes a version."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.interchange.csv_files import to_csv
from assessments.interchange.plain import plain_of
from assessments.models import Instrument
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.assessments.factories import answered, course_with_waves, full_instrument
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NEW = {
    "title": "Короткая",
    "code": "short",
    "minutes": "3",
    "purpose": "Зачем",
    "who_sees": "Вы",
    "instruction": "За неделю",
    "options": "0 Никогда\n1 Иногда\n2 Всегда",
    "rating_options": "",
    "judgement_instruction": "",
    "then_instruction": "",
    "draw_seed": "7",
    "scales-TOTAL_FORMS": "1",
    "scales-INITIAL_FORMS": "0",
    "scales-MIN_NUM_FORMS": "1",
    "scales-MAX_NUM_FORMS": "1000",
    "scales-0-code": "calm",
    "scales-0-title": "Спокойствие",
    "scales-0-description": "Больше спокойствия",
    "scales-0-next_practice": "",
    "scales-0-strand": "self_report",
    "scales-0-role": "target",
    "scales-0-higher_is_better": "on",
    "scales-0-ORDER": "1",
    "items-TOTAL_FORMS": "1",
    "items-INITIAL_FORMS": "0",
    "items-MIN_NUM_FORMS": "1",
    "items-MAX_NUM_FORMS": "1000",
    "items-0-code": "C1",
    "items-0-kind": "labelled",
    "items-0-scale_code": "calm",
    "items-0-form": "",
    "items-0-text": "Я выдыхаю.",
    "items-0-choices-count": "0",
    "items-0-described": "",
    "items-0-ORDER": "1",
}


@pytest.fixture
def trainer(client_of):
    person = UserFactory(is_staff=True)
    grant_role(user=person, role=Role.TRAINER)
    return client_of(person)


def test_a_trainer_writes_a_questionnaire(trainer):
    assert trainer.get("/cms/instruments/new/").status_code == 200
    page = trainer.post("/cms/instruments/new/", NEW, follow=True)
    made = Instrument.objects.get(code="short")
    assert made.options == [[0, "Никогда"], [1, "Иногда"], [2, "Всегда"]]
    assert made.items.get().text == "Я выдыхаю."
    assert page.status_code == 200
    again = trainer.post("/cms/instruments/new/", NEW)
    assert "сделайте новую версию" in again.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"options": "Никогда\nВсегда"}, "Строка 1: сначала число"),
        ({"options": "2 Всегда\n0 Никогда"}, "От меньшего к большему"),
        ({"options": "0 Никогда"}, "хотя бы два"),
        ({"items-0-scale_code": "joy"}, "Шкалы с таким кодом нет"),
        ({"items-0-scale_code": ""}, "к какой шкале"),
        ({"items-0-kind": "instructed"}, "не относится ни к какой шкале"),
        ({"items-0-kind": "rate_each"}, "хотя бы два варианта"),
        ({"items-0-kind": "reflection", "items-0-scale_code": ""}, "нет вопросов"),
        ({"items-0-kind": "satisfaction", "items-0-is_reversed": "on"}, "Только для утверждений"),
    ],
)
def test_what_does_not_fit_is_said_where_it_stands(trainer, changes, words):
    page = trainer.post("/cms/instruments/new/", NEW | changes)
    assert words in page.text
    assert not Instrument.objects.exists()


def test_a_learner_reads_what_the_trainer_sees_before(trainer):
    instrument = full_instrument()
    page = trainer.get(f"/cms/instruments/preview/{instrument.pk}/?form=B").text
    assert "Ситуация Б." in page
    assert "Ситуация А." not in page
    back = trainer.get(f"/cms/instruments/preview/{instrument.pk}/?wave=then").text
    assert "Вспомните время до курса" in back


def test_answers_tried_out_are_scored_and_kept_nowhere(trainer):
    instrument = full_instrument()
    data = {"F1-0": "4", "F2-0": "0", "VA-0": "5", "VA-1": "1", "VA-2": "5", "P1-0": "99"}
    page = trainer.post(f"/cms/instruments/preview/{instrument.pk}/?form=A", data).text
    assert "Критические ошибки: VA" in " ".join(page.split())
    assert "4,00" in page
    assert Instrument.objects.get().frozen_at is None


def test_the_test_of_the_key_shows_what_each_answer_earns_and_what_is_doubtful(trainer):
    instrument = full_instrument()
    page = trainer.get(f"/cms/instruments/key/{instrument.pk}/").text
    assert "(критическая ошибка)" in page
    assert "Похоже, вы очень расстроены." in page
    assert "В шкале «Слышу чувства» вопросов всего 2" in page


def test_an_answered_version_is_not_changed_but_copied(trainer, client_of):
    waves, enrollment = course_with_waves("pre")
    answered(enrollment, waves["pre"])
    instrument = waves["pre"].instrument
    staff = UserFactory(is_staff=True, is_superuser=True)
    editor = client_of(staff)
    page = editor.get(f"/cms/instruments/edit/{instrument.pk}/").text
    assert "Эту версию уже заполняли" in page
    editor.post(f"/cms/instruments/edit/{instrument.pk}/", NEW)
    instrument.refresh_from_db()
    assert instrument.title == "Полная анкета"
    asked = editor.get(f"/cms/instruments/new-version/{instrument.pk}/").text
    assert "не смешиваются" in asked
    editor.post(f"/cms/instruments/new-version/{instrument.pk}/")
    copy = Instrument.objects.get(version=2)
    assert copy.frozen_at is None
    assert plain_of(copy).items == plain_of(instrument).items
    versions = editor.get(f"/cms/instruments/versions/{instrument.pk}/").text
    assert "можно менять" in versions
    assert editor.get(f"/cms/instruments/edit/{copy.pk}/").status_code == 200


def test_a_trainer_makes_their_own_version_of_a_shared_questionnaire(trainer):
    instrument = full_instrument()
    assert trainer.get(f"/cms/instruments/edit/{instrument.pk}/").status_code == 302
    made = trainer.post(f"/cms/instruments/new-version/{instrument.pk}/")
    assert trainer.get(made.headers["Location"]).status_code == 200


@pytest.mark.parametrize("name", ["csv", "qti"])
def test_a_questionnaire_is_taken_away_as_a_file(trainer, name):
    response = trainer.get(f"/cms/instruments/{name}/{full_instrument().pk}/")
    assert response.content.startswith(b"PK")


def test_a_questionnaire_is_taken_in_from_a_file(trainer):
    archive = to_csv(plain_of(full_instrument()))
    assert trainer.get("/cms/instruments/take-in/").status_code == 200
    file = SimpleUploadedFile("x.zip", archive)
    trainer.post("/cms/instruments/take-in/", {"file": file, "kind": "csv"})
    assert Instrument.objects.filter(version=2).exists()
    broken = trainer.post(
        "/cms/instruments/take-in/", {"file": io.BytesIO(b"no archive"), "kind": "csv"}
    )
    assert broken.status_code == 422
    assert "не архив ZIP" in broken.text
    nameless = SimpleUploadedFile("x.zip", archive)
    asked = trainer.post("/cms/instruments/take-in/", {"file": nameless, "kind": "qti"})
    assert "Для QTI 3 это нужно" in asked.text


def test_learners_are_kept_out_of_the_workshop(client_of):
    instrument = full_instrument()
    browser = client_of(UserFactory())
    for path in ("preview", "key", "versions", "new-version", "csv", "qti"):
        answer = browser.get(f"/cms/instruments/{path}/{instrument.pk}/")
        assert answer.status_code in (302, 403, 404), path


def test_the_list_says_yes_and_no_in_words(trainer):
    full_instrument()
    page = trainer.get("/cms/instruments/").text
    assert "Добавить анкету" in page
    assert "False" not in page
    assert "<title>Анкеты - Бережно</title>" in " ".join(page.split())
