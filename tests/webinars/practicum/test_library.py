"""The library of excellent rounds: proposed, agreed by everyone, read without names, taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from lms.people.erasing import erase_person
from lms.people.models import Consent, Role
from lms.people.roles import grant_role
from tests.factories import CohortFactory, UserFactory, active_enrollment
from tests.webinars.practicum.factories import make_group
from webinars.models import (
    ExcellentLine,
    ExcellentRound,
    LibraryAnswer,
    PracticumRound,
    PracticumSession,
)
from webinars.practicum import keeping, library

pytestmark = pytest.mark.django_db
WHY = "Специалист признал ошибку и дал время."


class Shelf:
    """A played group of two, its trainer who proposes the first round, and a reader."""

    def __init__(self, client_of):
        self.group = make_group(2, client_of=client_of, keep_days=30)
        self.group.everyone()
        self.group.talk(
            "Мне отказали, Анна!",
            "Похоже, вам очень обидно. Что для вас сейчас важнее всего?",
            "Чтобы услышали. Звоните: восемь утра.",
            "Я запишу это при вас.",
        )
        self.group.everyone()
        reader = UserFactory(given_name="Дина")
        active_enrollment(
            cohort=CohortFactory(course=self.group.practicum.course()), learner=reader
        )
        self.reader = client_of(reader)
        self.trainer = self.group.trainer_browser
        self.course = self.group.practicum.course()

    def propose(self) -> ExcellentRound:
        answer = self.trainer.post(f"/practicum/{self.group.session.uuid}/propose/0/")
        self.found = ExcellentRound.objects.get()
        self.edit = f"/practicum/library/{self.found.pk}/prepare/"
        assert answer.headers["Location"] == self.edit
        return self.found

    @property
    def page(self) -> str:
        return f"/practicum/library/{self.found.pk}/"

    def fields(self, **changed):
        """The form as the page holds it."""
        self.found.refresh_from_db()
        sent = {"title": self.found.title or "Пауза", "why": WHY, "keep_days": "365"}
        for line in self.found.lines.all():
            sent[f"text-{line.number}"] = line.text
            sent[f"comment-{line.number}"] = line.comment
        return {**sent, "text-1": "Мне отказали!", **changed}

    def ask(self, **changed):
        return self.trainer.post(self.edit, self.fields(step="ask", **changed))

    def asked(self, number: int) -> str:
        """What the open page of the question holds of it."""
        page = self.group.browsers[number].get(f"{self.page}consent/").text
        return (re.findall(r'name="asked" value="(\d+)"', page) or [""])[0]

    def says(self, number: int, answer: str, *, asked: str | None = None):
        form = {"answer": answer, "asked": self.asked(number) if asked is None else asked}
        return self.group.browsers[number].post(f"{self.page}consent/", form)

    def step(self, action: str):
        return self.trainer.post(f"{self.page}{action}/", follow=True)

    def publish(self) -> ExcellentRound:
        self.propose()
        self.ask()
        for number in range(2):
            self.says(number, "yes")
        self.step("publish")
        return self.now()

    def now(self) -> ExcellentRound:
        self.found.refresh_from_db()
        return self.found

    def close(self) -> None:
        """The session is over; its transcript is kept for thirty days."""
        now = timezone.now()
        PracticumSession.objects.update(
            phase="closed", closed_at=now, erase_at=now + timedelta(days=30)
        )

    def is_read(self) -> bool:
        return self.reader.get(self.page).status_code == 200


@pytest.fixture
def shelf(client_of):
    return Shelf(client_of)


def test_a_round_comes_into_the_library_when_everyone_has_said_yes(shelf):
    shelf.propose()
    shelf.ask()
    assert "Согласились: 0 из 2" in shelf.trainer.get(shelf.edit).text
    assert not shelf.is_read()
    page = shelf.group.browsers[0].get(shelf.group.practicum.url).text
    assert "Тренер спрашивает, можно ли показать ваш раунд" in page
    asked = shelf.group.browsers[0].get(f"{shelf.page}consent/").text
    for words in (
        "Что покажем",
        "Чего не покажем",
        "Если передумаете",
        WHY,
        "Я запишу это при вас.",
    ):
        assert words in asked
    shelf.says(0, "yes")
    assert "Согласились ещё не все" in shelf.step("publish").text
    assert shelf.now().state == "asked"
    shelf.says(1, "yes")
    assert "Раунд в библиотеке" in shelf.step("publish").text
    assert shelf.is_read()


def test_learners_read_it_with_roles_praise_and_the_trainers_words(shelf):
    numbers = [one.number for one in library.annotated(shelf.group.session, round=0)]
    shelf.group.lead("comment", line=numbers[1], text="Назвал чувство и спросил.")
    shelf.publish()
    page = shelf.reader.get(shelf.page).text
    for words in (WHY, "специалист", "клиент", "Комментарий тренера", "Назвал чувство и спросил."):
        assert words in page
    assert "Бережная речь" in page, "the open question is praised"
    for name in ("Анна", "Борис"):
        assert name not in page.split("<main")[1]
    course = shelf.reader.get(shelf.course.url).text
    assert f"/practicum/library/course/{shelf.course.pk}/" in course
    assert "Пауза" in shelf.reader.get(f"/practicum/library/course/{shelf.course.pk}/").text
    assert "раунд коллег" in shelf.reader.get(shelf.group.practicum.url).text
    assert "Пауза" in shelf.reader.get(f"/practicum/{shelf.group.practicum.pk}/library/").text


def test_nobody_else_reads_it(shelf, client_of):
    shelf.publish()
    stranger, other = UserFactory(), UserFactory()
    grant_role(user=other, role=Role.TRAINER)
    for person in (stranger, other):
        browser = client_of(person)
        assert browser.get(shelf.page).status_code == 404
        assert browser.get(shelf.edit).status_code == 404
        assert browser.post(f"{shelf.page}take-out/").status_code == 404
        assert browser.get(f"{shelf.page}consent/").status_code == 404
        assert browser.get(f"/practicum/library/course/{shelf.course.pk}/").status_code == 404
    assert shelf.group.browsers[0].get(shelf.edit).status_code == 404
    assert shelf.reader.get(f"{shelf.page}consent/").status_code == 404
    assert shelf.reader.post(f"/practicum/{shelf.group.session.uuid}/propose/0/").status_code == 404
    assert "library/course" not in client_of(stranger).get(shelf.course.url).text


@pytest.mark.parametrize("is_published", [False, True])
def test_a_no_and_a_consent_taken_back_take_it_out_at_once(shelf, is_published):
    if is_published:
        shelf.publish()
    else:
        shelf.propose()
        shelf.ask()
    shelf.says(1, "no")
    found = shelf.now()
    assert (found.state, found.title, found.why) == ("taken_down", "", "")
    assert found.ended == ("withdrawn" if is_published else "refused")
    assert not ExcellentLine.objects.exists()
    assert not shelf.is_read()
    assert "никому не показывается" in shelf.group.browsers[0].get(f"{shelf.page}consent/").text
    assert "Борис" not in shelf.trainer.get(shelf.edit).text.split("<main")[1]
    shelf.says(0, "yes")
    assert shelf.now().state == "taken_down", "the question is closed"
    shelf.trainer.post(f"/practicum/{shelf.group.session.uuid}/propose/0/")
    assert ExcellentRound.objects.count() == 1, "nobody is asked again"
    assert "library/course" not in shelf.reader.get(shelf.course.url).text


def test_a_consent_withdrawn_under_my_data_counts_as_well(shelf):
    shelf.publish()
    consent = Consent.objects.get(purpose="library", user=shelf.group.user(0))
    shelf.group.browsers[0].post(f"/my-data/consents/{consent.pk}/withdraw/")
    assert shelf.now().ended == "withdrawn"
    assert not shelf.is_read()


def test_whoever_takes_the_transcript_back_takes_the_example_too(shelf):
    shelf.publish()
    shelf.group.browsers[1].post(f"/practicum/{shelf.group.practicum.pk}/withdraw-consent/")
    assert shelf.now().ended == "withdrawn"


def test_a_consent_that_does_not_stand_hides_the_round_before_any_job(shelf):
    shelf.publish()
    Consent.objects.filter(purpose="library").update(withdrawn_at=timezone.now())
    assert not shelf.is_read()
    assert library.take_down_due() == 1


def test_the_time_that_people_agreed_to_ends_it(shelf):
    shelf.publish()
    shelf.close()
    now = timezone.now()
    keeping.erase_due(now=now + timedelta(days=364))
    assert shelf.now().state == "published", "it has a time of its own"
    keeping.erase_due(now=now + timedelta(days=366))
    assert shelf.now().ended == "time"
    assert not ExcellentLine.objects.exists()


def test_a_copy_that_nobody_has_published_goes_with_the_transcript(shelf):
    shelf.close()
    shelf.propose()
    assert keeping.erase_due(now=timezone.now() + timedelta(days=31)) == 1
    assert shelf.now().state == "taken_down"


def test_an_erased_person_takes_the_example_with_them(shelf):
    shelf.publish()
    erase_person(shelf.group.user(0), source="test")
    assert shelf.now().ended == "erased"
    assert not shelf.is_read()


def test_changed_words_ask_everyone_anew(shelf):
    shelf.propose()
    shelf.ask()
    shelf.says(0, "yes")
    shelf.trainer.post(shelf.edit, shelf.fields(step="save"))
    assert shelf.now().state == "asked", "nothing was changed"
    page = shelf.trainer.post(shelf.edit, shelf.fields(step="save", why="Иначе"), follow=True)
    assert "прежние ответы не считаются" in page.text
    assert shelf.now().state == "draft"
    assert not LibraryAnswer.objects.exists()
    assert not Consent.objects.filter(purpose="library", withdrawn_at=None).exists()
    shelf.ask(why="Иначе")
    assert LibraryAnswer.objects.filter(answer="").count() == 2


def test_a_yes_counts_only_for_the_words_on_the_page(shelf):
    shelf.propose()
    shelf.ask()
    opened = shelf.asked(0)
    shelf.ask(why="Иначе")
    shelf.says(0, "yes", asked=opened)
    assert "слова изменились" in shelf.group.browsers[0].get(f"{shelf.page}consent/").text
    assert not Consent.objects.filter(purpose="library").exists()
    shelf.says(0, "yes")
    assert Consent.objects.filter(purpose="library").count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": " "}, "Напишите название"),
        ({"why": ""}, "чем раунд хорош"),
        ({"text-1": "Звоните мне: 8 913 800-12-34"}, "Реплика 1"),
        ({"text-1": "Анна, помогите"}, "Реплика 1"),
        ({"comment-2": "Борису было трудно"}, "Реплика 2"),
        ({"title": "Раунд Анны"}, "Название или пояснение"),
        ({"out-2": "1", "out-4": "1"}, "хотя бы одну реплику специалиста"),
    ],
)
def test_people_are_not_asked_about_what_is_not_ready(shelf, changed, words):
    shelf.propose()
    page = shelf.ask(**changed)
    assert page.status_code == 422
    assert words in page.text
    assert shelf.now().state == "draft"
    assert shelf.found.title == (
        "" if changed.get("title") == " " else changed.get("title", "Пауза")
    )


def test_an_invented_name_passes_when_the_trainer_has_looked_but_a_number_never(shelf):
    shelf.propose()
    shelf.ask(**{"text-1": "Анна, звоните 8 913 800-12-34", "invented": "1"})
    assert shelf.now().state == "draft"
    shelf.ask(**{"text-1": "Анна, помогите", "invented": "1"})
    assert shelf.now().state == "asked"


def test_a_line_is_left_out_and_the_preview_shows_it(shelf):
    shelf.propose()
    answer = shelf.trainer.post(shelf.edit, shelf.fields(step="preview", **{"out-3": "1"}))
    preview = shelf.trainer.get(answer.headers["Location"]).text
    assert "Предпросмотр" in preview
    assert "Здесь реплика убрана" in preview
    assert "восемь утра" not in preview
    assert shelf.group.browsers[0].get(shelf.page).status_code == 404, "not asked yet"


def test_what_cannot_become_an_example(shelf, client_of):
    shelf.trainer.post(f"/practicum/{shelf.group.session.uuid}/propose/7/")
    hard = make_group(2, client_of=client_of)
    hard.everyone()
    hard.talk("Мне отказали!", "Слышу обиду.")
    address = f"/practicum/{hard.session.uuid}/propose/0/"
    assert "ещё идёт" in hard.trainer_browser.post(address, follow=True).text
    hard.act(0, "hard")
    assert "мне тяжело" in hard.trainer_browser.post(address, follow=True).text
    PracticumRound.objects.filter(session=hard.session).update(end="agreed")
    move(enrollment=hard.enrollments[0], to=EnrollmentState.WITHDRAWN, source="test")
    erase_person(hard.user(0), source="test")
    assert "спросить согласия не у кого" in hard.trainer_browser.post(address, follow=True).text
    assert not ExcellentRound.objects.exists()


def test_the_trainer_drops_a_draft_and_takes_a_published_round_out(shelf):
    shelf.propose()
    shelf.step("take-out")
    assert not ExcellentRound.objects.exists()
    shelf.publish()
    assert shelf.trainer.post(shelf.edit, shelf.fields()).status_code == 302
    assert shelf.now().state == "published", "what is published is not changed"
    shelf.step("take-out")
    assert shelf.now().ended == "trainer"
    assert not shelf.is_read()


def test_the_database_keeps_answers_and_ends_whole(shelf):
    shelf.propose()
    shelf.ask()
    broken = [
        lambda: LibraryAnswer.objects.update(answer="yes"),
        lambda: ExcellentRound.objects.update(state="published", published_at=None),
        lambda: ExcellentRound.objects.update(state="taken_down"),
        lambda: ExcellentLine.objects.update(is_left_out=True),
    ]
    for change in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_trainer_who_plays_is_asked_and_prepares_nothing_of_their_own_group(shelf):
    shelf.propose()
    player = shelf.group.user(0)
    grant_role(user=player, role=Role.TRAINER)
    shelf.group.cohort.trainers.add(player)
    browser = shelf.group.browsers[0]
    assert browser.get(shelf.edit).status_code == 404
    assert browser.get(shelf.page).status_code == 404, "it is a draft, and they are not asked yet"
    assert browser.post(shelf.edit, shelf.fields(title="Иначе")).status_code == 404
    assert shelf.edit not in browser.get("/practicum/review/").text
    shelf.ask()
    for action in ("publish", "take-out"):
        assert browser.post(f"{shelf.page}{action}/").status_code == 404
    assert browser.get(shelf.page).status_code == 200
    shelf.says(0, "yes")
    assert LibraryAnswer.objects.get(seat=shelf.group.seat(0)).answer == "yes"
    assert shelf.trainer.get(shelf.edit).status_code == 200
