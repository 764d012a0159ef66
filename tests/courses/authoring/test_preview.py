"""The preview of a draft in the editor, for every kind of activity that a trainer makes."""

from __future__ import annotations

import pytest

from assessments.models import Assessment
from lms.people.models import User
from tests.assessments.test_answering import make_instrument
from tests.factories import add_page, make_course, make_lesson, make_module
from tests.webinars.practicum.factories import make_practicum
from webinars.models import Webinar

pytestmark = pytest.mark.django_db


def pages():
    module = make_module(make_course())
    return {
        "lesson": make_lesson(module, "Урок", body=[("heading", "Слушать")]),
        "webinar": add_page(module, Webinar(title="Встреча")),
        "practicum": make_practicum(),
        "assessment": add_page(
            module, Assessment(title="Анкета", instrument=make_instrument(), wave="pre")
        ),
    }


@pytest.mark.parametrize("kind", ["lesson", "webinar", "practicum", "assessment"])
def test_a_draft_is_previewed(kind, client_of, rf):
    page = pages()[kind]
    admin = User.objects.create_superuser("admin@example.org")
    answer = client_of(admin).get(f"/cms/pages/{page.pk}/view_draft/")
    assert answer.status_code == 200
    assert page.title in answer.text
    assert "wagtail-userbar" in answer.text, "the editor's checks look at the page through it"


def test_readers_get_nothing_of_the_editors_tools(client_of):
    admin = User.objects.create_superuser("admin@example.org")
    assert "wagtail-userbar" not in client_of(admin).get(pages()["lesson"].url).text
