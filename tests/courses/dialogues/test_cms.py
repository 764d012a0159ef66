"""A dialogue in the CMS: drafts may be unfinished, what is published can be played."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError
from wagtail.test.utils.form_data import (
    inline_formset,
    nested_form_data,
    rich_text,
    streamfield,
)

from courses.models import Dialogue
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.courses.dialogues.making import LINES, ending, line, make_dialogue, reply
from tests.factories import UserFactory, add_page, make_course, make_module

pytestmark = pytest.mark.django_db

BROKEN = [
    line("start", "Мне отказали!", reply("Давайте посмотрим", "nowhere"), reply("Нет", "silence")),
    line("silence", "…"),  # a line without replies: a dead end
    line("forgotten", "Про меня забыли", reply("Да", "end")),
    ending("end", "Конец"),
]


@pytest.fixture
def trainer():
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    return trainer


@pytest.fixture
def module(trainer):
    return make_module(make_course(owner=trainer))


def form_of(dialogue: Dialogue, lines, **actions):
    """What the editor sends for a dialogue with these lines."""

    def block(kind, value):
        if kind == "line":
            replies = [
                {"value": found, "deleted": "", "order": str(i), "type": "item", "id": ""}
                for i, found in enumerate(value["replies"])
            ]
            listed = {"count": str(len(replies)), **{str(i): r for i, r in enumerate(replies)}}
            value = {**value, "replies": listed}
        return (kind, value)

    return nested_form_data(
        {
            "title": dialogue.title,
            "slug": dialogue.slug,
            "goal": "",
            "client_name": "Марина",
            "situation": rich_text("<p>Приём.</p>"),
            "trust": "2",
            "tension": "3",
            "lines": streamfield([block(kind, value) for kind, value in lines]),
            "estimated_minutes": "10",
            "opens": dialogue.opens,
            "opens_after_days": "0",
            "prerequisites": inline_formset([]),
            "comments": inline_formset([]),
            **actions,
        }
    )


def save(client_of, user, dialogue, lines, **actions):
    address = f"/cms/pages/{dialogue.pk}/edit/"
    return client_of(user).post(address, form_of(dialogue, lines, **actions), follow=True)


def test_a_draft_may_stay_unfinished_and_the_editor_says_what_is_missing(
    module, trainer, client_of
):
    dialogue = make_dialogue(module, [], live=False, owner=trainer)
    page = save(client_of, trainer, dialogue, BROKEN)
    assert page.status_code == 200
    draft = Dialogue.objects.get(pk=dialogue.pk).get_latest_revision_as_object()
    assert [block.value["key"] for block in draft.lines] == ["start", "silence", "forgotten", "end"]
    text = client_of(trainer).get(f"/cms/pages/{dialogue.pk}/edit/").content.decode()
    for named in ("nowhere", "“silence”", "“forgotten”"):
        assert named.strip("“”") in text
    assert f"/cms/dialogues/{dialogue.pk}/lines/" in text


def test_a_live_dialogue_may_have_an_unfinished_draft(module, trainer, client_of):
    dialogue = make_dialogue(module, owner=trainer)
    save(client_of, trainer, dialogue, BROKEN)
    live = Dialogue.objects.get(pk=dialogue.pk)
    assert live.get_latest_revision_as_object().lines[1].value["text"] == "…"
    assert live.lines[1].value["text"] == "Не надо меня успокаивать!"


def test_publishing_what_cannot_be_played_is_refused_with_the_line_named(
    module, trainer, client_of
):
    dialogue = make_dialogue(module, [], live=False, owner=trainer)
    page = save(client_of, trainer, dialogue, BROKEN, **{"action-submit": "1"})
    assert not Dialogue.objects.get(pk=dialogue.pk).live
    sentences = str(page.context["form"].errors.as_data()["lines"][0].non_block_errors)
    assert "nowhere" in sentences
    assert "silence" in sentences
    assert "forgotten" in sentences
    shown = json.dumps("ведёт к «nowhere», а такой реплики нет")[1:-1]
    assert shown in page.content.decode().replace("&quot;", '"')
    typed = [block.value["text"] for block in page.context["form"]["lines"].value()]
    assert "Про меня забыли" in typed  # and nothing of it is lost


def test_a_whole_dialogue_is_published(module, trainer, client_of):
    dialogue = make_dialogue(module, [], live=False, owner=trainer)
    save(client_of, trainer, dialogue, LINES, **{"action-submit": "1"})
    published = Dialogue.objects.get(pk=dialogue.pk)
    assert published.workflow_in_progress
    methodologist = UserFactory()
    grant_role(user=methodologist, role=Role.METHODOLOGIST)
    save(client_of, methodologist, dialogue, LINES, **{"action-publish": "1"})
    published = Dialogue.objects.get(pk=dialogue.pk)
    assert published.live
    assert len(published.graph().nodes) == 4


def test_no_way_round_the_editor_publishes_a_broken_dialogue(module):
    dialogue = make_dialogue(module, BROKEN, live=False)
    revision = dialogue.save_revision()
    with pytest.raises(ValidationError):
        revision.publish()
    assert not Dialogue.objects.get(pk=dialogue.pk).live
    with pytest.raises(ValidationError):
        add_page(module, Dialogue(title="Пустой", client_name="Марина"))


def test_the_table_has_a_row_for_every_reply_with_what_is_wrong_there(module, trainer, client_of):
    dialogue = make_dialogue(module, BROKEN, live=False, owner=trainer)
    page = client_of(trainer).get(f"/cms/dialogues/{dialogue.pk}/lines/")
    assert page.status_code == 200
    found = [
        (row.line, row.reply.text if row.reply else "", bool(row.problems))
        for row in page.context["rows"]
    ]
    assert found == [
        ("start", "Давайте посмотрим", True),
        ("start", "Нет", False),
        ("silence", "", True),
        ("forgotten", "Да", True),
        ("end", "", True),
    ]
    assert '<a href="#line-2">silence</a>' in page.content.decode()


def test_the_table_shows_the_latest_draft(module, trainer, client_of):
    dialogue = make_dialogue(module, owner=trainer)
    dialogue.lines[0].value["text"] = "Новая реплика"
    dialogue.save_revision()
    page = client_of(trainer).get(f"/cms/dialogues/{dialogue.pk}/lines/")
    assert "Новая реплика" in page.content.decode()


def test_only_those_who_may_edit_the_page_see_its_table(module, trainer, client, client_of):
    dialogue = make_dialogue(module, owner=trainer)
    address = f"/cms/dialogues/{dialogue.pk}/lines/"
    other = UserFactory()
    grant_role(user=other, role=Role.TRAINER)
    administrator = User.objects.create_superuser("admin@example.org")
    assert client.get(address).status_code == 302
    assert client_of(UserFactory()).get(address).status_code in (302, 403)
    assert client_of(other).get(address).status_code == 302
    assert client_of(administrator).get(address).status_code == 200
    assert client_of(administrator).get("/cms/dialogues/0/lines/").status_code == 404


def test_an_unfinished_draft_can_be_looked_at_before_it_is_saved(module, trainer, client_of):
    dialogue = make_dialogue(module, owner=trainer)
    browser = client_of(trainer)
    address = f"/cms/pages/{dialogue.pk}/edit/preview/"
    broken = [line("start", "Черновая реплика", reply("Дальше", "nowhere"))]
    assert browser.post(address, form_of(dialogue, broken)).json()["is_valid"]
    page = browser.get(f"{address}?mode=")
    assert page.status_code == 200
    assert "Черновая реплика" in page.content.decode()


def test_a_dialogue_that_was_never_saved_can_be_looked_at(module, trainer, client_of):
    browser = client_of(trainer)
    address = f"/cms/pages/add/courses/dialogue/{module.pk}/preview/"
    form = form_of(Dialogue(title="Новый", slug="novyy"), LINES)
    assert browser.post(address, form).json()["is_valid"]
    page = browser.get(f"{address}?mode=")
    assert page.status_code == 200
    assert "Мне опять отказали!" in page.content.decode()


def test_a_circle_is_noted_in_the_editor_and_does_not_stop_publishing(module, trainer, client_of):
    dialogue = make_dialogue(module, owner=trainer)
    page = client_of(trainer).get(f"/cms/pages/{dialogue.pk}/edit/").content.decode()
    assert "start → harder → start" in page
    assert dialogue.live
