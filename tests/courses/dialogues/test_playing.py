"""A dialogue as a learner plays it: through the page, on any device, without losing anything."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from courses.models import Completion, Dialogue, DialogueRun
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.courses.dialogues.making import LINES, ending, line, make_dialogue, reply, reply_key
from tests.factories import (
    CohortFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)

pytestmark = pytest.mark.django_db

CARELESS, CAREFUL = "Успокойтесь", "Третий раз — это изматывает"


@pytest.fixture
def dialogue():
    return make_dialogue(make_module(make_course()))


@pytest.fixture
def enrollment(dialogue):
    return active_enrollment(cohort=CohortFactory(course=dialogue.course()))


@pytest.fixture
def browser(enrollment, client_of):
    return client_of(enrollment.learner)


def say(browser, dialogue, text, step):
    return browser.post(
        f"/dialogues/{dialogue.pk}/answer/",
        {"step": step, "reply": reply_key(dialogue, text)},
        follow=True,
    )


def now(response) -> str:
    return response.context["walk"].here.key


def test_the_first_page_says_that_mistakes_are_welcome_and_keeps_nothing(browser, dialogue):
    page = browser.get(dialogue.url)
    assert "Мне опять отказали!" in page.content.decode()
    assert CAREFUL in page.content.decode()
    assert not DialogueRun.objects.exists()


def test_a_reply_brings_the_feedback_the_clients_new_line_and_the_new_state(browser, dialogue):
    address = f"/dialogues/{dialogue.pk}/answer/"
    key = reply_key(dialogue, CARELESS)
    answered = browser.post(address, {"step": 0, "reply": key})
    assert answered.url == f"{dialogue.url}#now"
    page = browser.get(dialogue.url)
    text = page.content.decode()
    assert "Не надо меня успокаивать!" in text
    assert f"О реплике «{CARELESS}»" in text
    assert (page.context["walk"].state.trust, page.context["walk"].state.tension) == (1, 5)
    assert '<meter aria-labelledby="trust" min="0" max="5" value="1">' in text


def test_any_ending_completes_the_dialogue_once(browser, dialogue, enrollment):
    page = say(browser, dialogue, CAREFUL, 0)
    assert "Разговор получился" in page.content.decode()
    completion = Completion.objects.get(enrollment=enrollment, activity=dialogue)
    assert completion.evidence["ending"] == "good"
    assert completion.evidence["steps"] == 1
    first_finish = DialogueRun.objects.get().finished_at
    browser.post(f"/dialogues/{dialogue.pk}/again/")
    say(browser, dialogue, CARELESS, 0)
    page = say(browser, dialogue, "Тогда уходите", 1)
    assert "Разговор оборвался" in page.content.decode()
    run = DialogueRun.objects.get()
    assert (run.attempts, run.endings, run.finished_at) == (2, ["good", "bad"], first_finish)
    assert Completion.objects.get().evidence["ending"] == "good"


def test_another_reply_may_be_tried_from_any_earlier_step(browser, dialogue):
    say(browser, dialogue, CARELESS, 0)
    say(browser, dialogue, "Простите, я поторопился", 1)
    page = browser.post(f"/dialogues/{dialogue.pk}/retry/", {"step": 1}, follow=True)
    assert now(page) == "harder"
    page = browser.post(f"/dialogues/{dialogue.pk}/retry/", {"step": 0}, follow=True)
    assert now(page) == "start"
    assert len(DialogueRun.objects.get().taken) == 2  # what was tried is remembered
    places = page.context["places"]
    assert [(place.node.key, len(place.tried), place.left) for place in places] == [
        ("start", 1, 1),
        ("harder", 1, 1),
    ]


def test_the_conversation_goes_on_where_it_was_on_another_device(browser, dialogue, enrollment):
    say(browser, dialogue, CARELESS, 0)
    elsewhere = type(browser)()
    elsewhere.force_login(enrollment.learner, backend="django.contrib.auth.backends.ModelBackend")
    assert now(elsewhere.get(dialogue.url)) == "harder"


def test_a_reply_sent_twice_counts_once(browser, dialogue):
    say(browser, dialogue, CARELESS, 0)
    assert now(say(browser, dialogue, CARELESS, 0)) == "harder"
    assert len(DialogueRun.objects.get().choices) == 1


def test_a_reply_from_a_window_left_behind_changes_nothing_and_says_so(browser, dialogue):
    say(browser, dialogue, CARELESS, 0)
    page = say(browser, dialogue, CAREFUL, 0)
    assert now(page) == "harder"
    assert [message.level_tag for message in page.context["messages"]] == ["info"]
    page = browser.post(f"/dialogues/{dialogue.pk}/retry/", {"step": 7}, follow=True)
    assert now(page) == "harder"


@pytest.mark.parametrize("sent", ["", "nothing", "Тогда уходите"])
def test_a_reply_that_this_line_does_not_offer_gets_a_sentence(sent, browser, dialogue):
    key = reply_key(dialogue, sent) if " " in sent else sent
    page = browser.post(f"/dialogues/{dialogue.pk}/answer/", {"step": 0, "reply": key})
    assert page.status_code == 422
    assert page.context["error"] in page.content.decode()
    assert "<title>Ошибка: " in page.content.decode()
    assert now(page) == "start"
    assert not DialogueRun.objects.exists()


@pytest.mark.parametrize("step", ["", "x", "-1", "9" * 30])
def test_a_step_that_is_no_step_changes_nothing(step, browser, dialogue):
    for act in ("answer", "retry"):
        data = {"step": step, "reply": reply_key(dialogue, CAREFUL)}
        page = browser.post(f"/dialogues/{dialogue.pk}/{act}/", data, follow=True)
        assert now(page) == "start"


def test_a_locked_dialogue_takes_no_replies(client_of):
    module = make_module(make_course())
    make_lesson(module)
    dialogue = make_dialogue(module, opens="after_previous")
    enrollment = active_enrollment(cohort=CohortFactory(course=dialogue.course()))
    browser = client_of(enrollment.learner)
    assert browser.get(dialogue.url).status_code == 403
    assert say(browser, dialogue, CAREFUL, 0).status_code == 403
    assert not DialogueRun.objects.exists()


def test_people_without_enrolment_are_kept_out(dialogue, client, client_of):
    address = f"/dialogues/{dialogue.pk}/again/"
    assert client.post(address).status_code == 302
    assert "login" in client.post(address).url
    assert client_of(UserFactory()).post(address).status_code == 403


def test_one_learner_does_not_see_or_move_the_run_of_another(
    browser, dialogue, enrollment, client_of
):
    say(browser, dialogue, CARELESS, 0)
    other = active_enrollment(cohort=enrollment.cohort)
    page = say(client_of(other.learner), dialogue, CAREFUL, 0)
    assert now(page) == "good"
    assert now(browser.get(dialogue.url)) == "harder"
    assert list(DialogueRun.objects.visible_to(other.learner)) == [other.dialogue_runs.get()]


def test_a_trainer_plays_it_without_a_trace(dialogue, enrollment, client_of):
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    enrollment.cohort.trainers.add(trainer)
    browser = client_of(trainer)
    assert now(say(browser, dialogue, CARELESS, 0)) == "harder"
    assert now(browser.get(dialogue.url)) == "harder"
    page = browser.post(f"/dialogues/{dialogue.pk}/retry/", {"step": 0}, follow=True)
    assert now(page) == "start"
    assert now(say(browser, dialogue, CAREFUL, 0)) == "good"
    assert not DialogueRun.objects.exists()
    assert not Completion.objects.exists()


def rewrite(dialogue: Dialogue, lines) -> Dialogue:
    dialogue.lines = lines
    dialogue.save_revision().publish()
    return Dialogue.objects.get(pk=dialogue.pk)


def test_a_walk_that_an_edit_undid_begins_again_with_a_kind_word(browser, dialogue):
    say(browser, dialogue, CARELESS, 0)
    edited = rewrite(dialogue, [line("start", "Здравствуйте.", reply("Да", "good")), LINES[2]])
    page = browser.get(edited.url)
    assert now(page) == "start"
    assert page.context["is_undone"]
    page = browser.post(
        f"/dialogues/{edited.pk}/answer/", {"step": 1, "reply": "gone"}, follow=True
    )
    assert now(page) == "start"
    assert DialogueRun.objects.get().attempts == 2
    assert now(say(browser, edited, "Да", 0)) == "good"


def test_the_reply_given_to_the_edited_first_line_is_not_lost(browser, dialogue):
    say(browser, dialogue, CARELESS, 0)
    edited = rewrite(dialogue, [line("start", "Здравствуйте.", reply("Да", "good")), LINES[2]])
    assert now(say(browser, edited, "Да", 0)) == "good"


def test_an_edit_of_words_leaves_the_walk_alone(browser, dialogue):
    say(browser, dialogue, CARELESS, 0)
    dialogue.lines[1].value["text"] = "Что значит успокойтесь?"
    dialogue.save_revision().publish()
    page = browser.get(dialogue.url)
    assert "Что значит успокойтесь?" in page.content.decode()
    assert now(page) == "harder"


def test_the_page_of_an_unwritten_dialogue_says_so(client_of):
    dialogue = make_dialogue(make_module(make_course()), [], live=False)
    Dialogue.objects.filter(pk=dialogue.pk).update(live=True)  # as an old import might leave it
    enrollment = active_enrollment(cohort=CohortFactory(course=dialogue.course()))
    assert client_of(enrollment.learner).get(dialogue.url).status_code == 200


def test_a_learner_has_one_run_of_a_dialogue(dialogue, enrollment):
    DialogueRun.objects.create(dialogue=dialogue, enrollment=enrollment)
    with pytest.raises(IntegrityError), transaction.atomic():
        DialogueRun.objects.create(dialogue=dialogue, enrollment=enrollment)


def test_a_run_does_not_count_from_nothing(dialogue, enrollment):
    with pytest.raises(IntegrityError), transaction.atomic():
        DialogueRun.objects.create(dialogue=dialogue, enrollment=enrollment, attempts=0)


def test_what_a_client_says_is_shown_as_text(client_of):
    lines = [
        line("start", "<script>alert(1)</script>", reply("<b>Да</b>", "good")),
        ending("good", "<i>"),
    ]
    dialogue = make_dialogue(make_module(make_course()), lines)
    enrollment = active_enrollment(cohort=CohortFactory(course=dialogue.course()))
    page = say(client_of(enrollment.learner), dialogue, "<b>Да</b>", 0).content.decode()
    assert "<script>alert" not in page
    assert "<b>Да" not in page
