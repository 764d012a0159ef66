"""Odd things in the fields of a practicum's forms: NUL, numbers without end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webinars.practicum.factories import DEBRIEF, make_group
from tests.webinars.practicum.test_library import Shelf
from webinars.models import (
    LineComment,
    PracticumDebrief,
    PracticumFeedback,
    PracticumReport,
    PracticumReview,
    PracticumSession,
)
from webinars.practicum.written import number, words

ODD = "Слова\x01\x1f, дальше"
NUL = "Слова\x00"
"""What PostgreSQL does not take; the request may be refused as a whole, but never fail."""
CLEAN = "Слова, дальше"
ENDLESS = "9" * 5000


@pytest.fixture
def group(client_of):
    played = make_group(2, client_of=client_of, requires_review=True)
    played.everyone()
    played.talk("Мне отказали!", "Слышу обиду.")
    played.everyone()
    return played


@pytest.mark.django_db
def test_what_people_write_is_kept_without_what_is_no_text(group):
    group.sheet(0, worked=ODD, try_next=ODD)
    group.act(1, "report", text=ODD)
    group.lead("comment", line=group.specialist_lines()[0], text=ODD)
    group.lead("decide/0", outcome="another", text=ODD)
    feedback = PracticumFeedback.objects.get()
    assert (feedback.worked, feedback.try_next) == (CLEAN, CLEAN)
    assert PracticumReport.objects.get().text == CLEAN
    assert LineComment.objects.get().text == CLEAN
    assert PracticumReview.objects.get().text == CLEAN


@pytest.mark.django_db
def test_a_debrief_is_kept_without_what_is_no_text(client_of):
    group = make_group(2, client_of=client_of)
    group.play_to_debrief()
    group.act(0, "debrief", **{**DEBRIEF, "felt": ODD})
    assert PracticumDebrief.objects.get().felt == CLEAN


@pytest.mark.django_db
def test_an_example_for_the_library_is_kept_without_what_is_no_text(client_of):
    shelf = Shelf(client_of)
    shelf.propose()
    fields = shelf.fields(step="save", **{"title": ODD, "text-1": ODD, "comment-1": ODD})
    assert shelf.trainer.post(shelf.edit, fields | {"keep_days": ENDLESS}).status_code == 302
    first = shelf.now().lines.get(number=1)
    assert (shelf.found.title, first.text, first.comment) == (CLEAN, CLEAN, CLEAN)


@pytest.mark.django_db
def test_a_nul_in_a_form_is_no_failure_of_the_server(group):
    line = group.specialist_lines()[0]
    answers = [
        group.sheet(0, worked=NUL, try_next=NUL),
        group.act(1, "report", text=NUL),
        group.lead("comment", line=line, text=NUL),
        group.lead("decide/0", outcome="another", text=NUL),
    ]
    assert {answer.status_code for answer in answers} <= {302, 400}


@pytest.mark.django_db
def test_a_number_without_end_is_none(group):
    assert group.sheet(0, hears=ENDLESS, lines=[]).status_code == 422
    assert group.sheet(0, lines=[ENDLESS]).status_code == 422
    assert not PracticumFeedback.objects.exists()
    group.lead("comment", line=ENDLESS, text="?")
    assert not LineComment.objects.exists()
    groups = f"/practicum/{group.practicum.pk}/groups/{group.cohort.pk}/"
    form = {f"group-{enrollment.pk}": ENDLESS for enrollment in group.enrollments}
    PracticumSession.objects.get().seats.update(is_open=False)
    assert group.trainer_browser.post(groups, form).status_code == 200
    assert PracticumSession.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["9999-12-31T23:59-12:00", "2999-01-01T10:00"])
def test_no_group_is_planned_for_a_time_that_nobody_lives_to_see(group, moment):
    PracticumSession.objects.get().seats.update(is_open=False)
    form = {f"group-{enrollment.pk}": 1 for enrollment in group.enrollments}
    groups = f"/practicum/{group.practicum.pk}/groups/{group.cohort.pk}/"
    page = group.trainer_browser.post(groups, form | {"starts_at": moment})
    assert page.status_code == 200
    assert PracticumSession.objects.count() == 1


@given(st.text())
def test_words_can_be_kept_by_every_database(text):
    kept = words(text)
    assert "\x00" not in kept
    assert kept.encode().decode() == kept
    assert words(kept) == kept.strip()


@given(st.text(alphabet="0123456789٣-+ ", max_size=12) | st.just(ENDLESS) | st.none())
def test_a_number_is_a_whole_one_of_a_sane_size(text):
    found = number(text)
    assert found is None or 0 <= found < 10**9
