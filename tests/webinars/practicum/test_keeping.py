"""Transcripts are kept as long as people agreed, then erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from lms.people.models import Consent
from tests.webinars.live.acting import everything_written
from tests.webinars.practicum.factories import make_group
from webinars.models import PracticumSession
from webinars.practicum import keeping, queue, sessions

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(client_of):
    played = make_group(2, client_of=client_of, keep_days=30)
    played.play_to_end()
    return played


def test_the_lines_are_erased_when_the_time_is_over_and_not_before(group):
    room, now = group.session.room, timezone.now()
    assert keeping.erase_due(now=now + timedelta(days=29)) == 0
    assert "Мне отказали!" in everything_written(room)
    assert keeping.erase_due(now=now + timedelta(days=31)) == 1
    assert "Мне отказали!" not in everything_written(room)
    assert keeping.erase_due(now=now + timedelta(days=32)) == 0
    page = group.page(0)
    assert "Реплика стёрта" in page
    assert "Мне отказали!" not in page
    assert "Вы назвали обиду." in page, "feedback stays"
    assert group.enrollments[0].completions.count() == 1


def test_whoever_takes_the_consent_back_has_the_lines_erased(group):
    group.browsers[1].post(f"/practicum/{group.practicum.pk}/withdraw-consent/")
    assert not keeping.has_agreed(group.user(1), group.practicum)
    assert Consent.objects.filter(withdrawn_at__isnull=False).count() == 1
    assert keeping.erase_due() == 1
    assert "Мне отказали!" not in everything_written(group.session.room)


@pytest.mark.parametrize("way", ["practicum", "my-data"])
def test_whoever_agrees_again_before_the_job_runs_has_not_taken_it_back_in_vain(group, way):
    consent = Consent.objects.get(user=group.user(1))
    address = {
        "practicum": f"/practicum/{group.practicum.pk}/withdraw-consent/",
        "my-data": f"/my-data/consents/{consent.pk}/withdraw/",
    }
    group.browsers[1].post(address[way])
    group.browsers[1].post(f"/practicum/{group.practicum.pk}/join/", {"consent": "on"})
    assert keeping.has_agreed(group.user(1), group.practicum)
    assert keeping.erase_due() == 1
    assert "Мне отказали!" not in everything_written(group.session.room)


def test_whoever_takes_the_consent_back_waits_for_no_group(group):
    enrollment = group.enrollments[1]
    queue.wait(enrollment=enrollment, practicum=group.practicum)
    group.browsers[1].post(f"/practicum/{group.practicum.pk}/withdraw-consent/")
    assert queue.ticket_of(enrollment, group.practicum) is None


def test_what_is_played_after_agreeing_again_is_kept(group):
    for number in (0, 1):
        group.browsers[number].post(f"/practicum/{group.practicum.pk}/withdraw-consent/")
        keeping.agree_to_transcript(group.user(number), group.practicum)
    later = sessions.make_session(
        practicum=group.practicum,
        cohort=group.cohort,
        enrollments=group.enrollments,
        begins_now=True,
    )
    again = replace(group, session=later)
    again.play_to_end()
    assert keeping.erase_due() == 1
    assert "Мне отказали!" in everything_written(later.room)


def test_a_session_under_way_is_not_erased(client_of):
    group = make_group(2, client_of=client_of)
    group.everyone()
    group.talk("Мне отказали!")
    assert keeping.erase_due(now=timezone.now() + timedelta(days=400)) == 0
    assert PracticumSession.objects.get().erased_at is None
