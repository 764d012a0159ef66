"""A report of data that statistics cannot do much with: words, never an error or an empty chart."""

import re

import pytest
from django.utils import timezone

from assessments.bulk import record_attempts
from assessments.models import Assessment, Instrument, Scale
from lms.people.models import Consent
from tests.factories import CohortFactory
from tests.insights.test_programme import people

pytestmark = pytest.mark.django_db

MANY = 12


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([1], [3], "меньше 10 человек"),
        ([4] * MANY, [4] * MANY, "у всех одинаково"),
        ([0] * MANY, [4] * MANY, "у всех одинаково"),
        ([None] * MANY, [None] * MANY, "меньше 10 человек"),
        ([None] * 3 + [2] * 9, [3] * MANY, "меньше 10 человек"),
    ],
    ids=["one pair", "ceiling", "no variance", "all missing", "nine pairs"],
)
@pytest.mark.parametrize("has_empty_scale", [False, True])
def test_it_is_told_in_words(
    client_of, administrator, course, tomsk, before, after, words, has_empty_scale
):
    if has_empty_scale:
        Scale.objects.create(instrument=Instrument.objects.get(), code="e", title="Пустая шкала")
    enrollments = people(tomsk, CohortFactory(course=course), len(before))
    for enrollment in enrollments:
        Consent.objects.create(user=enrollment.learner, purpose="answers", wording="1")
    for assessment in Assessment.objects.descendant_of(course):
        values = before if assessment.wave == "pre" else after
        rows = [(e, [v], timezone.now()) for e, v in zip(enrollments, values, strict=True)]
        record_attempts(assessment, rows)
    browser = client_of(administrator)
    answer = browser.get("/insights/report/")
    assert answer.status_code == 200
    assert words in answer.text, re.sub(r"<[^>]+>|\s+", " ", answer.text)[2500:6000]
    assert not re.search(r"\b(nan|None|inf)\b", answer.text)
    assert "<circle" in answer.text or "chart__interval" not in answer.text
    for section in re.findall(r"<section class=\"report\".*?</section>", answer.text, re.S):
        assert "<p>" in section or "<td" in section
    assert browser.get("/insights/items/").status_code == 200
    assert browser.get("/insights/report.pdf").content.startswith(b"%PDF")
