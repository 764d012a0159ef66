"""Letters about practicums: who gets them, once, and never with a word of the conversation."""

from __future__ import annotations

import pytest
from django.core import mail

from lms.mail.models import ReminderSettings
from tests.factories import UserFactory
from tests.webinars.practicum.factories import make_group
from webinars.models import PracticumReport
from webinars.practicum import library

pytestmark = pytest.mark.django_db
SAID = "Он перешёл на личности."


@pytest.fixture
def group(client_of):
    played = make_group(2, client_of=client_of, requires_review=True)
    played.everyone()
    played.talk("Мне отказали!", "Слышу обиду.")
    played.everyone()
    return played


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """What goes out by what is done: a function that does it and gives the letters."""

    def letters(*steps):
        mail.outbox.clear()
        for step in steps:
            with django_capture_on_commit_callbacks(execute=True):
                step()
        return list(mail.outbox)

    return letters


def test_a_report_reaches_every_trainer_of_the_cohort_once_and_without_its_words(group, sent):
    second = UserFactory(given_name="Пётр")
    group.cohort.trainers.add(second)
    report = lambda: group.act(1, "report", text=SAID)  # noqa: E731
    letters = sent(report, report)
    assert sorted(letter.to[0] for letter in letters) == sorted([group.trainer.email, second.email])
    for letter in letters:
        html = letter.alternatives[0].content
        assert "/practicum/review/" in letter.body
        for words in (SAID, "Мне отказали!", group.user(1).family_name, "Борис"):
            assert words not in letter.body + html + letter.subject
        assert "Вам написал участник" in letter.subject
        assert "List-Unsubscribe" not in letter.extra_headers, "no setting turns it off"


def test_a_new_report_after_the_first_was_looked_after_writes_again(group, sent):
    (first,) = sent(lambda: group.act(1, "report"))
    found = PracticumReport.objects.get()
    group.trainer_browser.post(f"/practicum/reports/{found.pk}/settle/")
    (second,) = sent(lambda: group.act(1, "report"))
    assert first.to == second.to == [group.trainer.email]


def test_a_cohort_without_trainers_writes_to_the_owner_of_the_course(group, sent):
    group.cohort.trainers.clear()
    owner = UserFactory()
    course = group.practicum.course()
    course.owner = owner
    course.save()
    (letter,) = sent(lambda: group.act(0, "report", text=SAID))
    assert letter.to == [owner.email]


def test_a_learner_is_told_once_of_each_decision_and_reads_the_words_on_the_page(group, sent):
    another = lambda: group.lead("decide/0", outcome="another", text="Попробуйте помолчать")  # noqa: E731
    (letter,) = sent(another, another)
    assert letter.to == [group.user(0).email]
    assert "ещё один раунд" in letter.body
    assert f"/practicum/{group.session.uuid}/" in letter.body
    assert "помолчать" not in letter.body
    assert "List-Unsubscribe" in letter.extra_headers
    (letter,) = sent(lambda: group.lead("decide/0", outcome="accepted"))
    assert "Практикум принят" in letter.subject


def test_whoever_does_not_want_such_letters_gets_none(group, sent):
    group.browsers[0].post("/learn/reminders/", {"before_session": "on", "hour": "9"})
    assert not ReminderSettings.objects.get(person=group.user(0)).about_practicums
    assert sent(lambda: group.lead("decide/0", outcome="accepted")) == []


def test_everyone_of_a_round_is_asked_by_letter(group, sent):
    proposal = library.propose(group.session.rounds.get(number=0), group.trainer)
    library.prepare(proposal, title="Пауза", why="Тепло", keep_days=365, lines={})
    letters = sent(lambda: library.ask(proposal))
    assert {letter.to[0] for letter in letters} == {group.user(0).email, group.user(1).email}
    assert all(f"/practicum/library/{proposal.pk}/consent/" in one.body for one in letters)
    assert all("Мне отказали" not in letter.body for letter in letters)
