"""The lexicon of speech hints in the CMS, and what learners see and say of hints."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from courses.careful_speech.figures import shown_categories
from courses.models import Disagreement, SpeechRule
from courses.speech_hints import MOST_ON_A_LINE, shown_hints
from courses.speech_lexicon import current_lexicon, ensure_shipped_rules
from lms.people.models import Role
from tests.courses.cms.conftest import person
from tests.factories import UserFactory

RULES = "speech_rules:index"
FORM = {
    "category": "brush_off",
    "effect": "names",
    "name": "own-green-door",
    "pattern": "зелёная дверь",
    "must": "Вам в зелёную дверь.\nТам зелёная дверь.",
    "must_not": "Дверь у нас стеклянная.",
    "is_on": "on",
}


@pytest.fixture
def trainer(client, db):
    user = person(Role.TRAINER)
    client.force_login(user)
    return user


def save(client, **changed):
    return client.post(reverse("speech_rules:add"), {**FORM, **changed})


def test_the_shipped_rules_stand_in_the_cms_and_edited_ones_stay_edited(db):
    some = SpeechRule.objects.get(name="blame-own-fault")
    SpeechRule.objects.filter(pk=some.pk).update(is_on=False)
    ensure_shipped_rules()
    assert SpeechRule.objects.filter(name="blame-own-fault", is_on=False).count() == 1


def test_a_trainer_writes_a_rule_and_it_works_from_the_next_line_on(client, trainer):
    line = "Это в зелёной двери, семнадцатый кабинет."
    assert shown_hints(line) == []
    before = current_lexicon().version
    assert save(client).status_code == 302
    [hint] = shown_hints(line)
    assert (hint.rule, hint.quote, hint.is_praise) == ("own-green-door", "зелёной двери", False)
    assert hint.version == current_lexicon().version != before


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pattern": "<нечто>"}, "Нет вида слов с названием «нечто»."),
        ({"pattern": "зе*"}, "«зе*»: перед звёздочкой нужно хотя бы три буквы."),
        ({"pattern": "зелёная (дверь"}, "«(дверь» — не слово и не знак, известный шаблонам."),
        ({"pattern": "… дверь"}, "«…» ставится между словами, а не в начале и не в конце."),
        ({"must": "Окно."}, "Шаблон не подходит к реплике: «Окно.»."),
        ({"must_not": "Это зелёная дверь."}, "хотя не должен: «Это зелёная дверь.»."),
    ],
)
def test_a_rule_that_fails_its_examples_is_not_saved_and_says_why(client, trainer, changed, said):
    response = save(client, **changed)
    assert response.status_code == 200
    errors = response.context["form"].errors
    assert any(said in message for messages in errors.values() for message in messages)
    assert said.split("«")[0] in response.content.decode()
    assert not SpeechRule.objects.filter(name=FORM["name"]).exists()


def test_a_rule_needs_examples_of_both_kinds(client, trainer):
    errors = save(client, must=" \n ", must_not="").context["form"].errors
    assert set(errors) == {"must", "must_not"}
    assert not SpeechRule.objects.filter(name=FORM["name"]).exists()


def test_a_rule_that_is_switched_off_no_longer_decides(client, trainer):
    save(client)
    rule = SpeechRule.objects.get(name=FORM["name"])
    without = {key: value for key, value in FORM.items() if key != "is_on"}
    client.post(reverse("speech_rules:edit", args=[rule.pk]), without)
    assert shown_hints("Это в зелёной двери, семнадцатый кабинет.") == []


def test_the_box_tries_a_line_and_shows_the_figures(client, trainer):
    page = client.get(reverse("speech_try:index"), {"line": "Ничем не могу помочь."})
    text = page.content.decode()
    assert "Человек остаётся без помощи" in text
    assert "по правилу brush-off-cannot-help" in text
    assert "слушатели видят" in text
    assert "Точность уверенных" in text
    assert page.context["measured"].shown == shown_categories()


def test_the_box_calls_a_neutral_line_neutral(client, trainer):
    page = client.get(reverse("speech_try:index"), {"line": "Автобус ходит по вторникам."})
    assert "Ничего: реплика нейтральна." in page.content.decode()


def test_only_content_staff_read_what_learners_disagree_with(client, trainer):
    address = reverse("speech_disagreements:index")
    assert client.get(address).status_code == 302
    client.force_login(person(Role.METHODOLOGIST))
    assert client.get(address).status_code == 200


def test_people_without_the_cms_do_not_reach_the_lexicon(client, db):
    client.force_login(UserFactory())
    for name in (RULES, "speech_try:index", "speech_disagreements:index"):
        assert client.get(reverse(name)).status_code == 302


@pytest.mark.django_db
def test_hints_are_few_and_praise_comes_first():
    line = (
        "Понимаю, как вам тяжело. Завтра я позвоню в фонд. Но вы сами виноваты, "
        "вы никогда не приносите справку, иначе снимем с учёта."
    )
    hints = shown_hints(line)
    assert len(hints) == MOST_ON_A_LINE
    assert all(hint.is_praise for hint in hints)
    assert all(hint.quote == line[slice(*hint.span)] for hint in hints)


def test_many_lines_cost_as_few_queries_as_one(db, django_assert_max_num_queries):
    current_lexicon()
    with django_assert_max_num_queries(1):
        for _ in range(5):
            shown_hints("Не волнуйтесь вы так.")


def disagreement(**changed) -> dict[str, str]:
    [hint] = shown_hints("Не волнуйтесь вы так.")
    return {
        "line": "Не волнуйтесь вы так.",
        "category": hint.category,
        "rule": hint.rule,
        "version": hint.version,
        "next": "/calendar/",
        **changed,
    }


def test_i_disagree_is_kept_once_and_leads_back(client, db):
    user = UserFactory()
    client.force_login(user)
    for _ in range(2):
        response = client.post(reverse("courses:disagree_with_hint"), disagreement())
        assert (response.status_code, response.url) == (302, "/calendar/")
    kept = Disagreement.objects.get()
    assert (kept.person, kept.category) == (user, "invalidation")
    assert "Ваше несогласие сохранено" in str(next(iter(get_messages(response.wsgi_request))))


@pytest.mark.parametrize(
    "changed", [{"category": "nonsense"}, {"line": ""}, {"line": "я" * 2_001}, {"rule": "x" * 81}]
)
def test_an_unknown_hint_is_refused_in_words(client, db, changed):
    client.force_login(UserFactory())
    response = client.post(reverse("courses:disagree_with_hint"), disagreement(**changed))
    assert response.status_code == 302
    assert "Такой подсказки больше нет" in str(next(iter(get_messages(response.wsgi_request))))
    assert not Disagreement.objects.exists()


def test_i_disagree_does_not_lead_to_a_foreign_site(client, db):
    client.force_login(UserFactory())
    said = disagreement(next="https://elsewhere.example.org/")
    assert client.post(reverse("courses:disagree_with_hint"), said).url == reverse("courses:home")


def test_i_disagree_asks_to_sign_in(client, db):
    response = client.post(reverse("courses:disagree_with_hint"), disagreement())
    assert response.status_code == 302
    assert not Disagreement.objects.exists()


def test_the_hints_of_a_line_are_drawn_with_their_words_and_a_way_to_disagree(db):
    line = "Не волнуйтесь вы так."
    with translation.override("ru"):
        drawn = render_to_string(
            "courses/speech_hints.html", {"hints": shown_hints(line), "line": line, "next": "/"}
        )
    assert "Чувство не замечено" in drawn
    assert '<q lang="ru">Не волнуйтесь</q>' in drawn
    assert "Не соглашусь" in drawn
    assert "speech-hint--praise" not in drawn
    assert render_to_string("courses/speech_hints.html", {"hints": []}).strip() == ""
